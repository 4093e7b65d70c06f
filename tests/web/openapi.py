"""What of a change to the API's description breaks programs that were written against the one before."""

import json
from pathlib import Path
from typing import Any

SNAPSHOT = Path(__file__).with_name("openapi.json")
REFRESH = "python -m tests.web.openapi"
_VERBS = ("get", "post", "put", "patch", "delete")
_BOUNDS = {"minimum": 1, "minLength": 1, "minItems": 1, "maximum": -1, "maxLength": -1, "maxItems": -1}
_LEAST = {1: float("-inf"), -1: float("inf")}


def breaking(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Every breaking change, as a sentence with the address it is about; empty when there is none."""
    found = []
    for path, verbs in old["paths"].items():
        for verb in _VERBS:
            if verb not in verbs:
                continue
            before, where = verbs[verb], f"{verb.upper()} {path}"
            after = new["paths"].get(path, {}).get(verb)
            if after is None:
                found.append(f"{where}: the operation is gone")
                continue
            if after.get("security") and not before.get("security"):
                found.append(f"{where}: needs a key now")
            found += _parameters(where, before.get("parameters", []), after.get("parameters", []))
            found += _body(where, before, after, old, new)
            found += _responses(where, before["responses"], after["responses"], old, new)
    return found


def _parameters(where: str, before: list[Any], after: list[Any]) -> list[str]:
    now = {(one["in"], one["name"]): one for one in after}
    was = {(one["in"], one["name"]): one for one in before}
    found = [f"{where}: parameter {name} is gone" for place, name in was if (place, name) not in now]
    for key, one in now.items():
        required, required_before = one.get("required", False), was.get(key, {}).get("required", False)
        if required and not required_before:
            found.append(f"{where}: parameter {key[1]} is required now")
        if key in was:
            found += _narrowed(f"{where}: parameter {key[1]}", was[key]["schema"], one["schema"])
    return found


def _narrowed(what: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What was accepted and is no longer."""
    found = []
    if _types(before) - _types(after):
        found.append(f"{what} no longer takes {', '.join(sorted(_types(before) - _types(after)))}")
    gone = set(map(str, before.get("enum", []))) - set(map(str, after.get("enum", before.get("enum", []))))
    if gone or ("enum" in after and "enum" not in before):
        found.append(f"{what} takes fewer values{': without ' + ', '.join(sorted(gone)) if gone else ''}")
    if after.get("pattern", before.get("pattern")) != before.get("pattern"):
        found.append(f"{what} has another pattern")
    for bound, sign in _BOUNDS.items():
        least = _LEAST[sign]
        if (after.get(bound, least) - before.get(bound, least)) * sign > 0 if bound in after else False:
            found.append(f"{what} has a tighter {bound}")
    if "items" in before and "items" in after:
        found += _narrowed(f"{what}[]", before["items"], after["items"])
    return found


def _types(schema: dict[str, Any]) -> set[str]:
    if "anyOf" in schema:
        return set().union(*(_types(one) for one in schema["anyOf"]))
    given = schema.get("type", "anything")
    found = set(given) if isinstance(given, list) else {given}
    return found | {"integer"} if "number" in found else found


def _body(where: str, before: Any, after: Any, old: Any, new: Any) -> list[str]:
    if "requestBody" not in after:
        return [f"{where}: takes no body any more"] if "requestBody" in before else []
    if "requestBody" not in before:
        return [f"{where}: needs a body now"] if after["requestBody"].get("required") else []
    found = []
    for kind, content in before["requestBody"]["content"].items():
        now = after["requestBody"]["content"].get(kind)
        if now is None:
            found.append(f"{where}: takes no {kind} any more")
            continue
        was, is_ = _whole(content["schema"], old), _whole(now["schema"], new)
        needed = set(is_.get("required", [])) - set(was.get("required", []))
        gone = set(was.get("properties", {})) - set(is_.get("properties", {}))
        found += [f"{where}: field {name} is required now" for name in sorted(needed)]
        found += [f"{where}: field {name} is gone" for name in sorted(gone)]
    return found


def _responses(where: str, before: Any, after: Any, old: Any, new: Any) -> list[str]:
    found = []
    for status, answer in before.items():
        if not str(status).startswith("2"):
            continue
        if status not in after:
            found.append(f"{where}: answers {status} no longer")
            continue
        for kind, content in answer.get("content", {}).items():
            now = after[status].get("content", {}).get(kind)
            if now is None:
                found.append(f"{where}: answers no {kind} any more")
            else:
                found += _given(f"{where} → {status}", content["schema"], now["schema"], old, new)
    return found


def _whole(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, not a reference to it."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _given(what: str, before: Any, after: Any, old: Any, new: Any, seen: tuple[str, ...] = ()) -> list[str]:
    """What readers relied on and can no longer."""
    reference = before.get("$ref", "")
    if reference and reference in seen:
        return []
    seen = (*seen, reference)
    before, after = _whole(before, old), _whole(after, new)
    found = []
    more = _types(after) - _types(before)
    if more and "anything" not in _types(before):
        found.append(f"{what} may be {', '.join(sorted(more))} now")
    for name, schema in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            found.append(f"{what}: field {name} is gone")
            continue
        if name in before.get("required", []) and name not in after.get("required", []):
            found.append(f"{what}: field {name} may be missing now")
        found += _given(f"{what}.{name}", schema, after["properties"][name], old, new, seen)
    if "items" in before and "items" in after:
        found += _given(f"{what}[]", before["items"], after["items"], old, new, seen)
    return found


def current() -> dict[str, Any]:
    """The description as it is now, JSON through and through."""
    from sunra.web.api import api

    found: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str)
    )
    found["info"].pop("version", None)
    return found


def write() -> None:
    """Keep the description as it is now."""
    SNAPSHOT.write_text(
        json.dumps(current(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    write()
    print(f"wrote {SNAPSHOT}")
