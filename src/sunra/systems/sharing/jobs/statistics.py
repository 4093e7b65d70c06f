"""Background work of statistics: the nightly run, and the reports that are due."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.platform.accounts.roles import ANALYST, COMMITTEE_STAFF, DATA_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.platform.notices.services import notify
from sunra.systems.sharing.services import statistics

STATISTICS = "sharing.statistics"
REPORTS = "sharing.statistics_reports"


@job(STATISTICS, title=_("Computing statistics"), lease_seconds=120)
def run(ctx: JobContext, *, tell: bool = False) -> dict[str, Any]:
    """Count everything published for the agency of the job; ``tell`` gives notice when a person asked."""
    if ctx.agency_id is None:
        return {}
    draft = statistics.compute(
        actor=ctx.actor,
        agency_id=ctx.agency_id,
        progress=lambda done, total, note: ctx.progress(done, total + 1, note),
    )
    with ctx.commit():
        made = statistics.keep(actor=ctx.actor, draft=draft)
        url = reverse("sharing:statistics")
        result = {"url": url, "run": str(made.id), "events": made.events}
        if tell:
            notify(
                kind="sharing.statistics",
                text=gettext_noop("Statistics are up to date: %(events)s events."),
                params={"events": made.events},
                url=url,
                agency_id=ctx.agency_id,
                roles=(ANALYST, COMMITTEE_STAFF, DATA_OFFICER),
            )
        ctx.finish(result)
    return result


@job(REPORTS, title=_("Making reports"), lease_seconds=120)
def reports(ctx: JobContext) -> dict[str, Any]:
    """Make every planned report whose week or month has begun; one that fails does not stop the others."""
    waiting = statistics.due()
    made = failed = 0
    for number, (plan, period) in enumerate(waiting):
        ctx.progress(number, len(waiting))
        try:
            made += statistics.make_due(plan, period) is not None
        except UserError:
            failed += 1
    return {"made": made, "failed": failed}


def topmost() -> Iterable[UUID]:
    """Agencies that stand below no other: one run serves all below them."""
    return Agency.objects.filter(parent__isnull=True, active=True).values_list("id", flat=True)


schedule("sharing.statistics", STATISTICS, daily_at="03:40", agencies=topmost)
schedule("sharing.statistics_reports", REPORTS, daily_at="05:10")
