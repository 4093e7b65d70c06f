"""Overrides for officers: what stands beside the forecast, a new one, one with its effect, taking it back."""

import datetime as dt
from typing import Any
from uuid import UUID

import numpy as np
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo import cells as geo_cells
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.maps import Layer, Map, streets
from sunra.platform.places.models import LegalDong
from sunra.platform.ui import chips
from sunra.platform.ui.dates import show_slot
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.measures import show_expected
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.risk import hours
from sunra.systems.risk import request_texts as texts
from sunra.systems.risk import selectors as risk
from sunra.systems.risk.models import Forecast, Override
from sunra.systems.risk.pages.ask import Slots
from sunra.systems.risk.pages.requests import slots_text
from sunra.systems.risk.rules import OVERRIDE, VIEW
from sunra.systems.risk.selectors import overrides as selectors
from sunra.systems.risk.services import overrides as services
from sunra.systems.risk.table import SLOTS, slot_column
from sunra.systems.risk.texts import NO_GROUND

MARGIN = 0.004
"""Degrees around the outermost cell."""
FACTORS = ("0.25", "0.5", "0.75", "1.5", "2", "3", "5")


def override_layer(_actor: Actor, forecast: Forecast, *, shown: bool = False) -> Layer:
    """The cells that officers override in a forecast's night, for its map; off until somebody wants it."""
    url = reverse("risk:override_cells", args=[forecast.id])
    return Layer("overrides", url, "line", _("Officers' overrides"), shown=shown, series=3)


@allow(VIEW)
def override_cells(request: HttpRequest, forecast_id: UUID) -> HttpResponse:
    """The outlines of the overridden cells of a forecast with their largest and smallest factor."""
    actor = actor_of(request)
    found = selectors.effective(actor, risk.forecast(actor, forecast_id))
    rings = geo_cells.corners(found.cell_e, found.cell_n)
    features = [
        {
            "type": "Feature",
            "id": f"override-{east}-{north}",
            "geometry": {
                "type": "LineString",
                "coordinates": [[round(float(x), 6), round(float(y), 6)] for x, y in ring],
            },
            "properties": {
                "id": f"override-{east}-{north}",
                "series": 3,
                "label": f"{geo_cells.format_cell(east, north)} {_span(factor)}",
            },
        }
        for east, north, ring, factor in zip(
            found.cell_e.tolist(), found.cell_n.tolist(), rings, found.factor, strict=True
        )
    ]  # fmt: skip
    answer = JsonResponse(
        {"type": "FeatureCollection", "features": features}, json_dumps_params={"ensure_ascii": False}
    )
    answer["Content-Type"] = "application/geo+json"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _span(factor: Any) -> str:
    changed = np.unique(factor[factor != 1])
    return ", ".join(f"× {value:g}" for value in changed)


@allow(VIEW)
def overrides(request: HttpRequest) -> HttpResponse:
    """Every override in reach, those in force first."""
    actor = actor_of(request)
    rows = selectors.overrides(actor)
    request.demo = rows.filter(demo=True).exists()  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column("title", gettext_lazy("What is different"), link=_link),
            Column("cause", gettext_lazy("Kind of cause"), format=_cause),
            Column("factor", gettext_lazy("Factor"), numeric=True, format=lambda value: f"× {value:g}"),
            Column(
                "cells", gettext_lazy("Cells"), numeric=True, value=lambda row: len(row.cells), sort=False
            ),
            Column("slots", gettext_lazy("Time slot"), format=slots_text, sort=False),
            Column("starts", gettext_lazy("From")),
            Column("until", gettext_lazy("Until")),
            Column("state", gettext_lazy("State"), value=_state, sort=False),
            Column("made_by", gettext_lazy("Made by")),
        ],
        rows=rows,
        request=request,
        name="overrides",
        caption=_("Overrides"),
        filters=[Filter("cause", gettext_lazy("Kind of cause"), list(texts.OVERRIDE_CAUSES.items()))],
        empty_title=_("No override yet"),
        empty_text=_(
            "A festival or a closed road can change what is to be expected. The forecast itself stays."
        ),
    )
    return table.response() or render(
        request, "risk/overrides_list.html", {"table": table, "may_make": actor.may(OVERRIDE)}
    )


def _link(row: Override) -> str:
    return reverse("risk:override", args=[row.id])


def _cause(code: str) -> Any:
    return texts.OVERRIDE_CAUSES.get(code, code)


def _state(row: Override) -> SafeString:
    today = seoul_today()
    if row.withdrawn_at is not None:
        return chips.tag("plain", _("Withdrawn"))
    if row.until < today:
        return chips.tag("plain", _("Over"))
    return chips.tag("now", _("In force")) if row.starts <= today else chips.tag("info", _("To come"))


