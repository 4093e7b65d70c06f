"""Reading under an agreement: granted fields only, the ledger first, nothing without either."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import LedgerUnavailable, PurposeMissing
from sunra.systems.sharing.models import Use
from sunra.systems.sharing.selectors import agreements as selectors
from sunra.systems.sharing.services import access, agreements
from tests.platform.accounts.people import make_actor, make_agency
from tests.systems.sharing.agreement_cases import FIELDS, REASONS, Case, case, days_from_now, granted

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
WHY = "tonight's patrol plan"


@pytest.fixture
def one(tmp_path: Path) -> Case:
    """Owner, receiver, dataset."""
    return case(tmp_path)


def test_the_receiver_gets_the_granted_fields_and_leaves_a_record(one: Case) -> None:
    """Rows with those columns alone; purpose, basis and agreement are in the ledger and with the owner."""
    found = granted(one)
    shared = access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=WHY)
    assert set(shared.frame.columns) == set(FIELDS)
    assert shared.frame.height == 30
    record = Record.objects.get(subject="sharing.Dataset", act="look")
    assert (record.purpose, record.basis) == (WHY, found.basis)
    assert str(found.id) in record.detail
    use = selectors.uses(one.officer, found.id).get()
    assert (use.rows, use.act, use.user) == (30, "look", one.asker.id)
    assert use.record == f"{record.retention}/{record.seq}"
    assert selectors.uses_of_dataset(one.officer, one.dataset).count() == 1


def test_the_ledger_is_written_before_any_row_is_read(one: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the rows are fetched the record already stands; when it cannot be written they never are."""
    granted(one)
    seen: list[bool] = []
    real = access.accepted

    def fetch(dataset: Any) -> Any:
        seen.append(Record.objects.filter(subject="sharing.Dataset", act="look").exists())
        return real(dataset)

    monkeypatch.setattr(access, "accepted", fetch)
    access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=WHY)
    assert seen == [True]

    def broken(**_given: Any) -> Any:
        raise LedgerUnavailable

    monkeypatch.setattr(access, "record", broken)
    with pytest.raises(LedgerUnavailable):
        access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=WHY)
    assert seen == [True]
    assert Use.objects.count() == 1


def test_without_agreement_nothing_is_read_and_the_denial_is_on_record(one: Case) -> None:
    """An outsider, a wrong role, a role the agreement does not name: refused, each in the ledger."""
    granted(one, role="data_officer")
    outsider = make_actor("data_officer", make_agency())
    for actor in (outsider, make_actor("volunteer", one.receiver), make_actor("cpo", one.receiver)):
        with pytest.raises(PermissionDenied):
            access.read(actor=actor, dataset_id=one.dataset.id, purpose=WHY)
    denied = Record.objects.filter(subject="sharing.Dataset", act="denied", ref=str(one.dataset.id))
    assert denied.count() == 3
    assert not Use.objects.exists()


def test_revocation_and_expiry_work_at_once(one: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The read after the revocation, and the one after the last day, are refused."""
    found = granted(one)
    access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=WHY)
    monkeypatch.setattr(selectors, "seoul_today", lambda: days_from_now(31))
    with pytest.raises(access.NoAgreement):
        access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=WHY)
    monkeypatch.undo()
    agreements.revoke(actor=one.officer, agreement_id=found.id, reason=REASONS)
    with pytest.raises(access.NoAgreement):
        access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=WHY)


def test_a_revocation_during_the_read_stops_it(one: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Revoked while the record was being written: no row is read."""
    found = granted(one)
    real = access.record

    def slow(**given: Any) -> Any:
        written = real(**given)
        if str(given["act"]) == "look":
            agreements.revoke(actor=one.officer, agreement_id=found.id, reason=REASONS)
        return written

    monkeypatch.setattr(access, "record", slow)
    monkeypatch.setattr(access, "accepted", lambda _dataset: pytest.fail("rows were read"))
    with pytest.raises(access.NoAgreement):
        access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=WHY)


def test_a_reading_says_what_it_is_for(one: Case) -> None:
    """Without a purpose nothing is read."""
    granted(one)
    with pytest.raises(PurposeMissing):
        access.read(actor=one.asker, dataset_id=one.dataset.id, purpose=" ")


def test_research_gets_pseudonyms_and_cells(one: Case) -> None:
    """Keys change, points become the middles of 100 m cells, and two studies cannot be joined on keys."""
    fields = ("key", "lon", "lat", "cell", "cameras")
    granted(one, kind="research", ethics_number="IRB-2026-01", fields=fields)
    research = access.read(actor=one.asker, dataset_id=one.dataset.id, purpose="a study").frame
    true = access.accepted(one.dataset)
    assert set(research.columns) == set(fields)
    assert not set(research["key"]) & set(true["key"])
    assert not set(zip(research["lon"], research["lat"], strict=True)) & set(
        zip(true["lon"], true["lat"], strict=True)
    )
    other = make_actor("analyst", make_agency("연구원"))
    second = Case(one.owner, make_agency(), one.officer, other, one.dataset)
    granted(second, kind="research", ethics_number="IRB-2", fields=fields)
    again = access.read(actor=other, dataset_id=one.dataset.id, purpose="another study").frame
    assert not set(again["key"]) & set(research["key"])


def test_rows_come_from_published_places_when_no_table_is_kept(one: Case) -> None:
    """An older vintage without a stored table is read from what it published."""
    one.dataset.vintages.update(table="", table_sha256="")
    assert access.accepted(one.dataset).height == 30
