"""Everything that writes: a file becomes a vintage of a dataset, and its located rows become places."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from sunra import __version__
from sunra.core import tables
from sunra.core.tables import TableError, TableRead
from sunra.core.tables.messages import remedy_of
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.places.services import publish
from sunra.systems.sharing import frames
from sunra.systems.sharing.incoming import Incoming, leaves
from sunra.systems.sharing.models import Dataset, QuarantinedRow, Vintage
from sunra.systems.sharing.rules import IMPORT

KEPT_QUARANTINE = 5_000
KEPT_COUNTS = 20_000
OUTSIDE_FOLDER, KEPT_BEFORE = "outside_folder", "kept_before"
_PERSONAL = re.compile(
    "성명|이름|담당|주민|생년|전화|연락처|휴대|이메일|name|phone|tel|mail|birth", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class Draft:
    """A file that has been read and not stored yet; ``known`` when this very file is already the newest
    vintage.
    """

    agency_id: UUID
    incoming: Incoming
    district: str
    known: Vintage | None = None
    read: TableRead | None = None
    sorted: frames.Sorted | None = None
    warnings: tuple[str, ...] = ()
    line: int = 0
    """Where the reader gave up, when it says so."""


def import_file(
    *,
    actor: Actor,
    agency_id: UUID,
    path: Path,
    name: str = "",
    district: str = "",
    file_id: UUID | None = None,
    demo: bool = False,
) -> Vintage:
    """Read and keep in one go; see ``prepare`` and ``keep``."""
    draft = prepare(actor=actor, agency_id=agency_id, path=path, name=name, district=district)
    return keep(actor=actor, draft=draft, file_id=file_id, demo=demo)


def prepare(
    *,
    actor: Actor,
    agency_id: UUID,
    path: Path,
    name: str = "",
    district: str = "",
    within: Path | None = None,
) -> Draft:
    """Read one file and choose what lies in ``district`` (all located rows when ""); nothing is written.

    ``name`` is the file's own name when ``path`` is a stored copy. A file that cannot be read, or that is a
    link leading out of ``within``, is a draft without rows whose warning says why. Raises
    ``PermissionDenied``.
    """
    require(actor, IMPORT)
    if agency_id not in actor.scope:
        raise PermissionDenied
    if within is not None and leaves(path, within):
        outside = Incoming.unread(path, name or path.name)
        return Draft(agency_id, outside, district, warnings=(OUTSIDE_FOLDER,))
    incoming = Incoming.at(path, name)
    known = _known(agency_id, incoming, district)
    if known:
        return Draft(agency_id, incoming, district, known=known)
    try:
        read = tables.read(path)
    except TableError as error:
        return Draft(agency_id, incoming, district, warnings=(error.code,), line=error.line)
    return Draft(
        agency_id,
        incoming,
        district,
        read=read,
        sorted=frames.sort(read, district=district),
        warnings=tuple(str(warning) for warning in read.warnings),
    )


def _known(agency_id: UUID, incoming: Incoming, district: str) -> Vintage | None:
    """The vintage of this very file, read by this very version, if it is the newest of its dataset."""
    found = (
        Vintage.objects.select_related("dataset")
        .filter(
            agency_id=agency_id,
            dataset__district=district,
            dataset__title=incoming.title,
            sha256=incoming.sha256,
            reader=__version__,
        )
        .first()
    )
    if found is None or found.dataset.vintages.values_list("id", flat=True).first() != found.id:
        return None
    return found


@transaction.atomic
def keep(*, actor: Actor, draft: Draft, file_id: UUID | None = None, demo: bool = False) -> Vintage:
    """Store the vintage with its quarantine and publish its places, all or nothing."""
    require(actor, IMPORT)
    if draft.known:
        return draft.known
    kind = draft.read.kind if draft.read else "unknown"
    dataset, _made = Dataset.objects.get_or_create(
        agency_id=draft.agency_id,
        kind=kind,
        title=draft.incoming.title,
        district=draft.district,
        defaults={"steward_id": actor.person_id, "demo": demo},
    )
    same = {"dataset": dataset, "sha256": draft.incoming.sha256, "reader": __version__}
    # A file that comes back after another had replaced it is the newest again: its row is renewed.
    Vintage.objects.filter(**same).delete()
    useless = _useless(draft)
    vintage = Vintage.objects.create(
        **same,
        **_values(draft, (KEPT_BEFORE,) if useless and dataset.vintages.exists() else ()),
        agency_id=draft.agency_id,
        file_id=file_id,
        file_name=draft.incoming.name[:255],
        kind=kind,
        imported_by=(actor.label or actor.id)[:120],
    )
    QuarantinedRow.objects.bulk_create(_quarantine(vintage, draft), batch_size=1_000)
    if draft.sorted and draft.sorted.layer and not useless:
        publish(
            actor=actor,
            agency_id=draft.agency_id,
            layer=draft.sorted.layer,
            kind=kind,
            source=source_of(dataset),
            frame=draft.sorted.frame,
            vintage=str(vintage.id),
            demo=demo,
        )
    return vintage


def _useless(draft: Draft) -> bool:
    """Not one row could be used: such a file must not take away what an earlier one gave."""
    return draft.read is None or draft.read.accepted == 0


def _values(draft: Draft, notes: tuple[str, ...]) -> dict[str, Any]:
    """What the vintage keeps of the reader's balance."""
    read, found, warnings = draft.read, draft.sorted, [*draft.warnings, *notes]
    if read is None or found is None:
        return {"rows": 0, "accepted": 0, "merged": 0, "quarantined": 0, "warnings": warnings}
    return {
        "encoding": read.encoding or "",
        "crs": read.crs,
        "rows": read.rows,
        "accepted": read.accepted,
        "merged": read.merged,
        "quarantined": read.quarantined,
        "published": found.published,
        "elsewhere": found.elsewhere,
        "withheld": found.withheld,
        "units": read.units,
        "reasons": dict(read.reasons),
        "placed": dict(read.placed),
        "warnings": warnings,
        "counts": _counts(read),
        "reference_date": _reference_date(read),
    }


