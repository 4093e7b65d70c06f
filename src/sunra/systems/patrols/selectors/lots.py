"""The rules of an agency's lot."""

from uuid import UUID

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.systems.patrols.models import LotRules
from sunra.systems.patrols.rules import RULE_LOT


def rules_of(agency_id: UUID) -> LotRules:
    """The agency's rules; the defaults, not stored, where it has none."""
    return LotRules.objects.filter(agency_id=agency_id).first() or LotRules(agency_id=agency_id)


def own_rules(actor: Actor) -> LotRules | None:
    """The rules of the actor's own agency, to be set; None for an actor without one."""
    require(actor, RULE_LOT)
    return rules_of(actor.agency_id) if actor.agency_id else None
