"""Who listens to what: consumers, and the shapes of event payloads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sunra.platform.base.discovery import import_rooms

if TYPE_CHECKING:
    from sunra.platform.events.models import Event

Handler = Callable[["Event"], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A handler of one version of one type of event; ``attempts`` before it is laid aside."""

    name: str
    type: str
    version: int
    handle: Handler
    attempts: int


ROOM = "consumers"
_CONSUMERS: dict[str, Consumer] = {}
_SHAPES: dict[tuple[str, int], dict[str, type | tuple[type, ...]]] = {}


def consumer(name: str, *, type: str, version: int = 1, attempts: int = 8) -> Callable[[Handler], Handler]:  # noqa: A002
    """Register ``handle(event)``; it runs in a transaction that also marks the delivery, so keep it short.

    A handler that takes longer than a second enqueues a job instead. ``name`` must be unique and stay
    the same for ever: it is what tells a delivered event from a new one.
    """

    def register(handle: Handler) -> Handler:
        known = _CONSUMERS.get(name)
        if known is not None and known.handle.__module__ != handle.__module__:
            message = f"two consumers are called {name}"
            raise ValueError(message)
        _CONSUMERS[name] = Consumer(name, type, version, handle, attempts)
        return handle

    return register


def declare(type: str, version: int = 1, **fields: type | tuple[type, ...]) -> None:  # noqa: A002
    """Fix the payload of a type and version: ``publish`` then refuses missing, unknown or mistyped fields."""
    _SHAPES[type, version] = fields


def shape(type: str, version: int) -> dict[str, type | tuple[type, ...]] | None:  # noqa: A002
    """The declared payload, or None."""
    import_rooms(ROOM)
    return _SHAPES.get((type, version))


def consumers_of(type: str, version: int) -> Iterable[Consumer]:  # noqa: A002
    """Every consumer of a type and version."""
    import_rooms(ROOM)
    return [item for item in _CONSUMERS.values() if (item.type, item.version) == (type, version)]


def by_name(name: str) -> Consumer | None:
    """The consumer of that name; None when the code no longer has it."""
    import_rooms(ROOM)
    return _CONSUMERS.get(name)


def forget(name: str) -> None:
    """Take a consumer out again (tests)."""
    _CONSUMERS.pop(name, None)
