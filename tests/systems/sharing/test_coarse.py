"""Arrivals, planned patrols and residents reach the figures; what is known roughly counts where it must."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied

from sunra.core.tables.admin_dongs import admin_dongs
from sunra.platform.events.models import Event
from sunra.platform.events.services import deliver_pending
from sunra.platform.places.models import PlaceEvent
from sunra.platform.places.services import publish
from sunra.systems.patrols import services as patrols
from sunra.systems.patrols.models import Plan
from sunra.systems.patrols.services.hours import stays
from sunra.systems.sharing import consumers, services, statistics_texts
from sunra.systems.sharing.coarse import Coarse
from sunra.systems.sharing.models import DongResidents, StatisticsRun
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics import View, tracing
from sunra.systems.sharing.services import population
from sunra.systems.sharing.services.statistics import gather, public
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.sharing import statistics_town as towns
from tests.systems.sharing.statistics_town import Town

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
OFFICES = {code: dong for code, dong in admin_dongs().items() if code.startswith(nights.DISTRICT)}
NORTHERN, ACROSS, ONE = "2611051000", "2611054500", "2611060000"  # 중앙동, 보수동, 영주제2동
YEONGJU = "2611010100"
HEADER = "행정구역,2025년12월_총인구수,2025년12월_세대수,2025년12월_남자 인구수"


def calls(agency: Any) -> None:
    """Ten calls at three offices each and in one dong; those of the first office took four minutes or six."""
    rows = [
        {
            "key": f"{code}-{n}", "dong": code, "time_from": dt.datetime(2026, 3, 1 + n, 9 + n, 30),
            "time_to": None, "category": "104", "family": "theft", "weight": 1.0,
            "precision": "dong" if code == towns.DONGS[0] else "admin_dong",
            "response_minutes": 4.0 + 2 * (n % 2) if code == NORTHERN else None,
        }
        for code in (NORTHERN, ACROSS, ONE, towns.DONGS[0])
        for n in range(10)
    ]  # fmt: skip
    publish(
        actor=nights.job(agency), agency_id=agency.id, layer="event", kind="call112", source="calls",
        frame=pl.DataFrame(rows, infer_schema_length=None),
    )  # fmt: skip


def people(path: Path, offices: dict[str, int], month: str = "12") -> Path:
    """A file of the ministry: everybody, households and men by 행정동, under the sum of the district."""
    lines = [HEADER.replace("12월", f"{month}월")]
    lines.append(f'부산광역시 중구 ({nights.DISTRICT}00000),"99,999",1,1')
    lines += [
        f'부산광역시 중구 {OFFICES[code].name}({code}),"{count:,}",{count // 2},{count // 2}'
        for code, count in offices.items()
    ]
    path.write_bytes("\r\n".join(lines).encode("cp949"))
    return path


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """Two stations, calls that are known to an 행정동 alone, residents from a file, and a planned night."""
    with towns.staying(django_db_blocker):
        with django_db_blocker.unblock():
            made = towns.agencies()
            calls(made.office)
            nights.with_facilities(made.office)
            nights.plan_of(made.office, confirmed=True)
            deliver_pending()
        yield made


def computed(town: Town) -> StatisticsRun:
    return towns.computed(town)


def shown(run: StatisticsRun, town: Town, agency: Any = None, **query: str) -> selectors.Shown:
    """The figures that an analyst sees."""
    return selectors.figures(make_actor("analyst", agency or town.committee), run, View.read(query))


def values(found: selectors.Shown) -> dict[str, float]:
    return {row.unit: row.value for row in found.rows if row.value}


def test_what_an_office_alone_tells_counts_where_it_must_lie(town: Town) -> None:
    """An office of one dong counts there, one of a station there, one across stations for the district."""
    run = computed(town)
    by_dong = shown(run, town, by="dong")
    assert values(by_dong) == {towns.DONGS[0]: 20}
    assert towns.DONGS[0] == YEONGJU
    assert by_dong.beyond == 20
    stations = shown(run, town, by="station")
    assert values(stations) == {str(town.north.id): 30}
    assert stations.beyond == 10
    district = shown(run, town, by="district")
    assert (values(district), district.beyond) == ({nights.DISTRICT: 40}, 0)
    assert sum(values(shown(run, town, by="hour")).values()) == 40
    assert any("10" in str(text) for text in statistics_texts.notes(stations))
    assert len(statistics_texts.notes(stations)) == len(statistics_texts.notes(district)) + 1
    own = shown(run, town, agency=town.north, by="station")
    assert (values(own), own.beyond) == ({str(town.north.id): 30}, 10)


def test_the_rows_behind_a_figure_are_those_counted(town: Town) -> None:
    """Tracing finds the rows of offices too, and no row of one that reaches beyond."""
    run = computed(town)
    actor = make_actor("analyst", town.committee)
    for unit, by, count in ((YEONGJU, "dong", 20), (str(town.north.id), "station", 30)):
        view = View.read({"by": by, "unit": unit})
        (source,) = tracing.sources(run, view)
        assert tracing.rows(actor, source, tracing.part(actor, run, view)).count() == count


def test_what_is_released_adds_up_and_names_no_false_dong(town: Town) -> None:
    """In a release an office is a part of its own beside the dongs, below its station or none."""
    found = gather.gather(nights.job(town.committee))
    hours = pl.DataFrame(
        {
            "dong": [NORTHERN, ACROSS, YEONGJU], "month": [dt.date(2026, 3, 1)] * 3,
            "family": ["theft"] * 3, "events": [10, 20, 30],
        }
    )  # fmt: skip
    table = public.table_of(hours, 2026, found.coarse).filter(pl.col("family").is_null())
    parts = table.filter(pl.col("dong").is_not_null()).sort("dong")
    assert parts.select("dong", "station", "count").rows() == [
        (YEONGJU, str(town.north.id), 30), (NORTHERN, str(town.north.id), 10), (ACROSS, "", 20),
    ]  # fmt: skip


def test_response_times_have_a_mean_by_every_unit(town: Town) -> None:
    """Ten calls with four and six minutes are a mean of five, wherever the calls may be counted."""
    run = computed(town)
    assert "no_response" not in run.missing
    for by, unit in (("station", str(town.north.id)), ("district", nights.DISTRICT), ("type", "theft")):
        (row,) = [one for one in shown(run, town, indicator="response", by=by).rows if one.value]
        assert (row.unit, row.value, row.denominator) == (unit, 5.0, 10.0)
    assert set(values(shown(run, town, indicator="response", by="hour")).values()) == {4.0, 6.0}
    assert shown(run, town, indicator="response", by="dong").beyond == 10


def test_planned_patrols_are_hours_by_dong_station_district_and_hour(town: Town) -> None:
    """All ways and stops of the confirmed plan add up to its teams' minutes, by whichever unit."""
    run = computed(town)
    planned = sum(team.minutes for team in Plan.objects.get().teams.all()) / 60
    for by in ("dong", "station", "district", "hour"):
        found = shown(run, town, indicator="patrol_hours", by=by)
        assert sum(values(found).values()) == pytest.approx(planned, rel=0.01)
    assert (found.since, found.until) == (nights.DAY.replace(day=1),) * 2
    assert values(shown(run, town, by="district")) == {nights.DISTRICT: 40}
    view = View.read({"indicator": "patrol_hours", "by": "district"})
    (source,) = tracing.sources(run, view)
    actor = make_actor("analyst", town.committee)
    rows = tracing.rows(actor, source, tracing.part(actor, run, view))
    assert rows.count() == source["used"] == PlaceEvent.objects.filter(kind="patrol").count()


