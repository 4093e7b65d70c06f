"""밤 계획: change a plan by hand and solve around it; compare two nights by tonight's risk."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.journeys.bridge import night_with_requests
from sunra.journeys.jobs import TONIGHT
from sunra.journeys.nights import ChangeForm
from sunra.journeys.rules import RUN
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.time import SEOUL
from sunra.platform.jobs.services import enqueue
from sunra.platform.ui.measures import show_distance, show_duration
from sunra.platform.ui.tables import Column, Table
from sunra.systems.patrols import selectors as patrols
from sunra.systems.patrols.models import Plan, PlanStatus
from sunra.systems.patrols.night import NightRisk
from sunra.systems.patrols.orders import order_of
from sunra.systems.patrols.texts import BRIEF
from sunra.systems.risk import selectors as risk

_NEWEST = 8
_STATES = {PlanStatus.DRAFT: gettext_lazy("Draft"), PlanStatus.CONFIRMED: gettext_lazy("Confirmed")}
FORESEEN = 0.5
"""Of a plan's stops given by hand: above this, whoever watches the office can foresee the night."""


@allow(GET=RUN, POST=RUN)
def change(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Stops kept, moved, left out or added; the night is solved anew around them, the plan before stays."""
    actor = actor_of(request)
    found = patrols.plan(actor, plan_id)
    if found.agency_id not in actor.scope:
        raise Http404
    teams = patrols.routes(actor, found)
    before = order_of(found.params.get("order", {}))
    form = ChangeForm(
        request.POST if request.method == "POST" else None, teams=teams,
        initial={"number": request.GET.get("number", "")[:20]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        order = form.changed(before)
        if order == before:
            messages.info(request, _("Nothing was changed."))
            return redirect("patrols:plan_detail", found.id)
        stops = sum(len(team.stops.all()) for team in teams) or 1
        if order.given > FORESEEN * stops:
            messages.warning(
                request,
                _(
                    "Most stops are given by hand now. Nights set by hand repeat themselves and can be "
                    "foreseen; give only those that must be."
                ),
            )
        job = enqueue(
            actor=actor,
            kind=TONIGHT,
            args={"district": found.district, "day": str(found.day), "order": order.plain()},
            key=f"{actor.agency_id}:{found.district}:{found.day}",
        )
        return redirect("jobs:detail", job.id)
    rows = [(team, [(stop, form[f"stop-{stop.pk}"]) for stop in team.stops.all()]) for team in teams]
    context = {"plan": found, "form": form, "rows": rows, "district": districts().district(found.district)}
    return render(request, "journeys/change.html", context, status=400 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Measured:
    """A plan in figures; ``expected`` by the risk of the night it is compared on."""

    plan: Plan
    teams: int
    stops: int
    minutes: float
    metres: float
    expected: float
    dongs: int
    shared: int


def measured(actor: Actor, plan: Plan, night: NightRisk, others: frozenset[tuple[int, int]]) -> Measured:
    """What the plan's stops would meet on ``night``; each stop counts for the hours of its team."""
    at = {(int(e), int(n)): row for row, (e, n) in enumerate(zip(night.cell_e, night.cell_n, strict=True))}
    teams = patrols.routes(actor, plan)
    expected, cells, dongs = 0.0, set[tuple[int, int]](), set[str]()
    for team in teams:
        clock = team.starts.astimezone(SEOUL)
        begin = (clock.hour * 60 + clock.minute - night.first_hour * 60) % (24 * 60)
        value = night.during(begin, begin + team.minutes)
        for stop in team.stops.all():
            cell = (stop.cell_e, stop.cell_n)
            if cell in at and cell not in cells:
                expected += float(value[at[cell]])
            cells.add(cell)
            dongs.add(stop.dong)
    return Measured(
        plan=plan, teams=len(teams), stops=sum(len(team.stops.all()) for team in teams),
        minutes=float(np.sum([team.minutes for team in teams])),
        metres=float(np.sum([team.metres for team in teams])),
        expected=expected, dongs=len(dongs - {""}), shared=len(cells & others),
    )  # fmt: skip


def cells_of(actor: Actor, plan: Plan) -> frozenset[tuple[int, int]]:
    """The cells at which a plan stops."""
    return frozenset(
        (stop.cell_e, stop.cell_n) for team in patrols.routes(actor, plan) for stop in team.stops.all()
    )


@allow(RUN)
def compare(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """A plan beside earlier ones of the district, all measured by the risk of this plan's night."""
    actor = actor_of(request)
    found = patrols.plan(actor, plan_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    forecast = risk.forecasts(actor).filter(id=found.forecast).first()
    if forecast is None:
        return render(request, "journeys/compare.html", {"plan": found, "table": None})
    night, mine = night_with_requests(actor, forecast), cells_of(actor, found)
    rows = [measured(actor, one, night, mine) for one in (found, *_others(actor, found))]
    table = Table(
        columns=[
            Column("plan.day", gettext_lazy("Night"), value=lambda row: row.plan.day, link=_plan_link),
            Column("status", gettext_lazy("State"), value=lambda row: _STATES[row.plan.status]),
            Column("teams", gettext_lazy("Teams"), numeric=True),
            Column("stops", gettext_lazy("Stops"), numeric=True),
            Column(
                "expected",
                gettext_lazy("Expected count at its stops on this night"),
                numeric=True,
                format=lambda value: f"{value:.2f}",
            ),
            Column("dongs", gettext_lazy("법정동 visited"), numeric=True),
            Column("minutes", gettext_lazy("Duration"), numeric=True, format=show_duration),
            Column("metres", gettext_lazy("Distance"), numeric=True, format=show_distance),
            Column("shared", gettext_lazy("Stops in common"), numeric=True),
        ],
        rows=rows,
        request=request,
        name="nights",
        caption=_("Nights beside each other"),
    )
    context = {
        "plan": found,
        "table": table,
        "district": districts().district(found.district),
        "texts": BRIEF,
    }
    return table.response() or render(request, "journeys/compare.html", context)


def _others(actor: Actor, found: Plan) -> list[Plan]:
    """The newest other plans of the district, the night a week before, and the same week last year."""
    known = patrols.plans(actor).filter(district=found.district).exclude(id=found.id)
    last_year = found.day - dt.timedelta(days=364)
    week = dt.timedelta(days=3)
    older = known.filter(
        Q(day=found.day - dt.timedelta(days=7)) | Q(day__range=(last_year - week, last_year + week))
    )
    return list({one.id: one for one in (*known[:_NEWEST], *older[:_NEWEST])}.values())


def _plan_link(row: Any) -> str:
    return reverse("patrols:plan_detail", args=[row.plan.id])
