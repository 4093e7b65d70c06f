"""Opening a dataset: who may, what leaves and what never does, and that taking it back is at once."""

import json
from datetime import timedelta
from pathlib import Path

import geopandas
import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sunra.core.tables.kinds import KINDS
from sunra.core.tables.kinds.base import COLUMNS
from sunra.platform.base.errors import UserError
from sunra.platform.ledger.models import Record
from sunra.platform.places.models import Facility
from sunra.systems.sharing import frames, texts
from sunra.systems.sharing.models import Dataset, Opening, Release, StatisticsRun
from sunra.systems.sharing.opened import columns, explained, files
from sunra.systems.sharing.opened.collection import MODELS, of_opening, opens_as
from sunra.systems.sharing.opened.columns import DICTIONARY
from sunra.systems.sharing.selectors import opendata as selectors
from sunra.systems.sharing.services import opendata
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.sharing import opening as made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_the_owner_opens_a_dataset_with_licence_and_words() -> None:
    """If this fails, the public cannot know under which terms and from whom data comes."""
    agency = nights.office()
    dataset = made.cameras(agency)
    opening = made.opened(dataset)
    assert (opening.form, opening.licence, opening.title) == ("features", "KOGL-1", "부산 중구 CCTV")
    assert opening.opened_by is not None
    assert list(selectors.openings(search="jung-gu")) == [opening]
    assert Record.objects.filter(act="open", ref=str(dataset.id)).exists()


def test_only_explained_columns_leave() -> None:
    """If this fails, a column that nobody judged is public."""
    opening = made.opened(made.cameras(nights.office()))
    assert "purpose" in opening.columns
    assert "unexplained" not in opening.columns
    with pytest.raises(UserError):
        made.opened(made.cameras(nights.office(nights.NEIGHBOUR)), columns=("unexplained",))


def test_the_owner_may_leave_columns_out() -> None:
    """If this fails, an owner who withholds the address publishes it all the same."""
    opening = made.opened(made.cameras(nights.office()), columns=("purpose",))
    assert "address" not in opening.columns
    assert set(columns.always()) < set(opening.columns)


def test_who_may_not_open_is_refused() -> None:
    """An analyst, the agency above and another agency cannot open; the last does not even find it."""
    root = nights.office(nights.NEIGHBOUR)
    agency = nights.office(parent=root)
    dataset = made.cameras(agency)
    given = {"dataset_id": dataset.id, "licence": "KOGL-1", "words": made.WORDS}
    for role, where in (("analyst", agency), ("data_officer", root)):
        with pytest.raises(PermissionDenied):
            opendata.open_dataset(actor=make_actor(role, where), **given)
    with pytest.raises(Http404):
        opendata.open_dataset(actor=make_actor("data_officer"), **given)
    with pytest.raises(PermissionDenied):
        opendata.close_dataset(
            actor=make_actor("analyst", agency), dataset_id=dataset.id, reason="시험합니다"
        )
    with pytest.raises(PermissionDenied):
        selectors.history(make_actor("analyst", agency), dataset.id)


def test_a_wrong_licence_and_a_second_opening_are_refused() -> None:
    """If this fails, a dataset has two licences at once, or one that does not exist."""
    dataset = made.cameras(nights.office())
    with pytest.raises(UserError):
        made.opened(dataset, licence="WTFPL")
    made.opened(dataset)
    with pytest.raises(UserError):
        made.opened(dataset)


def test_taking_back_ends_everything_at_once_and_can_be_undone() -> None:
    """If this fails, files stay on the disk or a mistake is for ever."""
    dataset = made.cameras(nights.office())
    opening = made.opened(dataset, made=True)
    assert files.path_of(opening.id, "csv").exists()
    officer = made.officer(dataset.agency)
    with pytest.raises(UserError):
        opendata.close_dataset(actor=officer, dataset_id=dataset.id, reason=" ")
    closed = opendata.close_dataset(actor=officer, dataset_id=dataset.id, reason="좌표 오류")
    files.remove(closed.id)  # on commit, which a test's transaction never reaches
    with pytest.raises(Http404):
        selectors.opening(dataset.id)
    with pytest.raises(Http404):
        opendata.close_dataset(actor=officer, dataset_id=dataset.id, reason="좌표 오류")
    assert not files.path_of(opening.id, "csv").exists()
    assert made.opened(dataset).id != opening.id
    assert [row.closed_reason for row in selectors.history(officer, dataset.id)] == ["", "좌표 오류"]


def test_events_leave_as_figures_by_dong_alone() -> None:
    """If this fails, a single call of somebody lies in public."""
    dataset = made.calls(nights.office())
    opening = made.opened(dataset)
    assert opening.form == "counts"
    assert set(opening.columns) == {"dong", "dong_name", "year", "category", "count"}
    assert {row["dong"][:5] for row in opening.rows} == {nights.DISTRICT}
    assert {row["category"] for row in opening.rows} == {"all", "theft", "traffic"}
    assert [row["count"] for row in opening.rows].count(None) == 3
    assert all("중구" in row["dong_name"] for row in opening.rows)
    Opening.objects.all().delete()
    StatisticsRun.objects.all().delete()
    with pytest.raises(UserError):
        made.opened(dataset)


