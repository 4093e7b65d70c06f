"""Everything that writes places: publishing one source as a whole, loading the codes of the 법정동."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import polars as pl
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sunra.core.geo import codes
from sunra.platform.accounts.access import Denied, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.events.services import publish as publish_event
from sunra.platform.places import bulk, frames
from sunra.platform.places.models import Area, Crosswalk, Facility, LegalDong, Place, PlaceEvent, Street

LayerName = Literal["facility", "street", "area", "event"]
LAYERS: dict[str, type[Place]] = {"facility": Facility, "street": Street, "area": Area, "event": PlaceEvent}
_BATCH = 2_000
_IDENTITY = ("agency_id", "source", "kind", "key")


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a source changed, in rows."""

    added: int
    changed: int
    gone: int


@transaction.atomic
def publish(
    *,
    actor: Actor,
    agency_id: UUID,
    layer: LayerName,
    kind: str,
    source: str,
    frame: pl.DataFrame,
    vintage: str = "",
    demo: bool = False,
) -> Published:
    """Replace the rows of ``source`` and ``kind`` in ``layer`` by those of ``frame``, in one transaction.

    Rows are told apart by their ``key``; what did not change is not touched. Columns: see ``frames``.
    Raises ``PermissionDenied`` for an agency outside the actor's scope, ``UserError`` (``withheld_family``,
    ``place_key``, ``place_outline``, ``event_time``, ``unknown_layer``) with nothing written.
    """
    require(actor, "places.publish_source")
    if agency_id not in actor.scope:
        raise Denied("places.publish_source")
    if layer not in LAYERS:
        raise UserError("unknown_layer", _("There is no such layer."), where=(layer,))
    frames.refuse_withheld(frame, kind)
    rows = frames.rows(layer, frame)
    # One publisher of an agency at a time: two would compare with the same rows.
    Agency.objects.select_for_update().get(pk=agency_id)
    model = LAYERS[layer]
    mine: QuerySet[Place] = QuerySet(model).filter(agency_id=agency_id, source=source, kind=kind)
    before: dict[str, tuple[int, bool]] = {
        key: (digest, was_demo) for key, digest, was_demo in mine.values_list("key", "digest", "demo")
    }
    added = [row for key, row in rows.items() if key not in before]
    changed = [row for key, row in rows.items() if key in before and before[key] != (row["digest"], demo)]
    gone = [key for key in before if key not in rows]
    stamp = {
        "agency_id": agency_id,
        "source": source,
        "kind": kind,
        "vintage": vintage,
        "demo": demo,
        "published": now(),
    }
    for start in range(0, len(gone), 500):
        mine.filter(key__in=gone[start : start + 500]).delete()
    bulk.upsert(model, [row | stamp for row in added + changed], identity=_IDENTITY)
    result = Published(len(added), len(changed), len(gone))
    publish_event(
        type="places.published",
        version=1,
        agency_id=agency_id,
        payload={
            "layer": layer,
            "kind": kind,
            "source": source,
            "vintage": vintage,
            "rows": len(rows),
            "added": result.added,
            "changed": result.changed,
            "gone": result.gone,
        },
    )
    return result


@transaction.atomic
def load_codes() -> int:
    """Bring the 법정동 and the crosswalk to what ``core.geo.codes`` knows; returns how many codes there are.

    Called by the set-up and after an update; writes nothing when nothing changed.
    """
    dongs = codes.dongs()
    wanted = {dong.code: (dong.name, dong.full_name, dong.valid_from, dong.valid_to) for dong in dongs}
    fields = ("name", "full_name", "valid_from", "valid_to")
    there = {code: tuple(rest) for code, *rest in LegalDong.objects.values_list("code", *fields)}
    if there != wanted:
        LegalDong.objects.all().delete()
        LegalDong.objects.bulk_create(
            [LegalDong(code=code, **dict(zip(fields, row, strict=True))) for code, row in wanted.items()],
            batch_size=_BATCH,
        )
    pairs = {(dong.code, new) for dong in dongs if dong.valid_to for new in codes.crosswalk(dong.code)}
    if set(Crosswalk.objects.values_list("old", "new")) != pairs:
        Crosswalk.objects.all().delete()
        Crosswalk.objects.bulk_create([Crosswalk(old=old, new=new) for old, new in sorted(pairs)], _BATCH)
    return len(wanted)
