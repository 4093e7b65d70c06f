"""The page of dead letters."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sunra.platform.base.access import allow
from sunra.platform.base.actor import actor_of
from sunra.platform.events import selectors, services


@allow("events.view_dead_letter")
def dead_letters(request: HttpRequest) -> HttpResponse:
    """What could not be delivered, at most 200."""
    rows = selectors.dead_letters(actor_of(request))[:200]
    return render(request, "events/dead.html", {"rows": rows})


@allow(POST="events.change_dead_letter")
def redeliver(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Give one a fresh start."""
    if not services.redeliver(actor=actor_of(request), delivery_id=delivery_id):
        raise Http404
    return redirect("events:dead")
