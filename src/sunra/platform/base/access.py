"""Deny by default: what a view needs is declared here, and what is not declared is refused.

``grant`` says which roles hold a permission; ``allow`` and ``public`` say which verb of a view needs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from rules.permissions import add_perm, perm_exists
from rules.predicates import predicate

from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import ROLES

SIGNED_IN: Final = "*signed-in*"
PUBLIC: Final = "*public*"
VERBS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ATTRIBUTE: Final = "sunra_access"

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Access:
    """What each verb of a view needs: a permission, ``SIGNED_IN`` or ``PUBLIC``; a verb not named is refused.

    ``before_mfa``: reachable by staff who have yet to set up their second factor.
    """

    verbs: Mapping[str, str] = field(default_factory=dict)
    before_mfa: bool = False

    def needs(self, verb: str) -> str | None:
        """What ``verb`` needs; HEAD needs what GET needs; None when the verb is not named."""
        return self.verbs.get("GET" if verb == "HEAD" else verb)

    def permissions(self) -> frozenset[str]:
        """The permissions named, without the two general words."""
        return frozenset(self.verbs.values()) - {SIGNED_IN, PUBLIC}


@dataclass(frozen=True, slots=True)
class Refused:
    """What a denied look leaves in the ledger: the kind of thing, and which one."""

    subject: str
    ref: str


class Denied(PermissionDenied):
    """The actor lacks a permission."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.refused = Refused("permission", permission)


class NotVisible(Http404):
    """The row exists, but outside the actor's agencies; to the actor it does not exist."""

    def __init__(self, refused: Refused) -> None:
        super().__init__("not found")
        self.refused = refused


GRANTS: dict[str, frozenset[str]] = {}
_BY_URL_NAME: dict[str, Access] = {}


def grant(permission: str, *roles: str) -> None:
    """Give ``permission`` ("app.verb_noun") to ``roles``; once, in the ``rules.py`` of the app it belongs to.

    Raises ``ValueError`` for a role that does not exist or a second grant that differs from the first.
    """
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"{permission}: no such role: {', '.join(sorted(unknown))}")
    holders = frozenset(roles)
    if GRANTS.setdefault(permission, holders) != holders:
        raise ValueError(f"{permission} is granted twice, to different roles")
    if not perm_exists(permission):  # type: ignore[no-untyped-call]
        held = predicate(lambda actor: actor.role in holders, name=permission)  # type: ignore[no-untyped-call]
        add_perm(permission, held)  # type: ignore[no-untyped-call]


def _declared(view: View, access: Access) -> View:
    vars(view)[ATTRIBUTE] = access
    return view


def allow(permission: str = "", /, **verbs: str) -> Callable[[View], View]:
    """Declare what a view needs: ``allow("perm")`` for looking, or ``allow(GET="perm", POST="perm2")``."""
    unknown = set(verbs) - set(VERBS)
    if unknown or bool(permission) == bool(verbs):
        raise ValueError("allow takes one permission or needs by verb")
    named = {"GET": permission} if permission else dict(verbs)
    return lambda view: _declared(view, Access(named))


def public(view: View) -> View:
    """Declare that anybody may look (GET and HEAD); for other verbs use ``allow(POST=PUBLIC)``."""
    return _declared(view, Access({"GET": PUBLIC}))


def declare_url(name: str, /, *, before_mfa: bool = False, **verbs: str) -> None:
    """Declare what a view of a third party needs, by its URL name (with namespace)."""
    _BY_URL_NAME[name] = Access(verbs, before_mfa)


def access_of(view: Callable[..., Any], url_name: str) -> Access | None:
    """What a resolved view declares; None when it declares nothing."""
    if url_name in _BY_URL_NAME:
        return _BY_URL_NAME[url_name]
    declared = getattr(view, ATTRIBUTE, None) or getattr(getattr(view, "view_class", None), ATTRIBUTE, None)
    return declared if isinstance(declared, Access) else None


def holds(actor: Actor, need: str) -> bool:
    """Whether ``actor`` fulfils a need: a permission, ``SIGNED_IN`` (a person) or ``PUBLIC``."""
    if need == PUBLIC:
        return True
    if need == SIGNED_IN:
        return actor.kind == "person"
    return actor.may(need)


def require(actor: Actor, permission: str) -> None:
    """Raise ``PermissionDenied`` unless the actor holds ``permission``; the first line of every service."""
    if not actor.may(permission):
        raise Denied(permission)


def label_of(model: type[Model]) -> str:
    """The model's name as the ledger keeps it: ``app.Model``."""
    return model._meta.label  # noqa: SLF001 - Django documents _meta


def visible(queryset: QuerySet[Row], actor: Actor) -> QuerySet[Row]:
    """The rows of the actor's agencies.

    A model belongs to an agency by its field ``agency``; one that does so otherwise names the lookup in
    ``AGENCY_LOOKUP`` (for example ``"plan__agency_id"``).
    """
    model = queryset.model
    lookup = getattr(model, "AGENCY_LOOKUP", "agency_id")
    if lookup == "agency_id":
        try:
            model._meta.get_field("agency")  # noqa: SLF001 - Django documents _meta
        except FieldDoesNotExist as error:
            raise TypeError(f"{model.__name__} belongs to no agency: give it AGENCY_LOOKUP") from error
    narrowed = queryset.filter(**{f"{lookup}__in": actor.scope})
    return narrowed.distinct() if "__" in lookup else narrowed


def get_visible(queryset: QuerySet[Row], actor: Actor, **lookup: Any) -> Row:
    """The one row that matches ``lookup`` within the actor's agencies.

    Raises ``Http404``; when the row exists elsewhere the middleware writes the denial to the ledger.
    """
    row = visible(queryset, actor).filter(**lookup).first()
    if row is not None:
        return row
    elsewhere = queryset.filter(**lookup).first()
    if elsewhere is not None and actor.signed_in:
        raise NotVisible(Refused(label_of(queryset.model), str(elsewhere.pk)))
    raise Http404("not found")
