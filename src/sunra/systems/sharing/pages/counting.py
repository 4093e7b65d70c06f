"""직접 세어 보기: counts of an open dataset of events by what a reader chooses, with noise."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.disclosure import cell_key
from sunra.core.geo import codes
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.platform.accounts.access import public
from sunra.platform.accounts.limits import COUNTS_A_DAY, guarded
from sunra.platform.base.errors import Text, UserError
from sunra.platform.ui.charts import Chart, bar
from sunra.platform.ui.tables import Column, Table
from sunra.systems.sharing import statistics_texts
from sunra.systems.sharing.indicators import family_name
from sunra.systems.sharing.opened import noised
from sunra.systems.sharing.opened.noised import BELOW, Answer, Question
from sunra.systems.sharing.selectors import opendata as selectors

_AREAS = (
    ("", gettext_lazy("All areas together")),
    ("district", gettext_lazy("District")),
    ("dong", gettext_lazy("Legal dong")),
)
_DETAILS = (
    ("", gettext_lazy("No further column")),
    ("family", gettext_lazy("Type")),
    ("part", gettext_lazy("Part of the day")),
)


class Choice(forms.Form):
    """What to count by; nothing finer can be chosen."""

    area = forms.ChoiceField(label=gettext_lazy("By area"), choices=_AREAS, required=False)
    detail = forms.ChoiceField(label=gettext_lazy("And by"), choices=_DETAILS, required=False)
    year = forms.IntegerField(
        label=gettext_lazy("Year"), required=False, min_value=1900, max_value=2100, widget=forms.Select
    )
    district = forms.CharField(
        label=gettext_lazy("Only the district"), required=False, max_length=5, widget=forms.Select
    )


@public
@guarded("counts", "COUNT_CALLS", daily="COUNTS_A_DAY")
def counts(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """The choice and its answer: a table, and a picture where there is one bar a month."""
    opening = selectors.opening(dataset_id)
    if not noised.answers(opening):
        raise Http404("not found")
    request.demo = opening.dataset.demo  # type: ignore[attr-defined]
    answer, form = _answered(opening, request)
    context: dict[str, Any] = {
        "opening": opening,
        "form": form,
        "below": BELOW,
        "widest": cell_key.WIDEST,
        "variance": f"{cell_key.VARIANCE:g}",
        "unknown": BELOW - 1 + cell_key.WIDEST,
        "daily": COUNTS_A_DAY,
        "withheld": statistics_texts.WITHHELD_FAMILIES,
        "api": reverse("api:open_counts", args=[dataset_id]),
    }
    if answer is None:
        return render(request, "sharing/open_counts.html", context, status=400)
    table = _table(request, answer)
    chart = _chart(answer) if answer.dims == ("month",) and answer.rows else None
    return table.response() or render(
        request, "sharing/open_counts.html", context | {"table": table, "chart": chart}
    )


def _answered(opening: Any, request: HttpRequest) -> tuple[Answer | None, Choice]:
    """The answer to what was chosen, and the form with the years and districts that there are."""
    form = Choice(request.GET)
    whole = noised.ask(opening, Question())
    form.fields["year"].widget.choices = [(year, str(year)) for year in whole.years]
    form.fields["district"].widget.choices = [
        ("", _("All districts")), *((code, _district(code)) for code in whole.districts),
    ]  # fmt: skip
    if not form.is_valid():
        return None, form
    try:
        question = Question(
            area=form.cleaned_data["area"],
            detail=form.cleaned_data["detail"],
            year=form.cleaned_data["year"] or 0,
            district=form.cleaned_data["district"],
        )
        return noised.ask(opening, question), form
    except UserError as error:
        form.add_error(None, str(error))
        return None, form


def _district(code: str) -> str:
    try:
        return districts().district(code).name
    except GeoError:
        return code


def _dong(code: str) -> str:
    known = codes.current()
    return known[code].full_name if code in known else code


def _month(text: str) -> str:
    year, month = text.split("-")
    return f"{year}. {int(month)}."


def _table(request: HttpRequest, answer: Answer) -> Table:
    words: dict[str, tuple[Text, Callable[[Any], Any]]] = {
        "district": (gettext_lazy("District"), _district),
        "dong": (gettext_lazy("Legal dong"), _dong),
        "month": (gettext_lazy("Month"), _month),
        "family": (gettext_lazy("Type"), family_name),
        "part": (gettext_lazy("Part of the day"), str),
    }
    columns = [Column(name, words[name][0], format=words[name][1]) for name in answer.dims]
    columns.append(Column("count", gettext_lazy("Events, noised"), numeric=True, format=_count))
    return Table(
        columns=columns,
        rows=[row | {"id": number} for number, row in enumerate(answer.rows, start=1)],
        request=request,
        name="counts",
        caption=_("Noised counts of events, %(year)s") % {"year": answer.year or "–"},
        page_size=50,
        empty_title=_("No month is over yet"),
        empty_text=_("Events are counted once their month is over."),
    )


def _count(value: int | None) -> str:
    return _("fewer than %(below)s") % {"below": BELOW} if value is None else f"{value:,}"


def _chart(answer: Answer) -> Chart:
    return bar(
        _("Events by month, noised"),
        [_month(row["month"]) for row in answer.rows],
        [row["count"] for row in answer.rows],
        unit=_("events"),
        period=str(answer.year),
        label_head=_("Month"),
        note=_("Months with fewer than %(below)s are left out.") % {"below": BELOW},
        ticks=[row["month"][5:] for row in answer.rows],
    )
