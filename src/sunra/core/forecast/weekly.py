"""The learnt methods at the service of a forecast: weeks of one family in, its rate per cell and day out.

Methods learn from whole weeks, so that the profile of the week (``slots``) does not disturb them. All nights
that rest on the same past share one training.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import methods
from sunra.core.forecast.history import History, Trained
from sunra.core.forecast.inputs import Covariates, Events, Grid

WEEK = 7
OTHERS = "others"
LEAST_WEEKS = 8
SEED = 0
"""Trainings that a forecast starts by itself share one seed, whatever the seed of the night."""


def past_of(
    events: Events,
    grid: Grid,
    covariates: Covariates,
    *,
    first: np.datetime64,
    last: np.datetime64,
    others: Events,
) -> History | None:
    """Whole weeks that end with the day ``last``, from ``first`` on; None under eight weeks.

    ``others``: events of the other families, which tell of the same places. They have their columns even
    where there are none, so that what was trained fits when the first of them comes.
    """
    weeks = int((last - first).astype(np.int64) + 1) // WEEK
    if weeks < LEAST_WEEKS:
        return None
    begin: dt.date = (last - np.timedelta64(WEEK * weeks - 1, "D")).astype(dt.date)
    own, beside = (
        History.of_events(some, grid, first=begin, periods=weeks, period_days=WEEK)
        for some in (events, others)
    )
    return replace(own, covariates=covariates.values, others={OTHERS: beside.counts})


def rate(past: History, method: Trained | str) -> NDArray[np.float64]:
    """Events on an average day of the coming week, (cells,), by a trained method or one named."""
    trained = _train(_Key(_digest(past), method, past)) if isinstance(method, str) else method
    return np.asarray(trained.expected(past), dtype=np.float64) / WEEK


def choose_methods(
    events: Events, grid: Grid, covariates: Covariates | None, day: dt.date, *, seed: int = 0
) -> Mapping[str, methods.Choice]:
    """The choice of each family that has at least eight weeks of events before ``day``, trained.

    A step of its own, for it takes seconds: hand the result to ``forecast(..., trained=...)``, or keep the
    names for ``Params.methods``. Raises what the inputs raise.
    """
    around = (covariates or Covariates()).checked(len(grid))
    used = events.take(events.day < np.datetime64(day, "D"))
    if not len(used):
        return {}
    found = {}
    for family, kind in sorted(used.present().items()):
        one, rest = used.take(used.kind == kind), used.take(used.kind != kind)
        past = past_of(one, grid, around, first=used.day.min(), last=used.day.max(), others=rest)
        if past is not None:
            found[family] = methods.choose(past, seed=seed)
    return found


@dataclass(frozen=True)
class _Key:
    """What decides a training; the past itself travels along."""

    digest: bytes
    name: str
    past: History = field(compare=False)


@lru_cache(maxsize=8)
def _train(key: _Key) -> Trained:
    return methods.NAMED[key.name].train(key.past, seed=SEED)


def _digest(past: History) -> bytes:
    found = hashlib.blake2b(digest_size=16)
    found.update(repr((past.size_m, past.first, past.period_days, past.counts.shape)).encode())
    for column in (past.counts, past.east, past.north):
        found.update(np.ascontiguousarray(column).tobytes())
    for name in sorted(past.others):
        found.update(name.encode() + np.ascontiguousarray(past.others[name]).tobytes())
    for name in sorted(past.covariates):
        found.update(name.encode() + past.covariates[name].tobytes())
    return found.digest()
