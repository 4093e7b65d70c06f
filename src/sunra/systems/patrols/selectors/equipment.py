"""Reads equipment: what is due first, how much is in stock, who has what."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.fields import DateField
from django.db.models.functions import Coalesce, Least

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import seoul_today
from sunra.systems.patrols.models import Gear, GearIssue, Organisation, Team
from sunra.systems.patrols.rules import MANAGE_GEAR, VIEW_GEAR
from sunra.systems.patrols.selectors.reach import in_reach

SOON = dt.timedelta(days=30)
_NEVER = Value(dt.date(9999, 12, 31), output_field=DateField())


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may get gear: a team or an organisation."""

    name: str
    team_id: UUID | None = None
    organisation_id: UUID | None = None

    @property
    def code(self) -> str:
        """For a form's choice."""
        return f"team:{self.team_id}" if self.team_id else f"group:{self.organisation_id}"


def _held(actor: Actor) -> Q:
    """Issues to the actor's own group or one of its teams."""
    return Q(organisation__group_id__in=actor.scope) | Q(team__organisation__group_id__in=actor.scope)


def _reach(actor: Actor) -> Q:
    """Gear of the actor's agencies, and what the actor's group has out."""
    held = GearIssue.objects.filter(_held(actor), gear=OuterRef("pk"), closed_at=None)
    return Q(agency_id__in=actor.scope) | Q(Exists(held))


def gear(actor: Actor, *, retired: bool = False) -> QuerySet[Any]:
    """The gear in reach with ``out``, ``left`` and ``due``, what is due first at the top."""
    require(actor, VIEW_GEAR)
    return in_stock(Gear.objects.filter(_reach(actor), retired_at__isnull=not retired))


def in_stock(rows: QuerySet[Gear]) -> QuerySet[Any]:
    """The rows with how many are ``out`` and ``left`` and the next day on which one is ``due``."""
    out = (
        GearIssue.objects.filter(gear=OuterRef("pk"), closed_at=None)
        .order_by()
        .values("gear")
        .annotate(n=Sum(F("quantity") - F("back") - F("lost")))
        .values("n")
    )
    return rows.annotate(
        out=Coalesce(Subquery(out, output_field=IntegerField()), 0),
        left=F("quantity") - F("out"),
        due=Least(Coalesce("expires", _NEVER), Coalesce("inspect_by", _NEVER)),
    ).order_by("due", "kind", "name", "size", "serial", "pk")


def one(actor: Actor, gear_id: UUID) -> Any:
    """One thing or pile with its stock; ``Http404`` beyond the actor's reach."""
    require(actor, VIEW_GEAR)
    return in_reach(in_stock(Gear.objects.all()), _reach(actor), actor, id=gear_id)


def issues(actor: Actor, found: Gear) -> QuerySet[GearIssue]:
    """Where it was and is, newest first; a group sees its own issues alone."""
    require(actor, VIEW_GEAR)
    rows = GearIssue.objects.filter(gear=found)
    return rows if found.agency_id in actor.scope else rows.filter(_held(actor))


def issue(actor: Actor, issue_id: UUID) -> GearIssue:
    """One issue that the actor's agency may close; ``Http404`` beyond."""
    require(actor, MANAGE_GEAR)
    return in_reach(
        GearIssue.objects.select_related("gear"), Q(agency_id__in=actor.scope), actor, id=issue_id
    )


def holders(actor: Actor, agency_id: UUID) -> list[Holder]:
    """Organisations and teams of an agency that gear can go to."""
    require(actor, MANAGE_GEAR)
    groups = Organisation.objects.filter(agency_id=agency_id, active=True).order_by("name")
    crews = Team.objects.filter(agency_id=agency_id, active=True).select_related("organisation")
    return [Holder(row.name, organisation_id=row.pk) for row in groups] + [
        Holder(f"{row.organisation.name} · {row.name}" if row.organisation else row.name, team_id=row.pk)
        for row in crews.order_by("organisation__name", "name")
    ]


def run_out(found: Gear, today: dt.date | None = None) -> bool:
    """Whether it may be used no longer."""
    return found.expires is not None and found.expires < (today or seoul_today())


def overdue(found: Gear, today: dt.date | None = None) -> bool:
    """Whether it should have been inspected."""
    return found.inspect_by is not None and found.inspect_by < (today or seoul_today())
