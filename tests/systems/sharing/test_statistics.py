"""The nightly run and its figures: what is counted agrees with what was published, unit by unit."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sunra.core.indicators import MixedUnits
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.services import enqueue
from sunra.platform.jobs.worker import Worker
from sunra.platform.notices.models import Notice
from sunra.platform.places.models import Facility, PlaceEvent, Street
from sunra.platform.places.services import publish
from sunra.platform.runs.models import Run
from sunra.systems.sharing.indicators import INDICATORS
from sunra.systems.sharing.jobs.statistics import STATISTICS, topmost
from sunra.systems.sharing.models import DongResidents, StatisticsRun
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics import View
from sunra.systems.sharing.services import statistics
from sunra.systems.sharing.services.statistics import computing, gather
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.sharing import statistics_town as towns
from tests.systems.sharing.statistics_town import Town

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ALL = {"since": "2024-12", "until": "2026-10"}


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """A town with everything published, and its run."""
    with towns.kept(django_db_blocker) as made:
        yield made


def shown(town: Town, role: str = "analyst", agency: Any = None, **query: str) -> selectors.Shown:
    """The figures that somebody sees."""
    actor = make_actor(role, agency or town.committee)
    run = selectors.latest(actor)
    assert run is not None
    return selectors.figures(actor, run, View.read(query))


def published(until: str = "2026-11") -> pl.DataFrame:
    """What lies in the database, counted without the engine: dong, month, family."""
    rows = [
        (row.dong, row.time_from.astimezone(dt.timezone(dt.timedelta(hours=9))).date(), row.family)
        for row in PlaceEvent.objects.all()
    ]
    frame = pl.DataFrame(rows, schema=["dong", "day", "family"], orient="row")
    return frame.filter(pl.col("day").is_between(dt.date(2024, 12, 1), dt.date(2026, 10, 31)))


def test_counts_by_dong_agree_with_what_was_published(town: Town) -> None:
    """Every dong's figure is the number of events published in it, in the whole months of the period."""
    expected = dict(published().group_by("dong").len().iter_rows())
    found = {row.unit: row.value for row in shown(town, by="dong", **ALL).rows}
    assert {unit: value for unit, value in found.items() if value} == expected
    assert set(found) == set(towns.DONGS)


def test_stations_and_districts_are_sums_of_their_dongs(town: Town) -> None:
    """Two stations share the district: their figures add up to the district's."""
    by_dong = {row.unit: row.value or 0 for row in shown(town, by="dong", **ALL).rows}
    stations = shown(town, by="station", **ALL).rows
    district = shown(town, by="district", **ALL).rows
    assert {row.unit for row in stations} == {str(town.north.id), str(town.south.id)}
    north = next(row for row in stations if row.unit == str(town.north.id))
    assert north.value == sum(by_dong[dong] for dong in towns.NORTH)
    assert [row.unit for row in district] == [nights.DISTRICT]
    assert district[0].value == sum(by_dong.values()) == sum(row.value or 0 for row in stations)
    assert {row.unit_type for row in stations} == {"station"}
    assert {row.unit_type for row in district} == {"district"}


def test_station_and_district_facts_refuse_each_other(town: Town) -> None:
    """Facts of a run grouped by station and by district cannot be combined, whoever tries."""
    from sunra.core.indicators import regroup
    from sunra.systems.sharing.selectors.statistics.facts import facts
    from sunra.systems.sharing.selectors.statistics.grouping import groups

    actor = make_actor("analyst", town.committee)
    run = selectors.latest(actor)
    assert run is not None
    found = facts(actor, run, View())
    events = found.measure("events", View())
    station = regroup(events, groups("station", found.dongs).members, "station").measure
    district = regroup(events, groups("district", found.dongs).members, "district").measure
    with pytest.raises(MixedUnits):
        station + district


def test_a_station_sees_its_jurisdiction_and_no_part_of_a_district(town: Town) -> None:
    """The north's officer sees its dongs and itself; the district, seen in part, is only named."""
    dongs = shown(town, "cpo", town.north, by="dong", **ALL).rows
    assert {row.unit for row in dongs} == set(towns.NORTH)
    assert [row.unit for row in shown(town, "cpo", town.north, by="station", **ALL).rows] == [
        str(town.north.id)
    ]
    district = shown(town, "cpo", town.north, by="district", **ALL)
    assert district.rows == ()
    assert len(district.partial) == 1


