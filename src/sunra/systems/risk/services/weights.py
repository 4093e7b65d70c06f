"""How much each family counts: set by people for their district, with a reason, seen by everybody."""

import math
from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.core.forecast import FAMILIES, Params
from sunra.core.forecast.families import TRAFFIC_ACCIDENT
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.risk.models import FamilyWeights
from sunra.systems.risk.rules import MAKE
from sunra.systems.risk.severity import SEVERITIES
from sunra.systems.risk.texts import FAMILIES as NAMES

MOST = 10.0


def params_for(district: str) -> Params:
    """The parameters of a district's forecasts: the defaults with the newest weights set for it.

    Accidents of known severity weigh as all accidents until somebody gives them a weight of their own.
    """
    newest = FamilyWeights.objects.filter(district=district).order_by("-created").first()
    known = newest.weights if newest else {}
    weights = {**Params().weights, **{name: float(known[name]) for name in FAMILIES if name in known}}
    severe = {name: float(known.get(name, weights[TRAFFIC_ACCIDENT])) for name in SEVERITIES}
    return Params(weights=weights | severe)


@transaction.atomic
def set_weights(
    *, actor: Actor, agency_id: UUID, district: str, weights: Mapping[str, float], reason: str
) -> FamilyWeights:
    """Keep new weights of a district's families; forecasts made from now on use them and name them.

    Each family of ``FAMILIES`` has one, 0 to 10, and at least one is above 0; those of ``SEVERITIES`` may
    have one. Raises ``PermissionDenied``
    beyond the actor's scope or jurisdiction, ``UserError`` ``bad_weights``, ``no_reason``.
    """
    require(actor, MAKE)
    if agency_id not in actor.scope or not any(dong.startswith(district) for dong in actor.dongs):
        raise PermissionDenied
    other = sorted((set(weights) - set(SEVERITIES)) ^ set(FAMILIES))
    if other:
        raise _bad(tuple(other))
    wrong = [name for name, value in weights.items() if not (math.isfinite(value) and 0 <= value <= MOST)]
    if wrong or not any(weights.values()):
        raise _bad(tuple(str(NAMES[name]) for name in wrong))
    if not reason.strip():
        raise UserError(
            "no_reason", _("The reason is missing."), _("Say in a sentence why the weights change.")
        )
    return FamilyWeights.objects.create(
        agency_id=agency_id,
        district=district,
        weights={name: float(value) for name, value in weights.items()},
        reason=reason.strip()[:300],
        made_by=actor.label or actor.id,
    )


def _bad(where: tuple[str, ...]) -> UserError:
    return UserError(
        "bad_weights",
        _("These weights cannot be used."),
        _("Give every family a number from 0 to 10, and at least one of them more than 0."),
        where,
    )
