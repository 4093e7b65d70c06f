"""A district with two police stations, events of two years, facilities, streets and residents."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django.db import transaction

from sunra.core.geo.districts import districts
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.jobs.worker import Worker
from sunra.platform.places.services import publish
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.services import statistics
from tests.platform.accounts.people import make_agency
from tests.systems import nights

DONGS = tuple(sorted(dong.code for dong in districts().dongs(nights.DISTRICT)))
NORTH, SOUTH = DONGS[: len(DONGS) // 2], DONGS[len(DONGS) // 2 :]
FIRST, LAST = dt.date(2024, 11, 20), dt.date(2026, 11, 19)
EVENTS = 1_500


@dataclass(frozen=True)
class Town:
    """The committee at the top, the office of the district, and two stations that share it."""

    committee: Agency
    office: Agency
    north: Agency
    south: Agency


def agencies() -> Town:
    """The agencies alone."""
    committee = make_agency("위원회")
    office = nights.office(parent=committee)
    station, _made = AgencyType.objects.get_or_create(
        code="police_station", defaults={"name_ko": "경찰서", "name_en": "Police station"}
    )
    north = make_agency("북부경찰서", parent=committee, dongs=NORTH, type=station)
    south = make_agency("남부경찰서", parent=committee, dongs=SOUTH, type=station)
    return Town(committee, office, north, south)


def events(agency: Agency, *, seed: int = 1, demo: bool = False) -> pl.DataFrame:
    """Publish events over two years, most of them in few places; gives the frame back."""
    draw = np.random.default_rng(seed)
    places = nights.points(25)
    days = (LAST - FIRST).days
    rows = []
    for n in range(EVENTS):
        lon, lat = places[int(min(draw.exponential(4), 24))]
        day = FIRST + dt.timedelta(days=int(draw.integers(0, days)))
        family = "theft" if n % 3 else "disorder"
        start = dt.datetime(day.year, day.month, day.day, int(draw.integers(0, 24)), 30)
        rows.append(
            {
                "key": f"e{n}", "lon": lon, "lat": lat, "dong": str(districts().locate(lon, lat)),
                "time_from": start, "time_to": None, "category": family, "family": family, "weight": 1.0,
            }
        )  # fmt: skip
    frame = pl.DataFrame(rows)
    publish(
        actor=nights.job(agency), agency_id=agency.id, layer="event", kind="call112", source="test",
        frame=frame, demo=demo,
    )  # fmt: skip
    return frame


def residents(agency: Agency, *, each: int = 1_000, demo: bool = False) -> None:
    """The same number of residents in every dong, a little more from dong to dong."""
    statistics.keep_residents(
        actor=nights.job(agency), agency_id=agency.id, source="인구", demo=demo,
        residents={dong: each + 10 * n for n, dong in enumerate(DONGS)}, as_of=dt.date(2026, 1, 1),
    )  # fmt: skip


def built(*, demo: bool = False) -> Town:
    """The whole town, published."""
    town = agencies()
    events(town.office, demo=demo)
    nights.with_facilities(town.office, demo=demo)
    nights.with_facilities(town.office, demo=demo, kind="security_light")
    nights.with_streets(town.office, demo=demo)
    residents(town.office, demo=demo)
    return town


def computed(town: Town) -> StatisticsRun:
    """The committee's run."""
    return statistics.make(actor=nights.job(town.committee), agency_id=town.committee.id)


@contextmanager
def staying(blocker: Any) -> Iterator[None]:
    """What is written inside stays for a module's tests; each test's own changes are rolled back to it."""
    with blocker.unblock():
        whole = transaction.atomic()
        whole._from_testcase = True  # durable blocks inside are meant to be nested in tests
        whole.__enter__()
    try:
        yield
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


@contextmanager
def kept(blocker: Any, *, demo: bool = False) -> Iterator[Town]:
    """The town with its run for all tests of a module."""
    with staying(blocker):
        with blocker.unblock():
            town = built(demo=demo)
            computed(town)
        yield town


def work() -> None:
    """Let a worker do the job that waits."""
    assert Worker(threading.Event(), worker_id="w").run_one()
