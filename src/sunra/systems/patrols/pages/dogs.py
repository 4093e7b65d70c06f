"""하기 › 반려견 순찰대: from the application to the renewal; by number until a purpose is given."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ui import chips
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.patrols.dog_forms import ApplyForm, DogStepForm, PapersForm, RulesForm, ScoreForm
from sunra.systems.patrols.models import DogPair, DogStage
from sunra.systems.patrols.pages import purpose
from sunra.systems.patrols.rules import EXAMINE_DOG, MANAGE_DOG, REVIEW_DOG, VIEW_DOG
from sunra.systems.patrols.selectors import dogs as selectors
from sunra.systems.patrols.selectors import people
from sunra.systems.patrols.services import dogs as services
from sunra.systems.patrols.texts import DOG_ITEMS, DOG_STAGES

_COLOURS = {
    DogStage.ACTIVE: "done", DogStage.REFUSED: "failed", DogStage.ENDED: "plain",
}  # fmt: skip


@allow(VIEW_DOG)
def dogs(request: HttpRequest) -> HttpResponse:
    """Every pair in reach, what runs out first at the top; by number."""
    actor = actor_of(request)
    rows = selectors.in_order(selectors.pairs(actor))
    table = Table(
        columns=[
            Column("number", gettext_lazy("Member number"), value=lambda one: one.handler.key, link=_link),
            Column(
                "organisation", gettext_lazy("Organisation"), value=lambda one: one.handler.organisation.name
            ),
            Column("stage", gettext_lazy("State"), format=_stage),
            Column("due", gettext_lazy("Papers"), value=_papers, sort=False),
        ],
        rows=rows, request=request, name="dogs", caption=_("Dog patrol squad"),
        filters=[Filter("stage", gettext_lazy("State"), list(DOG_STAGES.items()))], export=False,
        empty_title=_("No application yet"),
        empty_text=_("The leader of a dog patrol squad applies for a member with a dog."),
    )  # fmt: skip
    context = {
        "table": table, "may_apply": actor.may(MANAGE_DOG), "may_rule": actor.may(REVIEW_DOG),
        "waiting": [one for one in rows if selectors.may_score(actor, one)],
    }  # fmt: skip
    return table.response() or render(request, "patrols/dogs/dogs.html", context)


def _link(one: DogPair) -> str:
    return reverse("patrols:dog", args=[one.pk])


def _stage(code: str) -> Any:
    return chips.tag(_COLOURS.get(DogStage(code), "now"), DOG_STAGES[code])


def _papers(one: DogPair) -> Any:
    """Whether papers hold; the days stand on the pair's page, after a purpose."""
    due, today = selectors.first_due(one), seoul_today()
    if due is None:
        return _("Not on record")
    if due < today:
        return chips.tag("failed", _("Run out"))
    return chips.tag("warn", _("Run out soon")) if due <= today + people.SOON else _("Hold")


