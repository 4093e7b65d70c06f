"""The coming nights of many districts at once, through ``engine.map_partitions``."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Substr

from sunra.core.geo.districts import districts as borders
from sunra.engine import EngineError, map_partitions
from sunra.engine.running import Backend
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.places import selectors as places
from sunra.systems.risk import work
from sunra.systems.risk.gather import Gathered, gather
from sunra.systems.risk.models import Forecast, MethodChoice
from sunra.systems.risk.rules import MAKE
from sunra.systems.risk.services.choices import choose, chosen_for, forget, stale
from sunra.systems.risk.services.forecasts import DAYS, Asked, Draft, ask, drafts, keep
from sunra.systems.risk.services.weights import params_for

BATCH = 25
"""Districts whose rows are held at a time: a city's worth of cells, and a checkpoint each."""

Progress = Callable[[int, int, str], None]
Commit = Callable[[], AbstractContextManager[Any]]


@dataclass
class Done:
    """What came of it: forecasts made or known already, and districts that failed with their code."""

    forecasts: list[Forecast] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def with_data(actor: Actor) -> list[str]:
    """The districts within reach of the actor of which any facility or event is known."""
    found: set[str] = set()
    for rows in (places.facilities(actor), places.events(actor)):
        codes = rows.order_by().annotate(code=Substr("dong", 1, 5)).values_list("code", flat=True).distinct()
        found |= {code for code in codes if len(code) == 5}
    return sorted(found & set(borders().codes()))


def make_nights(
    *,
    actor: Actor,
    day: dt.date,
    districts: Iterable[str] | None = None,
    days: int = DAYS,
    backend: Backend | None = None,
    done: Sequence[str] = (),
    progress: Progress | None = None,
    commit: Commit = nullcontext,
    after: Callable[[list[str]], None] | None = None,
) -> Done:
    """Forecast ``days`` nights from ``day`` for each district (default: all with data), batch by batch.

    Each batch is computed by ``map_partitions`` and committed inside ``commit``; ``after`` hears within the
    same transaction which districts are through, so that a run that takes over skips them (``done``). A
    district that fails does not keep the others waiting: it is named in the answer. A row belongs to the
    district's office where the installation has one in reach, else to the actor's agency. Raises
    ``PermissionDenied``.
    """
    require(actor, MAKE)
    if actor.agency_id is None:
        raise PermissionDenied
    codes = sorted(with_data(actor) if districts is None else set(districts))
    through = [code for code in codes if code in done]
    left = [code for code in codes if code not in through]
    owners = _owners(actor)
    result = Done()
    for start in range(0, len(left), BATCH):
        batch = left[start : start + BATCH]
        if progress:
            progress(len(through), len(codes), ", ".join(borders().district(code).name for code in batch[:1]))
        known = _gather(actor, batch, day, result)
        anew = {code: known[code] for code in _anew(known, day)}
        choices = choose(actor=actor, gathered=anew, owners=owners, day=day, backend=backend)
        if choices:
            with commit():
                MethodChoice.objects.bulk_create(choices)
        ready = _solve(actor, known, owners, day, days, backend, result)
        with commit():
            result.forecasts += [keep(actor=actor, draft=draft) for draft in ready]
            through += batch
            if after:
                after(through)
    forget(min(day, seoul_today()))
    if progress:
        progress(len(codes), len(codes), "")
    return result


def _gather(actor: Actor, batch: Sequence[str], day: dt.date, result: Done) -> dict[str, Gathered]:
    """The inputs of a batch; a district that cannot be read is named in the result."""
    found = {}
    for code in batch:
        try:
            found[code] = gather(actor, code, day)
        except UserError as error:
            result.failed[code] = error.code
    return found


def _anew(known: Mapping[str, Gathered], day: dt.date) -> list[str]:
    """The districts that need a choice: a week old, or trained on a past that has changed since."""
    old = set(stale(list(known), day))
    return [
        code
        for code, gathered in known.items()
        if code in old or chosen_for(gathered, code, day, params_for(code)).lost
    ]


def _solve(
    actor: Actor,
    known: Mapping[str, Gathered],
    owners: dict[str, UUID],
    day: dt.date,
    days: int,
    backend: Backend | None,
    result: Done,
) -> list[Draft]:
    """The nights of a batch of districts, their tables written."""
    asked: dict[str, Asked] = {}
    for code, gathered in known.items():
        try:
            agency = owners.get(code) or actor.agency_id
            assert agency is not None  # noqa: S101 - checked by the caller
            asked[code] = ask(
                actor=actor, agency_id=agency, district=code, day=day, days=days, gathered=gathered
            )
        except UserError as error:
            result.failed[code] = error.code
    found: dict[str, list[work.Night]] = {}
    rows = {code: _rows(one) for code, one in asked.items() if one.open.nights}
    while rows:
        try:
            table = map_partitions(work.part, pa.concat_tables(rows.values()), "district", backend=backend)
            found = work.nights_of(table)
            break
        except EngineError as error:
            bad = str(error.params.get("partition", ""))
            if bad not in rows:
                raise
            result.failed[bad] = error.code
            del rows[bad]
            del asked[bad]
    return [
        draft
        for code, one in asked.items()
        for draft in drafts(actor=actor, asked=one, nights=found.get(code, []))
    ]


def _rows(asked: Asked) -> pa.Table:
    gathered = asked.gathered
    return work.rows_of(
        asked.open, gathered.events, gathered.covariates.values, gathered.grid, asked.choice.trained
    )


def _owners(actor: Actor) -> dict[str, UUID]:
    """The office of each district within the actor's scope."""
    rows = Agency.objects.filter(id__in=actor.scope, type="district", active=True).exclude(district="")
    return dict(rows.order_by("-created").values_list("district", "id"))
