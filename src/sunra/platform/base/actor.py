"""Who acts: a person in one of their memberships, a program with a key, or a job in the background."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from rules.permissions import has_perm

from sunra.platform.base.roles import MACHINE

Kind = Literal["anonymous", "person", "machine", "job"]
Reach = tuple[frozenset[UUID], frozenset[str]]

_reach: list[Callable[[UUID], Reach]] = []


def resolve_reach_with(resolver: Callable[[UUID], Reach]) -> None:
    """Name the function that turns an agency into (agencies, 법정동 codes); the agencies app does, once."""
    _reach[:] = [resolver]


def reach_of(agency_id: UUID) -> Reach:
    """The agency and all below it, and the 법정동 (10 digits) it is responsible for."""
    return _reach[0](agency_id)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, for which agency and in which role.

    ``id`` is what the ledger keeps, ``scope`` the own agency and all below it, ``dongs`` the 10-digit codes
    of its jurisdiction, ``permissions`` the scopes of a machine's key (empty for people).
    """

    kind: Kind
    id: str = ""
    label: str = ""
    person_id: int | None = None
    agency_id: UUID | None = None
    role: str = ""
    scope: frozenset[UUID] = frozenset()
    dongs: frozenset[str] = frozenset()
    permissions: frozenset[str] = field(default=frozenset(), repr=False)
    membership_id: UUID | None = None

    @property
    def signed_in(self) -> bool:
        """True for everybody but the anonymous."""
        return self.kind != "anonymous"

    def may(self, permission: str) -> bool:
        """Whether the role holds ``permission``; a job acts for the installation and may within its scope."""
        if self.kind == "job":
            return True
        if self.role == MACHINE and permission not in self.permissions:
            return False
        return bool(self.role) and bool(has_perm(permission, self))  # type: ignore[no-untyped-call]

    @classmethod
    def job(cls, agency_id: UUID, kind: str) -> "Actor":
        """The actor of background work ``kind`` for an agency."""
        scope, dongs = reach_of(agency_id)
        return cls(
            kind="job", id=f"job:{kind}", label=kind, agency_id=agency_id, role="", scope=scope, dongs=dongs
        )


ANONYMOUS = Actor(kind="anonymous")


def actor_of(request: Any) -> Actor:
    """The request's actor, typed; the anonymous one before the middleware has run."""
    actor = getattr(request, "actor", ANONYMOUS)
    return actor if isinstance(actor, Actor) else ANONYMOUS
