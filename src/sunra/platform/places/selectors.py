"""Everything that reads places: an actor sees what lies in their 법정동 or belongs to their agencies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from sunra.core.geo import cells
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.places.models import Area, Crosswalk, Facility, LegalDong, Place, PlaceEvent, Street

P = TypeVar("P", bound=Place)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of longitudes and latitudes (WGS 84 degrees)."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """The box written as ``west,south,east,north``; raises ``UserError`` ``bad_box``."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            raise _bad_box(text) from None
        if not (120 <= west < east <= 140 and 30 <= south < north <= 45):
            raise _bad_box(text)
        return cls(west, south, east, north)

    def cells(self) -> tuple[int, int, int, int]:
        """``e_min, e_max, n_min, n_max`` of the cells that the box touches, inclusive."""
        # The grid is turned against the meridians, so the corners alone do not bound the box.
        share = np.linspace(0, 1, 9)
        lon, lat = self.west + (self.east - self.west) * share, self.south + (self.north - self.south) * share
        xs = np.concatenate([lon, lon, np.full(9, self.west), np.full(9, self.east)])
        ys = np.concatenate([np.full(9, self.south), np.full(9, self.north), lat, lat])
        cell_e, cell_n = cells.cell_of(xs, ys)
        return int(cell_e.min()), int(cell_e.max()), int(cell_n.min()), int(cell_n.max())


def _bad_box(text: str) -> UserError:
    return UserError(
        "bad_box",
        _("The map section is not understood."),
        _("Give west, south, east and north in degrees within Korea, with commas between."),
        (text[:80],),
    )


def facilities(
    actor: Actor, *, district: str | None = None, bbox: Box | None = None, kinds: Iterable[str] | None = None
) -> QuerySet[Facility]:
    """The facilities that ``actor`` may see."""
    return _narrow(Facility.objects.all(), actor, district, bbox, kinds)


def streets(
    actor: Actor, *, district: str | None = None, bbox: Box | None = None, kinds: Iterable[str] | None = None
) -> QuerySet[Street]:
    """The streets that ``actor`` may see."""
    return _narrow(Street.objects.all(), actor, district, bbox, kinds)


def areas(
    actor: Actor, *, district: str | None = None, bbox: Box | None = None, kinds: Iterable[str] | None = None
) -> QuerySet[Area]:
    """The areas that ``actor`` may see."""
    return _narrow(Area.objects.all(), actor, district, bbox, kinds)


def events(
    actor: Actor,
    *,
    district: str | None = None,
    bbox: Box | None = None,
    kinds: Iterable[str] | None = None,
    families: Iterable[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[PlaceEvent]:
    """The events that ``actor`` may see, begun in [``since``, ``until``)."""
    found = _narrow(PlaceEvent.objects.all(), actor, district, bbox, kinds)
    if families is not None:
        found = found.filter(family__in=list(families))
    if since is not None:
        found = found.filter(time_from__gte=since)
    return found if until is None else found.filter(time_from__lt=until)


def kinds(actor: Actor, *, district: str | None = None) -> list[dict[str, Any]]:
    """Each kind of facility with its ``rows`` and ``units``, most rows first."""
    found = facilities(actor, district=district).values("kind").annotate(rows=Count("id"), units=Sum("count"))
    return [dict(row) for row in found.order_by("-rows", "kind")]


def dongs(*, district: str | None = None, current: bool = True) -> QuerySet[LegalDong]:
    """The 법정동 of a 시군구 (5 digits), in force today unless ``current`` is false; codes are public."""
    found = LegalDong.objects.all()
    if current:
        found = found.filter(valid_to__isnull=True)
    return found if district is None else found.filter(**_within("code", district))


def successors(code: str) -> tuple[str, ...]:
    """The codes that took the place of an old 법정동 ``code``; empty when none did."""
    return tuple(Crosswalk.objects.filter(old=code).order_by("new").values_list("new", flat=True))


def _within(field: str, district: str) -> dict[str, str]:
    """A range instead of a prefix: any database uses the index for it."""
    return {f"{field}__gte": district.ljust(10, "0"), f"{field}__lte": district.ljust(10, "9")}


def _narrow(
    found: QuerySet[P], actor: Actor, district: str | None, bbox: Box | None, wanted: Iterable[str] | None
) -> QuerySet[P]:
    """The rows in the actor's reach, then in the district, the box and among the kinds wanted."""
    found = found.filter(Q(dong__in=actor.dongs) | Q(agency_id__in=actor.scope))
    if district:
        found = found.filter(**_within("dong", district))
    if wanted is not None:
        found = found.filter(kind__in=list(wanted))
    if bbox is None:
        return found
    e_min, e_max, n_min, n_max = bbox.cells()
    if issubclass(found.model, Street | Area):
        return found.filter(e_min__lte=e_max, e_max__gte=e_min, n_min__lte=n_max, n_max__gte=n_min)
    return found.filter(cell_e__range=(e_min, e_max), cell_n__range=(n_min, n_max))
