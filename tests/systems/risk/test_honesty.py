"""Scores of live forecasts: only what was said in time, only real, only when over; open to everybody."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from sunra.core.forecast import audit
from sunra.platform.agencies.models import Agency
from sunra.platform.base.home import home
from sunra.platform.places.models import PlaceEvent
from sunra.systems.risk.models import Forecast, ForecastScore, Override
from sunra.systems.risk.selectors import honesty as selectors
from sunra.systems.risk.services.scoring import score_weeks
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.risk import judged

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """An office with a past, seven forecast nights, and the week's events come in."""
    made = nights.office()
    judged.past(made)
    judged.forecasts(made)
    judged.week(made)
    return made


def score(agency: Agency, moment: dt.datetime = judged.LATER) -> dict[str, list[dt.date]]:
    """Score as the nightly job does."""
    return score_weeks(actor=nights.job(agency), moment=moment)


def test_a_week_that_is_over_is_scored_night_by_night(agency: Agency) -> None:
    """Seven nights with two thefts each at the hottest places: all hit, beside the naive count."""
    assert score(agency) == {nights.DISTRICT: [judged.WEEK]}
    rows = list(ForecastScore.objects.order_by("day"))
    assert [row.day.day for row in rows] == list(range(9, 16))
    whole = audit.add(audit.Score.from_dict(row.figures) for row in rows)
    assert whole.events == 14
    five = next(one for one in whole.hits if one.share == 0.05)
    assert five.hits == 14
    assert rows[0].origins[0]["kind"] == "call112"
    assert score(agency) == {}


def test_late_events_score_the_week_again(agency: Agency) -> None:
    """An event that comes in afterwards changes the score and leaves the mark that it was changed."""
    score(agency)
    judged.events(agency, [(20, dt.datetime(2026, 11, 10, 23))], source="late")
    assert score(agency) == {nights.DISTRICT: [judged.WEEK]}
    changed = ForecastScore.objects.get(day=dt.date(2026, 11, 10))
    assert (changed.events, changed.times) == (3, 2)


def test_nothing_is_scored_too_early(agency: Agency) -> None:
    """Before noon of the Monday after, or while no event from after the week is known, nothing is scored."""
    assert score(agency, dt.datetime(2026, 11, 16, 11, tzinfo=judged.SEOUL)) == {}
    judged.events(agency, [(1, dt.datetime(2026, 11, 12, 23))], source="week")
    assert score(agency) == {}


def test_what_was_said_afterwards_does_not_count(agency: Agency) -> None:
    """A forecast made when its night had begun is not scored; of those in time the last is."""
    Forecast.objects.filter(day=judged.WEEK).update(
        created=dt.datetime(2026, 11, 9, 12, 1, tzinfo=judged.SEOUL)
    )
    score(agency)
    assert ForecastScore.objects.count() == 6
    assert not ForecastScore.objects.filter(day=judged.WEEK).exists()


def test_nothing_is_scored_on_demonstration_data() -> None:
    """Invented events make a forecast that says so, and no score ever."""
    agency = nights.office()
    judged.past(agency, demo=True)
    judged.forecasts(agency, days=2)
    judged.week(agency, demo=True)
    assert score(agency) == {}
    assert selectors.honesty(nights.DISTRICT) is None
    page = Client().get("/risk/honesty/", headers={"accept-language": "en"}).content.decode()
    assert "Nothing is scored yet" in page
    assert "demonstration data only" in page


def test_finds_of_patrols_and_lost_tables_are_left_out(agency: Agency) -> None:
    """What a patrol discovered does not count, nor who it was; a night whose table is lost has no score."""
    night = dt.datetime(2026, 11, 9, 23)
    judged.events(agency, [(1, night)], source="patrol", found_by="patrol")
    judged.events(agency, [(1, night)], source="words", found_by="홍길동")
    assert list(
        PlaceEvent.objects.filter(source__in=["patrol", "words"]).values_list("attrs", flat=True)
    ) == [
        {"found_by": "patrol"},
        {},
    ]
    lost = Forecast.objects.get(day=judged.WEEK + dt.timedelta(days=6))
    (home() / lost.path).unlink()
    score(agency)
    assert ForecastScore.objects.get(day=judged.WEEK).events == 3
    assert not ForecastScore.objects.filter(forecast=lost).exists()


def test_overrides_are_scored_beside_the_model(agency: Agency) -> None:
    """An officer lowered the hottest cells beforehand: the night has two scores, the page tells both."""
    frame_of = Forecast.objects.get(day=judged.WEEK)
    from sunra.systems.risk.selectors import table

    top = table(frame_of).sort("expected_day", descending=True).head(40)
    made = Override.objects.create(
        agency=agency, district=nights.DISTRICT, title="x", cause="event", slots=4095, factor=0.1,
        cells=[[row["cell_e"], row["cell_n"]] for row in top.iter_rows(named=True)],
        starts=judged.WEEK, until=judged.WEEK, reason="x", made_by="x",
    )  # fmt: skip
    Override.objects.filter(id=made.id).update(created=dt.datetime(2026, 11, 8, tzinfo=judged.SEOUL))
    score(agency)
    row = ForecastScore.objects.get(day=judged.WEEK)
    model, said = (audit.Score.from_dict(one) for one in (row.figures, row.overridden))
    assert row.overrides == 1
    assert said.expected < model.expected
    assert said.hits[0].expected < model.hits[0].expected
    found = selectors.honesty(nights.DISTRICT)
    assert found is not None
    assert found.months[0].overridden is not None
    assert found.override_nights == 1


def test_the_page_shows_months_and_no_cells(agency: Agency) -> None:
    """Everybody reads the months, the pooled shares and the model card; no cell number stands there."""
    score(agency)
    page = Client().get(f"/risk/honesty/?district={nights.DISTRICT}", headers={"accept-language": "en"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "2026-11" in text
    assert "Model card" in text
    assert "standard error" in text
    assert "다사" not in text
    assert "마라" not in text
    found = selectors.honesty(nights.DISTRICT)
    assert found is not None
    assert (found.nights, found.events, found.weeks) == (7, 14, 1)
    assert found.months[0].low < found.months[0].ratio < found.months[0].high  # type: ignore[operator]


def test_a_bad_month_stands_as_it_was(agency: Agency) -> None:
    """When everything happens where nothing was expected, the table shows no hits and says who was ahead."""
    judged.events(
        agency,
        [(24, dt.datetime(2026, 11, 9, 22) + dt.timedelta(days=n)) for n in range(7)]
        + [(5, dt.datetime(2026, 11, 17, 3))],
        source="week",
    )
    score(agency)
    found = selectors.honesty(nights.DISTRICT)
    assert found is not None
    one = next(row for row in found.shares if row.share == 0.01)
    assert one.rate < 1


def test_who_may_not_forecast_may_not_score() -> None:
    """Scoring is for those who make forecasts."""
    with pytest.raises(PermissionDenied):
        score_weeks(actor=make_actor("volunteer", nights.office()))


def test_the_page_without_any_forecast_says_so() -> None:
    """A new installation has nothing to show and says it."""
    page = Client().get("/risk/honesty/", headers={"accept-language": "en"})
    assert "Nothing is scored yet" in page.content.decode()
