"""Saved views and the reports planned from them."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.models import ReportPlan, SavedView
from sunra.systems.sharing.rules import MAKE_REPORT
from sunra.systems.sharing.selectors.statistics.figures import staff_only
from sunra.systems.sharing.selectors.statistics.saved import saved_view
from sunra.systems.sharing.selectors.statistics.view import View

MOST_VIEWS = 50


@transaction.atomic
def save_view(*, actor: Actor, name: str, view: View, shared: bool = False) -> SavedView:
    """Keep a view under a name; one of the same name by the same person is replaced.

    Raises ``UserError`` ``view_name`` or ``too_many_views``.
    """
    require(actor, MAKE_REPORT)
    if actor.person_id is None or actor.agency_id is None:
        raise PermissionDenied
    name = name.strip()[:80]
    if not name:
        raise UserError("view_name", _("The view has no name."), _("Give it a short name."))
    mine = SavedView.objects.filter(agency_id=actor.agency_id, person_id=actor.person_id)
    known = mine.filter(name=name).first()
    if known is None and mine.count() >= MOST_VIEWS:
        raise UserError(
            "too_many_views", _("You keep 50 views already."), _("Delete one that you no longer need.")
        )
    row = known or SavedView(agency_id=actor.agency_id, person_id=actor.person_id, name=name)
    row.query, row.shared = view.query(), shared
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def delete_view(*, actor: Actor, view_id: UUID) -> None:
    """Delete one's own view with its planned reports; the files made from it stay."""
    require(actor, MAKE_REPORT)
    _own(actor, view_id).delete()


@transaction.atomic
def plan_report(*, actor: Actor, view_id: UUID, cadence: str) -> ReportPlan:
    """Let a report be made weekly or monthly from a view that the actor may see.

    Raises ``UserError`` ``small_areas``: what only staff may see on the page is never put into files.
    """
    require(actor, MAKE_REPORT)
    if actor.person_id is None:
        raise PermissionDenied
    row = saved_view(actor, view_id)
    refuse_small(View.read(row.query))
    if cadence not in ReportPlan.Cadence.values:
        raise UserError("cadence", _("Reports are made weekly or monthly."))
    plan, _made = ReportPlan.objects.get_or_create(
        view=row, cadence=cadence, defaults={"agency_id": row.agency_id, "person_id": actor.person_id}
    )
    return plan


@transaction.atomic
def stop_report(*, actor: Actor, view_id: UUID, cadence: str) -> None:
    """Make no more reports of that cadence."""
    require(actor, MAKE_REPORT)
    ReportPlan.objects.filter(view=saved_view(actor, view_id), cadence=cadence).delete()


def refuse_small(view: View) -> None:
    """Raise ``UserError`` for a view of cells or hours."""
    if staff_only(view):
        raise UserError(
            "small_areas",
            _("Figures by cell or by hour stay on the page."),
            _("Choose dongs, stations, districts or types for a report."),
        )


def _own(actor: Actor, view_id: UUID) -> SavedView:
    row = saved_view(actor, view_id)
    if row.person_id != actor.person_id:
        raise PermissionDenied
    return row
