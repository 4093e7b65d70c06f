"""Files handed in: stored, read in the background one by one, and answered with a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.core.tables import Limits
from sunra.platform.accounts.access import Denied, get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.roles import DATA_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.files import services as files
from sunra.platform.jobs.services import enqueue
from sunra.platform.notices.services import notify
from sunra.systems.sharing.models import Dataset, DropOff, DroppedFile, Vintage
from sunra.systems.sharing.rules import IMPORT

IMPORT_JOB = "sharing.import"
MOST_FILES = 50
MOST_MB = files.KINDS["dataset"].max_bytes // 1024**2
WHOLE_MB = Limits().max_bytes // 1024**2
"""What is not plain text is read in one piece, and that holds less."""
State = DroppedFile.State


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came over the line."""

    name: str
    stream: BinaryIO


def hand_in(*, actor: Actor, uploads: Sequence[Upload], dataset_id: UUID | None = None) -> DropOff:
    """Store the files for the actor's agency and queue the reading of each.

    A file that is not accepted stands in the receipt with the reason; the others go on. Raises
    ``PermissionDenied``, ``Http404`` for a dataset that is not the agency's, and ``UserError``:
    ``too_many_files``, or the file's own error when not one of them is accepted.
    """
    require(actor, IMPORT)
    if actor.agency_id is None:
        raise Denied(IMPORT)
    if len(uploads) > MOST_FILES:
        raise UserError(
            "too_many_files",
            _("Too many files at once."),
            _("Hand in at most %(most)s at a time.") % {"most": MOST_FILES},
        )
    dataset = _chosen(actor, actor.agency_id, dataset_id)
    district = Agency.objects.filter(pk=actor.agency_id).values_list("district", flat=True).first() or ""
    kept: list[DroppedFile] = []
    refused: list[UserError] = []
    for order, upload in enumerate(uploads):
        row = DroppedFile(order=order, name=upload.name[:255])
        try:
            stored = files.store(
                actor=actor, agency_id=actor.agency_id, name=upload.name, stream=upload.stream, kind="dataset"
            )
            row.file, row.sha256, row.size = stored, stored.sha256, stored.size
        except UserError as error:
            row.state, row.said = State.REFUSED, str(error)[:300]
            refused.append(error)
        kept.append(row)
    if len(refused) == len(kept) and refused:
        raise refused[0]
    return _queue(actor, actor.agency_id, kept, dataset, dataset.district if dataset else district)


@transaction.atomic
def _queue(
    actor: Actor, agency_id: UUID, rows: list[DroppedFile], dataset: Dataset | None, district: str
) -> DropOff:
    drop_off = DropOff.objects.create(
        agency_id=agency_id, sender_id=actor.person_id, label=actor.label[:120], dataset=dataset
    )
    for row in rows:
        row.drop_off = drop_off
        row.save(force_insert=True)
        if row.file_id is None:
            continue
        args = {"file": str(row.file_id), "district": district, "dropped": row.pk}
        if dataset is not None:
            args["dataset"] = str(dataset.id)
        job = enqueue(actor=actor, kind=IMPORT_JOB, args=args, key=f"dropped:{row.pk}")
        DroppedFile.objects.filter(pk=row.pk).update(job=job.id)
    return drop_off


def settle(*, dropped_id: int, vintage: Vintage, seen: bool) -> None:
    """Note what became of one file; when it was the last, the sender is told that the receipt is ready."""
    row = DroppedFile.objects.select_related("drop_off").get(pk=dropped_id)
    row.vintage = vintage
    row.state = _state(vintage, seen=seen)
    row.save(update_fields=["vintage", "state"])
    drop_off = row.drop_off
    if drop_off.files.filter(state=State.WAITING).exists() or drop_off.sender_id is None:
        return
    notify(
        kind="sharing.receipt",
        text=gettext_noop("Your files have been read. The receipt is ready."),
        url=reverse("sharing:receipt", args=[drop_off.id]),
        persons=[drop_off.sender_id],
    )


def sender_of(dropped_id: int | None) -> str:
    """The name of who handed a file in; empty when nobody did."""
    if dropped_id is None:
        return ""
    return DroppedFile.objects.select_related("drop_off").get(pk=dropped_id).drop_off.label


def ask_for_approval(vintage: Vintage) -> None:
    """Tell the steward and the data officers of the owner that a vintage waits."""
    steward = vintage.dataset.steward_id
    notify(
        kind="sharing.approval",
        text=gettext_noop("A new vintage waits for approval: %(added)s added, %(gone)s gone."),
        params={
            "added": vintage.changes.get("added", vintage.published),
            "gone": vintage.changes.get("gone", 0),
        },
        url=reverse("sharing:vintage", args=[vintage.id]),
        persons=[steward] if steward else None,
        agency_id=vintage.agency_id,
        roles=(DATA_OFFICER,),
    )


def _state(vintage: Vintage, *, seen: bool) -> DroppedFile.State:
    if vintage.kind == "unknown" and vintage.rows:
        return State.UNKNOWN
    return State.SEEN if seen else State.READ


def _chosen(actor: Actor, agency_id: UUID, dataset_id: UUID | None) -> Dataset | None:
    if dataset_id is None:
        return None
    return get_visible(Dataset.objects.filter(agency_id=agency_id), actor, id=dataset_id)
