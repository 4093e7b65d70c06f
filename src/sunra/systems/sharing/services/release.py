"""Statistics on their way out: checked jointly with everything released before, hidden where needed, kept.

``protect`` is the door for every table of counts that leaves the house (public pages, open data, reports).
"""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sunra.core.disclosure import BadTable, CountTable, Suppressed, split, suppress
from sunra.core.disclosure import Release as Published
from sunra.core.disclosure.state import Secondary
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.models import Release
from sunra.systems.sharing.rules import RELEASE

MOST_CELLS = 20_000
_ATTEMPTS = 5


@dataclass(frozen=True, eq=False)
class Checked:
    """A table with what would be hidden of it, and the releases it was checked with."""

    tables: tuple[CountTable, ...]
    suppressed: Suppressed
    earlier: frozenset[UUID]
    seconds: float


def protect(
    *,
    actor: Actor,
    title: str,
    frame: pl.DataFrame,
    dims: list[str],
    threshold: int = 5,
    subject: str = "",
    secondary: Secondary = "full",
) -> pl.DataFrame:
    """The frame with ``shown`` (the count, null where hidden) and ``suppressed``; registers the release.

    ``frame`` has the columns ``dims`` and ``count``; a null in a dimension means the total over it, and what
    a table is narrowed to (a month, a district) is a dimension too: give it as a column, not in the title.
    ``subject`` says what is counted ("112 calls"): tables of one subject are attacked jointly. Without it,
    those with the same title or the same grand total are. The same table again gets the same answer.
    ``secondary="width"`` hides less where counts are large: see ``core.disclosure.suppress``.

    Call it outside a transaction: it takes seconds for thousands of cells. Raises ``PermissionDenied``, and
    ``UserError`` ``release_refused``, ``release_too_large`` or ``bad_release``; then nothing may leave.
    """
    _may(actor)
    tables = _tables(frame, dims, title)
    digest = _digest(tables)
    for _attempt in range(_ATTEMPTS):
        same = _earlier(actor, subject, title, _total(tables)).filter(digest=digest, threshold=threshold)
        if known := same.filter(state=Release.State.PUBLISHED).first():
            return _with_hidden(frame, dims, _hidden(_published(known)))
        found = _check(actor, subject, title, tables, threshold, secondary)
        if _register(actor, subject, title, digest, threshold, dims, found):
            if found.suppressed.refused:
                raise _refused(title)
            return _with_hidden(frame, dims, _hidden(found.suppressed.releases))
    raise UserError(
        "release_busy",
        _("Other tables of the same subject are being released right now."),
        _("Try again in a moment."),
    )


def check(
    *,
    actor: Actor,
    title: str,
    frame: pl.DataFrame,
    dims: list[str],
    threshold: int = 5,
    subject: str = "",
) -> Suppressed:
    """What ``protect`` would hide, without releasing anything; ``refused`` when nothing could be shown."""
    _may(actor)
    return _check(actor, subject, title, _tables(frame, dims, title), threshold).suppressed


def _may(actor: Actor) -> None:
    require(actor, RELEASE)
    _agency(actor)


def _agency(actor: Actor) -> UUID:
    if actor.agency_id is None:
        raise PermissionDenied
    return actor.agency_id


def _tables(frame: pl.DataFrame, dims: list[str], title: str) -> tuple[CountTable, ...]:
    if frame.height > MOST_CELLS:
        raise UserError(
            "release_too_large",
            _("The table has more cells than can be checked."),
            _("Release it with fewer dimensions or coarser steps."),
            (title[:80],),
        )
    try:
        return tuple(split(frame, dims, name=title))
    except BadTable as error:
        raise UserError(
            "bad_release",
            _("The table cannot be checked."),
            _("Give each cell once, with a whole number from 0."),
            (title[:80], str(error)),
        ) from error


def _refused(title: str) -> UserError:
    return UserError(
        "release_refused",
        _("The table cannot be released: with what is public already it would give small counts away."),
        _("Release it with coarser areas or longer periods."),
        (title[:80],),
    )


def _total(tables: Sequence[CountTable]) -> int:
    return max((sum(table.cells.values()) for table in tables), default=0)


def _digest(tables: Sequence[CountTable]) -> str:
    plain = [[table.dims, sorted(table.cells.items())] for table in sorted(tables, key=lambda one: one.dims)]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()


def _earlier(actor: Actor, subject: str, title: str, total: int) -> QuerySet[Release]:
    found = Release.objects.filter(agency_id=_agency(actor), subject=subject)
    return found if subject else found.filter(Q(title=title) | Q(total=total))


