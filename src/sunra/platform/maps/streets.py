"""An agency's published streets as vector tiles under its maps."""

import json
import tempfile
from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.home import folder
from sunra.platform.maps import ranges, tiles
from sunra.platform.places import selectors
from sunra.platform.places.models import Street

VIEW = "places.view_place"


def path_of(agency_id: UUID) -> Path:
    """Where the agency's tiles lie."""
    return folder("maps") / f"streets-{agency_id}.pmtiles"


def build(agency_id: UUID) -> int:
    """Make the agency's tiles anew from what it publishes, none without streets; returns the lines."""
    out = path_of(agency_id)
    rows = Street.objects.filter(agency_id=agency_id).values_list("geometry", "level")
    with tempfile.TemporaryDirectory(dir=out.parent) as work:
        lines = Path(work) / "streets.ndjson"
        with lines.open("w", encoding="utf-8") as file:
            count = 0
            for geometry, level in rows.iterator(2_000):
                shape = {"type": "LineString", "coordinates": geometry}
                feature = {"type": "Feature", "geometry": shape, "properties": {"level": level}}
                file.write(json.dumps(feature, separators=(",", ":")) + "\n")
                count += 1
        if count:
            tiles.build({"streets": lines}, out, min_zoom=11, options=("--drop-densest-as-needed",))
        else:
            out.unlink(missing_ok=True)
    return count


def may_see(actor: Actor, agency_id: UUID) -> bool:
    """Whether the actor sees any of the agency's streets."""
    return actor.may(VIEW) and selectors.streets(actor).filter(agency_id=agency_id).exists()


def address(actor: Actor, agency_id: UUID) -> str:
    """The address of the tiles for a ``Map``; "" when there are none, or none that the actor may see."""
    path = path_of(agency_id)
    if not path.exists() or not may_see(actor, agency_id):
        return ""
    return f"{reverse('maps:streets', args=[agency_id])}?v={path.stat().st_mtime_ns}"


@allow(VIEW)
def serve(request: HttpRequest, agency_id: UUID) -> HttpResponseBase:
    """The tiles by byte range, to who sees the agency's streets."""
    path = path_of(agency_id)
    if not may_see(actor_of(request), agency_id) or not path.exists():
        raise Http404
    return ranges.respond(request, path)
