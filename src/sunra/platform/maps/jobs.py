"""Background work of the maps: street tiles."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job
from sunra.platform.maps import streets

STREETS = "maps.streets"


@job(STREETS, title=_("Draw the streets of the map"))
def draw(ctx: JobContext) -> dict[str, Any]:
    """See ``streets.build``; the same again gives the same file, so nothing needs a fence."""
    agency_id = ctx.agency_id
    return {"streets": streets.build(agency_id) if agency_id else 0}
