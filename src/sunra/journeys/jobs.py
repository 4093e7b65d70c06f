"""The night's work in the background."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.journeys import effects, tonight
from sunra.platform.accounts.roles import SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.platform.notices.services import notify
from sunra.systems.patrols.orders import order_of

TONIGHT, EFFECTS = "journeys.tonight", "journeys.effects"


@job(TONIGHT, title=_("Planning tonight"), lease_seconds=120)
def run(ctx: JobContext, *, district: str, day: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
    """Forecast and plan from what is published; each step commits under the fence, and a step done before
    is known.
    """
    result = tonight.run(
        actor=ctx.actor,
        district=district,
        day=dt.date.fromisoformat(day),
        order=order_of(order or {}),
        progress=ctx.progress,
        check=ctx.check,
        commit=ctx.commit,
    )
    answer = {
        "url": reverse("patrols:plan_detail", args=[result.plan.id]),
        "plan": str(result.plan.id),
        "forecast": str(result.forecast.id),
        "teams": len(result.teams),
        "seconds": round(result.seconds, 2),
    }
    with ctx.commit():
        notify(
            kind="journeys.tonight",
            text=gettext_noop("Tonight's plan is ready: %(teams)s teams."),
            params={"teams": len(result.teams)},
            url=str(answer["url"]),
            agency_id=ctx.agency_id,
            roles=(SAFETY_OFFICER,),
        )
        ctx.finish(answer)
    return answer


@job(EFFECTS, title=_("Judging what patrols changed"), lease_seconds=300)
def judge(ctx: JobContext) -> dict[str, Any]:
    """Judge the months that are open; each month stands as soon as it is kept."""
    kept = effects.judge_all(actor=ctx.actor, check=ctx.check, commit=ctx.commit)
    answer = {"months": len(kept), "url": reverse("patrols:effects")}
    with ctx.commit():
        ctx.finish(answer)
    return answer


def _roots() -> Iterable[UUID]:
    """One run for each tree of agencies."""
    return Agency.objects.filter(parent__isnull=True, active=True).values_list("id", flat=True)


schedule(EFFECTS, EFFECTS, daily_at="13:40", agencies=_roots)
