"""What patrols do by themselves: watch over check-ins each minute, forget tracks each night."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.systems.patrols.services import duty


@job("patrols.watch", title=_("Watch over check-ins"), retries=0)
def watch(_ctx: JobContext) -> dict[str, Any]:
    """Raise alarms for teams that are late."""
    return {"raised": duty.watch()}


@job("patrols.forget_tracks", title=_("Forget old tracks"))
def forget_tracks(_ctx: JobContext) -> dict[str, Any]:
    """Add up and delete tracks after each agency's days."""
    return {"deleted": duty.forget_tracks()}


schedule("patrols.watch", "patrols.watch", every=dt.timedelta(minutes=1))
schedule("patrols.forget_tracks", "patrols.forget_tracks", daily_at="05:10")
