"""The few numbers at the top of the first page: for each role the ones it answers for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from sunra.platform.accounts import administration, roles
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import Text
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger import selectors as ledger
from sunra.platform.ledger.acts import Act
from sunra.platform.ui.dates import show_clock
from sunra.platform.ui.measures import show_distance, show_duration
from sunra.systems.patrols.models import Plan, PlanTeam
from sunra.systems.risk.models import RequestState
from sunra.systems.risk.rules import VIEW_REQUEST
from sunra.systems.risk.selectors import requests
from sunra.systems.sharing import selectors as sharing
from sunra.systems.sharing.rules import VIEW as VIEW_DATA

WEEK = timedelta(days=7)
MOST = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit, what it covers and where it leads."""

    label: Text
    value: Text | int
    unit: Text = ""
    note: Text = ""
    url: str = ""


def figures(actor: Actor, plan: Plan | None, teams: list[PlanTeam]) -> list[Figure]:
    """At most four numbers; none for a role that answers for none."""
    made = _OF.get(actor.role)
    if made is not None:
        return made(actor)
    if actor.role in _WALKERS:
        return _of_team(teams[0]) if plan and teams else []
    found = _of_plan(plan, teams) if plan else []
    if actor.may(VIEW_DATA):
        found.append(_stale(actor))
    if len(found) < MOST and actor.may(VIEW_REQUEST):
        found.append(_asked(actor))
    return found


def _of_plan(plan: Plan, teams: list[PlanTeam]) -> list[Figure]:
    address = reverse("patrols:plan_detail", args=[plan.id])
    stops = sum(len(team.stops.all()) for team in teams)
    metres = sum(team.metres for team in teams)
    length, unit = show_distance(metres).rsplit(" ", 1)
    return [
        Figure(_("Teams in the plan"), len(teams), _("teams"), url=address),
        Figure(_("Stops in the plan"), stops, _("places"), url=address),
        Figure(_("Length of the routes"), length, unit, _("all teams together"), address),
    ]


def _of_team(team: PlanTeam) -> list[Figure]:
    return [
        Figure(_("Leaves at"), show_clock(team.starts), note=team.start_name),
        Figure(_("Duration"), show_duration(team.minutes), note=show_distance(team.metres)),
        Figure(_("Patrol stops"), len(team.stops.all()), _("places")),
    ]


def _asked(actor: Actor) -> Figure:
    """Residents' requests that wait for a decision."""
    waiting = requests.requests(actor).filter(state=RequestState.NEW).count()
    return Figure(_("Requests to decide"), waiting, _("requests"), url=reverse("risk:requests"))


def _stale(actor: Actor) -> Figure:
    entries = sharing.catalogue(actor)
    late = sum(entry.stale for entry in entries)
    note = _("of %(all)d") % {"all": len(entries)}
    return Figure(_("Data out of date"), late, _("datasets"), note, reverse("sharing:catalogue"))


def _data(actor: Actor) -> list[Figure]:
    entries = sharing.catalogue(actor)
    latest = [entry.latest for entry in entries if entry.latest]
    address = reverse("sharing:catalogue")
    return [
        Figure(_("Datasets"), len(entries), _("datasets"), url=address),
        _stale(actor),
        Figure(
            _("Rows read"), f"{sum(one.rows for one in latest):,}", _("rows"), _("latest vintages"), address
        ),
        Figure(
            _("Rows put aside"),
            f"{sum(one.quarantined for one in latest):,}",
            _("rows"),
            _("latest vintages"),
            address,
        ),
    ]


def _record(actor: Actor) -> list[Figure]:
    since = seoul_today() - WEEK
    counts = ledger.counts(actor, since=since)
    week = _("last seven days")

    def one(label: Text, act: Act) -> Figure:
        query = urlencode({"act": act.value, "since": since.isoformat()})
        return Figure(
            label, counts.get(act.value, 0), _("records"), week, f"{reverse('ledger:search')}?{query}"
        )

    return [
        one(_("Refusals"), Act.DENIED),
        one(_("Looks at personal data"), Act.LOOK),
        one(_("Data taken out"), Act.EXPORT),
    ]


def _people(actor: Actor) -> list[Figure]:
    counts = administration.counts(actor)
    address = reverse("accounts:people")
    return [
        Figure(_("People who may sign in"), counts.present, _("people"), url=address),
        Figure(_("Memberships that end soon"), counts.ending, _("people"), _("within 30 days"), address),
        Figure(_("Open invitations"), counts.invited, _("invitations"), url=address),
    ]


_WALKERS = frozenset({roles.PATROL_LEADER, roles.VOLUNTEER})

_OF: dict[str, Callable[[Actor], list[Figure]]] = {
    roles.DATA_OFFICER: _data,
    roles.AUDITOR: _record,
    roles.AGENCY_ADMIN: _people,
    roles.PLATFORM_ADMIN: _people,
}
