"""데이터 pages: who sees them, what they say, and what a file at the door leads to."""

import threading
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sunra.platform.agencies.models import Agency
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.systems.sharing import services
from sunra.systems.sharing.models import DropOff, Vintage
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def vintage(tmp_path: Path) -> Vintage:
    """An imported file of the district office."""
    agency = nights.office()
    path = nights.cctv_csv(tmp_path / "중구_CCTV_20261001.csv")
    return services.import_file(
        actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT
    )


def client(role: str, agency: Agency) -> Client:
    """Somebody of that role, signed in."""
    return signed_in(make_person(role, agency))


def test_the_catalogue_counts_every_dataset(vintage: Vintage) -> None:
    """A dataset stands in the catalogue with its rows and its state."""
    text = client("data_officer", vintage.agency).get("/data/").content.decode()
    assert "중구_CCTV" in text
    assert "33" in text


def test_a_vintage_shows_its_balance_and_its_quarantine(vintage: Vintage) -> None:
    """The page prints the sum, and the row put aside with its remedy; the CSV holds the same row."""
    officer = client("data_officer", vintage.agency)
    text = officer.get(f"/data/vintages/{vintage.id}/").content.decode()
    assert all(figure in text for figure in ("33", "31", "EPSG:4326"))
    csv = officer.get(f"/data/vintages/{vintage.id}/?export=csv&table=quarantine")
    assert csv["Content-Type"].startswith("text/csv")


def test_a_dataset_lists_its_vintages(vintage: Vintage) -> None:
    """The page of a dataset leads to its files."""
    text = client("auditor", vintage.agency).get(f"/data/{vintage.dataset_id}/").content.decode()
    assert f"/data/vintages/{vintage.id}/" in text


def test_another_agency_does_not_know_the_data(vintage: Vintage) -> None:
    """The same role of the next district gets 404 for dataset and vintage, and an empty catalogue."""
    other = client("data_officer", nights.office(nights.NEIGHBOUR))
    assert other.get(f"/data/{vintage.dataset_id}/").status_code == 404
    assert other.get(f"/data/vintages/{vintage.id}/").status_code == 404
    assert other.get(f"/data/{uuid4()}/").status_code == 404
    assert "중구_CCTV" not in other.get("/data/").content.decode()


def test_who_may_not_look_is_refused(vintage: Vintage) -> None:
    """A volunteer gets 403, an anonymous visitor the sign-in, an auditor no drop-off."""
    assert client("volunteer", vintage.agency).get("/data/").status_code == 403
    assert Client().get("/data/").status_code == 302
    auditor = client("auditor", vintage.agency)
    assert auditor.get("/data/drop-off/").status_code == 403
    assert auditor.post("/data/drop-off/").status_code == 403


def test_a_file_dropped_off_ends_in_a_receipt(tmp_path: Path) -> None:
    """The upload becomes a job, the job a vintage, and its result leads there;
    the second upload adds nothing.
    """
    agency = nights.office()
    officer = client("data_officer", agency)
    content = nights.cctv_csv(tmp_path / "x.csv").read_bytes()
    answer = officer.post("/data/drop-off/", {"file": SimpleUploadedFile("중구_CCTV.csv", content)})
    job = Job.objects.get(kind="sharing.import")
    assert answer.headers["Location"] == f"/data/receipts/{DropOff.objects.get().id}/"
    assert Worker(threading.Event(), worker_id="w").run_one()
    job.refresh_from_db()
    vintage = Vintage.objects.get()
    assert (job.state, job.result["url"]) == ("done", f"/data/vintages/{vintage.id}/")
    assert vintage.file is not None
    assert vintage.published == 30


def test_a_file_of_a_strange_kind_is_refused_with_its_remedy() -> None:
    """A program is not stored, and the form says what is taken."""
    officer = client("data_officer", nights.office())
    answer = officer.post("/data/drop-off/", {"file": SimpleUploadedFile("a.exe", b"MZ" + bytes(500))})
    assert answer.status_code == 200 or answer.status_code == 400
    assert not Job.objects.exists()
    assert "field-error" in answer.content.decode()