def test_planning_a_night_again_replaces_its_hours(town: Town) -> None:
    """A second plan of the night, told twice and out of order, leaves its own hours and nothing else."""
    first = Event.objects.get(type="patrols.plan_confirmed")
    before = Plan.objects.get()
    again = patrols.make_plan(
        actor=nights.job(town.office), agency_id=town.office.id, risk=nights.night(town.office),
        params=nights.QUICK, seed=7,
    )  # fmt: skip
    assert again.id != before.id
    patrols.confirm(actor=nights.job(town.office), plan_id=again.id)
    deliver_pending()
    consumers.keep_patrol_hours(first)
    consumers.keep_patrol_hours(Event.objects.filter(type=first.type).latest("created"))
    rows = PlaceEvent.objects.filter(kind="patrol")
    assert set(rows.values_list("vintage", flat=True)) == {str(again.id)}
    spans = [(row.time_from, row.time_to) for row in rows if row.time_to]
    hours = sum((until - since).total_seconds() / 3600 for since, until in spans)
    assert hours == pytest.approx(sum(team.minutes for team in again.teams.all()) / 60, rel=0.01)
    assert all(since.hour == (until - dt.timedelta(seconds=1)).hour for since, until in spans)


def test_a_team_without_stops_stays_where_it_starts() -> None:
    """A team that goes nowhere spends its minutes at its start; one that starts nowhere has none."""
    from sunra.systems.patrols.models import PlanTeam

    team = PlanTeam(order=3, starts=dt.datetime(2026, 11, 20, 12, 40, tzinfo=dt.UTC), minutes=30.0)
    found = stays(team, (), YEONGJU)
    assert [(one.team, one.dong, (one.until - one.since).seconds // 60) for one in found] == [
        (3, YEONGJU, 20), (3, YEONGJU, 10),
    ]  # fmt: skip
    assert stays(team, (), "") == []


def test_residents_come_from_a_file_that_was_handed_in(town: Town, tmp_path: Path) -> None:
    """Rates stand on the file once it is approved: of the district, and of stations with whole offices."""
    agency = town.office
    job = nights.job(agency)
    counts = {code: 1_000 for code in OFFICES if code != ACROSS}
    draft = services.prepare(
        actor=job, agency_id=agency.id, path=people(tmp_path / "인구_202511.csv", counts)
    )
    waiting = services.keep(actor=job, draft=draft, publish=False)
    assert not DongResidents.objects.exists()
    with pytest.raises(PermissionDenied):
        services.approve(actor=make_actor("analyst", agency), vintage_id=waiting.id)
    services.approve(actor=make_actor("data_officer", agency), vintage_id=waiting.id)
    assert dict(DongResidents.objects.values_list("dong", "residents")) == counts
    assert set(DongResidents.objects.values_list("as_of", flat=True)) == {dt.date(2025, 12, 31)}
    run = computed(town)
    stations = shown(run, town, indicator="facilities_per_1000", by="station")
    north = stations.of(str(town.north.id))
    assert north is not None
    assert north.denominator == 5_000
    assert (stations.unrated, len(values(stations))) == ((), 2)
    dongs = shown(run, town, indicator="facilities_per_1000", by="dong")
    assert values(dongs) == {}
    assert len(dongs.unrated) == len(towns.DONGS) - 3  # of 보수동's three nothing at all is known
    (source,) = [one for one in run.lineage if one["layer"] == "residents"]
    assert (source["vintage"], source["file"]) == (str(waiting.id), "인구_202511.csv")

    newer = services.import_file(
        actor=job, agency_id=agency.id, path=people(tmp_path / "인구_202512.csv", counts | {ACROSS: 500})
    )
    assert newer.dataset_id == waiting.dataset_id
    run = computed(town)
    stations = shown(run, town, indicator="facilities_per_1000", by="station")
    assert (values(stations), len(stations.unrated)) == ({}, 2)
    (district,) = shown(run, town, indicator="facilities_per_1000", by="district").rows
    assert district.denominator == 8_500
    assert statistics_texts.notes(stations)

    services.roll_back(actor=make_actor("data_officer", agency), vintage_id=waiting.id, reason="잘못된 파일")
    assert dict(DongResidents.objects.values_list("dong", "residents")) == counts


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("district", "26110", "", "", 9.0), ("dong", "26110", NORTHERN, "", 4.0)], {NORTHERN: 4}),
        ([("district", "26110", "", "", 9.0)], {"2611000000": 9}),
        ([("district", "26110", "", "남", 4.0), ("district", "26110", "", "여", 5.0)], {"2611000000": 9}),
        ([("dong", "26110", "", "", 9.0)], {}),
        ([("station", "", "", "", 9.0)], {}),
    ],
)
def test_residents_of_a_table(rows: list[tuple[Any, ...]], expected: dict[str, int]) -> None:
    """Small areas go before the district's total, men and women add up, nothing unplaced is divided by."""
    names = ("unit_kind", "district", "dong", "category", "count")
    table = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.format("{}{}", "unit_kind", "dong").alias("area"),
        pl.lit("persons").alias("measure"), pl.lit(2025).alias("year"), pl.lit("2025-Q2").alias("period"),
    )  # fmt: skip
    old = table.with_columns(pl.lit(2024).alias("year"), pl.lit("2024-12").alias("period"), count=pl.lit(1.0))
    found, day = population.residents_of(pl.concat([old, table], how="diagonal_relaxed"))
    assert (found, day) == (expected, dt.date(2025, 6, 30))
    assert population.residents_of(table.filter(pl.col("measure") == "households")) == ({}, None)


