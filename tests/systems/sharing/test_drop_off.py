"""Several files at once, one receipt: page, paper, report, notice; nothing put aside in silence."""

import csv
import io
import threading
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client

from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.platform.notices.models import Notice
from sunra.platform.places.models import Facility
from sunra.systems.sharing import selectors
from sunra.systems.sharing.incoming import series
from sunra.systems.sharing.models import Dataset, DropOff, DroppedFile, QuarantinedRow, Vintage
from sunra.systems.sharing.services import drop_off as service
from sunra.systems.sharing.services import imports
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def upload(tmp_path: Path, name: str, *, rows: int = 30) -> SimpleUploadedFile:
    """The small CCTV file under a name."""
    return SimpleUploadedFile(name, nights.cctv_csv(tmp_path / "x.csv", rows=rows).read_bytes())


def read_all() -> None:
    """Let the worker read what is queued."""
    worker = Worker(threading.Event(), worker_id="w")
    for _ in range(Job.objects.filter(state="queued").count()):
        assert worker.run_one()


def handed_in(client: Client, *files: Any, **more: Any) -> DropOff:
    """Files handed in over the page, and read."""
    answer = client.post("/data/drop-off/", {"file": list(files), **more})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    read_all()
    return DropOff.objects.get(id=answer.headers["Location"].split("/")[-2])


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


def test_several_files_end_in_one_receipt(tmp_path: Path, agency: Agency) -> None:
    """Each file has its own result: one waits for approval, one has no known columns, one is no table."""
    person = make_person("data_officer", agency)
    client = signed_in(person)
    strange = SimpleUploadedFile("모름.csv", "가,나\n1,2\n3,4\n".encode())
    program = SimpleUploadedFile("a.exe", b"MZ" + bytes(500))
    found = handed_in(client, upload(tmp_path, "중구_CCTV.csv"), strange, program)
    assert list(found.files.values_list("state", flat=True)) == ["read", "unknown", "refused"]
    assert Vintage.objects.get(kind="cctv").state == Vintage.State.DRAFT
    assert not Facility.objects.exists()
    text = client.get(f"/data/receipts/{found.id}/").content.decode()
    assert all(word in text for word in ("중구_CCTV.csv", "모름.csv", "a.exe", "/columns/", person.name))
    kinds = set(Notice.objects.filter(person=person).values_list("kind", flat=True))
    assert {"sharing.receipt", "sharing.approval"} <= kinds


def test_an_empty_file_among_several_is_named(tmp_path: Path, agency: Agency) -> None:
    """Whoever hands in thirty files must know which one to fetch again."""
    client = signed_in(make_person("data_officer", agency))
    files = [upload(tmp_path, "중구_CCTV.csv"), SimpleUploadedFile("빈 파일.csv", b"")]
    answer = client.post("/data/drop-off/", {"file": files})
    assert answer.status_code == 400
    assert "빈 파일.csv: " in answer.content.decode()


