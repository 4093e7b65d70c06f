"""Layers that stand beside a forecast on its map, each of its own: requests of residents, overrides."""

from sunra.platform.accounts.actor import Actor
from sunra.platform.maps import Layer
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.pages.overrides import override_layer
from sunra.systems.risk.pages.requests import request_layer
from sunra.systems.risk.rules import VIEW_REQUEST
from sunra.systems.risk.selectors.overrides import effective


def beside(actor: Actor, forecast: Forecast) -> tuple[Layer, ...]:
    """What the actor may lay over a forecast: requests for who may see them, overrides where there are any.

    Both are off until somebody wants them.
    """
    requests = (request_layer(actor, forecast),) if actor.may(VIEW_REQUEST) else ()
    overrides = (override_layer(actor, forecast),) if effective(actor, forecast).rows else ()
    return requests + overrides
