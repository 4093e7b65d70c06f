"""Background work of agreements: reminding of decisions due and of agreements that end."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.systems.sharing.services import agreements

REMIND = "sharing.remind_agreements"


@job(REMIND, title=_("Reminding of agreements"))
def run(ctx: JobContext) -> dict[str, Any]:
    """Tell owners what waits for their decision and receivers what ends."""
    with ctx.commit():
        result = {"reminded": agreements.remind()}
        ctx.finish(result)
    return result


schedule(REMIND, REMIND, daily_at="08:30")