def test_the_receipt_is_paper_too(tmp_path: Path, agency: Agency) -> None:
    """The PDF is made for a receipt with and without rows put aside."""
    client = signed_in(make_person("data_officer", agency))
    found = handed_in(client, upload(tmp_path, "중구_CCTV.csv"))
    answer = client.get(f"/data/receipts/{found.id}/pdf/")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_report_holds_every_row_put_aside(
    tmp_path: Path, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows are put aside than the page lists: the report has them all, and no cell is a formula."""
    monkeypatch.setattr(imports, "KEPT_QUARANTINE", 3)
    path = nights.cctv_csv(tmp_path / "x.csv")
    bad = [f"중구청,,부산 중구 {n},=1+1,x,34.0,129.9,2026-10-01" for n in range(20)]
    content = path.read_bytes() + ("\r\n" + "\r\n".join(bad)).encode("cp949")
    client = signed_in(make_person("data_officer", agency))
    found = handed_in(client, SimpleUploadedFile("=중구_CCTV.csv", content))
    vintage = Vintage.objects.get()
    assert (vintage.quarantined, QuarantinedRow.objects.count()) == (21, 3)
    for address in (
        f"/data/receipts/{found.id}/put-aside/",
        f"/data/vintages/{vintage.id}/put-aside/",
        f"/data/vintages/{vintage.id}/?export=csv&table=quarantine",
    ):
        lines = list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))
        assert len(lines) == 22
        assert [line[1] for line in lines[1:]] == sorted((line[1] for line in lines[1:]), key=int)
        assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)
        assert all(line[3] and line[5] for line in lines[1:])


def test_a_file_handed_in_before_says_so(tmp_path: Path, agency: Agency) -> None:
    """The second receipt names the first vintage, and no second one is made."""
    client = signed_in(make_person("data_officer", agency))
    handed_in(client, upload(tmp_path, "중구_CCTV.csv"))
    again = handed_in(client, upload(tmp_path, "중구_CCTV.csv"))
    assert list(again.files.values_list("state", flat=True)) == ["seen"]
    assert Vintage.objects.count() == 1


def test_the_sender_may_choose_the_dataset(tmp_path: Path, agency: Agency) -> None:
    """A file of another name becomes a vintage of the dataset chosen, unless it is of another kind."""
    client = signed_in(make_person("data_officer", agency))
    handed_in(client, upload(tmp_path, "중구_CCTV.csv"))
    chosen = str(Dataset.objects.get().id)
    lamps = "보안등위치명,설치개수,소재지지번주소,위도,경도\n" + "\n".join(
        f"등 {n},1,부산광역시 중구 {n},{lat},{lon}" for n, (lon, lat) in enumerate(nights.points(5))
    )
    handed_in(
        client,
        upload(tmp_path, "카메라 목록.csv", rows=20),
        SimpleUploadedFile("등.csv", lamps.encode()),
        dataset=chosen,
    )
    assert Dataset.objects.get(kind="cctv").vintages.count() == 2
    assert Dataset.objects.get(kind="security_light").title == "등"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("서울특별시_성북구_CCTV_20200330", "서울특별시_성북구_CCTV_20220401"),
        ("성북구 보안등(2022.8.1기준)", "성북구 보안등(2023. 8. 1.기준)"),
        ("20200330_비상벨", "20210330_비상벨 (1)"),
        ("보안등정보(2020년 3월)", "보안등정보(2021년 12월)"),
    ],
)
def test_files_that_differ_by_their_date_are_one_series(one: str, other: str) -> None:
    """Wherever and however the date stands in the name."""
    assert series(one) == series(other)


def test_series_that_differ_otherwise_stay_apart() -> None:
    """Numbers that are no dates, and names that are nothing but a date, are kept."""
    assert series("12_04_08_E_CCTV정보") == "12_04_08_E_CCTV정보"
    assert series("2021") != series("2022")
    assert series("보안등_1") != series("보안등_2")


def test_a_file_whose_reading_ended_badly_says_so(tmp_path: Path, agency: Agency) -> None:
    """A job that failed shows as failed on the receipt, and the receipt stops waiting."""
    client = signed_in(make_person("data_officer", agency))
    client.post("/data/drop-off/", {"file": upload(tmp_path, "중구_CCTV.csv")})
    Job.objects.update(state="failed")
    found = selectors.receipt(make_actor("data_officer", agency), DropOff.objects.get().id)
    assert (found.files[0].state, found.busy) == (DroppedFile.State.FAILED, False)


def test_who_may_not_hand_in_is_refused(tmp_path: Path, agency: Agency) -> None:
    """No permission, too many files, a dataset of another agency: nothing is stored."""
    uploads = [service.Upload("a.csv", io.BytesIO(b"a,b\n1,2\n"))]
    elsewhere = Dataset.objects.create(agency=nights.office(nights.NEIGHBOUR), kind="cctv", title="x")
    with pytest.raises(PermissionDenied):
        service.hand_in(actor=make_actor("auditor", agency), uploads=uploads)
    officer = make_actor("data_officer", agency)
    with pytest.raises(Http404):
        service.hand_in(actor=officer, uploads=uploads, dataset_id=elsewhere.id)
    with pytest.raises(UserError):
        service.hand_in(actor=officer, uploads=uploads * 51)
    assert not DropOff.objects.exists()


def test_receipts_of_another_agency_do_not_exist(tmp_path: Path, agency: Agency) -> None:
    """Page, paper and report are 404 elsewhere, refused to volunteers, open to the auditor."""
    found = handed_in(signed_in(make_person("data_officer", agency)), upload(tmp_path, "중구_CCTV.csv"))
    other = signed_in(make_person("data_officer", nights.office(nights.NEIGHBOUR)))
    volunteer = signed_in(make_person("volunteer", agency))
    for part in ("", "pdf/", "put-aside/"):
        assert other.get(f"/data/receipts/{found.id}/{part}").status_code == 404
        assert volunteer.get(f"/data/receipts/{found.id}/{part}").status_code == 403
    auditor = signed_in(make_person("auditor", agency))
    assert str(found.id) in auditor.get("/data/receipts/").content.decode()
    assert str(found.id) not in other.get("/data/receipts/").content.decode()


def test_the_report_stays_when_the_table_is_gone(tmp_path: Path, agency: Agency) -> None:
    """Without the file on disk the report gives what the database kept, and pages still open."""
    handed_in(signed_in(make_person("data_officer", agency)), upload(tmp_path, "중구_CCTV.csv"))
    vintage = Vintage.objects.get()
    Vintage.objects.update(rejects="tables/none.parquet", table="tables/none.parquet")
    vintage.refresh_from_db()
    assert len(list(selectors.report(make_actor("data_officer", agency), [vintage]))) == 1
    assert pl.DataFrame(selectors.differences(make_actor("auditor", agency), vintage)).is_empty()
