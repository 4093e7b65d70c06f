"""Persons in arriving files: refused by default, treated as decided, never joined across controllers."""

import re
import threading
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from sunra.engine import Query
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.files.models import StoredFile
from sunra.platform.jobs.worker import Worker
from sunra.platform.ledger.models import Record
from sunra.platform.runs.models import Run
from sunra.systems.sharing import services
from sunra.systems.sharing.incoming import Incoming
from sunra.systems.sharing.models import Dataset, PersonRule, Screening, Vintage
from sunra.systems.sharing.services import keys, persons
from sunra.systems.sharing.services.statistics import queries
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
HEADER = "관리기관명,소재지지번주소,설치목적구분,카메라대수,위도,경도,담당자명,데이터기준일자"


def _file(folder: Path) -> Path:
    """Cameras with the name of the officer in charge."""
    lines = [HEADER]
    lines += [
        f"중구청,부산광역시 중구 {n},생활방범,2,{lat},{lon},김철{'수민호'[n % 3]},2026-10-01"
        for n, (lon, lat) in enumerate(nights.points(20))
    ]
    path = folder / "중구_CCTV_20261001.csv"
    path.write_text("\r\n".join(lines), encoding="utf-8")
    return path


def _import(agency: Agency, path: Path) -> Vintage:
    return services.import_file(
        actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT
    )


def _decide(agency: Agency, **columns: str) -> PersonRule:
    return persons.decide(
        actor=make_actor("data_officer", agency),
        agency_id=agency.id,
        title="중구_CCTV",
        columns=columns,
        reason="needed without names",
    )


def test_a_file_with_persons_is_refused_and_says_why(tmp_path: Path) -> None:
    """Nothing of it is published; the finding names the column and holds no value."""
    agency = nights.office()
    vintage = _import(agency, _file(tmp_path))
    assert (vintage.rows, vintage.state, vintage.warnings) == (0, "unusable", [persons.REFUSED])
    row = vintage.quarantine.get()
    assert (row.reason, row.remedy, row.value) == ("person_columns", "treat_persons", "")
    found = Screening.objects.get()
    assert found.refused
    assert [(one["column"], one["kind"]) for one in found.findings] == [("담당자명", "name")]
    assert "김철" not in str(found.findings)


def test_after_the_officers_word_the_same_file_is_taken(tmp_path: Path) -> None:
    """Dropped or made pseudonymous, the rest is read, points lie at the middles of cells, no copy stays."""
    agency = nights.office()
    path = _file(tmp_path)
    _import(agency, path)
    _decide(agency, 담당자명="pseudonym")
    vintage = _import(agency, path)
    assert vintage.rows == 20
    assert vintage.accepted > 0
    assert Screening.objects.get().treated == {"담당자명": "pseudonym"}
    assert not list((home() / "tmp").glob("treated-*"))
    assert Record.objects.filter(subject="sharing.PersonRule").count() == 1


def test_the_treated_copy_holds_pseudonyms_and_cells(tmp_path: Path) -> None:
    """The same person is the same word, the word is not the name, and no true point is left."""
    agency = nights.office()
    path = _file(tmp_path)
    _import(agency, path)
    _decide(agency, 담당자명="pseudonym")
    screened = persons.screen(agency_id=agency.id, incoming=Incoming.at(path))
    text = screened.path.read_text(encoding="utf-8")
    assert screened.path.stat().st_mode & 0o077 == 0
    assert "김철" not in text
    column = [line.split(",")[6] for line in text.splitlines()[1:]]
    assert len(set(column)) == 3
    true = {line.split(",")[4] for line in path.read_text(encoding="utf-8").splitlines()[1:]}
    told = {line.split(",")[4] for line in text.splitlines()[1:]}
    assert not true & told or len(true) == len(told)
    screened.forget()
    assert not screened.path.exists()


def test_an_innocent_column_is_kept_by_word_of_the_officer(tmp_path: Path) -> None:
    """ "Names no person" lets the file through as it is."""
    agency = nights.office()
    path = _file(tmp_path)
    _import(agency, path)
    _decide(agency, 담당자명="keep")
    screened = persons.screen(agency_id=agency.id, incoming=Incoming.at(path))
    assert (screened.refused, screened.treated, screened.path) == (False, None, path)


def test_files_without_persons_are_read_as_they_came(tmp_path: Path) -> None:
    """A standard file passes and leaves no finding; so does what is no table."""
    agency = nights.office()
    assert _import(agency, nights.cctv_csv(tmp_path / "중구_CCTV_20261001.csv")).accepted
    broken = tmp_path / "x.csv"
    broken.write_bytes(b"")
    assert not persons.screen(agency_id=agency.id, incoming=Incoming.at(broken)).refused
    assert not Screening.objects.exists()


