"""제공 협약: asked, decided with reasons, in force for its days, ended at once; told to both sides."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.models import Record
from sunra.platform.notices.models import Notice
from sunra.systems.sharing.models import Agreement
from sunra.systems.sharing.selectors import agreements as selectors
from sunra.systems.sharing.services import agreements
from tests.platform.accounts.people import make_actor, make_agency
from tests.systems.sharing.agreement_cases import PURPOSE, REASONS, Case, case, days_from_now, granted, terms

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def one(tmp_path: Path) -> Case:
    """Owner, receiver, dataset."""
    return case(tmp_path)


def test_a_request_names_its_due_day_and_tells_the_owner(one: Case) -> None:
    """The owner's officer gets a notice that names nobody; the ledger holds the request."""
    found = agreements.request(actor=one.asker, terms=terms(one))
    assert found.state == "requested"
    assert found.due == seoul_today() + timedelta(days=10)
    notice = Notice.objects.get(person_id=one.officer.person_id)
    assert notice.url.endswith(f"/{found.id}/")
    assert one.asker.label not in notice.text
    assert Record.objects.filter(subject="sharing.Agreement", ref=str(found.id), act="change").exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": "x"}, "bad_purpose"),
        ({"basis": " "}, "bad_basis"),
        ({"fields": ()}, "bad_fields"),
        ({"fields": ("secret",)}, "bad_fields"),
        ({"kind": "gift"}, "bad_kind"),
        ({"kind": "research", "fields": ("lon", "lat")}, "bad_ethics_number"),
        ({"kind": "research", "fields": ("address",), "ethics_number": "IRB-1"}, "bad_fields"),
        ({"ends": days_from_now(-1), "starts": days_from_now(-2)}, "bad_ends"),
        ({"starts": days_from_now(9), "ends": days_from_now(3)}, "bad_ends"),
        ({"ends": days_from_now(3_000)}, "bad_ends"),
    ],
)
def test_a_request_without_ground_is_not_taken(one: Case, changes: dict, code: str) -> None:
    """Purpose, basis, fields, days and ethics number are asked for, each by its name."""
    with pytest.raises(UserError) as error:
        agreements.request(actor=one.asker, terms=terms(one, **changes))
    assert error.value.code == code
    assert not Agreement.objects.exists()


def test_own_unknown_and_repeated_datasets_cannot_be_asked_for(one: Case) -> None:
    """No agreement with oneself, none for what does not exist, none twice."""
    with pytest.raises(UserError):
        agreements.request(actor=one.officer, terms=terms(one))
    with pytest.raises(Http404):
        agreements.request(actor=one.asker, terms=terms(one, dataset_id=uuid4()))
    agreements.request(actor=one.asker, terms=terms(one))
    with pytest.raises(UserError):
        agreements.request(actor=one.asker, terms=terms(one))


def test_the_owner_grants_less_than_was_asked(one: Case) -> None:
    """Fields and last day can be narrowed, never widened; grant and reasons are on record."""
    asked = agreements.request(actor=one.asker, terms=terms(one))
    found = agreements.grant(
        actor=one.officer,
        agreement_id=asked.id,
        reasons=REASONS,
        fields=["lon", "lat", "address"],
        ends=days_from_now(400),
    )
    assert found.fields == ["lon", "lat"]
    assert found.ends == asked.ends
    assert selectors.standing(found) == "granted"
    assert Record.objects.filter(act="grant", ref=str(found.id)).count() == 1
    assert Notice.objects.filter(person_id=one.asker.person_id).count() == 1


def test_a_refusal_has_its_reasons(one: Case) -> None:
    """Without reasons nothing is refused; with them the receiver can read why."""
    asked = agreements.request(actor=one.asker, terms=terms(one))
    with pytest.raises(UserError) as error:
        agreements.refuse(actor=one.officer, agreement_id=asked.id, reasons="no")
    assert error.value.code == "bad_reasons"
    found = agreements.refuse(actor=one.officer, agreement_id=asked.id, reasons=REASONS)
    assert selectors.agreement(one.asker, found.id).reasons == REASONS
    with pytest.raises(UserError):
        agreements.grant(actor=one.officer, agreement_id=found.id, reasons=REASONS)


