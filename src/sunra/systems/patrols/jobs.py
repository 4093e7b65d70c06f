"""What patrols do by themselves: watch over check-ins, tell webhooks, forget what is old."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.systems.patrols.services import duty, hook_sends


@job("patrols.watch", title=_("Watch over check-ins"), retries=0)
def watch(_ctx: JobContext) -> dict[str, Any]:
    """Raise alarms for teams that are late."""
    return {"raised": duty.watch()}


@job("patrols.forget_tracks", title=_("Forget old tracks"))
def forget_tracks(_ctx: JobContext) -> dict[str, Any]:
    """Add up and delete tracks after each agency's days."""
    return {"deleted": duty.forget_tracks()}


@job("patrols.hooks", title=_("Look which webhooks wait"), retries=0)
def hooks(_ctx: JobContext) -> dict[str, Any]:
    """Queue a job for each webhook with something due."""
    return {"queued": hook_sends.queue_due()}


@job(hook_sends.SEND_JOB, title=_("Tell a webhook"), lease_seconds=120, retries=0)
def hook_send(ctx: JobContext, *, hook: str) -> dict[str, Any]:
    """Send what is due to one webhook; what fails is tried again later."""
    return dict(hook_sends.send_due(UUID(hook), ctx.check))


@job("patrols.forget_hooks", title=_("Forget old webhook messages"))
def forget_hooks(_ctx: JobContext) -> dict[str, Any]:
    """Delete messages after 30 days."""
    return {"deleted": hook_sends.forget()}


schedule("patrols.hooks", "patrols.hooks", every=dt.timedelta(minutes=1))
schedule("patrols.forget_hooks", "patrols.forget_hooks", daily_at="05:25")
schedule("patrols.watch", "patrols.watch", every=dt.timedelta(minutes=1))
schedule("patrols.forget_tracks", "patrols.forget_tracks", daily_at="05:10")
