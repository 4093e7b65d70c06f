"""제공 협약: request, decision with reasons, end. What is granted ends by its last day or at once by word.

The Data-Based Administration Act (데이터기반행정법) lets a public institution ask another for its data and
bids the other decide within days and give its reasons when it refuses; both are kept and shown to both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.platform.accounts.access import NotVisible, Refused, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.roles import AGENCY_ADMIN, DATA_OFFICER
from sunra.platform.base.errors import Text, UserError
from sunra.platform.base.time import now, seoul_today
from sunra.platform.ledger.services import Act, record
from sunra.platform.notices.services import notify
from sunra.systems.sharing.models import Agreement, Dataset
from sunra.systems.sharing.rules import DECIDE_AGREEMENT, REQUEST_AGREEMENT
from sunra.systems.sharing.selectors import agreements as selectors

DECIDE_WITHIN = timedelta(days=10)
LONGEST = timedelta(days=3 * 366)
SUBJECT = "sharing.Agreement"
_LEAST = 10
_DECIDERS = (AGENCY_ADMIN, DATA_OFFICER)
State = Agreement.State


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for. ``role`` "" = whoever may read shared data in the receiving agency."""

    dataset_id: UUID
    purpose: str
    basis: str
    fields: tuple[str, ...]
    starts: date
    ends: date
    kind: str = Agreement.Kind.DUTY
    role: str = ""
    ethics_number: str = ""


@transaction.atomic
def request(*, actor: Actor, terms: Terms) -> Agreement:
    """Ask the owner of a dataset for it, in the name of the actor's agency; the owner is told.

    Raises ``PermissionDenied``, ``Http404`` and ``UserError`` that names the field at fault.
    """
    require(actor, REQUEST_AGREEMENT)
    if actor.agency_id is None:
        raise PermissionDenied
    dataset = Dataset.objects.select_related("agency").filter(id=terms.dataset_id).first()
    if dataset is None or not dataset.agency.active:
        raise Http404("not found")
    if dataset.agency_id in actor.scope:
        raise _wrong("dataset", _("The dataset is your own; no agreement is needed to read it."))
    asked = _checked(terms, dataset)
    open_states = (State.REQUESTED, State.GRANTED)
    same = Agreement.objects.filter(
        dataset=dataset, receiver_id=actor.agency_id, role=asked.role, kind=asked.kind, state__in=open_states
    )
    if same.filter(ends__gte=seoul_today()).exists():
        raise _wrong("dataset", _("Your agency has asked for this already, or has it."))
    found = Agreement(
        agency_id=dataset.agency_id,
        dataset=dataset,
        receiver_id=actor.agency_id,
        role=asked.role,
        kind=asked.kind,
        purpose=asked.purpose,
        basis=asked.basis,
        fields=list(asked.fields),
        starts=asked.starts,
        ends=asked.ends,
        ethics_number=asked.ethics_number,
        due=seoul_today() + DECIDE_WITHIN,
        requested_by_id=actor.person_id,
    )
    _keep(actor, found, Act.CHANGE, "request")
    _tell(
        found, found.agency_id, _DECIDERS,
        gettext_noop("Another agency asks for one of your datasets. A decision is due."),
    )  # fmt: skip
    return found


@transaction.atomic
def grant(
    *,
    actor: Actor,
    agreement_id: UUID,
    reasons: str,
    fields: Sequence[str] | None = None,
    ends: date | None = None,
) -> Agreement:
    """Grant a request, or less than was asked for: fewer fields, an earlier end.

    Raises ``PermissionDenied``, ``Http404``, ``UserError``; whoever asked does not decide.
    """
    found = _to_decide(actor, agreement_id)
    if fields is not None:
        found.fields = [name for name in found.fields if name in set(fields)]
    if ends is not None:
        found.ends = min(ends, found.ends)
    if not found.fields:
        raise _wrong("fields", _("Grant at least one field."))
    if found.ends < max(found.starts, seoul_today()):
        raise _wrong("ends", _("The last day lies before the first, or is over."))
    _decide(actor, found, State.GRANTED, reasons, Act.GRANT)
    return found


@transaction.atomic
def refuse(*, actor: Actor, agreement_id: UUID, reasons: str) -> Agreement:
    """Refuse a request; the receiver reads why. Raises as ``grant``."""
    found = _to_decide(actor, agreement_id)
    _decide(actor, found, State.REFUSED, reasons, Act.CHANGE)
    return found


@transaction.atomic
def revoke(*, actor: Actor, agreement_id: UUID, reason: str) -> Agreement:
    """End a granted agreement now; the next read is refused. Raises as ``grant``."""
    found = _mine(actor, agreement_id)
    if found.state != State.GRANTED:
        raise _state()
    _end(actor, found, State.REVOKED, _long_enough("reason", reason), Act.REVOKE)
    _tell(found, found.receiver_id, (), gettext_noop("An agreement on data was revoked; reading has ended."))
    return found


@transaction.atomic
def withdraw(*, actor: Actor, agreement_id: UUID, reason: str) -> Agreement:
    """The receiver takes its request back, or gives up what was granted."""
    require(actor, REQUEST_AGREEMENT)
    found = _locked(actor, agreement_id)
    if found.receiver_id not in actor.scope:
        raise PermissionDenied
    if found.state not in (State.REQUESTED, State.GRANTED):
        raise _state()
    _end(actor, found, State.WITHDRAWN, _long_enough("reason", reason), Act.REVOKE)
    _tell(found, found.agency_id, _DECIDERS, gettext_noop("An agency needs one of your datasets no more."))
    return found


