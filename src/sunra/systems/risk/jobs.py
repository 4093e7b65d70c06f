"""Background work of risk."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import seoul_today
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.platform.runs.backend import chosen
from sunra.systems.risk import judged_jobs, request_jobs, services

__all__ = ["NIGHTLY", "judged_jobs", "nightly", "request_jobs", "roots"]

NIGHTLY = "risk.nightly"


def roots() -> Iterable[UUID]:
    """One run for each tree of agencies: its districts share what they know of the border."""
    return Agency.objects.filter(parent__isnull=True, active=True).values_list("id", flat=True)


@job(NIGHTLY, title=_("Forecasting the coming nights"), lease_seconds=300)
def nightly(
    ctx: JobContext, *, districts: list[str] | None = None, day: str = "", days: int = services.DAYS
) -> dict[str, Any]:
    """Forecast the nights from ``day`` (default: today's) on; a run that takes over goes on after the last
    batch.
    """
    first = dt.date.fromisoformat(ctx.state.get("day") or day or str(seoul_today()))

    def after(through: list[str]) -> None:
        ctx.checkpoint({"day": str(first), "through": through})

    done = services.make_nights(
        actor=ctx.actor,
        day=first,
        days=days,
        districts=districts,
        backend=chosen(),
        done=ctx.state.get("through", []),
        progress=ctx.progress,
        commit=ctx.commit,
        after=after,
    )
    answer: dict[str, Any] = {
        "url": reverse("risk:map") + (f"?district={districts[0]}&day={first}" if districts else ""),
        "nights": len(done.forecasts),
        "districts": len({one.district for one in done.forecasts}),
        "failed": done.failed,
    }
    with ctx.commit():
        ctx.finish(answer)
    return answer


schedule(NIGHTLY, NIGHTLY, daily_at="04:30", agencies=roots)
