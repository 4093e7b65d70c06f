"""What people say about unknown tables: proposed, tried on a sample, kept and used again."""

import hashlib
import json
from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra import __version__
from sunra.core import tables
from sunra.core.tables import Mapping, TableError
from sunra.core.tables.mapping import Proposal, fingerprint, propose
from sunra.platform.accounts.access import Denied, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.files import services as files
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.services import enqueue
from sunra.systems.sharing import frames
from sunra.systems.sharing.models import ColumnMapping, Vintage
from sunra.systems.sharing.rules import MAP

SAMPLE = 200
IMPORT_JOB = "sharing.import"


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of reading the first rows: ``problem`` is the code of a table that cannot be read so."""

    rows: int = 0
    accepted: int = 0
    merged: int = 0
    quarantined: int = 0
    inside: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    problem: str = ""


def remembered(agency_id: UUID, path: Path) -> ColumnMapping | None:
    """What the agency said about tables with the column names of this one."""
    mine = ColumnMapping.objects.filter(agency_id=agency_id)
    if not mine.exists():
        return None
    try:
        return mine.filter(fingerprint=fingerprint(path)).first()
    except TableError:
        return None


def as_told(kept: ColumnMapping) -> Mapping:
    """A kept mapping for the reader."""
    return Mapping(kept.kind, {name: int(column) for name, column in kept.columns.items()}, kept.header_row)


def reader_of(kept: ColumnMapping | None) -> str:
    """Which reader made a vintage: this version, and which mapping it was told."""
    if kept is None:
        return __version__
    told = json.dumps([kept.kind, kept.header_row, kept.columns], sort_keys=True)
    return f"{__version__}+m{hashlib.sha256(told.encode()).hexdigest()[:6]}"[:20]


def proposal(*, actor: Actor, vintage: Vintage) -> Proposal:
    """What an unknown file may hold; raises ``PermissionDenied``, ``UserError`` when it cannot be opened."""
    path = _opened(actor, vintage)
    try:
        return propose(path)
    except TableError as error:
        raise UserError(
            error.code, _("The file cannot be read as a table."), _("Export it again, as CSV or XLSX.")
        ) from None


def trial(*, actor: Actor, vintage: Vintage, mapping: Mapping) -> Trial:
    """Read the first rows as the mapping says; nothing is kept. Raises as ``proposal``."""
    path = _opened(actor, vintage)
    try:
        read = tables.read(path, mapping=mapping, head=SAMPLE)
    except TableError as error:
        return Trial(problem=error.code)
    found = frames.sort(read, district=vintage.dataset.district)
    return Trial(
        rows=read.rows,
        accepted=read.accepted,
        merged=read.merged,
        quarantined=read.quarantined,
        inside=found.published,
        reasons=tuple(read.reasons.items()),
    )


@transaction.atomic
def remember(*, actor: Actor, vintage: Vintage, kind: str, columns: Pairs[str, int]) -> Job:
    """Keep what the columns mean, for this and every later file with the same ones, and read the file again.

    Raises ``PermissionDenied``, ``UserError`` ``bad_mapping`` when not one of the first rows can be used.
    """
    found = proposal(actor=actor, vintage=vintage)
    mapping = Mapping(kind, dict(columns), found.header_row)
    tried = trial(actor=actor, vintage=vintage, mapping=mapping)
    if not tried.accepted:
        raise UserError(
            "bad_mapping",
            _("Read like this, not one of the first rows can be used."),
            _("Choose the columns for the place: longitude and latitude, or an address."),
        )
    ColumnMapping.objects.update_or_create(
        agency_id=vintage.agency_id,
        fingerprint=found.fingerprint,
        defaults={
            "kind": kind,
            "columns": dict(columns),
            "header": list(found.header),
            "header_row": found.header_row,
            "label": (actor.label or actor.id)[:120],
        },
    )
    return enqueue(
        actor=actor,
        kind=IMPORT_JOB,
        args={"file": str(vintage.file_id), "district": vintage.dataset.district},
        key=f"{vintage.agency_id}:{vintage.sha256[:32]}",
    )


def _opened(actor: Actor, vintage: Vintage) -> Path:
    """The path of the vintage's file; only its own agency says what the columns mean."""
    require(actor, MAP)
    if vintage.agency_id != actor.agency_id:
        raise Denied(MAP)
    if vintage.file is None:
        raise UserError(
            "file_not_kept",
            _("This file was read from a folder and is not kept here."),
            _("Hand it in once more; then its columns can be named."),
        )
    return files.opened(actor=actor, file=vintage.file)
