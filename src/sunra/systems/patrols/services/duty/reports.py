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
from sunra.systems.patrols.services.duty import effects, tracks
from sunra.systems.patrols.services.duty.words import BadEvent, Said, Walk, understand

MOST_EVENTS = 100
"""Events in one call."""
LARGEST_PHOTO = 2 * 1024 * 1024
_WIDEST, _MOST_PIXELS = 1600, 12_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a call's events: ids kept (now or before), and ids refused for good with a code."""

    kept: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Heard:
    """One report on its way: what is understood, what is refused, what is new."""

    given: ShiftPass
    shift: Shift
    said: dict[UUID, Said] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    new: list[Said] = field(default_factory=list)

    def settle_known(self, known: dict[UUID, UUID], begun: set[UUID]) -> None:
        """Part what is new from what is here already; ``known`` and ``begun`` learn of it."""
        for identity in [one for one in self.said if known.get(one, self.shift.pk) != self.shift.pk]:
            self.refused[str(identity)] = "taken"
            del self.said[identity]
        self.new = [one for identity, one in self.said.items() if identity not in known]
        if any(one.kind == EventKind.BEGIN for one in self.new):
            begun.add(self.shift.pk)
        if self.shift.pk not in begun:
            # Tracks of a shift that nobody began: where people are when off duty is nobody's business.
            for one in [one for one in self.new if one.kind == EventKind.WALKED]:
                self.refused[str(one.id)] = "not_begun"
                del self.said[one.id]
                self.new.remove(one)
        known.update((one.id, self.shift.pk) for one in self.new)


def take(*, given: ShiftPass, events: Sequence[Any]) -> Taken:
    """Keep what one phone says, in one transaction. Raises ``UserError`` ``too_many`` or ``shape``."""
    (found,) = take_all([(given, events)])
    if isinstance(found, UserError):
        raise found
    return found


@transaction.atomic
def take_all(reports: Sequence[tuple[ShiftPass, Sequence[Any]]]) -> list[Taken | UserError]:
    """Keep what several phones say, in one transaction and with as many questions as for one.

    A report that cannot be read is answered with its ``UserError`` and leaves the others alone.
    """
    wanted = {given.shift_id for given, _events in reports}
    # In one order everywhere, so that two transactions never wait for each other.
    locked = Shift.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    shifts, moment = {row.pk: row for row in locked}, now()
    heard = [_hear(given, events, shifts[given.shift_id], moment) for given, events in reports]
    good = [one for one in heard if isinstance(one, _Heard)]
    ids = [identity for one in good for identity in one.said]
    known = dict(FieldEvent.objects.filter(id__in=ids).values_list("id", "shift_id"))
    begun = {row.pk for row in shifts.values() if row.begun_at is not None}
    for one in good:
        one.settle_known(known, begun)
    _keep(good, moment)
    return [
        one if isinstance(one, UserError) else Taken(tuple(map(str, one.said)), one.refused) for one in heard
    ]


def _hear(given: ShiftPass, events: Sequence[Any], shift: Shift, moment: dt.datetime) -> "_Heard | UserError":
    if len(events) > MOST_EVENTS:
        return UserError("too_many", _("Too many events at once."), _("Send at most 100 at a time."))
    heard = _Heard(given, shift)
    for one in events:
        name, identity = _identity(one)
        if identity is None:
            return UserError("shape", _("An event has no id."), _("Load the page again."))
        try:
            heard.said.setdefault(identity, understand(one, identity, shift, moment))
        except BadEvent as error:
            heard.refused[name] = error.code
    return heard


def _keep(heard: Sequence[_Heard], moment: dt.datetime) -> None:
    """Write the new events with everything they bring about."""
    news = [(one, said) for one in heard for said in one.new]
    rows = [_row(said, one.shift, one.given, moment) for one, said in news]
    FieldEvent.objects.bulk_create(rows)
    walks: dict[UUID, list[Walk]] = {}
    for row, (one, said) in zip(rows, news, strict=True):
        walks.setdefault(one.shift.pk, []).extend(said.walks)
        effects.of(row, said, one.shift)
    tracks.keep({shift_id: found for shift_id, found in walks.items() if found})
    by_shift: dict[UUID, list[Said]] = {one.shift.pk: [] for one in heard}
    for one, said in news:
        by_shift[one.shift.pk].append(said)
    effects.settle({one.shift.pk: one.shift for one in heard}, by_shift, moment)
    ShiftPass.objects.filter(pk__in=[one.given.pk for one in heard]).update(last_seen=moment)


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
