"""What a resolved address needs: declared on the view, by its URL name, or by its API operations."""

import inspect
from collections.abc import Callable
from typing import Any

from django.urls import ResolverMatch
from ninja.operation import PathView

from sunra.platform.accounts.api import Needs
from sunra.platform.base.access import Access, access_of


def path_view(view: Callable[..., Any]) -> PathView | None:
    """The API's path behind a view function, or None for an ordinary view."""
    if getattr(view, "__module__", "") != PathView.__module__ or not inspect.isfunction(view):
        return None
    found = inspect.getclosurevars(view).nonlocals.get("self")
    return found if isinstance(found, PathView) else None


def operations_access(path: PathView) -> Access:
    """The needs of an API path's operations; an operation without ``Needs`` is left out, thus refused."""
    verbs: dict[str, str] = {}
    for operation in path.operations:
        needs = [callback for callback in operation.auth_callbacks if isinstance(callback, Needs)]
        if len(needs) == 1:
            verbs |= dict.fromkeys(operation.methods, needs[0].permission)
    return Access(verbs)


def access_for(view: Callable[..., Any], view_name: str) -> Access | None:
    """What the view needs, by verb; None when nothing is declared."""
    path = path_view(view)
    return operations_access(path) if path is not None else access_of(view, view_name)


def is_api(match: ResolverMatch | None) -> bool:
    """Whether the address belongs to the API for programs."""
    return match is not None and "ninja" in match.app_names
