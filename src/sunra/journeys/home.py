"""What stands on a person's first page: the night at a glance, what is new, and the one next step of their
role.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunra.journeys.figures import Figure, figures
from sunra.journeys.tonight import default_day
from sunra.platform.accounts import roles
from sunra.platform.accounts.actor import Actor
from sunra.platform.jobs import selectors as jobs
from sunra.platform.notices import selectors as notices
from sunra.systems.patrols import selectors as patrols
from sunra.systems.patrols.models import Plan, PlanTeam
from sunra.systems.patrols.rules import VIEW as VIEW_PLAN
from sunra.systems.risk import selectors as risk
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.rules import VIEW as VIEW_RISK
from sunra.systems.sharing import selectors as sharing
from sunra.systems.sharing.rules import VIEW as VIEW_DATA


@dataclass(frozen=True, slots=True)
class Action:
    """The one next step: what it is, why, and where it leads; ``more`` are quieter ways (address, label)."""

    title: str
    text: str
    url: str
    label: str
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Today:
    """Everything the page shows; what the person may not see is absent."""

    action: Action
    forecast: Forecast | None = None
    plan: Plan | None = None
    teams: list[PlanTeam] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    vintages: list[Any] = field(default_factory=list)
    notices: list[Any] = field(default_factory=list)
    jobs: list[Any] = field(default_factory=list)
    stale: int = 0
    figures: list[Figure] = field(default_factory=list)

    @property
    def demo(self) -> bool:
        """Whether anything on the page comes from the generator."""
        return bool((self.forecast and self.forecast.demo) or (self.plan and self.plan.demo))


def today(actor: Actor) -> Today:
    """The first page of one person."""
    forecast = risk.latest(actor) if actor.may(VIEW_RISK) else None
    if forecast and not risk.readable(forecast):
        forecast = None
    plan = patrols.latest(actor) if actor.may(VIEW_PLAN) else None
    stale = sum(entry.stale for entry in sharing.catalogue(actor)) if actor.role == roles.DATA_OFFICER else 0
    changed = risk.changed(actor, forecast) if forecast and actor.role == roles.CPO else []
    step = _ACTIONS.get(actor.role, _look)
    teams = patrols.routes(actor, plan) if plan else []
    return Today(
        action=step(actor, plan, len(changed), stale),
        forecast=forecast,
        plan=plan,
        teams=teams,
        figures=figures(actor, plan, teams),
        changed=changed,
        vintages=sharing.recent(actor, 3) if actor.may(VIEW_DATA) else [],
        notices=notices.shown(notices.notices(actor, unread=True)[:3]),
        jobs=list(jobs.jobs(actor).defer("result", "checkpoint", "args")[:3])
        if actor.may("jobs.view_job")
        else [],
        stale=stale,
    )


def _safety(_actor: Actor, plan: Plan | None, _changed: int, _stale: int) -> Action:
    if plan is None or plan.day < default_day():
        return Action(
            _("Tonight is not planned yet"),
            _("Risk and routes come from what the agencies have handed in; it takes less than a minute."),
            reverse("tonight"),
            _("Plan tonight"),
        )
    address = reverse("patrols:plan_detail", args=[plan.id])
    if plan.status == "draft":
        return Action(
            _("Tonight's plan waits for you"),
            _("Look it through and confirm it; then those who walk it see their routes."),
            address,
            _("Look and confirm"),
        )
    return Action(
        _("Tonight's plan is confirmed"),
        _("Print the brief for the briefing."),
        reverse("patrols:pdf", args=[plan.id]),
        _("Brief (PDF)"),
        ((address, _("See the plan")),),
    )


def _cpo(_actor: Actor, _plan: Plan | None, changed: int, _stale: int) -> Action:
    text = (
        ngettext(
            "One cell changed its grade since the last forecast.",
            "%(count)d cells changed most since the last forecast.",
            changed,
        )
        % {"count": changed}
        if changed
        else _("No cell changed its grade since the last forecast.")
    )
    return Action(_("See what changed and why"), text, reverse("risk:map"), _("Open the risk map"))


def _walker(_actor: Actor, plan: Plan | None, _changed: int, _stale: int) -> Action:
    if plan is None:
        return Action(
            _("No route for your group yet"),
            _("When the safety officer has confirmed a plan, your group's route stands here."),
            reverse("notices:list"),
            _("See my notices"),
        )
    return Action(
        _("Your group's route"),
        _("Go in pairs or more. You have no police powers; in danger step back and call 112."),
        reverse("patrols:plan_detail", args=[plan.id]),
        _("Open the route"),
    )


def _data(_actor: Actor, _plan: Plan | None, _changed: int, stale: int) -> Action:
    if stale:
        text = ngettext("One dataset is out of date.", "%(count)d datasets are out of date.", stale) % {
            "count": stale
        }
        return Action(_("Data went stale"), text, reverse("sharing:catalogue"), _("See the data"))
    return Action(
        _("All data is fresh"),
        _("New files can be handed in at any time."),
        reverse("sharing:drop_off"),
        _("Drop off a file"),
    )


def _auditor(_actor: Actor, _plan: Plan | None, _changed: int, _stale: int) -> Action:
    return Action(
        _("Go through the record"),
        _("Every look at personal data and every refusal stands in it."),
        reverse("ledger:search"),
        _("Open the record"),
    )


def _admin(_actor: Actor, _plan: Plan | None, _changed: int, _stale: int) -> Action:
    return Action(
        _("Keep your people up to date"),
        _("Invite colleagues, and end memberships of those who left."),
        reverse("accounts:people"),
        _("People and invitations"),
    )


def _look(actor: Actor, _plan: Plan | None, _changed: int, _stale: int) -> Action:
    if actor.may(VIEW_RISK):
        return Action(
            _("Where and when"),
            _("The risk of the coming night by cell and time slot."),
            reverse("risk:map"),
            _("Open the risk map"),
        )
    if actor.may(VIEW_PLAN):
        return Action(
            _("Tonight's patrols"), _("Who is where and when."), reverse("patrols:plan"), _("See the plan")
        )
    return Action(
        _("Nothing waits for you"),
        _("Your notices tell when something does."),
        reverse("notices:list"),
        _("See my notices"),
    )


_ACTIONS: dict[str, Callable[[Actor, Plan | None, int, int], Action]] = {
    roles.SAFETY_OFFICER: _safety,
    roles.CPO: _cpo,
    roles.PATROL_LEADER: _walker,
    roles.VOLUNTEER: _walker,
    roles.DATA_OFFICER: _data,
    roles.AUDITOR: _auditor,
    roles.AGENCY_ADMIN: _admin,
    roles.PLATFORM_ADMIN: _admin,
}
