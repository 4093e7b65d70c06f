"""The page on which auditors search the ledger."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sunra.platform.base.access import allow
from sunra.platform.base.actor import actor_of
from sunra.platform.base.roles import ROLES
from sunra.platform.ledger.forms import SearchForm
from sunra.platform.ledger.services import look

PAGE = 50


@allow("ledger.view_record")
def search_page(request: HttpRequest) -> HttpResponse:
    """The form; with a purpose also the records, after the look itself has been recorded."""
    form = SearchForm(request.GET if "purpose" in request.GET else None, initial=request.GET.dict())
    found = None
    if form.is_bound and form.is_valid():
        purpose = form.cleaned_data["purpose"]
        records = look(actor=actor_of(request), filters=form.filters(), purpose=purpose)
        found = Paginator(records, PAGE).get_page(request.GET.get("page"))
    kept = urlencode([(key, value) for key, value in request.GET.items() if key != "page"])
    rows = [(one, ROLES[one.role].name if one.role in ROLES else one.role or "–") for one in found or ()]
    return render(request, "ledger/search.html", {"form": form, "found": found, "rows": rows, "kept": kept})
