"""Where a published row leads back to: each system that publishes says so for its own sources."""

from collections.abc import Callable

from sunra.platform.accounts.actor import Actor

Address = Callable[[str, str, str], str]

_ADDRESSES: dict[str, tuple[str, Address]] = {}


def register(prefix: str, permission: str, address: Address) -> None:
    """Sources that begin with ``prefix`` lead to ``address(layer, source, key)``, for who holds the right."""
    _ADDRESSES[prefix] = (permission, address)


def address_of(actor: Actor, layer: str, source: str, key: str) -> str:
    """The page that says where a row comes from; empty when there is none for this source or actor."""
    for prefix, (permission, address) in _ADDRESSES.items():
        if source.startswith(prefix) and actor.may(permission):
            return address(layer, source, key)
    return ""