@allow(GET=MANAGE_DOG, POST=MANAGE_DOG)
def new(request: HttpRequest) -> HttpResponse:
    """Apply for a member with a dog."""
    actor = actor_of(request)
    groups = list(selectors.groups(actor))
    form = ApplyForm(request.POST or None, organisations=groups)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.apply(
                actor=actor, organisation_id=UUID(given["organisation"]), handler=given["handler"],
                dog=form.dog(), vaccinated_until=given["vaccinated_until"],
                liability_until=given["liability_until"],
            )  # fmt: skip
        except UserError as error:
            form.add_error(error.where[0], f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The application was handed in."))
            return redirect("patrols:dog", made.pk)
    context = {"form": form, "groups": groups}
    return render(request, "patrols/dogs/new.html", context, status=400 if form.errors else 200)


@allow(GET=VIEW_DOG, POST=VIEW_DOG)
def dog(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """One pair; names, days and points after a purpose is given."""
    selectors.pair(actor_of(request), pair_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        purpose.remember(request, form.cleaned_data["reason"])
        return redirect("patrols:dog", pair_id)
    return _dog(request, pair_id, ask=form)


def _dog(request: HttpRequest, pair_id: UUID, **given: Any) -> HttpResponse:
    """The page; ``given`` holds a form that was wrong, under its name."""
    actor, why = actor_of(request), purpose.given(request)
    found = selectors.pair(actor, pair_id)
    seen = selectors.seen(actor, pair_id, purpose=why) if why else None
    steps = services.NEXT[found.stage] if actor.may(REVIEW_DOG) else ()
    context: dict[str, Any] = {
        "pair": found, "stage": _stage(found.stage), "papers": _papers(found), "seen": seen, "purpose": why,
        "past": [(DOG_STAGES[one.stage], one) for one in found.steps.all()],
        "ask": given.get("ask") or ReasonForm(),
        "score": given.get("score") or (ScoreForm() if selectors.may_score(actor, found) else None),
        "step": given.get("step")
        or (DogStepForm(steps=steps, initial={"on": seoul_today()}) if steps else None),
        "scores": _scores(actor, found, seen), "items": DOG_ITEMS.values(),
        "papers_form": given.get("papers_form") or _papers_form(actor, seen),
        "waits": found.stage == DogStage.PAPER,
    }  # fmt: skip
    wrong = any(isinstance(form, forms.Form) and form.errors for form in given.values())
    answer = render(request, "patrols/dogs/dog.html", context, status=400 if wrong else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _scores(actor: Actor, found: DogPair, seen: selectors.SeenPair | None) -> list[Any]:
    """The points; while the test is open an examiner who has yet to score sees nobody else's."""
    if seen is None or selectors.may_score(actor, found):
        return []
    return [(one, one.narrow + one.calm + one.dogs) for one in seen.scores]


def _papers_form(actor: Actor, seen: selectors.SeenPair | None) -> PapersForm | None:
    if seen is None or not actor.may(MANAGE_DOG):
        return None
    return PapersForm(
        initial={
            "name": seen.dog.name, "number": seen.dog.number,
            "vaccinated_until": seen.pair.vaccinated_until, "liability_until": seen.pair.liability_until,
        },
    )  # fmt: skip


@allow(POST=MANAGE_DOG)
def papers(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Renew registration, vaccination or liability cover."""
    selectors.pair(actor_of(request), pair_id)
    form = PapersForm(request.POST)
    if form.is_valid():
        try:
            services.renew_papers(
                actor=actor_of(request), pair_id=pair_id, dog=form.dog(),
                vaccinated_until=form.cleaned_data["vaccinated_until"],
                liability_until=form.cleaned_data["liability_until"],
            )  # fmt: skip
        except UserError as error:
            form.add_error(error.where[0], f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The papers were renewed."))
            return redirect("patrols:dog", pair_id)
    return _dog(request, pair_id, papers_form=form)


@allow(POST=EXAMINE_DOG)
def score(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Give one's points in the field test."""
    selectors.pair(actor_of(request), pair_id)
    form = ScoreForm(request.POST)
    if form.is_valid():
        try:
            services.score(actor=actor_of(request), pair_id=pair_id, **form.cleaned_data)
        except UserError as error:
            form.add_error(error.where[0], f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("Your points were kept."))
            return redirect("patrols:dog", pair_id)
    return _dog(request, pair_id, score=form)


@allow(POST=REVIEW_DOG)
def step(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Write down the office's decision."""
    found = selectors.pair(actor_of(request), pair_id)
    form = DogStepForm(request.POST, steps=services.NEXT[found.stage])
    if form.is_valid():
        try:
            services.step(actor=actor_of(request), pair_id=pair_id, **form.cleaned_data)
        except UserError as error:
            form.add_error(error.where[0], f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The step was written down."))
            return redirect("patrols:dog", pair_id)
    return _dog(request, pair_id, step=form)


@allow(GET=REVIEW_DOG, POST=REVIEW_DOG)
def rules(request: HttpRequest) -> HttpResponse:
    """The agency's pass mark and months to the renewal."""
    actor = actor_of(request)
    kept = selectors.rules_of(actor.agency_id) if actor.agency_id else None
    first = {"pass_mark": kept.pass_mark, "renew_months": kept.renew_months} if kept else {}
    form = RulesForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        services.set_rules(actor=actor, **form.cleaned_data)
        messages.success(request, _("The rules are kept and hold from now on."))
        return redirect("patrols:dogs")
    return render(request, "patrols/dogs/rules.html", {"form": form}, status=400 if form.errors else 200)
