"""The demonstration district: repeatable, inside its border, marked as invented, readable like real files."""

import csv
import datetime as dt
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from sunra.core import forecast as fc
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import UnknownDistrict
from sunra.core.routing import StreetGraph
from sunra.core.tables import TableRead, read_folder
from sunra.journeys import demo
from sunra.journeys.demo import generate
from sunra.journeys.demo.generate import DemoFiles

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    """The demonstration district of Seongbuk-gu, written once."""
    return generate.write(tmp_path_factory.mktemp("demo"), today=TODAY)


@pytest.fixture(scope="module")
def reads(made: DemoFiles) -> dict[str, TableRead]:
    """Its data folder as the readers of real files see it, by kind."""
    return {table.kind: table for table in read_folder(made.data)}


def hashes(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    """A CSV as dictionaries."""
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream))


def test_same_seed_same_bytes(made: DemoFiles, tmp_path: Path) -> None:
    """Writing again gives the same bytes in every file; another seed gives another town."""
    generate.write(tmp_path / "again", today=TODAY)
    assert hashes(tmp_path / "again") == hashes(made.folder)
    generate.write(tmp_path / "other", today=TODAY, seed=1)
    other, mine = hashes(tmp_path / "other"), hashes(made.folder)
    assert {name for name in mine if mine[name] == other.get(name)} == {"README.txt"}


def test_the_notice_says_what_is_real(made: DemoFiles) -> None:
    """The folder says in both languages that it is demonstration data and yields no accuracy figure."""
    text = made.readme.read_text(encoding="utf-8")
    for line in (demo.NOTICE, demo.NOTICE_KO, demo.NO_FIGURES, demo.NO_FIGURES_KO):
        assert line in text


def test_every_file_is_read_like_a_real_one(made: DemoFiles, reads: dict[str, TableRead]) -> None:
    """Each file is recognised as its kind, rows balance, only what was spoiled on purpose is held back."""
    kinds = {"cctv", "security_light", "emergency_bell", "police_office", "road", "call112", "accident_event"}
    assert set(reads) == kinds
    for table in reads.values():
        assert table.rows == table.accepted + table.merged + table.quarantined == made.rows[table.file]
        assert table.crs == 4326
    assert reads["cctv"].merged == 8
    assert reads["cctv"].encoding == "euc_kr"
    lights = reads["security_light"]
    assert lights.reasons == {"outside_district": 1}
    assert lights.merged > 50
    assert 0.01 < lights.placed["dong"] / lights.accepted < 0.03
    for kind in kinds - {"security_light", "call112"}:
        assert reads[kind].quarantined == 0
    assert reads["police_office"].table["level"].to_list()[:3] == ["station", "station", "box"]
    assert len(reads["police_office"].table["station"].unique()) == 2


def test_home_bound_calls_are_held_back_by_the_reader(reads: dict[str, TableRead]) -> None:
    """The export holds home-bound calls as real ones do, and none of them gets past the reader."""
    calls = reads["call112"]
    assert set(calls.reasons) == {"withheld_family"}
    assert 0.05 < calls.quarantined / calls.rows < 0.15
    assert not set(calls.table["family"].unique()) & fc.REFUSED


def test_every_point_lies_in_the_district(made: DemoFiles, reads: dict[str, TableRead]) -> None:
    """Facilities, accidents, street vertices and meeting places lie inside the real border."""
    border = districts().district("11290").polygon
    wide = shapely.buffer(border, 1e-6)
    for kind in ("cctv", "security_light", "emergency_bell", "police_office", "accident_event"):
        table = reads[kind].table.filter(reads[kind].table["precision"] == "point")
        assert shapely.contains_xy(wide, table["lon"].to_numpy(), table["lat"].to_numpy()).all(), kind
    for group in (*made.organisations, *made.teams):
        assert shapely.contains_xy(wide, group.lon, group.lat)
    lines = [shapely.LineString(line) for line in reads["road"].table["geometry"].to_list()]
    assert shapely.covers(wide, lines).all()
    grid = set(zip(*(column.tolist() for column in districts().grid("11290")), strict=True))
    calls = reads["call112"].table
    assert set(zip(calls["cell_e"].to_list(), calls["cell_n"].to_list(), strict=True)) <= grid


def test_the_streets_are_one_connected_irregular_network(reads: dict[str, TableRead]) -> None:
    """One piece, 400-600 km, at most 6,000 segments, with dead ends and crossings of several kinds."""
    lines = reads["road"].table["geometry"].to_list()
    assert sum(len(line) - 1 for line in lines) <= 6000
    report = StreetGraph.from_lines([np.array(line) for line in lines]).report()
    assert report.components == 1
    assert 400 <= report.kilometres <= 600
    assert report.dead_ends > 20
    assert {"main", "middle", "lane"} == set(reads["road"].table["level"].unique())


