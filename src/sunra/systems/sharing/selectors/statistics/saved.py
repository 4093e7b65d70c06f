"""Saved views and their reports: one's own, and those shared within the agency."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from sunra.platform.accounts.access import NotVisible, require, visible
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.access import Refused
from sunra.systems.sharing.models import Report, SavedView
from sunra.systems.sharing.rules import VIEW_STATISTICS


def saved_views(actor: Actor) -> QuerySet[SavedView]:
    """Views that the actor saved, and those that others of its agencies share."""
    require(actor, VIEW_STATISTICS)
    rows = visible(SavedView.objects.select_related("person", "agency"), actor)
    if actor.kind == "job":
        return rows
    return rows.filter(Q(shared=True) | Q(person_id=actor.person_id or 0))


def saved_view(actor: Actor, view_id: UUID) -> SavedView:
    """One view; ``Http404`` for another agency's, and for another person's that is not shared."""
    found = saved_views(actor).filter(pk=view_id).first()
    if found is not None:
        return found
    if SavedView.objects.filter(pk=view_id).exists():
        raise NotVisible(Refused("sharing.SavedView", str(view_id)))
    raise Http404


def reports(actor: Actor, view_id: UUID) -> QuerySet[Report]:
    """The reports made from one view, newest first."""
    return Report.objects.select_related("run", "pdf", "xlsx").filter(view=saved_view(actor, view_id))
