"""What phones say, kept exactly once, whatever the order and however often it is sent.

An event's id is made on the device; what is here already is answered as accepted and has no second effect.
Events change a shift only in ways that do not depend on their order: the earliest beginning, the latest
end, an end that no late beginning undoes.
"""

import datetime as dt
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.files.models import StoredFile
from sunra.platform.files.services import store
from sunra.systems.patrols.models import EventKind, FieldEvent, Hazard, Shift, ShiftPass
from sunra.systems.patrols.services.duty import effects
from sunra.systems.patrols.services.duty.words import BadEvent, Said, understand

MOST_EVENTS = 100
"""Events in one call."""
LARGEST_PHOTO = 2 * 1024 * 1024
_WIDEST, _MOST_PIXELS = 1600, 12_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a call's events: ids kept (now or before), and ids refused for good with a code."""

    kept: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def take(*, given: ShiftPass, events: Sequence[Any]) -> Taken:
    """Keep what one phone says, in one transaction. Raises ``UserError`` ``too_many`` or ``shape``."""
    if len(events) > MOST_EVENTS:
        raise UserError("too_many", _("Too many events at once."), _("Send at most 100 at a time."))
    shift = Shift.objects.select_for_update(of=("self",)).get(pk=given.shift_id)
    moment = now()
    refused: dict[str, str] = {}
    said: dict[UUID, Said] = {}
    for one in events:
        name, identity = _identity(one)
        if identity is None:
            raise UserError("shape", _("An event has no id."), _("Load the page again."))
        try:
            said.setdefault(identity, understand(one, identity, shift, moment))
        except BadEvent as error:
            refused[name] = error.code
    known = dict(FieldEvent.objects.filter(id__in=list(said)).values_list("id", "shift_id"))
    for identity in [one for one, owner in known.items() if owner != shift.pk]:
        refused[str(identity)] = "taken"
        del said[identity]
    new = [one for identity, one in said.items() if identity not in known]
    for one in _too_early(new, shift):
        refused[str(one.id)] = "not_begun"
        del said[one.id]
        new.remove(one)
    rows = [_row(one, shift, given, moment) for one in new]
    FieldEvent.objects.bulk_create(rows)
    for row, one in zip(rows, new, strict=True):
        effects.of(row, one, shift)
    effects.settle(shift, new, moment)
    ShiftPass.objects.filter(pk=given.pk).update(last_seen=moment)
    return Taken(tuple(str(one) for one in said), refused)


def _too_early(new: list[Said], shift: Shift) -> list[Said]:
    """Tracks of a shift that nobody began: where people are when off duty is nobody's business."""
    begun = shift.begun_at is not None or any(one.kind == EventKind.BEGIN for one in new)
    return [] if begun else [one for one in new if one.kind == EventKind.WALKED]


def _identity(one: Any) -> tuple[str, UUID | None]:
    name = str(one.get("id", "")) if isinstance(one, dict) else ""
    try:
        return name, uuid.UUID(name)
    except ValueError:
        return name, None


def _row(one: Said, shift: Shift, given: ShiftPass, moment: dt.datetime) -> FieldEvent:
    east, north = one.cell or (None, None)
    return FieldEvent(
        id=one.id, shift=shift, kind=one.kind, at=one.at, received=moment, cell_e=east, cell_n=north,
        stop_id=one.stop_id, data=one.data, by=given,
    )  # fmt: skip


def keep_photo(*, given: ShiftPass, event_id: UUID, content: bytes) -> StoredFile:
    """Keep the photo of a hazard, drawn anew so that nothing but its pixels remains; twice is once.

    The phone has blurred and stripped it already; this is the second lock. Raises ``UserError``:
    ``no_hazard``, ``file_too_large``, ``file_type``.
    """
    if len(content) > LARGEST_PHOTO:
        raise UserError(
            "file_too_large", _("The photo is too large."), _("Hand in at most 2 MB."), (str(event_id),)
        )
    clean = _redrawn(content)
    with transaction.atomic():
        row = (
            Hazard.objects.select_for_update(of=("self",))
            .select_related("photo")
            .filter(id=event_id, shift_id=given.shift_id)
            .first()
        )
        if row is None:
            raise UserError(
                "no_hazard", _("There is no such report."), _("Send the report before its photo.")
            )
        if row.photo is not None:
            return row.photo
        phone = Actor.job(row.agency_id, f"shift-pass:{given.pk}")
        row.photo = store(
            actor=phone, agency_id=row.agency_id, name=f"hazard-{event_id}.jpg", stream=io.BytesIO(clean),
            kind="image", max_bytes=LARGEST_PHOTO, personal=True, demo=row.demo,
        )  # fmt: skip
        row.save(update_fields=["photo", "updated"])
        return row.photo


def _redrawn(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as opened:
            small = opened.width * opened.height <= _MOST_PIXELS
            if small:
                opened.thumbnail((_WIDEST, _WIDEST))
                pixels = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise _unreadable() from error
    if not small:
        raise _unreadable()
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=80)
    return out.getvalue()


def _unreadable() -> UserError:
    return UserError("file_type", _("The photo cannot be read."), _("Take it again with this page."))
