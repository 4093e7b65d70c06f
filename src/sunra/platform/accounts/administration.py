"""Whose people an administrator keeps, and which roles they may give."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sunra.platform.accounts.models import Invitation, MachineKey, Membership
from sunra.platform.accounts.selectors import valid
from sunra.platform.agencies.models import Agency
from sunra.platform.base.access import get_visible, require
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import AGENCY_ADMIN, PLATFORM_ADMIN, ROLES
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record

VIEW = "accounts.view_people"
CHANGE = "accounts.change_people"
KEYS = "accounts.change_keys"


def kept_by(actor: Actor) -> frozenset[UUID]:
    """The agencies whose people the actor keeps: an agency's administrator its own alone."""
    if actor.kind == "job" or actor.role == PLATFORM_ADMIN:
        return actor.scope
    if actor.role == AGENCY_ADMIN and actor.agency_id is not None:
        return frozenset({actor.agency_id})
    return frozenset()


def narrowed(actor: Actor) -> Actor:
    """The actor, reaching no further than the agencies whose people it keeps."""
    return replace(actor, scope=kept_by(actor))


def givable_roles(actor: Actor) -> tuple[str, ...]:
    """The roles the actor may give: only a platform administrator makes another one."""
    top = actor.role == PLATFORM_ADMIN or actor.kind == "job"
    return tuple(code for code, role in ROLES.items() if role.held and (top or code != PLATFORM_ADMIN))


def check_role(actor: Actor, role: str) -> None:
    """Raise ``UserError`` when the actor may not give ``role``."""
    if role not in givable_roles(actor):
        raise UserError(
            "accounts.role_not_givable",
            _("You may not give this role."),
            _("Choose another role, or ask a platform administrator."),
            ("role",),
        )


def kept_agency(actor: Actor, agency_id: UUID) -> Agency:
    """The agency, when the actor keeps its people; raises ``Http404``."""
    return get_visible(Agency.objects.filter(active=True), narrowed(actor), pk=agency_id)


def kept_agencies(actor: Actor) -> QuerySet[Agency]:
    """The open agencies whose people the actor keeps."""
    return Agency.objects.filter(active=True, id__in=kept_by(actor))


def people(actor: Actor) -> QuerySet[Membership]:
    """The memberships of the actor's people, past ones too; the look is in the ledger before."""
    require(actor, VIEW)
    record(
        actor=actor, act=Act.LOOK, subject="accounts.Membership", ref="list", purpose="people administration"
    )
    rows = Membership.objects.filter(agency_id__in=kept_by(actor))
    return rows.select_related("person", "agency").order_by("agency__name", "person__name")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people may sign in now, how many of them end within 30 days, how many are invited."""

    present: int
    ending: int
    invited: int


def counts(actor: Actor) -> Counts:
    """The actor's people in numbers; names nobody, so no look is recorded."""
    require(actor, VIEW)
    present = Membership.objects.filter(valid(), agency_id__in=kept_by(actor), person__is_active=True)
    ending = present.filter(valid_until__lt=now() + timedelta(days=30))
    return Counts(
        present.values("person").distinct().count(),
        ending.values("person").distinct().count(),
        open_invitations(actor).filter(expires__gt=now()).count(),
    )


def kept_membership(actor: Actor, membership_id: UUID) -> Membership:
    """One membership of the actor's people; the look is in the ledger before; raises ``Http404``."""
    require(actor, VIEW)
    found = get_visible(Membership.objects.only("id", "agency_id"), narrowed(actor), pk=membership_id)
    record(
        actor=actor,
        act=Act.LOOK,
        subject="accounts.Membership",
        ref=str(found.pk),
        purpose="people administration",
    )
    return Membership.objects.select_related("person", "agency").get(pk=found.pk)


def open_invitations(actor: Actor) -> QuerySet[Invitation]:
    """The invitations of the actor's agencies that are neither used nor withdrawn."""
    require(actor, VIEW)
    rows = Invitation.objects.filter(agency_id__in=kept_by(actor), used=None, withdrawn=None)
    return rows.select_related("agency")


def kept_invitation(actor: Actor, invitation_id: UUID) -> Invitation:
    """One invitation of the actor's agencies; raises ``Http404``."""
    require(actor, CHANGE)
    return get_visible(Invitation.objects.all(), narrowed(actor), pk=invitation_id)


def kept_key(actor: Actor, key_id: UUID) -> MachineKey:
    """One key of the actor's agencies; raises ``Http404``."""
    require(actor, KEYS)
    return get_visible(MachineKey.objects.all(), narrowed(actor), pk=key_id)


def machine_keys(actor: Actor) -> QuerySet[MachineKey]:
    """The keys of the actor's agencies, revoked ones too."""
    require(actor, KEYS)
    return MachineKey.objects.filter(agency_id__in=kept_by(actor)).select_related("agency")
