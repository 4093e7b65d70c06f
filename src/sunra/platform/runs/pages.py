"""The page of what ran on the engine."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sunra.platform.base.access import allow
from sunra.platform.base.actor import actor_of
from sunra.platform.base.errors import Text
from sunra.platform.runs import selectors
from sunra.platform.runs.forms import FilterForm
from sunra.platform.runs.texts import engine_of, reason_of, table_of, who

PAGE = 25


@allow("runs.view_run")
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs of the actor's agencies, narrowed by the form; an unknown choice narrows nothing."""
    rows = selectors.runs(actor_of(request))
    form = FilterForm(request.GET, places=selectors.places(rows))
    form.is_valid()
    page = Paginator(form.narrow(rows), PAGE).get_page(request.GET.get("page"))
    kept = urlencode([(key, value) for key, value in request.GET.items() if key != "page"])
    lines = [(row, engine_of(row.engine), reason_of(row), _shares(row), who(row)) for row in page]
    context: dict[str, Any] = {"form": form, "page": page, "lines": lines, "kept": kept}
    return render(request, "runs/list.html", context)


def _shares(row: Any) -> list[tuple[Text, int]]:
    """Rows by table, the biggest first; one table needs no breakdown."""
    tables = sorted(row.tables.items(), key=lambda item: -item[1])
    return [(table_of(name), rows) for name, rows in tables] if len(tables) > 1 else []
