"""Nights that are over: forecasts made in time, and events that have come in since."""

import datetime as dt

import polars as pl

from sunra.core.geo.districts import districts
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import SEOUL
from sunra.platform.places.services import publish
from sunra.systems.risk.models import Forecast
from tests.systems import nights

WEEK = dt.date(2026, 11, 9)
"""A Monday; its nights are over at noon of the 16th."""
LATER = dt.datetime(2026, 11, 20, 9, tzinfo=SEOUL)


def events(
    agency: Agency,
    moments: list[tuple[int, dt.datetime]],
    *,
    source: str,
    demo: bool = False,
    found_by: str = "",
) -> None:
    """Publish thefts at places (index into ``nights.points(25)``) and moments."""
    places = nights.points(25)
    rows = [
        {
            "key": f"{source}{n}", "lon": places[at][0], "lat": places[at][1],
            "dong": str(districts().locate(*places[at])), "time_from": moment, "time_to": None,
            "category": "절도", "family": "theft", "weight": 1.0, "found_by": found_by,
        }
        for n, (at, moment) in enumerate(moments)
    ]  # fmt: skip
    publish(
        actor=nights.job(agency), agency_id=agency.id, layer="event", kind="call112", source=source,
        frame=pl.DataFrame(rows), demo=demo,
    )  # fmt: skip


def past(agency: Agency, *, demo: bool = False) -> None:
    """Three hundred thefts of the year before the week, half of them at three places."""
    moments = [
        (n % 3 if n % 2 else n % 25, dt.datetime(2026, 11, 8, 22) - dt.timedelta(days=n)) for n in range(300)
    ]
    events(agency, moments, source="past", demo=demo)


def week(agency: Agency, *, per_night: int = 2, demo: bool = False) -> None:
    """What happened in the week itself and, once, after it."""
    moments = [
        (n % 3, dt.datetime(2026, 11, 9, 22) + dt.timedelta(days=night))
        for night in range(7)
        for n in range(per_night)
    ]
    events(agency, [*moments, (5, dt.datetime(2026, 11, 17, 3))], source="week", demo=demo)


def forecasts(agency: Agency, *, days: int = 7) -> list[Forecast]:
    """The nights of the week, made on the morning before it began."""
    made = [nights.forecast_of(agency, WEEK + dt.timedelta(days=day)) for day in range(days)]
    Forecast.objects.filter(id__in=[one.id for one in made]).update(
        created=dt.datetime(2026, 11, 9, 4, 30, tzinfo=SEOUL)
    )
    return made
