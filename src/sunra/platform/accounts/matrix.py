"""Role × address × verb, read from the very declarations that the middleware obeys."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from sunra.platform.accounts.declared import access_for
from sunra.platform.base.access import GRANTS, PUBLIC, SIGNED_IN, Access
from sunra.platform.base.roles import EVERYONE, ROLES

ANONYMOUS_COLUMN = "anonymous"
COLUMNS = (ANONYMOUS_COLUMN, *ROLES)


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the product: its pattern, URL name with namespaces, and what it declares."""

    pattern: str
    name: str
    access: Access
    has_arguments: bool
    api: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: who may use ``verb`` at an address."""

    pattern: str
    name: str
    verb: str
    need: str
    holders: frozenset[str]


def holders(need: str) -> frozenset[str]:
    """The columns (roles and "anonymous") that fulfil a need."""
    if need == PUBLIC:
        return frozenset(COLUMNS)
    if need == SIGNED_IN:
        return frozenset(EVERYONE)
    return GRANTS.get(need, frozenset())


def addresses() -> Iterator[Address]:
    """Every address of the product, the API's included."""
    yield from _walk(get_resolver().url_patterns, "", (), api=False)


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, spaces: tuple[str, ...], *, api: bool
) -> Iterator[Address]:
    for item in patterns:
        here = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = (*spaces, item.namespace) if item.namespace else spaces
            yield from _walk(item.url_patterns, here, inner, api=api or item.app_name == "ninja")
        else:
            name = ":".join((*spaces, item.name or item.lookup_str))
            access = access_for(item.callback, name) or Access()
            yield Address(here, name, access, "<" in here or "(?P" in here, api)


def matrix() -> tuple[Rule, ...]:
    """The whole table; an address that declares nothing stands there with nobody."""
    found: list[Rule] = []
    for address in addresses():
        verbs = address.access.verbs or {"–": "undeclared"}
        for verb, need in sorted(verbs.items()):
            found.append(Rule(address.pattern, address.name, verb, need, holders(need)))
    return tuple(sorted(found, key=lambda rule: (rule.pattern, rule.verb)))


def matrix_csv() -> str:
    """The table as CSV: 1 where the role may."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("address", "name", "verb", "need", *COLUMNS))
    for rule in matrix():
        marks = ("1" if column in rule.holders else "" for column in COLUMNS)
        writer.writerow((f"/{rule.pattern}", rule.name, rule.verb, rule.need, *marks))
    return out.getvalue()
