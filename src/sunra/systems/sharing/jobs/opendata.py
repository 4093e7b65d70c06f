"""Background work of open data: the downloads and tiles of what is open."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job
from sunra.systems.sharing.models import Opening
from sunra.systems.sharing.opened import files
from sunra.systems.sharing.services import opendata


@job(opendata.FILES_JOB, title=_("Making open data files"), lease_seconds=300)
def make(ctx: JobContext, *, opening: str) -> dict[str, Any]:
    """Make all files of an opening that is still in force; the same again gives the same files."""
    found = Opening.objects.filter(id=opening, closed__isnull=True).select_related("dataset__agency").first()
    if found is None:
        return {"files": 0}
    sizes = files.build(found, ctx.check)
    with ctx.commit():
        opendata.keep_files(opening_id=found.id, sizes=sizes)
        result = {"files": len(sizes)}
        ctx.finish(result)
    if not Opening.objects.filter(id=opening, closed__isnull=True).exists():
        files.remove(UUID(opening))  # it was taken back meanwhile
    return result