def test_figures_by_station_pass_disclosure_control() -> None:
    """If this fails, a small figure of a station leaves, or can be computed from the others."""
    opening = made.opened(made.stations(nights.office()))
    assert set(opening.columns) == {"station", "year", "category", "count"}
    figures = {(row["station"], row["category"]): row["count"] for row in opening.rows}
    assert figures["중부", "절도"] is None
    assert Release.objects.get().subject == "crime_table"


def test_a_dataset_without_rows_or_of_no_known_kind_cannot_be_opened() -> None:
    """If this fails, an unread file is published."""
    agency = nights.office()
    for kind in ("unknown", "call112"):
        dataset = Dataset.objects.create(agency=agency, kind=kind, title=kind)
        with pytest.raises(UserError):
            made.opened(dataset)


def test_the_csv_runs_no_formula_and_says_what_is_missing() -> None:
    """If this fails, a name in a public file runs on somebody's machine."""
    opening = made.opened(made.cameras(nights.office()), made=True)
    lines = files.path_of(opening.id, "csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("key,kind,name,count,dong,cell,changed")
    assert lines[0].endswith("lon,lat")
    assert len(lines) == 41
    assert any("'=1+1" in line for line in lines)
    assert lines[1].endswith(",,")


def test_geopandas_reads_the_geoparquet() -> None:
    """If this fails, the file is Parquet, but no GeoParquet: no geometry, no reference system."""
    opening = made.opened(made.cameras(nights.office()), made=True)
    frame = geopandas.read_parquet(files.path_of(opening.id, "parquet"))
    assert len(frame) == 40
    assert frame.crs is not None
    assert frame.crs.equals("OGC:CRS84")
    rows = {row.id: row for row in Facility.objects.all()}
    for _index, got in frame.iterrows():
        row = rows[got["id"]]
        assert (got["key"], got["count"], got["purpose"]) == (row.key, row.count, row.attrs["purpose"])
        if row.lon is None:
            assert got.geometry is None
        else:
            assert abs(got.geometry.x - row.lon) + abs(got.geometry.y - row.lat) < 1e-9
    assert str(frame["reference_date"].iloc[0]) == "2026-10-01"
    assert str(frame["changed"].dtype).startswith("datetime64")


def test_the_geojson_is_whole_and_marks_demonstration_data() -> None:
    """If this fails, a program cannot read the file, or takes generated data for real."""
    opening = made.opened(made.cameras(nights.office(), demo=True), made=True)
    found = json.loads(files.path_of(opening.id, "geojson").read_text(encoding="utf-8"))
    assert found["demo"] is True
    assert len(found["features"]) == 40
    assert found["features"][1]["properties"]["name"] == "=1+1"


def test_streets_and_figures_have_files_too(tmp_path: Path) -> None:
    """If this fails, only points can be downloaded."""
    agency = nights.office()
    street = made.opened(made.streets(agency), made=True)
    assert "LINESTRING" in files.path_of(street.id, "csv").read_text(encoding="utf-8")
    figures = made.opened(made.calls(agency), made=True)
    frame = geopandas.read_parquet(files.path_of(figures.id, "parquet"))
    assert set(frame.geometry.geom_type.dropna()) <= {"Polygon", "MultiPolygon"}
    assert len(frame) == len(figures.rows)


def test_every_column_is_explained_in_both_languages() -> None:
    """If this fails, a reader of one language cannot know what a column means."""
    for column in (*columns.DICTIONARY.values(), *columns.COUNTED.values()):
        assert column.meaning_en
        assert column.meaning_ko


def test_every_kind_has_a_decision_for_each_of_its_columns() -> None:
    """A new kind or column that nobody has judged is named here: explain it, or say why it never leaves."""
    undecided = {
        kind
        for kind in texts.KINDS
        if not opens_as(Dataset(kind=kind)) and kind not in explained.CLOSED_KINDS
    }
    for kind in KINDS:
        if frames.layer_of(kind.name) in MODELS:
            names = {*COLUMNS, *kind.columns} - {"cameras", "lamps", "bells"}  # they leave as the count
            undecided |= {f"{kind.name}.{name}" for name in names - {*DICTIONARY, *explained.CLOSED}}
    for layer in MODELS:
        own = {*frames._COLUMNS[layer]} - {"cameras", "lamps", "bells"}
        undecided |= {f"{layer}.{name}" for name in own - {*DICTIONARY, *explained.CLOSED}}
    assert not undecided
    assert not {*explained.CLOSED} & {*DICTIONARY}


def test_the_files_are_made_anew_when_places_change() -> None:
    """If this fails, downloads stay as they were on the first day."""
    from sunra.platform.events.models import Event
    from sunra.platform.jobs.models import Job
    from sunra.systems.sharing import consumers

    agency = nights.office()
    dataset = made.cameras(agency)
    opening = made.opened(dataset)
    Job.objects.all().delete()
    event = Event.objects.filter(type="places.published").latest("created")
    consumers.renew_files(event)
    consumers.renew_files(event)
    job = Job.objects.get()
    assert job.args == {"opening": str(opening.id)}
    Opening.objects.update(closed=opening.created + timedelta(days=1))
    Job.objects.all().delete()
    consumers.renew_files(event)
    assert not Job.objects.exists()


def test_a_collection_of_figures_has_no_model_to_leak() -> None:
    """If this fails, a page of figures could fall back to single events."""
    opening = made.opened(made.calls(nights.office()))
    collection = of_opening(opening)
    assert collection.counted
    assert collection.layer == ""
    with pytest.raises(KeyError):
        _model = collection.model
