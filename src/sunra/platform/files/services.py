"""Everything that writes files: store, delete, open for reading on the record, sweep what nobody owns."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import Denied, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.files import blobs, content, names
from sunra.platform.files.models import StoredFile
from sunra.platform.ledger.services import Act, record

_MB = 1024 * 1024
_TABLES = (content.CSV, content.TEXT, content.XLSX, content.XLS)


@dataclass(frozen=True, slots=True)
class Kind:
    """A use of files: which contents it takes and how many bytes at most."""

    types: tuple[str, ...]
    max_bytes: int


KINDS: dict[str, Kind] = {
    "dataset": Kind((*_TABLES, content.ZIP, content.GEOJSON, content.JSON), 512 * _MB),
    "document": Kind((content.PDF, content.XLSX, content.PNG, content.JPEG), 50 * _MB),
    "image": Kind((content.PNG, content.JPEG), 20 * _MB),
    "export": Kind(
        (*_TABLES, content.GEOJSON, content.JSON, content.GPX, content.PDF, content.ZIP), 512 * _MB
    ),
}


def store(
    *,
    actor: Actor,
    agency_id: UUID,
    name: str,
    stream: BinaryIO,
    kind: str,
    max_bytes: int | None = None,
    personal: bool = False,
    demo: bool = False,
) -> StoredFile:
    """Keep a file for an agency; equal contents lie on disk once.

    ``kind`` is one of ``KINDS``. Raises ``PermissionDenied`` for an agency outside the actor's scope and
    ``UserError``: ``file_too_large``, ``file_type``, ``file_empty``, ``archive_*``.
    """
    require(actor, "files.store_file")
    if agency_id not in actor.scope:
        raise Denied("files.store_file")
    allowed = KINDS[kind]
    most = min(max_bytes or allowed.max_bytes, allowed.max_bytes)
    try:
        with blobs.receive(stream, most) as arrived:
            found = content.media_type(arrived.path, name[:200])
            if found not in allowed.types:
                raise UserError(
                    "file_type",
                    _("This kind of file is not accepted here."),
                    _("Hand in one of: %(types)s.") % {"types": _endings(allowed)},
                    (name[:200], found),
                )
            blobs.keep(arrived)
            return StoredFile.objects.create(
                agency_id=agency_id,
                name=names.harmless(name, found),
                kind=kind,
                media_type=found,
                size=arrived.size,
                sha256=arrived.sha256,
                personal=personal,
                demo=demo,
            )
    except blobs.TooLarge:
        raise UserError(
            "file_too_large",
            _("The file is too large."),
            _("Hand in at most %(mb)s MB at a time.") % {"mb": most // _MB or 1},
            (name[:200],),
        ) from None


def opened(*, actor: Actor, file: StoredFile, purpose: str = "") -> Path:
    """The path of a file's content, for reading it; a personal file is written to the ledger first.

    Raises ``PurposeMissing``, ``LedgerUnavailable`` (nothing may be read then) and ``UserError``
    ``file_gone``.
    """
    require(actor, "files.view_file")
    if file.agency_id not in actor.scope:
        raise Denied("files.view_file")
    if file.personal:
        record(actor=actor, act=Act.EXPORT, subject="files.StoredFile", ref=str(file.pk), purpose=purpose)
    path = blobs.path_of(file.sha256)
    if not path.is_file():
        raise UserError(
            "file_gone", _("The file's content is missing."), _("Tell your administrator: restore a backup.")
        )
    return path


@transaction.atomic
def delete(*, actor: Actor, file: StoredFile) -> None:
    """Forget a file; its content goes with the next sweep when no other file shares it."""
    require(actor, "files.delete_file")
    if file.agency_id not in actor.scope:
        raise Denied("files.delete_file")
    if file.personal:
        record(
            actor=actor, act=Act.CHANGE, subject="files.StoredFile", ref=str(file.pk), purpose="file deleted"
        )
    file.delete()


def sweep(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove contents that no file owns and left-overs of broken uploads; returns how many.

    Only what nobody touched for ``older_than``: a content that is just being stored has no row yet.
    """
    removed = 0
    with blobs.sweeping() as may_go_on:
        for path in list(blobs.settled(older_than.total_seconds())) if may_go_on else []:
            if not StoredFile.objects.filter(sha256=path.name).exists():
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _endings(kind: Kind) -> str:
    return ", ".join(content.EXTENSIONS[found][0].removeprefix(".").upper() for found in kind.types)
