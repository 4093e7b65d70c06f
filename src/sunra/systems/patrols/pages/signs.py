"""Signs with a code for the stops of a plan, to print and put up: scanned, they check a team in."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.handover import qr
from sunra.systems.patrols import selectors
from sunra.systems.patrols.rules import MAKE
from sunra.systems.patrols.services.duty.passes import spot_mark


@allow(MAKE)
def signs(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One sign per cell of the plan's stops."""
    actor = actor_of(request)
    found = selectors.plan(actor, plan_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    phone = request.build_absolute_uri(reverse("duty:phone"))
    cells = {}
    for team in selectors.routes(actor, found):
        for stop in team.stops.all():
            mark = spot_mark(found.agency_id, stop.cell_e, stop.cell_n)
            cells[stop.number] = qr(f"{phone}#spot={stop.cell_e}-{stop.cell_n}-{mark}")
    return render(request, "patrols/duty/signs.html", {"plan": found, "signs": sorted(cells.items())})
