"""When within the week: the district's profile and how far a cell may differ from it.

Seven day types (Monday 0 to Sunday 6, holidays as Sunday) × 12 slots of two hours. All estimates are
gamma-Poisson means: counts plus prior events over exposure plus prior exposure (Gelman et al., Bayesian Data
Analysis, ch. 2.6), so that an empty history gives a flat profile and a long one its own.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.inputs import Events, Horizon

DAY_TYPES, SLOTS = 7, 12


def day_types(days: NDArray[np.datetime64], holidays: frozenset[dt.date]) -> NDArray[np.int64]:
    """0 (Monday) to 6 (Sunday) of each day; a holiday is 6."""
    # 1970-01-01 was a Thursday
    types = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    if holidays:
        dates = np.array(sorted(holidays), dtype="datetime64[D]")
        types = np.where(np.isin(days, dates), 6, types)
    return np.asarray(types, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Week:
    """The district's week: ``shape`` (7, 12) relative to the mean slot (mean 1 over the exposure).

    ``exposure`` (7,): share of the observed (decayed) days that are of each type, sum 1.
    """

    shape: NDArray[np.float64]
    exposure: NDArray[np.float64]


def week(
    events: Events,
    decay: NDArray[np.float64],
    exposure: NDArray[np.float64],
    strength: float,
    holidays: frozenset[dt.date],
) -> Week:
    """Estimate the week from events with a known hour.

    ``decay`` (n,): weight of each event; ``exposure`` (7,): decayed days of each type; ``strength``: prior
    events.
    """
    timed = events.hour >= 0
    types = day_types(events.day[timed], holidays)
    index = types * SLOTS + events.hour[timed].astype(np.int64) // 2
    counts = np.bincount(index, decay[timed], minlength=DAY_TYPES * SLOTS).reshape(DAY_TYPES, SLOTS)
    total, days = counts.sum(), exposure.sum()
    share = exposure / days
    if total <= 0:
        return Week(np.ones((DAY_TYPES, SLOTS)), share)
    per_day = total / days
    by_type = (counts.sum(1) + strength) / (per_day * exposure + strength)
    by_slot = (counts.sum(0) + strength / SLOTS) / (total + strength) * SLOTS
    prior = np.outer(by_type, by_slot)
    base = per_day / SLOTS
    prior_each = strength / SLOTS
    shape = (counts + prior_each) / (base * exposure[:, None] + prior_each / prior)
    return Week(shape / (shape * share[:, None]).sum() * SLOTS, share)


def cell_ratio(by_slot: NDArray[np.float64], profile: Week, strength: float) -> NDArray[np.float64]:
    """How a cell's slots differ from the district's: float64 (cells, 12), 1 = as the district.

    ``by_slot`` (cells, 12): effective number of events of the neighbourhood in each slot.
    """
    district = (profile.shape * profile.exposure[:, None]).sum(0) / SLOTS
    total = by_slot.sum(1, keepdims=True)
    ratio = (by_slot + strength * district) / ((total + strength) * district)
    return np.asarray(ratio, dtype=np.float64)


def spread(
    ratio: NDArray[np.float64],
    profile: Week,
    types: NDArray[np.int64],
    slots: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Share of a cell's mean day that falls in each asked slot: float64 (cells, 12).

    ``types`` and ``slots`` (12,) name the day type and hour slot asked for. Over an average week the shares
    of a cell sum to one a day, so the rate of a cell is what its slots add up to.
    """
    mean = (profile.shape * profile.exposure[:, None]).sum(0)
    norm = ratio @ mean
    return np.asarray(ratio[:, slots] * profile.shape[types, slots] / norm[:, None], dtype=np.float64)


def special_factors(
    events: Events,
    decay: NDArray[np.float64],
    days: NDArray[np.datetime64],
    day_decay: NDArray[np.float64],
    profile: Week,
    horizon: Horizon,
    strength: float,
) -> dict[str, NDArray[np.float64]]:
    """By kind of special day, (12,) by slot of the clock: events over those that its weekdays would have
    brought.

    ``decay`` (n,), ``day_decay`` (days,): how much each event and observed day still counts; ``strength``:
    prior events. Gamma-Poisson means in two steps: the whole day is shrunk to 1, (observed + strength) /
    (expected + strength), and each slot to its day, with a twelfth of the strength. Events without an hour
    are spread as expected.
    """
    usual = profile.shape[day_types(days, horizon.holidays)] * day_decay[:, None]
    scale = decay.sum() / usual.sum() if usual.sum() > 0 else 0.0
    found = {}
    for kind, dates in sorted(horizon.special.items()):
        wanted = np.array(sorted(dates), dtype="datetime64[D]")
        expected = scale * usual[np.isin(days, wanted)].sum(0)
        here = np.isin(events.day, wanted)
        timed = here & (events.hour >= 0)
        observed = np.bincount(events.hour[timed] // 2, decay[timed], minlength=SLOTS)
        if expected.sum() > 0:
            observed = observed + decay[here & ~timed].sum() * expected / expected.sum()
        day = (observed.sum() + strength) / (expected.sum() + strength)
        found[kind] = (observed + day * strength / SLOTS) / (expected + strength / SLOTS)
    return found


def special_today(factors: Mapping[str, NDArray[np.float64]], horizon: Horizon) -> NDArray[np.float64]:
    """Factor of each of the horizon's slots, float64 (12,); 1 on an ordinary day."""
    asked = np.array(horizon.hours, dtype=np.int64) // 2
    factor = np.ones(SLOTS)
    for kind, by_slot in factors.items():
        factor *= np.where(
            [day in horizon.special.get(kind, ()) for day in horizon.days], by_slot[asked], 1.0
        )
    return factor