def _published(row: Release) -> list[Published]:
    """The tables of a release as they were kept."""
    columns: dict[str, list] = {dim: [] for dim in row.dims} | {"count": [], "hidden": []}
    for cell in row.cells:
        for name, value in zip(columns, cell, strict=True):
            columns[name].append(value)
    schema = dict.fromkeys(row.dims, pl.String) | {"count": pl.Int64, "hidden": pl.Int64}
    frame = pl.DataFrame(columns, schema=schema)
    hidden = _hidden_rows(frame, row.dims)
    return [
        Published(table, frozenset(key for key in table.cells if (table.dims, key) in hidden))
        for table in split(frame, row.dims, name=row.title)
    ]


def _hidden_rows(frame: pl.DataFrame, dims: list[str]) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    rows = frame.filter(pl.col("hidden") == 1).select(dims).iter_rows()
    return {_place(dims, values) for values in rows}


def _place(dims: Sequence[str], values: tuple) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(dimensions that are not totals, their values) of a row."""
    kept = [(dim, str(value)) for dim, value in zip(dims, values, strict=True) if value is not None]
    return tuple(dim for dim, _value in kept), tuple(value for _dim, value in kept)


def _check(
    actor: Actor,
    subject: str,
    title: str,
    tables: tuple[CountTable, ...],
    threshold: int,
    secondary: Secondary = "full",
) -> Checked:
    began = time.monotonic()
    rows = list(
        _earlier(actor, subject, title, _total(tables))
        .filter(state=Release.State.PUBLISHED)
        .order_by("created")
    )
    before = [(str(row.id), release) for row in rows for release in _published(row)]
    labelled, vintages = _vintages(before)
    own = next((name for name, group in vintages.items() if _agree(tables, group)), "new")
    new = tuple(CountTable(one.name, one.dims, one.cells, own) for one in tables)
    found = suppress(new, threshold, earlier=labelled, secondary=secondary)
    return Checked(new, found, frozenset(row.id for row in rows), time.monotonic() - began)


def _vintages(before: list[tuple[str, Published]]) -> tuple[list[Published], dict[str, list[CountTable]]]:
    """Releases that agree on all they have in common are of one vintage, named by the first of them."""
    groups: dict[str, list[CountTable]] = {}
    labelled = []
    by_release: dict[str, list[Published]] = {}
    for name, release in before:
        by_release.setdefault(name, []).append(release)
    for name, releases in by_release.items():
        tables = [release.table for release in releases]
        own = next((label for label, group in groups.items() if _agree(tables, group)), name)
        groups.setdefault(own, []).extend(tables)
        labelled += [
            Published(CountTable(r.table.name, r.table.dims, r.table.cells, own), r.hidden) for r in releases
        ]
    return labelled, groups


def _agree(some: Sequence[CountTable], others: Sequence[CountTable]) -> bool:
    """Whether all margins that two sets of tables share are the same."""
    for one in some:
        for other in others:
            common = tuple(sorted(set(one.dims) & set(other.dims)))
            if one.margin(common) != other.margin(common):
                return False
    return True


@transaction.atomic
def _register(
    actor: Actor, subject: str, title: str, digest: str, threshold: int, dims: list[str], found: Checked
) -> bool:
    """Keep the release; False when another one came between the check and now."""
    Agency.objects.select_for_update().get(pk=_agency(actor))
    now = _earlier(actor, subject, title, _total(found.tables)).filter(state=Release.State.PUBLISHED)
    if frozenset(now.values_list("id", flat=True)) != found.earlier:
        return False
    suppressed = found.suppressed
    Release.objects.update_or_create(
        agency_id=_agency(actor),
        subject=subject,
        digest=digest,
        threshold=threshold,
        defaults={
            "title": title[:200],
            "dims": dims,
            "cells": _cells(suppressed, dims),
            "total": _total(found.tables),
            "size": sum(len(table.cells) for table in found.tables),
            "hidden": suppressed.primary + suppressed.secondary,
            "primary": suppressed.primary,
            "state": Release.State.REFUSED if suppressed.refused else Release.State.PUBLISHED,
            "seconds": found.seconds,
            "released_by": actor.id[:64],
        },
    )
    return True


def _cells(suppressed: Suppressed, dims: list[str]) -> list[list]:
    rows = []
    for release in suppressed.releases:
        for key, count in release.table.cells.items():
            value = dict(zip(release.table.dims, key, strict=True))
            rows.append([*(value.get(dim) for dim in dims), count, int(key in release.hidden)])
    return rows


def _hidden(releases: Sequence[Published]) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(one.table.dims, key) for one in releases for key in one.hidden}


def _with_hidden(
    frame: pl.DataFrame, dims: list[str], hidden: set[tuple[tuple[str, ...], tuple[str, ...]]]
) -> pl.DataFrame:
    rows = frame.select(pl.col(dim).cast(pl.String) for dim in dims).iter_rows()
    gone = pl.Series("suppressed", [_place(dims, values) in hidden for values in rows], dtype=pl.Boolean)
    shown = pl.when(~gone).then(pl.col("count").cast(pl.Int64)).alias("shown")
    return frame.with_columns(shown, gone)
