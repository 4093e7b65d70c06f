"""The description of the feature addresses alone, in OpenAPI 3.0, which the standard's class asks for."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from sunra.platform.accounts.declared import path_view


def description(request: HttpRequest) -> dict[str, Any]:
    """The part of the whole API's description that lies under this router, lowered from 3.1 to 3.0."""
    match = request.resolver_match
    view = path_view(match.func) if match else None
    if view is None:
        raise LookupError("only for a request that an API router answers")
    whole = view.operations[0].api.get_openapi_schema()
    root = reverse("api:ogc_landing").rstrip("/")
    paths = {
        path.removeprefix(root) or "/": _lowered(operations)
        for path, operations in whole["paths"].items()
        if path.startswith(f"{root}/")
    }
    found = {
        "openapi": "3.0.3",
        "info": {"title": whole["info"]["title"], "version": whole["info"]["version"]},
        "servers": [{"url": request.build_absolute_uri(root)}],
        "paths": paths,
        "components": {"schemas": {}},
    }
    _collect(paths, whole["components"]["schemas"], found["components"]["schemas"])  # type: ignore[index]
    return found


def _lowered(value: Any) -> Any:
    """OpenAPI 3.0 has no null type: what may be null says so beside."""
    if isinstance(value, list):
        return [_lowered(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {str(key): _lowered(one) for key, one in value.items() if key != "examples"}
    options = kept.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        others = [one for one in options if one != {"type": "null"}]
        del kept["anyOf"]
        kept |= (others[0] if len(others) == 1 else {"anyOf": others}) | {"nullable": True}
    return kept


def _collect(value: Any, known: dict[str, Any], found: dict[str, Any]) -> None:
    """Bring the named schemas that ``value`` refers to, and those they refer to, into ``found``."""
    if isinstance(value, list):
        for one in value:
            _collect(one, known, found)
        return
    if not isinstance(value, dict):
        return
    name = str(value.get("$ref", "")).rpartition("/")[2]
    if name and name not in found:
        found[name] = _lowered(known[name])
        _collect(found[name], known, found)
    for one in value.values():
        _collect(one, known, found)
