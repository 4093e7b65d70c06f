"""What patrols do when something happened: tell the webhooks that want to know."""

from sunra.platform.events.models import Event
from sunra.platform.events.registry import consumer
from sunra.systems.patrols.services import hook_sends
from sunra.systems.patrols.services.duty.effects import BEGUN, ENDED, HAZARD
from sunra.systems.patrols.services.hours import CONFIRMED, VERSION


@consumer("patrols.hooks_confirmed", type=CONFIRMED, version=VERSION)
def tell_confirmed(event: Event) -> None:
    """A plan was confirmed."""
    hook_sends.keep(event)


@consumer("patrols.hooks_begun", type=BEGUN, version=1)
def tell_begun(event: Event) -> None:
    """A patrol began."""
    hook_sends.keep(event)


@consumer("patrols.hooks_ended", type=ENDED, version=1)
def tell_ended(event: Event) -> None:
    """A patrol ended."""
    hook_sends.keep(event)


@consumer("patrols.hooks_hazard", type=HAZARD, version=1)
def tell_hazard(event: Event) -> None:
    """A hazard was reported."""
    hook_sends.keep(event)