def test_the_profile_of_the_calls_is_plausible(reads: dict[str, TableRead]) -> None:
    """About 25,000 calls in 730 days, violence at night and at weekends, a few cells with many of them."""
    calls = reads["call112"].table
    assert 24_000 < reads["call112"].rows < 26_000
    days = calls["time_from"].dt.date()
    assert days.min() == TODAY - dt.timedelta(days=730)
    assert days.max() == TODAY - dt.timedelta(days=1)
    violence = calls.filter(calls["family"] == "street_violence")
    hours = np.bincount(violence["time_from"].dt.hour().to_numpy(), minlength=24)
    assert hours[[22, 23, 0, 1]].sum() > 2.5 * hours[[8, 9, 10, 11]].sum()
    weekdays = np.bincount(violence["time_from"].dt.weekday().to_numpy() - 1, minlength=7)
    assert weekdays[[4, 5]].mean() > 1.2 * weekdays[[0, 1, 2]].mean()
    per_cell = calls.group_by("cell_e", "cell_n").len().sort("len", descending=True)["len"].to_numpy()
    top = per_cell[:123].sum() / per_cell.sum()
    assert 0.2 < top < 0.5


def test_a_forecast_from_it_is_graded(reads: dict[str, TableRead]) -> None:
    """The calls carry a forecast with a spread of grades, so that the demonstration has a map to show."""
    calls = reads["call112"].table.filter(reads["call112"].table["family"].is_in(list(fc.FAMILIES)))
    events = fc.Events(
        calls["cell_e"].to_numpy(),
        calls["cell_n"].to_numpy(),
        calls["time_from"].to_numpy().astype("datetime64[D]"),
        calls["time_from"].dt.hour().to_numpy(),
        calls["family"].to_list(),
    )
    night = fc.forecast(events, fc.Grid(*districts().grid("11290")), None, fc.Horizon(TODAY, first_hour=12))
    assert night.event_source == fc.EVENTS
    assert len(np.unique(night.grade)) >= 6
    assert night.notes == ()


def test_people_are_marked_as_invented(made: DemoFiles) -> None:
    """Every name says so, every number lies in the range that is given to no one, keys do not repeat."""
    assert len(made.organisations) == 21
    assert sum(group.active for group in made.organisations) == 12
    assert len(made.members) == 600
    assert all(member.name.endswith("(가상)") for member in made.members)
    assert all(member.telephone.startswith("010-0000-") for member in made.members)
    assert len({member.telephone for member in made.members}) == 600
    assert len({member.key for member in made.members}) == 600
    assert {member.organisation for member in made.members} == {group.key for group in made.organisations}
    leaders = [member for member in made.members if member.role == "leader"]
    assert len(leaders) == 21
    written = rows(made.people / "members.csv")
    assert [row["key"] for row in written] == [member.key for member in made.members]
    dongs = {dong.code for dong in districts().dongs("11290")}
    assert {group.dong for group in made.organisations} <= dongs


def test_tonights_teams_can_walk(made: DemoFiles) -> None:
    """Six teams of three kinds; nobody walks alone; volunteers belong to an active organisation."""
    assert [team.kind for team in made.teams] == ["car", "car", "foot", "foot", "foot", "dog"]
    active = {group.key for group in made.organisations if group.active}
    assert {team.organisation for team in made.teams if team.kind != "car"} <= active
    assert all(team.size >= 2 and team.shift_minutes > 0 and team.speed_kmh > 0 for team in made.teams)
    assert len(rows(made.people / "teams.csv")) == 6


def test_residents_cover_the_grid(made: DemoFiles) -> None:
    """One row per cell of the district, a total as large as a district's, and cells without anybody."""
    table = rows(made.context / "residents.csv")
    people = np.array([int(row["거주인구"]) for row in table])
    assert len(table) == len(districts().grid("11290")[0])
    assert 100_000 < people.sum() < 800_000
    assert (people == 0).any()


def test_another_district_works_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    """Nothing is fitted to one district; a code that does not exist is a typed error."""
    other = generate.write(tmp_path / "other", district="26110", seed=3, today=TODAY)
    names = json.loads((other.data / "demo_road.geojson").read_text(encoding="utf-8"))
    assert len(names["features"]) > 500
    assert all("가상" in feature["properties"]["RN"] for feature in names["features"])
    with pytest.raises(UnknownDistrict):
        generate.write(tmp_path / "none", district="99999", today=TODAY)