class OverrideForm(forms.Form):
    """What is different, where, when, how much, and why."""

    title = forms.CharField(
        label=gettext_lazy("What is different?"),
        max_length=80,
        help_text=gettext_lazy("For example: autumn festival on the stream, road closed for a race."),
    )
    cause = forms.ChoiceField(
        label=gettext_lazy("Kind of cause"), choices=list(texts.OVERRIDE_CAUSES.items())
    )
    dong = forms.ChoiceField(
        label=gettext_lazy("All cells of a legal dong"),
        required=False,
        help_text=gettext_lazy("Or write single cells below."),
    )
    cells = forms.CharField(
        label=gettext_lazy("Cells (national point numbers)"),
        required=False,
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, for example 다사 544 466. The page of a cell shows its number."),
    )
    ring = forms.TypedChoiceField(
        label=gettext_lazy("With the surroundings of the single cells"),
        choices=[(number, f"{number * 100} m") for number in range(6)],
        coerce=int,
        initial=0,
    )
    slots = forms.MultipleChoiceField(
        label=gettext_lazy("Time slots"), choices=[(str(slot), "") for slot in range(SLOTS)], widget=Slots
    )
    factor = forms.ChoiceField(
        label=gettext_lazy("How many times the expected count?"),
        choices=[(value, f"× {value}") for value in FACTORS],
        initial="2",
        help_text=gettext_lazy(
            "Below 1 means less than usual. It is scored like the forecast when it is over."
        ),
    )
    starts = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=gettext_lazy("Until (inclusive)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=5,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the record of looks and changes. Places, never persons or groups."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = LegalDong.objects.filter(code__in=actor.dongs, valid_to__isnull=True).order_by("code")
        self.fields["dong"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("None")), *names.values_list("code", "full_name"),
        ]  # fmt: skip
        self.fields["slots"].choices = [  # type: ignore[attr-defined]
            (str(slot), show_slot(slot)) for slot in range(SLOTS)
        ]

    def wanted(self) -> services.Wanted:
        """The override that was described; raises ``UserError`` for a cell that is none."""
        data = self.cleaned_data
        chosen = services.around(services.cells_of_text(data["cells"]), data["ring"])
        if data["dong"]:
            chosen |= services.cells_of_dong(data["dong"])
        return services.Wanted(
            title=data["title"], cause=data["cause"], cells=chosen,
            slots=tuple(int(slot) for slot in data["slots"]), factor=float(data["factor"]),
            starts=data["starts"], until=data["until"], reason=data["reason"],
        )  # fmt: skip


@allow(GET=OVERRIDE, POST=OVERRIDE)
def add(request: HttpRequest) -> HttpResponse:
    """A new override; ``?cells=`` fills in cells from where the officer comes."""
    actor = actor_of(request)
    today = seoul_today()
    start = {"cells": request.GET.get("cells", "")[:400], "starts": today, "until": today}
    form = OverrideForm(request.POST or None, actor=actor, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_override(actor=actor, wanted=form.wanted())
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The override stands beside the forecast from now on."))
            return redirect("risk:override", made.id)
    wrong = request.method == "POST"
    return render(request, "risk/overrides_add.html", {"form": form}, status=400 if wrong else 200)


@allow(VIEW)
def override(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """One override beside the forecast: what was expected, what it makes of it, the naive count."""
    return _page(request, override_id, ReasonForm())


def _page(request: HttpRequest, override_id: UUID, form: ReasonForm) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.override(actor, override_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    forecast = _forecast(actor, found)
    context = {
        "found": found,
        "no_ground": NO_GROUND,
        "state": _state(found),
        "cause": _cause(found.cause),
        "slots": slots_text(found.slots),
        "factor": f"{found.factor:g}",
        "cells": [geo_cells.format_cell(east, north) for east, north in found.cells[:60]],
        "more": max(0, len(found.cells) - 60),
        "forecast": forecast,
        "rows": _beside(found, forecast) if forecast else [],
        "map": _map(actor, found, forecast) if forecast else None,
        "form": form,
        "may_withdraw": actor.may(OVERRIDE) and found.withdrawn_at is None and found.until >= seoul_today(),
    }
    return render(request, "risk/overrides_detail.html", context, status=400 if form.errors else 200)


def _forecast(actor: Actor, found: Override) -> Forecast | None:
    """The newest forecast of a night that the override touches, when its table is there."""
    nights = risk.forecasts(actor).filter(
        district=found.district, day__gte=found.starts - dt.timedelta(days=1), day__lte=found.until
    )
    newest = nights.order_by("-day", "-updated").first()
    return newest if newest is not None and risk.readable(newest) else None


def _map(actor: Actor, found: Override, forecast: Forecast) -> Map:
    """Where it is, with all overrides of the night shown."""
    table = np.array(found.cells)
    rings = geo_cells.corners(table[:, 0], table[:, 1]).reshape(-1, 2)
    west, south, east, north = (float(one) for one in (*rings.min(axis=0), *rings.max(axis=0)))
    return Map(
        title=_("Overrides of this night"),
        layers=[override_layer(actor, forecast, shown=True)],
        bounds=(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN),
        streets=streets.address(actor, forecast.agency_id),
    )


def _beside(found: Override, forecast: Forecast) -> list[tuple[str, str, str, str]]:
    """Slot by slot, over the override's cells: expected, expected times the factor where it counts, naive."""
    columns = [slot_column(figure, slot) for figure in ("expected", "naive") for slot in range(SLOTS)]
    table = risk.table(forecast, ["cell_e", "cell_n", *columns])
    mine = {tuple(cell) for cell in found.cells}
    inside = [cell in mine for cell in zip(table["cell_e"].to_list(), table["cell_n"].to_list(), strict=True)]
    sums = table.filter(inside).select(columns).sum().row(0, named=True)
    rows = []
    for own, (day, clock) in enumerate(hours.clock_slots(forecast.day, forecast.first_hour)):
        expected = float(sums[slot_column("expected", own)] or 0)
        naive = float(sums[slot_column("naive", own)] or 0)
        held = selectors.counts_in(found, day, clock)
        rows.append(
            (
                show_slot(clock), show_expected(expected),
                show_expected(expected * found.factor) if held else "–", show_expected(naive),
            )
        )  # fmt: skip
    return rows


@allow(POST=OVERRIDE)
def withdraw(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """Take it back from now on, with a reason."""
    actor = actor_of(request)
    selectors.override(actor, override_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.withdraw_override(
                actor=actor, override_id=override_id, reason=form.cleaned_data["reason"]
            )
        except UserError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The override was taken back."))
        return redirect("risk:override", override_id)
    return _page(request, override_id, form)
