"""Where a published place comes from: its dataset, its vintages, the file and the line."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.systems.sharing import selectors, texts
from sunra.systems.sharing.rules import VIEW


@allow(VIEW)
def lineage(request: HttpRequest) -> HttpResponse:
    """The way back from one place (``layer``, ``source``, ``key``) to file and line."""
    asked = {name: request.GET.get(name, "") for name in ("layer", "source", "key")}
    found = selectors.lineage(actor_of(request), **asked)
    request.demo = found.dataset.demo  # type: ignore[attr-defined]
    return render(request, "sharing/lineage.html", {"found": found, "kind": texts.kind(found.dataset.kind)})