def test_two_stations_that_claim_one_dong_are_not_added_up(town: Town) -> None:
    """An overlap of jurisdictions is an error with its remedy, not a sum that counts twice."""
    town.south.jurisdiction.create(dong=towns.NORTH[0])
    with pytest.raises(UserError) as refused:
        shown(town, by="station")
    assert refused.value.code == "overlapping_units"


def test_rates_divide_by_residents_and_years(town: Town) -> None:
    """Events per 1,000 residents a year, with the Poisson interval scaled alike."""
    found = shown(town, by="district", indicator="events_per_1000", **ALL)
    row = found.rows[0]
    people = sum(DongResidents.objects.values_list("residents", flat=True))
    years = (dt.date(2026, 11, 1) - dt.date(2024, 12, 1)).days / 365.25
    assert row.value == pytest.approx(1000 * published().height / (people * years))
    assert row.low is not None
    assert row.high is not None
    assert row.low < row.value < row.high


def test_what_stands_is_counted_in_units_and_area(town: Town) -> None:
    """Facilities per km² add cameras, not poles, and divide by the area of the dongs."""
    row = shown(town, by="district", indicator="facilities_per_km2", kind="cctv").rows[0]
    assert row.numerator == sum(1 + n % 4 for n in range(40))
    assert row.denominator == pytest.approx(2.8, abs=0.5)
    assert (row.low, row.high) == (None, None)


def test_cover_is_a_share_of_street_length(town: Town) -> None:
    """Light and camera cover lie between 0 and 100 %; the same points reach farther with 50 m than 30 m."""
    light = shown(town, by="district", indicator="light_cover").rows[0].value
    camera = shown(town, by="district", indicator="camera_cover").rows[0].value
    assert light is not None
    assert camera is not None
    assert 0 < light < camera < 100


def test_what_is_missing_says_so(town: Town) -> None:
    """No arrival times and no patrols were published: no figure, and the code of what is missing."""
    for indicator, code in (("response", "no_response"), ("patrol_hours", "no_patrols")):
        found = shown(town, indicator=indicator)
        assert (found.rows, found.missing) == ((), code)


def test_a_district_about_which_nothing_is_known_is_not_zero(town: Town) -> None:
    """The neighbour has a jurisdiction and no data: its dongs are absent, and it is named."""
    nights.office(nights.NEIGHBOUR, parent=town.committee)
    towns.computed(town)
    found = shown(town, by="dong", **ALL)
    assert {row.unit[:5] for row in found.rows} == {nights.DISTRICT}
    assert found.silent == (nights.NEIGHBOUR,)


def test_hours_types_and_cells(town: Town) -> None:
    """Each adds up to the same events; a cell is named by its national number."""
    total = published().height
    hours = shown(town, by="hour", **ALL).rows
    types = shown(town, by="type", **ALL).rows
    cells = shown(town, by="cell", **ALL).rows
    assert [row.unit for row in hours] == [f"{hour:02d}" for hour in range(24)]
    assert {row.unit for row in types} == {"theft", "disorder"}
    assert all(len(row.name.split()) == 3 for row in cells)
    assert {sum(row.value or 0 for row in rows) for rows in (hours, types, cells)} == {total}


def test_small_areas_are_for_staff_who_plan_by_them(town: Town) -> None:
    """An auditor and an administrator read dongs, and are refused cells and hours."""
    for role in ("auditor", "agency_admin"):
        assert shown(town, role, by="dong").rows
        for by in ("cell", "hour"):
            with pytest.raises(PermissionDenied):
                shown(town, role, by=by)
    with pytest.raises(PermissionDenied):
        shown(town, "volunteer")


def test_withheld_families_are_in_no_figure(town: Town) -> None:
    """Such rows are refused at the door and by the database; even one that got in would not be counted."""
    row = {
        "key": "x", "lon": 129.03, "lat": 35.1, "dong": towns.DONGS[0], "category": "가정폭력",
        "time_from": dt.datetime(2026, 5, 1, 12), "time_to": None, "weight": 1.0,
    }  # fmt: skip
    for family in ("domestic", "other"):
        with pytest.raises(UserError) as refused:
            publish(
                actor=nights.job(town.office), agency_id=town.office.id, layer="event", kind="call112",
                source="other", frame=pl.DataFrame([row | {"family": family}]),
            )  # fmt: skip
        assert refused.value.code == "withheld_family"
    one = PlaceEvent.objects.all()[0]
    PlaceEvent.objects.filter(pk=one.pk).update(category="스토킹 신고")
    found = gather.gather(nights.job(town.committee))
    assert found.withheld == 1
    assert found.events.height == towns.EVENTS - 1


