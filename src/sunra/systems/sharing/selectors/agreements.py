"""Reads agreements: what others asked of us, what we asked of others, what is in force, who used what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404

from sunra.platform.accounts.access import NotVisible, Refused, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import seoul_today
from sunra.systems.sharing import frames
from sunra.systems.sharing.models import Agreement, Dataset, Use
from sunra.systems.sharing.rules import READ_SHARED, READ_SHARED_FEATURES, REQUEST_AGREEMENT, VIEW_AGREEMENT

RESEARCH_LEAVES_OUT = frozenset({"name", "address", "agency", "geometry", "station", "line"})
"""Columns that research never gets: they name places so closely that they may name people."""
_ALWAYS = ("key", "dong", "precision", "lon", "lat", "name", "address", "agency", "reference_date")


@dataclass(frozen=True, slots=True)
class Asked:
    """Agreements with what waits for a decision first."""

    incoming: QuerySet[Agreement]
    outgoing: QuerySet[Agreement]


def in_force(day: date | None = None) -> Q:
    """The condition that an agreement is granted and its days have come and not gone."""
    today = day or seoul_today()
    return Q(state=Agreement.State.GRANTED, starts__lte=today, ends__gte=today)


def standing(agreement: Agreement, day: date | None = None) -> str:
    """The state as people see it: the kept one, or "expired", "to_come", "overdue" by the day."""
    today = day or seoul_today()
    if agreement.state == Agreement.State.GRANTED:
        if agreement.ends < today:
            return "expired"
        return "to_come" if agreement.starts > today else "granted"
    if agreement.state == Agreement.State.REQUESTED and agreement.due < today:
        return "overdue"
    return str(agreement.state)


def agreements(actor: Actor) -> Asked:
    """What others ask of the actor's agencies, and what the actor's agencies ask of others."""
    require(actor, VIEW_AGREEMENT)
    rows = Agreement.objects.select_related("dataset", "receiver", "agency")
    rows = rows.annotate(used=Count("uses"), last_used=Max("uses__at"))
    return Asked(
        rows.filter(agency_id__in=actor.scope).order_by("-created"),
        rows.filter(receiver_id__in=actor.scope).order_by("-created"),
    )


def agreement(actor: Actor, agreement_id: UUID) -> Agreement:
    """One agreement of either side; ``Http404`` for anybody else's."""
    require(actor, VIEW_AGREEMENT)
    found = (
        Agreement.objects.select_related("dataset", "receiver", "agency", "decided_by", "requested_by")
        .filter(id=agreement_id)
        .first()
    )
    if found is None:
        raise Http404("not found")
    if not ({found.agency_id, found.receiver_id} & actor.scope):
        raise NotVisible(Refused("sharing.Agreement", str(agreement_id)))
    return found


def uses(actor: Actor, agreement_id: UUID) -> QuerySet[Use]:
    """Who used an agreement, what and when; for the owner, and for the receiver of its own use."""
    return Use.objects.filter(agreement=agreement(actor, agreement_id))


def uses_of_dataset(actor: Actor, dataset: Dataset) -> QuerySet[Use]:
    """Every use of an own dataset by others, newest first."""
    require(actor, VIEW_AGREEMENT)
    found = Use.objects.select_related("agreement__receiver")
    return found.filter(agreement__dataset=dataset, agreement__agency_id__in=actor.scope)


def requestable(actor: Actor) -> QuerySet[Dataset]:
    """What other agencies hold and could be asked for: titles and kinds, no content."""
    require(actor, REQUEST_AGREEMENT)
    held = Dataset.objects.select_related("agency").exclude(agency_id__in=actor.scope)
    return (
        held.filter(vintages__accepted__gt=0, agency__active=True)
        .distinct()
        .order_by("agency__name", "title")
    )


def fields_of(dataset: Dataset, *, research: bool = False) -> list[str]:
    """The fields of a dataset that can be asked for; research gets no names and addresses."""
    if dataset.kind == "crime_table":
        return ["station", "year", "category", "count"]
    layer = frames.layer_of(dataset.kind)
    found = list(frames.nothing(layer).columns) if layer else list(_ALWAYS)
    if not research:
        return found
    return [name for name in found if name not in RESEARCH_LEAVES_OUT] + (["cell"] if "lon" in found else [])


def granted_to(actor: Actor, dataset_id: UUID) -> Agreement | None:
    """The agreement under which the actor may read the dataset today: theirs by agency and role."""
    return _theirs(actor).filter(dataset_id=dataset_id).first()


def may_read(actor: Actor) -> bool:
    """Whether the actor may read shared data at all; programs may only as features."""
    return actor.may(READ_SHARED) or actor.may(READ_SHARED_FEATURES)


def all_granted_to(actor: Actor) -> list[Agreement]:
    """The agreements under which the actor may read today, one a dataset: the one that reading goes by."""
    if not may_read(actor):
        return []
    found: dict[UUID, Agreement] = {}
    for row in _theirs(actor):
        found.setdefault(row.dataset_id, row)
    return list(found.values())


def _theirs(actor: Actor) -> QuerySet[Agreement]:
    found = Agreement.objects.filter(in_force(), Q(role="") | Q(role=actor.role), receiver_id=actor.agency_id)
    return found.select_related("dataset__agency", "agency").order_by("kind", "-ends", "id")


def waiting(day: date, *, within: int) -> Sequence[Agreement]:
    """Requests whose decision is due within so many days or overdue, nobody reminded yet."""
    rows = Agreement.objects.select_related("dataset", "receiver", "agency").filter(reminded=False)
    return [row for row in rows.filter(state=Agreement.State.REQUESTED) if (row.due - day).days <= within]


def ending(day: date, *, within: int) -> Sequence[Agreement]:
    """Granted agreements that end within so many days, nobody reminded yet."""
    rows = Agreement.objects.select_related("dataset", "receiver", "agency").filter(reminded=False)
    rows = rows.filter(state=Agreement.State.GRANTED, ends__gte=day)
    return [row for row in rows if (row.ends - day).days <= within]
