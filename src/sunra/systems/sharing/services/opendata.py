"""Opening a dataset to everybody, and taking it back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import Denied, get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.jobs.services import enqueue
from sunra.platform.ledger.services import Act, record
from sunra.systems.sharing.models import Dataset, Opening
from sunra.systems.sharing.opened import columns as dictionary
from sunra.systems.sharing.opened import figures, files
from sunra.systems.sharing.opened.collection import columns_found, opens_as
from sunra.systems.sharing.opened.licences import LICENCES
from sunra.systems.sharing.rules import OPEN

FILES_JOB = "sharing.open_files"


@dataclass(frozen=True, slots=True)
class Words:
    """What the public reads about a dataset."""

    title: str
    title_en: str = ""
    description: str = ""
    quality: str = ""


def open_dataset(
    *, actor: Actor, dataset_id: UUID, licence: str, words: Words, columns: tuple[str, ...] = ()
) -> Opening:
    """Open a dataset of the actor's agencies under a licence; its files are made in the background.

    Places leave with ``columns`` (all explained ones when empty); events and tables of figures leave as
    counts that have passed disclosure control, never as points or cells. Raises ``PermissionDenied``,
    ``Http404``, ``UserError`` (``nothing_to_open``, ``already_open``, ``unknown_licence``,
    ``unknown_column``, or why disclosure control refuses).
    """
    dataset = owned(actor, dataset_id)
    if licence not in LICENCES:
        raise UserError("unknown_licence", _("There is no such licence."), _("Choose from the list."))
    form = opens_as(dataset)
    if not form:
        raise UserError(
            "nothing_to_open",
            _("This dataset holds nothing that can be opened."),
            _("Open a dataset of places, or one of events as counts by legal dong."),
        )
    # Disclosure control takes seconds: no transaction waits for it.
    content = (
        _places(dataset, columns) if form == Opening.Form.FEATURES else _counts(actor, dataset, words.title)
    )
    _write(actor, Act.OPEN, dataset, licence)
    try:
        with transaction.atomic():
            opening = Opening.objects.create(
                agency_id=dataset.agency_id,
                dataset=dataset,
                form=form,
                licence=licence,
                title=words.title.strip() or dataset.title,
                title_en=words.title_en.strip(),
                description=words.description.strip(),
                quality=words.quality.strip(),
                opened_by_id=actor.person_id,
                **content,
            )
            make_files(opening, cause="opened")
    except IntegrityError:
        raise UserError(
            "already_open",
            _("This dataset is open already."),
            _("Take it back first, then open it anew."),
        ) from None
    return opening


def owned(actor: Actor, dataset_id: UUID) -> Dataset:
    """A dataset of the actor's own agency: an agency above looks, but only the owner opens and takes back."""
    require(actor, OPEN)
    dataset = get_visible(Dataset.objects.select_related("agency"), actor, id=dataset_id)
    if dataset.agency_id != actor.agency_id:
        raise Denied(OPEN)
    return dataset


def _places(dataset: Dataset, wanted: tuple[str, ...]) -> dict[str, Any]:
    found = [column.name for column in columns_found(dataset)]
    unknown = set(wanted) - set(found)
    if unknown:
        raise UserError("unknown_column", _("There is no such column."), where=tuple(sorted(unknown)))
    chosen = set(wanted) | set(dictionary.always()) if wanted else set(found)
    return {"columns": [name for name in found if name in chosen]}


def _counts(actor: Actor, dataset: Dataset, title: str) -> dict[str, Any]:
    made = figures.protected(actor, dataset, title)
    return {"columns": list(made.columns), "rows": made.rows, "release": made.release}


@transaction.atomic
def close_dataset(*, actor: Actor, dataset_id: UUID, reason: str) -> Opening:
    """Take a dataset back: pages, files and API end at once; what others have copied stays with them.

    Raises ``PermissionDenied``, ``Http404`` (also when it is not open), ``UserError`` without a reason.
    """
    dataset = owned(actor, dataset_id)
    opening = get_visible(
        Opening.objects.select_for_update(of=("self",)), actor, dataset=dataset, closed__isnull=True
    )
    if not reason.strip():
        raise UserError("no_reason", _("The reason is missing."), _("Say why the dataset is taken back."))
    _write(actor, Act.CLOSE, dataset, reason.strip())
    opening.closed, opening.closed_by_id = now(), actor.person_id
    opening.closed_reason = reason.strip()[:400]
    opening.save(update_fields=["closed", "closed_by", "closed_reason", "updated"])
    transaction.on_commit(lambda: files.remove(opening.id))
    return opening


def make_files(opening: Opening, *, cause: str) -> None:
    """Have the downloads and tiles of an opening made anew in the background, once for each ``cause``."""
    actor = Actor.job(opening.agency_id, FILES_JOB)
    enqueue(actor=actor, kind=FILES_JOB, args={"opening": str(opening.id)}, key=f"{opening.id}:{cause}")


def keep_files(*, opening_id: UUID, sizes: dict[str, int]) -> None:
    """Note which files of an opening exist, with their sizes in bytes."""
    Opening.objects.filter(id=opening_id).update(files=sizes, made=now())


def _write(actor: Actor, act: Act, dataset: Dataset, why: str) -> None:
    record(actor=actor, act=act, subject="sharing.Dataset", ref=str(dataset.id), purpose=why[:200])
