"""A night set by hand: who goes out, what it looks at, stops moved, left out and added; nights compared."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.journeys import tonight
from sunra.journeys.nights import DAYS_AHEAD, NightForm, exam_season
from sunra.journeys.offices import office_of
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.systems.patrols.models import Plan, PlanStop
from sunra.systems.patrols.orders import NightOrder, order_of, spots_of
from sunra.systems.patrols.services import plans
from tests.platform.accounts.people import make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)
    return


@pytest.fixture
def made(tmp_path: Path) -> Plan:
    """A planned night of the small district."""
    nights.cctv_csv(tmp_path / "중구_CCTV_20261001.csv")
    return again(data=tmp_path)


def again(**options: Any) -> Plan:
    agency = office_of(nights.DISTRICT)
    return tonight.run(
        actor=Actor.job(agency.id, "test"), district=nights.DISTRICT, day=nights.DAY, **options
    ).plan


def stops_of(plan: Plan) -> dict[str, list[tuple[int, int]]]:
    rows = PlanStop.objects.filter(team__plan=plan).order_by("team__order", "order")
    found: dict[str, list[tuple[int, int]]] = {}
    for team, east, north in rows.values_list("team__name", "cell_e", "cell_n"):
        found.setdefault(team, []).append((east, north))
    return found


def worked() -> Job:
    while Worker(threading.Event(), worker_id="w").run_one():
        pass
    return Job.objects.latest("created")


def test_stops_given_and_left_out_are_kept_to(made: Plan) -> None:
    """What the officer gave is walked by that team in that order, what was left out is not."""
    before = stops_of(made)
    first, second = list(before)[:2]
    moved, dropped = before[first][0], before[first][1]
    order = NightOrder(kept={second: (before[second][1], moved)}, without=(dropped,))
    after = stops_of(again(order=order))
    assert [cell for cell in after[second] if cell in order.kept[second]] == list(order.kept[second])
    assert dropped not in [cell for route in after.values() for cell in route]
    assert Plan.objects.count() == 2


def test_an_order_survives_its_plain_form(made: Plan) -> None:
    """Jobs and plans keep it as JSON; the same order again is the same plan."""
    cell = stops_of(made)[next(iter(stops_of(made)))][0]
    order = NightOrder(focus=("ways_home",), spots=((cell, "축제"),), without=((1, 2),))
    assert order_of(order.plain()) == order
    assert again(order=order).pk == again(order=order_of(order.plain())).pk


def test_a_place_named_for_the_night_is_walked_for_that_reason(made: Plan) -> None:
    """The lowest corner of the district becomes a stop when a festival stands there, and says so."""
    cell = next(iter(stops_of(made).values()))[0]
    beside = (cell[0] + 2, cell[1])
    plan = again(order=NightOrder(spots=((beside, "축제"),)))
    said = PlanStop.objects.filter(team__plan=plan, reason__has_key="focus").values_list("reason", flat=True)
    assert any("축제" in reason["focus"] for reason in said)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (NightOrder(kept={"순찰차 1": ((9000, 19000),)}), "stop_elsewhere"),
    ],
)
def test_what_cannot_be_given_is_refused(made: Plan, order: NightOrder, code: str) -> None:
    """A stop outside the district is named, and the plan before stays."""
    with pytest.raises(UserError) as refused:
        again(order=order)
    assert refused.value.code == code
    assert Plan.objects.count() == 1


def test_places_are_read_line_by_line() -> None:
    """A number with or without blanks, then a name; a line without a number is named."""
    number = cells.format_cell(9556, 19584)
    assert spots_of(f"{number} 축제\n\n{number.replace(' ', '')} 민원실") == (
        ((9556, 19584), "축제"), ((9556, 19584), "민원실"),
    )  # fmt: skip
    with pytest.raises(UserError, match="2"):
        spots_of(f"{number}\n시청 앞")
    with pytest.raises(UserError) as refused:
        spots_of("\n".join([number] * 21))
    assert refused.value.code == "too_many_spots"


def test_the_officer_changes_a_plan_on_the_page(made: Plan) -> None:
    """One stop given to the other team, one left out, one added: a new plan, and the old one still there."""
    client = signed_in(make_person("safety_officer", made.agency))
    address = f"/tonight/{made.pk}/change/"
    assert client.get(address).status_code == 200
    rows = list(
        PlanStop.objects.filter(team__plan=made).select_related("team").order_by("team__order", "order")
    )
    east, north = districts().grid(nights.DISTRICT)
    planned = {(row.cell_e, row.cell_n) for row in rows}
    free = set(zip(east.tolist(), north.tolist(), strict=True)) - planned
    added = min(free, key=lambda cell: (abs(cell[0] - rows[0].cell_e) + abs(cell[1] - rows[0].cell_n), cell))
    answer = client.post(
        address,
        {
            f"stop-{rows[0].pk}": "t1",
            f"stop-{rows[1].pk}": "out",
            "number": cells.format_cell(*added),
            "team": "t0",
        },
    )
    assert answer.status_code == 302
    assert worked().state == "done"
    after = stops_of(Plan.objects.exclude(pk=made.pk).get())
    names = list(after)
    assert (rows[0].cell_e, rows[0].cell_n) in after[names[1]]
    assert added in after[names[0]]
    assert (rows[1].cell_e, rows[1].cell_n) not in [cell for route in after.values() for cell in route]
    assert client.post(address, {"number": "여기", "team": "t0"}).status_code == 400
    assert client.post(address, {}).url == f"/patrols/{made.pk}/"


def test_nights_stand_beside_each_other(made: Plan) -> None:
    """The plan, and one with a stop less: both measured on this night."""
    other = again(order=NightOrder(without=(next(iter(stops_of(made).values()))[0],)))
    client = signed_in(make_person("safety_officer", made.agency))
    text = client.get(f"/tonight/{other.pk}/compare/").content.decode()
    assert text.count("/patrols/") >= 2
    made.forecast = made.pk
    made.save(update_fields=["forecast"])
    assert client.get(f"/tonight/{made.pk}/compare/").status_code == 200


def test_only_who_plans_may_change_or_compare(made: Plan) -> None:
    """A volunteer is refused; an officer of another agency finds nothing to change."""
    volunteer = signed_in(make_person("volunteer", made.agency))
    stranger = signed_in(make_person("safety_officer", make_agency("elsewhere")))
    for address in (f"/tonight/{made.pk}/change/", f"/tonight/{made.pk}/compare/"):
        assert volunteer.get(address).status_code == 403
        assert stranger.get(address).status_code == 404


def test_the_form_of_a_night() -> None:
    """Empty it is tonight with everybody; a night too far is refused; before the exam schools are ticked."""
    today = dt.date(2026, 11, 1)
    assert exam_season(today)
    assert not exam_season(dt.date(2026, 11, 20))
    form = NightForm({}, today=today, crews=[])
    assert form.is_valid()
    assert form.cleaned_data["day"] == today
    assert form.order() == NightOrder()
    far = NightForm({"day": str(today + dt.timedelta(days=DAYS_AHEAD + 1))}, today=today, crews=[])
    assert "day" in far.errors
    assert "spots" in NightForm({"spots": "시청"}, today=today, crews=[]).errors