@transaction.atomic
def remind(*, day: date | None = None, due_within: int = 3, ends_within: int = 14) -> int:
    """Remind owners of decisions that are due and receivers of agreements about to end, once each."""
    today, told = day or seoul_today(), []
    for found in selectors.waiting(today, within=due_within):
        _tell(
            found, found.agency_id, _DECIDERS, gettext_noop("A decision about one of your datasets is due.")
        )
        told.append(found.id)
    for found in selectors.ending(today, within=ends_within):
        _tell(found, found.receiver_id, (), gettext_noop("An agreement on data ends soon."))
        told.append(found.id)
    Agreement.objects.filter(id__in=told).update(reminded=True)
    return len(told)


def _checked(terms: Terms, dataset: Dataset) -> Terms:
    """The terms, cleaned; raises ``UserError`` for the first field at fault."""
    if terms.kind not in Agreement.Kind.values:
        raise _wrong("kind", _("Choose the kind of the request."))
    research = terms.kind == Agreement.Kind.RESEARCH
    offered = set(selectors.fields_of(dataset, research=research))
    fields = tuple(dict.fromkeys(terms.fields))
    if not fields or not set(fields) <= offered:
        raise _wrong("fields", _("Choose fields that the dataset offers for this kind of request."))
    if not terms.basis.strip():
        raise _wrong("basis", _("Name the law and article that allow it."))
    if terms.ends < terms.starts or terms.ends < seoul_today():
        raise _wrong("ends", _("The last day lies before the first, or is over."))
    if terms.ends - max(terms.starts, seoul_today()) > LONGEST:
        raise _wrong("ends", _("An agreement lasts three years at most; ask again then."))
    number = terms.ethics_number.strip()
    if research and not number:
        raise _wrong("ethics_number", _("Research needs the number of its ethics review (IRB)."))
    return replace(
        terms,
        purpose=_long_enough("purpose", terms.purpose)[:300],
        basis=terms.basis.strip()[:200],
        fields=fields,
        ethics_number=number if research else "",
    )


def _to_decide(actor: Actor, agreement_id: UUID) -> Agreement:
    found = _mine(actor, agreement_id)
    if found.state != State.REQUESTED:
        raise _state()
    if actor.person_id is not None and found.requested_by_id == actor.person_id:
        raise UserError(
            "own_request",
            _("Whoever asked does not decide."),
            _("Let somebody else of the owning agency decide."),
        )
    return found


def _mine(actor: Actor, agreement_id: UUID) -> Agreement:
    """The agreement, locked, when the actor decides for its owner."""
    require(actor, DECIDE_AGREEMENT)
    found = _locked(actor, agreement_id)
    if found.agency_id not in actor.scope:
        raise PermissionDenied
    return found


def _locked(actor: Actor, agreement_id: UUID) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("dataset")
    found = rows.filter(id=agreement_id).first()
    if found is None:
        raise Http404("not found")
    if not ({found.agency_id, found.receiver_id} & actor.scope):
        raise NotVisible(Refused(SUBJECT, str(agreement_id)))
    return found


def _decide(actor: Actor, found: Agreement, state: State, reasons: str, act: Act) -> None:
    found.state = state
    found.reasons = _long_enough("reasons", reasons)
    found.decided_by_id, found.decided_at = actor.person_id, now()
    found.reminded = False
    _keep(actor, found, act, state)
    granted = gettext_noop("Your agency may now read the data it asked for.")
    refused = gettext_noop("A request for data was refused; the reasons are on its page.")
    _tell(found, found.receiver_id, (), granted if state == State.GRANTED else refused)


def _end(actor: Actor, found: Agreement, state: State, reason: str, act: Act) -> None:
    found.state, found.end_reason, found.ended_at = state, reason, now()
    _keep(actor, found, act, state)


def _keep(actor: Actor, found: Agreement, act: Act, what: str) -> None:
    """Write the ledger, then the row."""
    try:
        found.full_clean()
    except ValidationError as error:
        field = next(iter(error.message_dict))
        raise _wrong(field, _("This value is not possible.")) from error
    detail: dict[str, Any] = {
        "what": str(what), "dataset": str(found.dataset_id), "receiver": str(found.receiver_id),
        "kind": str(found.kind), "fields": found.fields, "ends": found.ends.isoformat(),
    }  # fmt: skip
    record(
        actor=actor, act=act, subject=SUBJECT, ref=str(found.id), purpose=found.purpose, basis=found.basis,
        detail=detail,
    )  # fmt: skip
    found.save()


def _tell(found: Agreement, agency_id: UUID, roles: Sequence[str], text: str) -> None:
    notify(
        kind="sharing.agreement",
        text=text,
        url=reverse("sharing:agreement", args=[found.id]),
        agency_id=agency_id,
        roles=roles or (AGENCY_ADMIN, DATA_OFFICER, *([found.role] if found.role else ())),
    )


def _long_enough(field: str, text: str) -> str:
    """Reasons that are reasons."""
    clean = " ".join(text.split())
    if len(clean) < _LEAST:
        raise _wrong(field, _("Write it in a sentence: at least ten characters."))
    return clean[:2_000]


def _wrong(field: str, message: Text) -> UserError:
    return UserError(f"bad_{field}", message, "", (field,))


def _state() -> UserError:
    return UserError(
        "agreement_state",
        _("The agreement does not stand where this can be done."),
        _("Open its page again to see what happened meanwhile."),
    )
