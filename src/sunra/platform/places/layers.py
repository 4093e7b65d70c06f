"""What an address asks of a map layer, and the answer; shared by pages and programs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.places import geojson, selectors
from sunra.platform.places.selectors import Box


@dataclass(frozen=True, slots=True)
class Asked:
    """The narrowing an address asks for; texts as they came, empty for none."""

    bbox: str = ""
    district: str = ""
    dong: str = ""
    kinds: str = ""
    families: str = ""
    since: str = ""
    until: str = ""

    def common(self) -> dict[str, Any]:
        """The arguments every selector takes; raises ``UserError`` ``bad_box``."""
        return {
            "bbox": Box.parse(self.bbox) if self.bbox else None,
            "district": self.dong or self.district or None,
            "kinds": _words(self.kinds),
        }


def facilities(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Facilities as GeoJSON."""
    require(actor, "places.view_place")
    return geojson.points(selectors.facilities(actor, **asked.common()))


def streets(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Streets as GeoJSON."""
    require(actor, "places.view_place")
    return geojson.shapes(selectors.streets(actor, **asked.common()))


def areas(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Areas as GeoJSON."""
    require(actor, "places.view_place")
    return geojson.shapes(selectors.areas(actor, **asked.common()))


def events(actor: Actor, asked: Asked) -> dict[str, Any]:
    """Events summed by cell and family as GeoJSON; ``since`` and ``until`` are days in Seoul, inclusive."""
    require(actor, "places.view_event")
    since, until = _midnight(asked.since), _midnight(asked.until)
    found = selectors.events(
        actor,
        **asked.common(),
        families=_words(asked.families),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )
    return geojson.event_cells(found)


def _words(text: str) -> list[str] | None:
    return [word for word in text.split(",") if word] if text else None


def _midnight(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), SEOUL)
    except ValueError:
        raise UserError(
            "bad_day", _("The day is not understood."), _("Write it as 2026-11-22."), (text[:20],)
        ) from None