def said(dong: str, source: str, day: int | None, *, demo: bool = False) -> DongResidents:
    as_of = dt.date(2025, 1, day) if day else None
    return DongResidents(dong=dong, source=source, residents=1, as_of=as_of, demo=demo)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([said(YEONGJU, "a", 1), said(YEONGJU, "b", 2)], ["b"]),
        ([said(YEONGJU, "a", 2), said(YEONGJU, "b", None)], ["a"]),
        ([said(YEONGJU, "a", 2), said("2611010200", "b", 1)], ["a", "b"]),
        ([said(YEONGJU, "a", 1), said(ACROSS, "b", 2)], ["b"]),
        ([said(YEONGJU, "a", 2), said(ACROSS, "b", 1)], ["a"]),
        ([said(YEONGJU, "a", 1), said("2611000000", "b", 2)], ["a"]),
        ([said(YEONGJU, "a", 1), said(YEONGJU, "b", 2, demo=True)], ["a"]),
    ],
)
def test_one_source_speaks_for_a_place(rows: list[DongResidents], expected: list[str]) -> None:
    """Sources are never added: newer before older, real before invented, small before large areas."""
    assert sorted(row.source for row in gather.chosen_residents(rows)) == expected


def test_coarse_codes_never_become_dongs() -> None:
    """Every 행정동 lies in dongs of its district, and one that means several of them is in none."""
    found = Coarse.of({*OFFICES, "2611000000", YEONGJU, "2611099900", "9999999999"})
    assert set(found.parts) == {*OFFICES, "2611000000"}
    assert found.parts["2611000000"] == set(towns.DONGS)
    assert found.settled(pl.Series([ONE, ACROSS, YEONGJU])).to_list() == [YEONGJU, ACROSS, YEONGJU]
    assert Coarse.read(found.table()).parts == found.parts
    for dong in towns.DONGS:
        assert found.within({dong}) <= {dong, ONE}
    assert not found.across(towns.DONGS)
