"""오늘: the first page of each role, and the button that plans the night."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sunra.core.geo.districts import districts
from sunra.journeys.home import Today, today
from sunra.journeys.jobs import TONIGHT
from sunra.journeys.nights import NightForm, exam_season
from sunra.journeys.rules import RUN
from sunra.journeys.tonight import default_day
from sunra.platform.accounts.access import SIGNED_IN, allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import seoul_now
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.selectors import jobs
from sunra.platform.jobs.services import enqueue
from sunra.platform.maps import streets
from sunra.platform.maps.component import Map
from sunra.platform.places.selectors import kinds
from sunra.platform.ui.dates import show_slot
from sunra.platform.ui.measures import show_expected, show_rarity
from sunra.systems.patrols import selectors as patrols
from sunra.systems.patrols.pages import plans as patrol_pages
from sunra.systems.patrols.selectors import people
from sunra.systems.patrols.texts import KINDS
from sunra.systems.risk import selectors as risk
from sunra.systems.risk.pages import map as risk_pages
from sunra.systems.risk.texts import NO_GROUND, NO_LOCAL_EVENTS
from sunra.systems.sharing import texts as data_texts


@allow(GET=SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Tonight at a glance."""
    actor = actor_of(request)
    found = today(actor)
    request.demo = found.demo  # type: ignore[attr-defined]
    slot = risk_pages.wanted_slot(request, found.forecast) if found.forecast else None
    top = []
    if found.forecast and slot is not None:
        top = risk.cells(found.forecast, risk.own_slot(found.forecast, slot)).head(5).to_dicts()
    return render(
        request,
        "journeys/home.html",
        {
            "today": found,
            "map": _map(actor_of(request), found, slot),
            "district": _district(found),
            "teams": [(team, KINDS[team.kind], len(team.stops.all())) for team in found.teams],
            "top": [
                (
                    risk_pages.number_of(row),
                    risk_pages.cell_url(found.forecast, row),
                    row["grade"],
                    show_rarity(row["expected"]),
                    show_expected(row["expected"]),
                )
                for row in top
                if found.forecast
            ],
            "now": seoul_now(),
            "night": found.forecast.day if found.forecast else found.plan.day if found.plan else None,
            "slot": show_slot(slot) if slot is not None else "",
            "no_ground": NO_GROUND,
            "prior": NO_LOCAL_EVENTS if found.forecast and not found.forecast.graded else None,
        },
    )


def _district(found: Today) -> str:
    code = found.forecast.district if found.forecast else found.plan.district if found.plan else ""
    return districts().district(code).name if code else ""


def _map(actor: Actor, found: Today, slot: int | None) -> Map | None:
    """Risk below, the plan of the same district above it; whichever of them the person may see."""
    layers = patrol_pages.layers(found.plan) if found.plan else ()
    if found.forecast and slot is not None:
        same = found.plan is not None and found.plan.district == found.forecast.district
        return risk_pages.map_of(actor, found.forecast, slot, more=layers if same else ())
    if found.plan:
        return Map(
            title=_("Patrol plan"),
            layers=layers,
            bounds=patrol_pages.bounds(found.plan, found.teams),
            streets=streets.address(actor, found.plan.agency_id),
        )
    return None


@allow(GET=RUN, POST=RUN)
def tonight(request: HttpRequest) -> HttpResponse:
    """What the plan will rest on, and the button that makes it; the work goes on in the background."""
    actor = actor_of(request)
    district = _own_district(actor)
    crews = list(patrols.teams_on_duty(actor, district)) if district else []
    form = NightForm(request.POST if request.method == "POST" else None, today=default_day(), crews=crews)
    if request.method == "POST":
        if not district:
            messages.error(request, _("Your agency has no district, so there is nothing to plan."))
            return redirect("tonight")
        if form.is_valid():
            day, order = form.cleaned_data["day"], form.order().plain()
            job = enqueue(
                actor=actor,
                kind=TONIGHT,
                args={"district": district, "day": str(day)} | ({"order": order} if order else {}),
                key=f"{actor.agency_id}:{district}:{day}",
            )
            return redirect("jobs:detail", job.id)
    return render(
        request,
        "journeys/tonight.html",
        {
            "form": form,
            "exam_season": exam_season(default_day()),
            "district": districts().district(district).name if district else "",
            "day": default_day(),
            "strengths": people.strengths(actor, crews, default_day()) if crews else [],
            "kinds": [
                (data_texts.kind(row["kind"]), row["rows"]) for row in kinds(actor, district=district or None)
            ],
            "running": jobs(actor).filter(kind=TONIGHT, state__in=Job.ACTIVE).first(),
            "no_ground": NO_GROUND,
        },
        status=400 if form.errors else 200,
    )


def _own_district(actor: Actor) -> str:
    """The district of the actor's agency; by its jurisdiction when the agency itself names none."""
    if actor.agency_id is None:
        return ""
    named = Agency.objects.filter(pk=actor.agency_id).values_list("district", flat=True).first()
    touched = sorted({dong[:5] for dong in actor.dongs})
    return named or (touched[0] if len(touched) == 1 else "")
