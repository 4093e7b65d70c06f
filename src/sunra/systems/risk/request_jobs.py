"""Every night: words of residents that are over their time are erased, requests that nobody repeats close."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.systems.risk.services import request_upkeep

TIDY = "risk.requests_tidy"


@job(TIDY, title=_("Tidying patrol requests"))
def run(ctx: JobContext) -> dict[str, Any]:
    """Erase, close and forget; see ``request_upkeep.tidy``."""
    with ctx.commit():
        done = request_upkeep.tidy()
        ctx.finish(done)
    return done


schedule(TIDY, TIDY, daily_at="04:10")
