"""Special days and the week's choice: known, counted, and said in words before the numbers."""

import datetime as dt
from html import unescape

import pytest

from sunra.core.forecast import Params
from sunra.platform.accounts.actor import Actor
from sunra.systems.risk import said, work
from sunra.systems.risk.models import Forecast, MethodChoice
from sunra.systems.risk.special_days import exam_days, public_holidays, special_days
from sunra.systems.risk.texts import CHOICES
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights

EXAM = dt.date(2026, 11, 19)


def test_each_day_is_of_one_kind_and_the_exam_table_says_how_long_it_holds() -> None:
    """Seollal takes its neighbours, no day is of two kinds, and beyond the table no exam day is invented."""
    found = special_days(2025, 2026)
    assert {dt.date(2026, 2, day) for day in (16, 17, 18)} < found["seollal"]
    assert dt.date(2025, 10, 8) in found["chuseok"]
    assert EXAM in found["exam"]
    assert sum(map(len, found.values())) == len(frozenset().union(*found.values()))
    assert public_holidays(2025, 2026) == found["seollal"] | found["chuseok"] | found["public_holiday"]
    table = exam_days()
    assert table.source
    assert all(table.valid_from <= day <= table.valid_until and day.weekday() == 3 for day in table.days)
    assert "exam" not in special_days(table.valid_until.year + 1, table.valid_until.year + 2)


def test_a_task_carries_its_special_days() -> None:
    """What counts as special travels with the task, so that a far machine gives the same night."""
    task = work.Task("26110", ((EXAM, 1),), Params(), special=special_days(2025, 2026))
    assert work.Task.of_json(task.as_json()).special == task.special


@pytest.mark.django_db(databases=["default", "ledger"])
def test_a_special_night_is_named_on_the_page_with_what_it_rests_on() -> None:
    """The night of the exam says so and that the data knew no such day; an ordinary night says nothing."""
    agency = nights.office()
    nights.with_events(agency, count=60)
    plain = nights.forecast_of(agency, nights.DAY)
    special = nights.forecast_of(agency, EXAM)
    assert said.special(plain) == []
    assert [note["params"]["kind"] for note in special.notes if note["code"] == work.SPECIAL] == ["exam"]
    page = signed_in(make_person("safety_officer", agency)).get(f"/risk/?day={EXAM}").content.decode()
    assert said.special(special)[0] in unescape(page)


@pytest.mark.django_db(databases=["default", "ledger"])
@pytest.mark.parametrize(
    ("name", "reason"), [("count_all", "naive_won"), ("empirical_bayes", "too_little_to_choose")]
)
def test_the_page_says_when_nothing_beat_the_count_or_nothing_could_be_tried(name: str, reason: str) -> None:
    """A choice that the naive count won, or that could not be made, is told in words on map and brief."""
    agency = nights.office()
    nights.with_events(agency, count=60)
    MethodChoice.objects.create(
        agency=agency, district=nights.DISTRICT, chosen_on=nights.DAY, code_version="1",
        methods={"theft": {"method": name, "reason": reason, "events": 0, "scores": {}}},
    )  # fmt: skip
    made: Forecast = nights.forecast_of(agency)
    told = said.choices(made)
    assert len(told) == 1
    assert str(CHOICES[reason]).split("%(families)s")[1][:20] in told[0]
    page = signed_in(make_person("safety_officer", agency)).get(f"/risk/?day={nights.DAY}").content.decode()
    assert told[0] in unescape(page)
    from sunra.systems.risk.brief import brief

    assert any(str(CHOICES[reason])[-20:] in one for one in brief(Actor.job(agency.id, "t"), made)["said"])
