"""Everything that reads what is open, and what a member or key of an agency may read beside: what is its own,
and what it was granted by agreement.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from sunra.platform.accounts.access import get_visible, require, visible
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.access import NotVisible, Refused
from sunra.systems.sharing import frames
from sunra.systems.sharing.models import Dataset, Opening, Vintage
from sunra.systems.sharing.opened.collection import (
    MODELS,
    SHARED,
    Collection,
    of_agreement,
    of_dataset,
    of_opening,
)
from sunra.systems.sharing.rules import FEATURES, OPEN
from sunra.systems.sharing.selectors import agreements


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the rows are, from the newest vintage: rows in = accepted + merged + put aside."""

    rows: int
    accepted: int
    merged: int
    quarantined: int
    published: int
    point: int
    dong: int
    reference_date: object
    file_name: str


def _in_force() -> QuerySet[Opening]:
    return Opening.objects.filter(closed__isnull=True).select_related("dataset__agency")


def openings(*, search: str = "", kind: str = "") -> QuerySet[Opening]:
    """What is open to everybody, by title."""
    found = Opening.objects.filter(closed__isnull=True).select_related("dataset", "agency")
    if kind:
        found = found.filter(dataset__kind=kind)
    if search:
        found = found.filter(
            Q(title__icontains=search)
            | Q(title_en__icontains=search)
            | Q(description__icontains=search)
            | Q(agency__name__icontains=search)
        )
    return found.defer("rows")


def opening(dataset_id: UUID) -> Opening:
    """The opening in force of a dataset; ``Http404`` without one."""
    found = Opening.objects.filter(closed__isnull=True, dataset_id=dataset_id)
    row = found.select_related("dataset", "agency").first()
    if row is None:
        raise Http404("not found")
    return row


def history(actor: Actor, dataset_id: UUID) -> QuerySet[Opening]:
    """When a dataset was opened and taken back, newest first; for its owner."""
    require(actor, OPEN)
    dataset = get_visible(Dataset.objects.all(), actor, id=dataset_id)
    rows = visible(Opening.objects.filter(dataset=dataset), actor).defer("rows")
    return rows.select_related("opened_by", "closed_by").order_by("-created")


def quality(dataset: Dataset) -> Quality | None:
    """The balance of the newest vintage in use: what waits for approval is nobody's to read yet."""
    in_use = Vintage.objects.filter(dataset=dataset, state=Vintage.State.PUBLISHED)
    latest = in_use.defer("counts").order_by("-created").first()
    if latest is None:
        return None
    return Quality(
        rows=latest.rows,
        accepted=latest.accepted,
        merged=latest.merged,
        quarantined=latest.quarantined,
        published=latest.published,
        point=int(latest.placed.get("point", 0)),
        dong=int(latest.placed.get("dong", 0)),
        reference_date=latest.reference_date,
        file_name=latest.file_name,
    )


def collections(actor: Actor) -> list[Collection]:
    """What the actor may read as features: everything open, and with the permission their agencies' places,
    and what other agencies granted them.

    An open dataset of one's own comes with its open columns alone, as everybody sees it.
    """
    found = [
        of_opening(row)
        for row in Opening.objects.filter(closed__isnull=True).select_related("dataset__agency")
    ]
    if actor.may(FEATURES):
        opened = {one.dataset.id for one in found}
        own = visible(Dataset.objects.select_related("agency"), actor).exclude(id__in=opened)
        found += [of_dataset(row) for row in own if frames.layer_of(row.kind) in MODELS]
    found += [of_agreement(row) for row in agreements.all_granted_to(actor)]
    return sorted(found, key=lambda one: (one.title, one.id))


def collection(actor: Actor, collection_id: str) -> Collection:
    """One collection; ``Http404`` when there is none that the actor may read (any more)."""
    shared = collection_id.startswith(SHARED)
    try:
        number = UUID(collection_id.removeprefix(SHARED))
    except ValueError:
        raise Http404("not found") from None
    if shared:
        return _shared(actor, number)
    row = (
        Opening.objects.filter(closed__isnull=True, dataset_id=number)
        .select_related("dataset__agency")
        .first()
    )
    if row is not None:
        return of_opening(row)
    dataset = Dataset.objects.select_related("agency").filter(id=number).first()
    if dataset is None or frames.layer_of(dataset.kind) not in MODELS:
        raise Http404("not found")
    if actor.may(FEATURES) and dataset.agency_id in actor.scope:
        return of_dataset(dataset)
    if actor.signed_in:
        raise NotVisible(Refused("sharing.Dataset", str(number)))
    raise Http404("not found")


def _shared(actor: Actor, dataset_id: UUID) -> Collection:
    """What an agreement in force gives the actor of a dataset; a try without one is kept as a denial."""
    granted = agreements.granted_to(actor, dataset_id) if agreements.may_read(actor) else None
    if granted is not None:
        return of_agreement(granted)
    if actor.signed_in and Dataset.objects.filter(id=dataset_id).exists():
        raise NotVisible(Refused("sharing.Dataset", str(dataset_id)))
    raise Http404("not found")
