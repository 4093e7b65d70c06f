"""The organisations behind the plans, their teams and, on the record, their members."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Table
from sunra.systems.patrols import selectors
from sunra.systems.patrols.rules import IMPORT, VIEW_MEMBER, VIEW_ORGANISATION
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


ROLES = {
    "leader": gettext_lazy("Leader"),
    "deputy": gettext_lazy("Deputy leader"),
    "member": gettext_lazy("Member"),
}


@allow(GET=VIEW_ORGANISATION, POST=VIEW_MEMBER)
def organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """One organisation with its teams; its members after a purpose is given, which the ledger keeps."""
    actor = actor_of(request)
    found = selectors.organisation(actor, organisation_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    form = ReasonForm(request.POST or None)
    members = None
    if request.method == "POST" and form.is_valid():
        members = list(selectors.members(actor, organisation_id, purpose=form.cleaned_data["reason"]))
    return render(
        request,
        "patrols/organisation.html",
        {
            "organisation": found,
            "kind": kind_word(found.kind),
            "teams": [(team, KINDS[team.kind]) for team in selectors.teams(actor).filter(organisation=found)],
            "form": form,
            "may_view_members": actor.may(VIEW_MEMBER),
            "members": None if members is None else [(one, ROLES.get(one.role, one.role)) for one in members],
        },
        status=400 if form.errors else 200,
    )