def _counts(read: TableRead) -> list[dict[str, Any]]:
    """The figures of a table by station; such tables hold no places."""
    if read.kind != "crime_table":
        return []
    names = [name for name in ("station", "year", "category", "count") if name in read.table.columns]
    return list(read.table.head(KEPT_COUNTS).select(names).iter_rows(named=True))


def _reference_date(read: TableRead) -> Any:
    if "reference_date" not in read.table.columns or read.table.is_empty():
        return None
    return read.table["reference_date"].max()


def _quarantine(vintage: Vintage, draft: Draft) -> list[QuarantinedRow]:
    """The first rows put aside, in the order of the file; a personal column's value never leaves the file.

    A file refused as a whole has one entry, which says where and why.
    """
    if draft.read is None:
        why = draft.warnings[0]
        remedy = "copy_into_folder" if why == OUTSIDE_FOLDER else remedy_of(why)
        return [QuarantinedRow(vintage=vintage, line=draft.line, reason=why, remedy=remedy)]
    rows = draft.read.rejects.sort("line").head(KEPT_QUARANTINE).iter_rows()
    return [
        QuarantinedRow(
            vintage=vintage,
            line=line,
            field=(field or "")[:80],
            reason=reason,
            value="" if _PERSONAL.search(field or "") else str(value or "")[:120],
            remedy=remedy_of(reason),
        )
        for line, field, reason, value in rows
    ]


def source_of(dataset: Dataset) -> str:
    """What published places carry as their source."""
    return f"sharing/{dataset.id}"


@transaction.atomic
def retire_demo(*, actor: Actor, agency_id: UUID, district: str) -> int:
    """Take demonstration datasets of a district back when real files take their place; returns how many."""
    require(actor, IMPORT)
    found = list(Dataset.objects.filter(agency_id=agency_id, district=district, demo=True))
    for dataset in found:
        layer = frames.layer_of(dataset.kind)
        if layer:
            publish(
                actor=actor, agency_id=agency_id, layer=layer, kind=dataset.kind,
                source=source_of(dataset), frame=frames.nothing(layer),
            )  # fmt: skip
        dataset.vintages.all().delete()
        dataset.delete()
    return len(found)