def test_only_the_owner_decides_and_never_who_asked(one: Case) -> None:
    """The receiver, an outsider, a role without the right, and whoever asked are refused."""
    asked = agreements.request(actor=one.asker, terms=terms(one))
    with pytest.raises(PermissionDenied):
        agreements.grant(actor=one.asker, agreement_id=asked.id, reasons=REASONS)
    with pytest.raises(Http404):
        agreements.grant(
            actor=make_actor("data_officer", make_agency()), agreement_id=asked.id, reasons=REASONS
        )
    with pytest.raises(PermissionDenied):
        agreements.grant(actor=make_actor("analyst", one.owner), agreement_id=asked.id, reasons=REASONS)
    Agreement.objects.update(requested_by=one.officer.person_id)
    with pytest.raises(UserError) as error:
        agreements.grant(actor=one.officer, agreement_id=asked.id, reasons=REASONS)
    assert error.value.code == "own_request"


def test_who_may_not_ask_is_refused(one: Case) -> None:
    """A volunteer asks for nothing; an auditor neither."""
    for role in ("volunteer", "auditor"):
        with pytest.raises(PermissionDenied):
            agreements.request(actor=make_actor(role, one.receiver), terms=terms(one))


def test_revoking_and_giving_up_end_it_at_once(one: Case) -> None:
    """Either side ends it with a reason; both ends are on record and told; nothing ends twice."""
    first = granted(one)
    with pytest.raises(UserError):
        agreements.revoke(actor=one.officer, agreement_id=first.id, reason="no")
    with pytest.raises(PermissionDenied):
        agreements.revoke(actor=one.asker, agreement_id=first.id, reason=REASONS)
    agreements.revoke(actor=one.officer, agreement_id=first.id, reason=REASONS)
    assert selectors.granted_to(one.asker, one.dataset.id) is None
    with pytest.raises(UserError):
        agreements.revoke(actor=one.officer, agreement_id=first.id, reason=REASONS)
    second = granted(one)
    with pytest.raises(PermissionDenied):
        agreements.withdraw(actor=one.officer, agreement_id=second.id, reason=REASONS)
    agreements.withdraw(actor=one.asker, agreement_id=second.id, reason=REASONS)
    assert selectors.granted_to(one.asker, one.dataset.id) is None
    assert Record.objects.filter(act="revoke").count() == 2


def test_the_days_of_an_agreement_are_days_in_seoul(one: Case) -> None:
    """In force from its first to its last day, both included, without anybody doing anything."""
    found = granted(one, starts=days_from_now(1), ends=days_from_now(3))
    standings = [selectors.standing(found, days_from_now(day)) for day in range(5)]
    assert standings == ["to_come", "granted", "granted", "granted", "expired"]
    in_force = [Agreement.objects.filter(selectors.in_force(days_from_now(d))).exists() for d in range(5)]
    assert in_force == [False, True, True, True, False]


def test_who_is_late_is_reminded_once(one: Case) -> None:
    """Three days before a decision is due, and two weeks before the end, one notice each."""
    asked = agreements.request(actor=one.asker, terms=terms(one))
    assert agreements.remind(day=days_from_now(5)) == 0
    assert agreements.remind(day=days_from_now(8)) == 1
    assert agreements.remind(day=days_from_now(9)) == 0
    assert selectors.standing(asked, days_from_now(11)) == "overdue"
    agreements.grant(actor=one.officer, agreement_id=asked.id, reasons=REASONS)
    assert agreements.remind(day=days_from_now(20)) == 1


def test_each_side_sees_its_own_list(one: Case) -> None:
    """Incoming for the owner, outgoing for the receiver, nothing for others; titles only before."""
    found = agreements.request(actor=one.asker, terms=terms(one))
    assert list(selectors.agreements(one.officer).incoming) == [found]
    assert list(selectors.agreements(one.asker).outgoing) == [found]
    other = make_actor("data_officer", make_agency())
    assert not selectors.agreements(other).incoming.exists()
    assert list(selectors.requestable(other)) == [one.dataset]
    assert not selectors.requestable(one.officer).exists()


def test_the_database_refuses_what_the_law_does(one: Case) -> None:
    """Research without ethics number and decisions without reasons cannot be stored at all."""
    base = {
        "agency": one.owner, "receiver": one.receiver, "dataset": one.dataset, "purpose": PURPOSE,
        "basis": "x", "starts": seoul_today(), "ends": seoul_today(), "due": seoul_today(),
    }  # fmt: skip
    for wrong in ({"kind": "research"}, {"state": "refused"}, {"ends": days_from_now(-1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.create(**(base | wrong))
