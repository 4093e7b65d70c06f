"""The six doors of the side bar: apps register their pages, a person sees those they may enter."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext_lazy

from sunra.platform.base.errors import Text


@dataclass(frozen=True, slots=True)
class Door:
    """One of the six doors: ``code`` is stable, ``label`` is read, ``icon`` is a name of ``ui.icons``."""

    code: str
    label: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One page behind a door; an empty ``permission`` opens it to everybody who has signed in."""

    door: str
    label: Text
    url_name: str
    permission: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a page shows it: its address, and whether the reader stands there now."""

    label: Text
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A door with the links that one person may follow."""

    code: str
    label: Text
    icon: str
    links: tuple[Link, ...] = field(default_factory=tuple)

    @property
    def url(self) -> str:
        """Where the door itself leads: its first page."""
        return self.links[0].url

    @property
    def current(self) -> bool:
        """Whether the reader stands behind this door."""
        return any(link.current for link in self.links)


DOORS = (
    Door("today", pgettext_lazy("door", "Today"), "today"),
    Door("see", pgettext_lazy("door", "See"), "see"),
    Door("act", pgettext_lazy("door", "Act"), "act"),
    Door("build", pgettext_lazy("door", "Build"), "build"),
    Door("learn", pgettext_lazy("door", "Learn"), "learn"),
    Door("govern", pgettext_lazy("door", "Govern"), "govern"),
)

_ENTRIES: dict[tuple[str, str], Entry] = {}
_FOR_ALL: dict[str, Entry] = {}


def register(door: str, label: Text, url_name: str, permission: str = "", *, order: int = 100) -> None:
    """Put a page behind ``door`` (a code of ``DOORS``); registering the same page again replaces it.

    Raises ``ValueError`` for a door that does not exist.
    """
    if door not in {known.code for known in DOORS}:
        raise ValueError(f"no such door: {door}")
    _ENTRIES[door, url_name] = Entry(door, label, url_name, permission, order)


def register_for_all(label: Text, url_name: str, *, order: int = 100) -> None:
    """Name a public page to those who have not signed in; registering it again replaces it."""
    _FOR_ALL[url_name] = Entry("", label, url_name, "", order)


def for_all(actor: Any, path: str) -> tuple[Link, ...]:
    """The public pages, for a reader who has not signed in."""
    if getattr(actor, "kind", "") == "person":
        return ()
    entries = sorted(_FOR_ALL.values(), key=lambda entry: entry.order)
    return tuple(
        Link(entry.label, url, url == path) for entry in entries if (url := _address(entry.url_name))
    )


def opened(actor: Any, path: str) -> tuple[Opened, ...]:
    """The doors that ``actor`` may enter, with ``path`` (the address being shown) marked as current.

    ``actor`` is an ``accounts.actor.Actor``; nobody signed in sees no doors.
    """
    if actor is None or getattr(actor, "kind", "") != "person":
        return ()
    entries = [entry for entry in _ENTRIES.values() if not entry.permission or actor.may(entry.permission)]
    entries.sort(key=lambda entry: entry.order)
    addressed = [(entry, url) for entry in entries if (url := _address(entry.url_name))]
    here = max((url for _entry, url in addressed if path.startswith(url)), key=len, default="")
    if here == "/" and path != "/":
        here = ""
    result = []
    for door in DOORS:
        links = tuple(
            Link(entry.label, url, url == here) for entry, url in addressed if entry.door == door.code
        )
        if links:
            result.append(Opened(door.code, door.label, door.icon, links))
    return tuple(result)


def _address(url_name: str) -> str:
    """The page's address, or nothing while this site does not serve it (``SUNRA_SITE=public``)."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
