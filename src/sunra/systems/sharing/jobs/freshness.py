"""Every morning: the alarm for stale datasets, and the shelf of tables tidied."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.systems.sharing.services import freshness, vintages

FRESHNESS = "sharing.freshness"


@job(FRESHNESS, title=_("Looking for stale data"))
def run(_ctx: JobContext) -> dict[str, Any]:
    """Tell stewards once of each dataset that went stale; remove tables of vintages that are gone."""
    return {"told": freshness.alarm(), "swept": vintages.sweep()}


schedule("sharing.freshness", FRESHNESS, daily_at="08:00")
