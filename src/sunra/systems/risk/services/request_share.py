"""How much residents' requests count in a plan: set by officers for their district, with a reason."""

import math
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.risk.models import RequestShare
from sunra.systems.risk.rules import DECIDE_REQUEST

USUAL, MOST = 0.1, 0.5
"""The share until somebody sets another, and the largest: the forecast keeps at least half."""


def share_of(district: str) -> float:
    """The share that requests hold in the plans of a district, 0 to ``MOST``."""
    newest = RequestShare.objects.filter(district=district).order_by("-created").first()
    return USUAL if newest is None else newest.share


@transaction.atomic
def set_share(*, actor: Actor, agency_id: UUID, district: str, share: float, reason: str) -> RequestShare:
    """Keep a new share; plans made from now on use it and name it. 0 leaves requests out of plans.

    Raises ``PermissionDenied`` beyond the actor's scope or jurisdiction, ``UserError`` ``bad_share``,
    ``no_reason``.
    """
    require(actor, DECIDE_REQUEST)
    if agency_id not in actor.scope or not any(dong.startswith(district) for dong in actor.dongs):
        raise PermissionDenied
    if not (math.isfinite(share) and 0 <= share <= MOST):
        raise UserError(
            "bad_share",
            _("This share cannot be used."),
            _("Give a number from 0 to 50 percent; 0 leaves requests out of plans."),
        )
    if not reason.strip():
        raise UserError(
            "no_reason", _("The reason is missing."), _("Say in a sentence why the share changes.")
        )
    return RequestShare.objects.create(
        agency_id=agency_id,
        district=district,
        share=share,
        reason=reason.strip()[:300],
        made_by=(actor.label or actor.id)[:120],
    )
