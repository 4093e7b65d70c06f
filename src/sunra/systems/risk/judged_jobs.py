"""Background work: scores when weeks are over, audits and alarms after them, factors on demand."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.services import audits, factors, scoring

SCORING, AUDIT, FACTORS = "risk.scoring", "risk.audit", "risk.factors"


def _roots() -> Iterable[UUID]:
    """One run for each tree of agencies."""
    return Agency.objects.filter(parent__isnull=True, active=True).values_list("id", flat=True)


@job(SCORING, title=_("Scoring the forecasts of past weeks"), lease_seconds=300)
def score(ctx: JobContext) -> dict[str, Any]:
    """Score the weeks that are over; a district with new scores is audited, its alarms are raised.

    Each week's scores stand as soon as they are computed; a run that takes over finds nothing left to do
    there and goes on with audits and alarms.
    """
    done = {**_days(ctx.state.get("weeks", {})), **scoring.score_weeks(actor=ctx.actor)}
    ctx.checkpoint({"weeks": {code: [str(week) for week in weeks] for code, weeks in done.items()}})
    alarms = 0
    for number, (district, weeks) in enumerate(sorted(done.items())):
        ctx.progress(number, len(done), district)
        audits.audit_district(actor=ctx.actor, district=district)
        for week in sorted(weeks):
            alarms += len(audits.raise_alarms(actor=ctx.actor, district=district, week=week))
    answer = {"districts": len(done), "weeks": sum(map(len, done.values())), "alarms": alarms}
    with ctx.commit():
        ctx.finish(answer)
    return answer


def _days(weeks: dict[str, list[str]]) -> dict[str, list[dt.date]]:
    return {code: [dt.date.fromisoformat(one) for one in found] for code, found in weeks.items()}


@job(AUDIT, title=_("Auditing forecasts"), lease_seconds=300)
def audit(ctx: JobContext, *, district: str = "") -> dict[str, Any]:
    """Audit one district, or all that have forecasts."""
    rows = Forecast.objects.filter(agency_id__in=ctx.actor.scope).order_by()
    codes = [district] if district else sorted(set(rows.values_list("district", flat=True)))
    failed: dict[str, str] = {}
    for number, code in enumerate(codes):
        ctx.progress(number, len(codes), code)
        try:
            audits.audit_district(actor=ctx.actor, district=code)
        except UserError as error:
            failed[code] = error.code
    answer = {"districts": len(codes), "failed": failed, "url": _page("risk:fairness", district)}
    with ctx.commit():
        ctx.finish(answer)
    return answer


@job(FACTORS, title=_("Factor analysis"), lease_seconds=600)
def analyse(ctx: JobContext, *, district: str, family: str = "") -> dict[str, Any]:
    """Search the factors of a district's events."""
    if ctx.agency_id is None:
        raise PermissionDenied
    report = factors.make_factors(actor=ctx.actor, agency_id=ctx.agency_id, district=district, family=family)
    answer = {
        "events": report.figures["events"],
        "url": _page("risk:factors", district) + (f"&family={family}" if family else ""),
    }
    with ctx.commit():
        ctx.finish(answer)
    return answer


def _page(name: str, district: str) -> str:
    return reverse(name) + (f"?district={district}" if district else "")


schedule(SCORING, SCORING, daily_at="13:10", agencies=_roots)
schedule(AUDIT, AUDIT, daily_at="06:40", agencies=_roots)
