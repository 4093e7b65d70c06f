"""Files become vintages that balance, and their rows in the district become places."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from sunra.core.tables import TableRead
from sunra.platform.base.errors import UserError
from sunra.platform.places.models import Facility
from sunra.systems.sharing import frames, selectors, services
from sunra.systems.sharing.incoming import Incoming, files_in
from sunra.systems.sharing.models import Dataset, QuarantinedRow, Vintage
from sunra.systems.sharing.services import imports
from tests.platform.accounts.people import make_actor
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def load(tmp_path: Path, **options: object) -> Vintage:
    """The small CCTV file, imported for its district."""
    agency = nights.office()
    path = nights.cctv_csv(tmp_path / "중구_CCTV_20261001.csv")
    return services.import_file(
        actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT, **options
    )


def test_every_row_of_a_file_is_accounted_for(tmp_path: Path) -> None:
    """Rows in are accepted + merged + put aside, and accepted are published or lie elsewhere."""
    vintage = load(tmp_path)
    assert vintage.kind == "cctv"
    assert vintage.rows == 33 == vintage.accepted + vintage.merged + vintage.quarantined
    assert (vintage.merged, vintage.quarantined, vintage.elsewhere) == (1, 1, 1)
    assert vintage.published == Facility.objects.count() == 30
    assert set(Facility.objects.values_list("vintage", flat=True)) == {str(vintage.id)}
    assert vintage.dataset.title == "중구_CCTV"


def test_a_row_in_the_sea_says_where_and_why(tmp_path: Path) -> None:
    """The quarantine names line, reason and remedy of the row."""
    row = QuarantinedRow.objects.get(vintage=load(tmp_path))
    assert row.line == 33
    assert row.reason in {"at_sea", "outside_korea", "outside_district"}
    assert row.remedy == "correct_coordinates"


def test_the_same_file_twice_is_one_vintage(tmp_path: Path) -> None:
    """A second import adds no row anywhere."""
    first = load(tmp_path)
    again = services.import_file(
        actor=nights.job(first.agency),
        agency_id=first.agency_id,
        path=tmp_path / first.file_name,
        district=nights.DISTRICT,
    )
    assert again.id == first.id
    assert (Vintage.objects.count(), Facility.objects.count()) == (1, 30)


def test_a_newer_file_replaces_the_places_of_its_dataset(tmp_path: Path) -> None:
    """The next file of the series takes the place of the one before, and the old one can come back."""
    first = load(tmp_path)
    newer = nights.cctv_csv(tmp_path / "중구_CCTV_20261101.csv", rows=12)
    args = {"actor": nights.job(first.agency), "agency_id": first.agency_id, "district": nights.DISTRICT}
    second = services.import_file(path=newer, **args)
    assert second.dataset_id == first.dataset_id
    assert Facility.objects.count() == 12
    services.import_file(path=tmp_path / first.file_name, **args)
    assert Facility.objects.count() == 30


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("leer.csv", b"", "empty_file"),
        ("bild.csv", bytes(range(256)) * 40, "not_a_table"),
        ("kopf.csv", nights.CCTV_HEADER.encode("cp949"), "header_only"),
        ("offen.csv", (nights.CCTV_HEADER + '\n"never closed,1\n' + "x,y\n" * 9).encode(), "unclosed_quote"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """A refused file is a vintage without rows and with the reason."""
    agency = nights.office()
    (tmp_path / name).write_bytes(content)
    vintage = services.import_file(actor=nights.job(agency), agency_id=agency.id, path=tmp_path / name)
    assert (vintage.kind, vintage.rows) == ("unknown", 0)
    assert vintage.warnings == [code]


def test_values_of_personal_columns_stay_in_the_file(tmp_path: Path) -> None:
    """The quarantine keeps the reason of a bad telephone number, never the number."""
    vintage = load(tmp_path)
    rejects = pl.DataFrame(
        {"line": [2], "field": ["관리기관전화번호"], "reason": ["bad_number"], "value": ["010-1234-5678"]}
    )
    read = _read(pl.DataFrame(), rejects)
    draft = services.Draft(vintage.agency_id, Incoming.unread(tmp_path, "x.csv"), "", read=read)
    assert imports._rejects(draft)["value"].to_list() == [""]


def _read(table: pl.DataFrame, rejects: pl.DataFrame | None = None, kind: str = "call112") -> TableRead:
    nothing = pl.DataFrame(
        schema={"line": pl.Int64, "field": pl.String, "reason": pl.String, "value": pl.String}
    )
    aside = nothing if rejects is None else rejects
    return TableRead(
        file="x.csv",
        kind=kind,
        encoding="utf-8",
        crs=4326,
        rows=(table["line"].n_unique() if table.height else 0) + aside.height,
        merged=0,
        table=table,
        rejects=aside,
    )


def test_withheld_families_are_dropped_at_the_door() -> None:
    """A call about domestic violence is counted as withheld and is in no frame."""
    lon, lat = nights.points(1)[0]
    rows = [
        {
            "line": n, "key": str(n), "lon": lon, "lat": lat, "dong": "", "family": family,
            "category": category,
            "time_from": dt.datetime(2026, 1, 1), "time_to": None, "weight": 1.0,
        }
        for n, (family, category) in enumerate([("theft", "절도"), ("domestic", "x"), ("disorder",
        "가정폭력")])
    ]  # fmt: skip
    found = frames.sort(_read(pl.DataFrame(rows)), district=nights.DISTRICT)
    assert found.withheld == 2
    assert found.frame["family"].to_list() == ["theft"]


def test_demo_places_make_way_for_real_ones(tmp_path: Path) -> None:
    """Taking demonstration datasets back removes their places and nothing else."""
    vintage = load(tmp_path, demo=True)
    agency = vintage.agency
    nights.with_facilities(agency, source="real")
    assert services.retire_demo(actor=nights.job(agency), agency_id=agency.id, district=nights.DISTRICT) == 1
    assert not Facility.objects.filter(demo=True).exists()
    assert Facility.objects.count() == 40
    assert not Dataset.objects.exists()


def test_a_vintage_that_does_not_balance_cannot_be_stored(tmp_path: Path) -> None:
    """The database itself refuses rows that are not the sum of their parts."""
    vintage = load(tmp_path)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vintage.objects.filter(id=vintage.id).update(accepted=1)


def test_who_may_not_import_is_refused(tmp_path: Path) -> None:
    """A volunteer may not import, and an officer not for another agency."""
    path = nights.cctv_csv(tmp_path / "a.csv")
    agency, other = nights.office(), nights.office(nights.NEIGHBOUR)
    with pytest.raises(PermissionDenied):
        services.import_file(actor=make_actor("volunteer", agency), agency_id=agency.id, path=path)
    with pytest.raises(PermissionDenied):
        services.import_file(actor=make_actor("data_officer", other), agency_id=agency.id, path=path)
    assert not Vintage.objects.exists()


def test_folders_without_files_are_named(tmp_path: Path) -> None:
    """A folder that is missing or holds nothing but sidecar files is an error with a remedy."""
    (tmp_path / "a.dbf").write_bytes(b"x")
    for folder, code in ((tmp_path, "empty_folder"), (tmp_path / "none", "no_folder")):
        with pytest.raises(UserError) as caught:
            files_in(folder)
        assert caught.value.code == code
        assert str(caught.value.remedy)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("서울특별시_성북구_CCTV_20200330.csv", "서울특별시_성북구_CCTV"),
        ("Seoul_Bell.csv", "Seoul_Bell"),
        ("2021.csv", "2021"),
    ],
)
def test_a_series_is_named_without_its_date(tmp_path: Path, name: str, title: str) -> None:
    """Files of one series share a dataset whatever their date."""
    assert Incoming(tmp_path / name, name, "").title == title


def test_figures_by_station_are_kept_and_no_places_made() -> None:
    """The latest vintage of a crime table gives its figures."""
    agency = nights.office()
    dataset = Dataset.objects.create(agency=agency, kind="crime_table", title="t")
    figures = [{"station": "중부", "year": 2025, "category": "절도", "count": 7}]
    Vintage.objects.create(
        agency=agency, dataset=dataset, file_name="t.csv", sha256="0", reader="0", kind="crime_table",
        rows=1, accepted=1, merged=0, quarantined=0, counts=figures,
    )  # fmt: skip
    assert selectors.crime_counts(nights.job(agency)) == figures


def test_a_street_of_several_lines_is_one_row() -> None:
    """What is published counts rows of the file, not the lines that a row was cut into."""
    lon, lat = nights.points(1)[0]
    line = [[lon, lat], [lon + 0.0005, lat]]
    rows = [
        {"line": 2, "key": f"2-{n}", "name": "길", "dong": "", "geometry": line, "level": ""}
        for n in range(3)
    ]
    found = frames.sort(_read(pl.DataFrame(rows), kind="road"), district=nights.DISTRICT)
    assert (found.published, found.elsewhere, found.frame.height) == (1, 0, 3)