def test_lineage_names_every_vintage_with_its_rows(town: Town) -> None:
    """The rows used per source add up to the rows published; the engine's runs are recorded."""
    run = StatisticsRun.objects.get()
    used = {(one["layer"], one["kind"]): one["used"] for one in run.lineage}
    assert used["event", "call112"] == towns.EVENTS
    assert used["facility", "cctv"] == 40
    assert used["residents", "population"] == len(towns.DONGS)
    assert run.events == towns.EVENTS
    assert Run.objects.filter(state="done", title__startswith="Statistics").count() == 6


def test_an_installation_without_data_computes_nothing(town: Town) -> None:
    """No places at all: a run without figures, each indicator saying what is missing."""
    for model in (PlaceEvent, Facility, Street, DongResidents, StatisticsRun):
        model.objects.all().delete()
    run = towns.computed(town)
    assert (run.events, run.since) == (0, None)
    for code in INDICATORS:
        found = shown(town, indicator=code)
        assert found.missing or not any(row.value for row in found.rows), code
    assert selectors.area_figures() is None


def test_who_may_not_compute_is_refused(town: Town) -> None:
    """An auditor may not compute; an analyst not for another agency; residents need the right to import."""
    with pytest.raises(PermissionDenied):
        statistics.make(actor=make_actor("auditor", town.committee), agency_id=town.committee.id)
    with pytest.raises(PermissionDenied):
        statistics.make(actor=make_actor("analyst", town.north), agency_id=town.committee.id)
    with pytest.raises(PermissionDenied):
        statistics.keep_residents(
            actor=make_actor("analyst", town.office), agency_id=town.office.id, source="x", residents={}
        )
    with pytest.raises(PermissionDenied):
        statistics.keep_residents(
            actor=make_actor("data_officer", town.office), agency_id=town.north.id, source="x", residents={}
        )


def test_another_agency_does_not_find_the_run(town: Town) -> None:
    """A run of the district's office is seen from above and from below it, and from nowhere else."""
    run = statistics.make(actor=nights.job(town.office), agency_id=town.office.id)
    assert selectors.run(make_actor("analyst", town.committee), run.id) == run
    with pytest.raises(Http404):
        selectors.run(make_actor("analyst", town.north), run.id)
    with pytest.raises(Http404):
        selectors.run(make_actor("analyst", nights.office(nights.NEIGHBOUR)), run.id)


def test_old_runs_go_and_reported_ones_stay(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the number kept the oldest run and its files are gone; one under a report stays."""
    old = StatisticsRun.objects.get()
    monkeypatch.setattr(computing, "KEPT", 1)
    monkeypatch.setattr(computing, "_standing_under_reports", lambda: [old.id])
    second = towns.computed(town)
    third = towns.computed(town)
    assert set(StatisticsRun.objects.values_list("id", flat=True)) == {old.id, third.id}
    assert not (home() / second.folder).exists()
    assert (home() / third.folder).is_dir()


def test_the_job_computes_and_tells(town: Town) -> None:
    """Asked for by a person, the job ends in a new run and a notice to those who work with it."""
    analyst = make_actor("analyst", town.committee)
    job = enqueue(actor=analyst, kind=STATISTICS, args={"tell": True})
    assert Worker(threading.Event(), worker_id="w").run_one()
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.result["events"]) == ("done", towns.EVENTS)
    assert Notice.objects.filter(kind="sharing.statistics", person_id=analyst.person_id).count() == 1
    assert list(topmost()) == [town.committee.id]


def test_a_lost_table_says_what_to_do(town: Town) -> None:
    """When the Parquet file is gone the page asks to compute again instead of failing."""
    run = towns.computed(town)
    for path in (home() / run.folder).iterdir():
        path.unlink()
    with pytest.raises(UserError) as refused:
        shown(town)
    assert refused.value.code == "statistics_gone"
