"""Everything that writes: one forecast for one night of one district, kept with all that decided it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from sunra import __version__
from sunra.core import forecast as method
from sunra.core.forecast import Horizon, NoEventsError, Params, StationCount
from sunra.engine import store
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.home import folder, home
from sunra.systems.risk import table
from sunra.systems.risk.gather import Gathered, gather, question, seed_of
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.rules import MAKE

FIRST_HOUR = 12
"""A night is asked for as noon to noon, so that no shift is cut at midnight."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A computed forecast that is not stored yet, or the stored one when the same question was answered
    before.
    """

    known: Forecast | None
    values: Mapping[str, Any]


def make_forecast(
    *,
    actor: Actor,
    agency_id: UUID,
    district: str,
    day: dt.date,
    station_counts: Sequence[StationCount] = (),
    params: Params | None = None,
    seed: int | None = None,
) -> Forecast:
    """Compute and store in one go; see ``compute`` and ``keep``."""
    draft = compute(
        actor=actor, agency_id=agency_id, district=district, day=day,
        station_counts=station_counts, params=params, seed=seed,
    )  # fmt: skip
    return keep(actor=actor, draft=draft)


def compute(
    *,
    actor: Actor,
    agency_id: UUID,
    district: str,
    day: dt.date,
    station_counts: Sequence[StationCount] = (),
    params: Params | None = None,
    seed: int | None = None,
) -> Draft:
    """The forecast of the night from noon of ``day``, its Parquet written, nothing in the database yet.

    Without an event in the district: the prior, never graded. Raises ``PermissionDenied`` and
    ``UserError`` ``unknown_district``.
    """
    require(actor, MAKE)
    if agency_id not in actor.scope:
        raise PermissionDenied
    params = params or Params()
    seed = seed_of(settings.SECRET_KEY, "risk", district, day) if seed is None else seed
    gathered = gather(actor, district, day)
    shown = _plain(_values_of(params))
    digest = question(
        {
            "district": district, "day": day, "first_hour": FIRST_HOUR, "params": shown, "seed": seed,
            "code": __version__, "inputs": gathered.digest(),
            "stations": [(count.family, count.count, count.days) for count in station_counts],
        }
    )  # fmt: skip
    known = Forecast.objects.filter(agency_id=agency_id, digest=digest).first()
    if known and _whole(known):
        return Draft(known, {})
    result = _solve(gathered, day, params, seed, tuple(station_counts))
    stored = store.write(
        folder("forecasts") / district / f"{digest[:32]}.parquet",
        table.frame(result),
        {"district": district, "day": str(day), "event_source": result.event_source},
    )
    first, last = result.history or (None, None)
    return Draft(
        known,
        {
            "agency_id": agency_id, "district": district, "day": day, "first_hour": FIRST_HOUR,
            "params": shown,
            "thresholds": {name: list(steps) for name, steps in params.grades.items()},
            "code_version": __version__, "seed": seed, "event_source": result.event_source,
            "inputs": [*gathered.sources, *(note.code for note in result.notes)],
            "events": round(result.events), "first_event": _date(first), "last_event": _date(last),
            "graded": bool(result.grade.any()), "path": str(stored.path.relative_to(home())),
            "sha256": stored.sha256, "digest": digest, "cells": len(result.grid), "slots": table.SLOTS,
            "expected_total": float(result.expected.sum()), "demo": gathered.demo,
            "made_by": actor.label or actor.id,
        },
    )  # fmt: skip


@transaction.atomic
def keep(*, actor: Actor, draft: Draft) -> Forecast:
    """Store a computed forecast; the same question twice stays one row, which becomes the newest."""
    require(actor, MAKE)
    if draft.known and not draft.values:
        draft.known.save(update_fields=["updated"])
        return draft.known
    values = dict(draft.values)
    stored, _made = Forecast.objects.update_or_create(
        agency_id=values.pop("agency_id"), digest=values.pop("digest"), defaults=values
    )
    return stored


def _solve(
    gathered: Gathered, day: dt.date, params: Params, seed: int, stations: tuple[StationCount, ...]
) -> method.Forecast:
    """By events where the district has any, else by the stated prior."""
    horizon = Horizon(day=day, first_hour=FIRST_HOUR, holidays=gathered.holidays)
    if len(gathered.events):
        try:
            return method.forecast(
                gathered.events, gathered.grid, gathered.covariates, horizon, params, seed=seed
            )
        except NoEventsError:
            pass  # events of the district, but none of a weighted family inside its grid
    return method.prior(gathered.grid, stations, gathered.covariates, horizon, params, seed=seed)


def _whole(known: Forecast) -> bool:
    """Whether the stored table is still the one that was written; a lost or damaged one is made again."""
    path = home() / known.path
    return path.is_file() and store.digest(path) == known.sha256


def _values_of(params: Params) -> dict[str, Any]:
    return {name: getattr(params, name) for name in params.__dataclass_fields__}


def _plain(value: Any) -> Any:
    """What JSON can hold, at any depth."""
    if isinstance(value, Mapping | MappingProxyType):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value


def _date(value: Any) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(str(value)[:10])
