"""The organisations behind the plans, their teams and, on the record, their members."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Table
from sunra.systems.patrols import selectors
from sunra.systems.patrols.pages import purpose
from sunra.systems.patrols.pages.people import member_table
from sunra.systems.patrols.rules import IMPORT, MANAGE_MEMBER, VIEW_MEMBER, VIEW_ORGANISATION
from sunra.systems.patrols.selectors import people
from sunra.systems.patrols.texts import KINDS


@allow(VIEW_ORGANISATION)
def organisations(request: HttpRequest) -> HttpResponse:
    """Patrol organisations with their figures; names of members are a page further and on the record."""
    found = selectors.organisations(actor_of(request))
    request.demo = found.filter(demo=True).exists()  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column(
                "name",
                gettext_lazy("Organisation"),
                link=lambda row: reverse("patrols:organisation", args=[row.id]),
            ),
            Column("kind", gettext_lazy("Kind"), format=kind_word),
            Column("member_count", gettext_lazy("Members"), numeric=True),
            Column("team_count", gettext_lazy("Teams"), numeric=True),
            Column("active", gettext_lazy("Active")),
        ],
        rows=found,
        request=request,
        name="organisations",
        caption=_("Organisations"),
        empty_title=_("No organisation yet"),
        empty_text=_("Organisations, members and teams are imported from files."),
    )
    may_import = actor_of(request).may(IMPORT)
    return table.response() or render(
        request, "patrols/organisations.html", {"table": table, "may_import": may_import}
    )


def kind_word(code: str) -> Any:
    """The word for a kind of organisation."""
    return ORGANISATION_KINDS.get(code, code)


ORGANISATION_KINDS = {
    "neighbourhood": gettext_lazy("Volunteer patrol"),
    "mothers": gettext_lazy("Mothers' patrol"),
    "youth": gettext_lazy("Youth patrol"),
    "dog": gettext_lazy("Dog patrol squad"),
}


@allow(GET=VIEW_ORGANISATION, POST=VIEW_MEMBER)
def organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """One organisation with its teams; its members after a purpose is given, which the ledger keeps."""
    actor = actor_of(request)
    found = selectors.organisation(actor, organisation_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        purpose.remember(request, form.cleaned_data["reason"])
    why = purpose.given(request) if actor.may(VIEW_MEMBER) and not form.errors else ""
    may_manage = actor.may(MANAGE_MEMBER) and people.managed_organisations(actor).filter(id=found.id).exists()
    members = people.of_organisation(actor, found, purpose=why) if why and may_manage else None
    if request.method == "POST" and not may_manage:
        raise Http404
    answer = render(
        request,
        "patrols/organisation.html",
        {
            "organisation": found,
            "kind": kind_word(found.kind),
            "teams": [(team, KINDS[team.kind]) for team in selectors.teams(actor).filter(organisation=found)],
            "form": form,
            "may_manage": may_manage,
            "members": None if members is None else member_table(request, members, several=False),
            "purpose": why,
        },
        status=400 if form.errors else 200,
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
