"""나머지 다시 계획: a team drops out, and the others take over what they can of the night."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.journeys.jobs import TONIGHT
from sunra.journeys.rules import RUN
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.jobs.services import enqueue
from sunra.systems.patrols.selectors.rest import rest_of
from sunra.systems.risk.services import FIRST_HOUR


@allow(GET=RUN, POST=RUN)
def again(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """What would happen; then the job. The plan before stays the night's until the new one is confirmed."""
    actor = actor_of(request)
    try:
        rest = rest_of(actor, shift_id)
    except UserError as error:
        messages.error(request, str(error))
        return redirect("patrols:shift", shift_id)
    if rest.plan.agency_id not in actor.scope:
        raise Http404
    if request.method == "POST":
        zero = dt.datetime.combine(rest.plan.day, dt.time(FIRST_HOUR), tzinfo=SEOUL)
        job = enqueue(
            actor=actor,
            kind=TONIGHT,
            args={
                "district": rest.plan.district, "day": str(rest.plan.day), "order": rest.order(zero).plain()
            },
            key=f"{actor.agency_id}:{rest.plan.district}:{rest.plan.day}",
        )  # fmt: skip
        return redirect("jobs:detail", job.id)
    request.demo = rest.out.demo  # type: ignore[attr-defined]
    context = {
        "rest": rest,
        "district": districts().district(rest.plan.district),
        "teams": [(team, cells.format_cell(*team.cell) if team.cell else "") for team in rest.teams],
    }
    return render(request, "journeys/again.html", context)
