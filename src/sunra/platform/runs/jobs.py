"""The end of old records of runs."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.time import now
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.platform.runs.models import Run

KEEP = timedelta(days=180)
LOST = timedelta(days=1)


@job("runs.purge", title=_("Clear old records of engine runs"))
def purge(_ctx: JobContext) -> dict[str, Any]:
    """Delete old records; a run whose process died is told as failed."""
    at = now()
    lost = Run.objects.filter(state=Run.State.RUNNING, created__lt=at - LOST)
    told = lost.update(state=Run.State.FAILED, error_code="lost", finished=at)
    gone, _rows = Run.objects.filter(created__lt=at - KEEP).delete()
    return {"lost": told, "deleted": gone}


schedule("runs.purge", "runs.purge", daily_at="03:50")
