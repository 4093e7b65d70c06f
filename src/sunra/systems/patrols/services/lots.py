"""Sets the rules of an agency's lot."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.ledger.acts import Act
from sunra.platform.ledger.services import record
from sunra.systems.patrols.models import LotRules
from sunra.systems.patrols.rules import RULE_LOT

VALUES = ("loss", "dong_share", "visits", "of_nights", "nights")


@transaction.atomic
def set_rules(
    *,
    actor: Actor,
    loss: float,
    dong_share: float,
    visits: int,
    of_nights: int,
    nights: int,
    reason: str,
) -> LotRules:
    """Keep the rules of the actor's agency; they hold for nights planned from now on.

    The ledger keeps before and after with the reason, and is written first. The same rules again change
    nothing. Raises ``PermissionDenied``; ``UserError`` ``lot_bounds``, ``no_reason``.
    """
    require(actor, RULE_LOT)
    if actor.agency_id is None:
        raise PermissionDenied
    row = LotRules.objects.select_for_update().filter(agency_id=actor.agency_id).first() or LotRules(
        agency_id=actor.agency_id
    )
    before = {name: getattr(row, name) for name in VALUES}
    given = {
        "loss": loss, "dong_share": dong_share, "visits": visits, "of_nights": of_nights, "nights": nights,
    }  # fmt: skip
    if given == before:
        return row
    if not reason.strip():
        raise UserError("no_reason", _("A reason is missing."), _("Write why the rules change."))
    for name, value in given.items():
        setattr(row, name, value)
    row.reason, row.made_by = reason.strip(), actor.label[:120]
    try:
        row.full_clean()
    except ValidationError as error:
        raise UserError(
            "lot_bounds",
            _("These rules leave the bounds of the lot."),
            _("Stay within the bounds that stand beside each field."),
        ) from error
    record(
        actor=actor, act=Act.CHANGE, subject="patrols.LotRules", ref=str(actor.agency_id),
        purpose=row.reason, detail={"before": before, "after": given},
    )  # fmt: skip
    row.save()
    return row
