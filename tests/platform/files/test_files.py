"""Files are kept once, given to those who may, and never run in a browser."""

import asyncio
import io
import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import AGENCY_ADMIN, ANALYST, DATA_OFFICER, VOLUNTEER
from sunra.platform.files import blobs, pages, selectors, services
from sunra.platform.files.models import StoredFile
from sunra.platform.ledger.errors import LedgerUnavailable
from sunra.platform.ledger.models import Record
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.platform.files import made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def officer() -> Actor:
    """A data officer."""
    return make_actor(DATA_OFFICER, make_agency("성북구청"))


def keep(actor: Actor, body: bytes = made.CSV, name: str = "보안등.csv", **changed: object) -> StoredFile:
    """Store a body."""
    given = {"agency_id": actor.agency_id, "kind": "dataset"} | changed
    return services.store(actor=actor, name=name, stream=io.BytesIO(body), **given)  # type: ignore[arg-type]


def test_a_file_comes_back_as_it_was(officer: Actor, own_home: Path) -> None:
    """If this fails, evidence differs from what was handed in."""
    file = keep(officer)
    path = services.opened(actor=officer, file=file)
    assert path.read_bytes() == made.CSV
    assert path.is_relative_to(own_home / "files")
    assert (file.size, file.media_type, len(file.sha256)) == (len(made.CSV), "text/csv", 64)
    assert not list((own_home / "files").glob("arriving-*"))


def test_equal_contents_lie_on_disk_once(officer: Actor, own_home: Path) -> None:
    """If this fails, a file handed in daily fills the disk."""
    first, second = keep(officer), keep(officer, name="또.csv")
    assert first.sha256 == second.sha256
    assert len([p for p in (own_home / "files").rglob("*") if len(p.name) == 64]) == 1
    services.delete(actor=officer, file=first)
    assert services.sweep(older_than=timedelta(seconds=-1)) == 0
    assert services.opened(actor=officer, file=second).read_bytes() == made.CSV


def test_what_nobody_owns_is_swept_but_not_what_is_fresh(officer: Actor, own_home: Path) -> None:
    """If this fails, the disk fills up, or a file that is just being stored vanishes."""
    file = keep(officer)
    path = blobs.path_of(file.sha256)
    (own_home / "files" / "arriving-x").write_bytes(b"half")
    services.delete(actor=officer, file=file)
    assert services.sweep() == 0
    with blobs.kept():
        assert services.sweep(older_than=timedelta(seconds=-1)) == 0
    assert services.sweep(older_than=timedelta(seconds=-1)) == 2
    assert not path.exists()


def test_storing_again_makes_an_old_content_fresh(officer: Actor) -> None:
    """If this fails, a sweep between two uploads takes away the second one's content."""
    file = keep(officer)
    os.utime(blobs.path_of(file.sha256), (0, 0))
    services.delete(actor=officer, file=file)
    keep(officer)
    StoredFile.objects.all().delete()
    assert services.sweep() == 0


def test_too_large_or_the_wrong_kind_leaves_nothing(officer: Actor, own_home: Path) -> None:
    """If this fails, a refused upload stays on the disk."""
    with pytest.raises(UserError) as large:
        keep(officer, b"a,b\n" * 1000, max_bytes=100)
    assert large.value.code == "file_too_large"
    with pytest.raises(UserError) as kind:
        keep(officer, made.PDF)
    assert kind.value.code == "file_type"
    assert not StoredFile.objects.exists()
    assert not [p for p in (own_home / "files").rglob("*") if p.is_file()]