def test_the_upload_of_a_refused_file_is_not_kept(tmp_path: Path) -> None:
    """After the job the stored original is gone; the receipt stays."""
    agency = nights.office()
    officer = signed_in(make_person("data_officer", agency))
    upload = SimpleUploadedFile("중구_CCTV.csv", _file(tmp_path).read_bytes())
    officer.post("/data/drop-off/", {"file": upload})
    assert Worker(threading.Event(), worker_id="w").run_one()
    assert Vintage.objects.get().warnings == [persons.REFUSED]
    assert not StoredFile.objects.exists()


def test_who_may_not_decide_is_refused(tmp_path: Path) -> None:
    """Another agency's officer, an auditor; resident numbers are only ever dropped; reasons are asked for."""
    agency = nights.office()
    _import(agency, _file(tmp_path))
    given = {"agency_id": agency.id, "title": "중구_CCTV", "columns": {"담당자명": "drop"}}
    for actor in (make_actor("data_officer", make_agency()), make_actor("auditor", agency)):
        with pytest.raises(PermissionDenied):
            persons.decide(actor=actor, **given, reason="needed without names")
    officer = make_actor("data_officer", agency)
    with pytest.raises(UserError):
        persons.decide(actor=officer, **given, reason="x")
    with pytest.raises(UserError):
        persons.decide(actor=officer, **(given | {"columns": {"다른": "drop"}}), reason="needed")
    assert persons.allowed("resident_number") == ("drop",)


def test_pseudonymised_sets_of_two_controllers_are_never_joined() -> None:
    """PIPA 28-3: refused across agencies, allowed within one, allowed where nothing is pseudonymous."""
    rows = []
    for number in range(3):
        agency = rows[1].agency if number == 2 else make_agency()
        dataset = Dataset.objects.create(agency=agency, kind="call112", title=f"calls {number}")
        Screening.objects.create(
            agency=agency, title=dataset.title, file_name="x", sha256=uuid4().hex, treated={"x": "pseudonym"}
        )
        rows.append(dataset)
    with pytest.raises(UserError) as error:
        persons.may_join([rows[0].id, rows[1].id])
    assert error.value.code == "pseudonyms_not_joined"
    persons.may_join([rows[1].id, rows[2].id])
    plain = Dataset.objects.create(agency=make_agency(), kind="cctv", title="cameras")
    persons.may_join([rows[0].id, plain.id])
    actor, table = make_actor("analyst", rows[0].agency), pl.DataFrame({"nr": [1]})
    query = Query("SELECT a.nr AS nr FROM a JOIN b ON a.nr = b.nr", partition="a", broadcast=("b",))
    tables = {"a": table, "b": table}
    holds = {"a": [plain.id, rows[0].id], "b": [rows[1].id]}
    with pytest.raises(UserError) as error:
        queries.ask(actor, "hours", query, tables, holds=holds)
    assert (error.value.code, Run.objects.count()) == ("pseudonyms_not_joined", 0)
    assert queries.ask(actor, "hours", query, tables, holds={"a": [rows[1].id], "b": [plain.id]}).height == 1


def test_nothing_reaches_the_engine_but_through_the_door_that_refuses_joins() -> None:
    """Only `queries.ask` runs SQL over data of the systems: a new way would not know who controls what."""
    source = Path(queries.__file__).parents[5]
    calls = re.compile(
        r"sunra\.platform\.runs(\.services)? import|from sunra import engine|import sunra\.engine"
    )
    found = {
        path.relative_to(source).as_posix()
        for room in ("systems", "journeys")
        for path in (source / "sunra" / room).rglob("*.py")
        if calls.search(path.read_text("utf-8"))
    }
    assert found == {"sunra/systems/sharing/services/statistics/queries.py"}


def test_keys_are_apart_and_one_per_controller() -> None:
    """A key is made once, lies in the keys folder, is readable by its owner alone, and is nobody else's."""
    one, two = uuid4(), uuid4()
    assert keys.of_controller(one) == keys.of_controller(one)
    assert keys.of_controller(one) != keys.of_controller(two)
    assert keys.of_agreement(one) != keys.of_controller(one)
    path = home() / "keys" / "pseudonyms" / f"agency-{one}"
    assert path.stat().st_mode & 0o077 == 0
    assert len(path.read_bytes()) == 32