def test_who_may_not_is_refused(officer: Actor) -> None:
    """If this fails, a volunteer stores files, or one agency writes into another's."""
    file = keep(officer)
    volunteer = make_actor(VOLUNTEER)
    with pytest.raises(PermissionDenied):
        keep(volunteer)
    with pytest.raises(PermissionDenied):
        keep(officer, agency_id=make_agency().pk)
    with pytest.raises(PermissionDenied):
        services.opened(actor=volunteer, file=file)
    with pytest.raises(PermissionDenied):
        services.delete(actor=make_actor(ANALYST), file=file)
    with pytest.raises(PermissionDenied):
        services.delete(actor=make_actor(AGENCY_ADMIN), file=file)
    with pytest.raises(Http404):
        selectors.get(volunteer, file.pk)
    assert list(selectors.files(officer, kind="dataset")) == [file]
    assert not selectors.files(volunteer).exists()


def test_a_download_is_an_attachment_that_no_browser_runs(officer: Actor) -> None:
    """If this fails, a stored file can run a script in the name of the site."""
    file = keep(officer, name='보안등";\r\nX: y.csv')
    client = signed_in(make_person(ANALYST, _agency(officer)))
    answer = client.get(f"/files/{file.pk}/")
    assert b"".join(answer.streaming_content) == made.CSV  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(made.CSV))


def test_a_file_of_another_agency_does_not_exist(officer: Actor) -> None:
    """If this fails, guessing an address opens another agency's file."""
    file = keep(officer)
    assert signed_in(make_person(DATA_OFFICER)).get(f"/files/{file.pk}/").status_code == 404
    assert Record.objects.filter(act="denied", ref=str(file.pk)).exists()
    assert signed_in(make_person(DATA_OFFICER)).get(f"/files/{uuid.uuid4()}/").status_code == 404
    assert Client().get(f"/files/{file.pk}/").status_code == 302


def test_personal_data_leave_a_trace_before_they_leave(officer: Actor) -> None:
    """If this fails, a file with personal data can be opened without purpose or record."""
    file = keep(officer, personal=True)
    client = signed_in(make_person(ANALYST, _agency(officer)))
    assert "purpose" in client.get(f"/files/{file.pk}/").content.decode()
    assert client.post(f"/files/{file.pk}/", {"purpose": " "}).status_code == 400
    assert not Record.objects.filter(act="export").exists()
    answer = client.post(f"/files/{file.pk}/", {"purpose": "순찰 계획 점검"})
    assert b"".join(answer.streaming_content) == made.CSV  # type: ignore[attr-defined]
    trace = Record.objects.get(act="export")
    assert (trace.ref, trace.purpose) == (str(file.pk), "순찰 계획 점검")
    number = str(file.pk)
    services.delete(actor=officer, file=file)
    assert Record.objects.filter(act="change", ref=number).exists()


def test_without_a_ledger_nothing_personal_opens(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a look goes unrecorded while the ledger is away."""
    file = keep(officer, personal=True)

    def away(**_given: object) -> None:
        raise LedgerUnavailable

    monkeypatch.setattr(services, "record", away)
    with pytest.raises(LedgerUnavailable):
        services.opened(actor=officer, file=file, purpose="점검")


def test_a_missing_content_is_told_and_not_served(officer: Actor) -> None:
    """If this fails, a lost content ends in a server error instead of a remedy."""
    file = keep(officer)
    blobs.path_of(file.sha256).unlink()
    client = signed_in(make_person(ANALYST, _agency(officer)))
    assert client.get(f"/files/{file.pk}/").status_code == 410


def test_the_event_loop_serves_the_same_bytes(officer: Actor) -> None:
    """If this fails, a download under the real server differs or holds up the others."""
    file = keep(officer)
    path = services.opened(actor=officer, file=file)

    async def read() -> bytes:
        return b"".join([chunk async for chunk in pages._stream(path)])

    assert asyncio.run(read()) == made.CSV


@pytest.mark.parametrize("hostile", ["", "../x", "0" * 63 + "/", "A" * 64])
def test_no_hash_leads_outside(hostile: str) -> None:
    """If this fails, a forged hash reads any file of the machine."""
    with pytest.raises(ValueError, match="SHA"):
        blobs.path_of(hostile)


def _agency(actor: Actor):
    from sunra.platform.agencies.models import Agency

    return Agency.objects.get(pk=actor.agency_id)
