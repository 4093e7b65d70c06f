"""Empirical Bayes per family: own past plus the neighbourhood's, both fading with a half-life.

    rate(c) = R * s(c) / sum(s),  s(c) = n(c) + w * k(c),  R = sum over events of d(age) / exposure

n: decayed count of the cell; k: Gaussian mean of the decayed counts around it (bandwidth ``kde_metres``);
d(age) = 0.5 ** (age / half_life); exposure: sum of d over the observed days. It is the posterior mean of a
gamma-Poisson count whose prior mean is the local density (Clayton and Kaldor, Biometrics 43, 1987), with a
strength w fixed on past data instead of fitted anew each night. The order of cells is what w was
chosen for; ``calibrate`` then makes the expectation of the hottest and the quietest cells right.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import calibrate, slots
from sunra.core.forecast import near as near_term
from sunra.core.forecast.inputs import Events, Horizon
from sunra.core.forecast.kernel import Raster
from sunra.core.forecast.params import Params
from sunra.core.forecast.result import Part


@dataclass(frozen=True)
class Window:
    """The observed past: first and last day (inclusive) and the horizon's day."""

    first: np.datetime64
    last: np.datetime64
    horizon: np.datetime64

    @classmethod
    def of(cls, events: Events, day: dt.date) -> "Window":
        """From the first to the last event before the horizon."""
        return cls(events.day.min(), events.day.max(), np.datetime64(day, "D"))

    @property
    def days(self) -> NDArray[np.datetime64]:
        """Every observed day."""
        return np.arange(self.first, self.last + np.timedelta64(1, "D"))

    def decay(self, days: NDArray[np.datetime64], half_life: float) -> NDArray[np.float64]:
        """How much an event of each day still counts, 0-1."""
        return np.asarray(0.5 ** ((self.horizon - days).astype(np.int64) / half_life), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Fitted:
    """One family, learnt once and asked for any night.

    ``own``, ``near`` (cells,): events on an average day; ``ratio`` (cells, 12): a cell's slots against
    the district's; ``table`` (cells, 12): all-history events per day and slot of the clock; ``count``
    (cells,); ``special``: factors (12,) by slot of each kind of special day.
    """

    own: NDArray[np.float64]
    near: NDArray[np.float64]
    profile: slots.Week
    ratio: NDArray[np.float64]
    table: NDArray[np.float64]
    count: NDArray[np.float64]
    special: dict[str, NDArray[np.float64]]

    def part(self, horizon: Horizon) -> Part:
        """The expectation for one night."""
        types = slots.day_types(np.array(horizon.days, dtype="datetime64[D]"), horizon.holidays)
        asked = np.array(horizon.hours, dtype=np.int64) // 2
        spread = slots.spread(self.ratio, self.profile, types, asked)
        spread *= slots.special_today(self.special, horizon)
        return Part(
            expected=(self.own + self.near)[:, None] * spread,
            naive=self.table[:, asked],
            own=self.own,
            near=self.near,
            count=self.count,
        )


def fit(
    events: Events,
    raster: Raster,
    window: Window,
    horizon: Horizon,
    params: Params,
    *,
    rate: NDArray[np.float64] | None = None,
    near_repeat: near_term.Term | None = None,
) -> Fitted:
    """Learn one family from events before the horizon.

    ``rate`` (cells,): events on an average day as a learnt method expects them; own past and neighbourhood
    then only share it out. ``near_repeat``: the term of ``near``, where a test supports one.
    """
    sigma = params.kde_metres / raster.size_m
    place = raster.place(events)
    inside = (place >= 0) & raster.inside[place]
    own, near = _rates(events, place, inside, raster, window, sigma, params)
    factor = _curve(events, place, inside, raster, window, sigma, params)(own + near) if rate is None else 1.0
    own, near = own * factor, near * factor
    if rate is not None:
        own, near = _shared_out(rate, own, near)
    if near_repeat is not None:
        own, near = _shared_out(
            near_term.add(own + near, events, raster, window.horizon, near_repeat), own, near
        )
    decayed = events.weight * window.decay(events.day, params.half_life_days)
    days = window.days
    day_decay = window.decay(days, params.half_life_days)
    floor = params.min_exposure_days / days.size
    known = events.take(inside)
    profile = slots.week(
        known,
        decayed[inside],
        _exposure(days, day_decay, horizon),
        params.slot_events,
        horizon.holidays,
    )
    local = _by_slot(events, decayed, place, raster, sigma)
    return Fitted(
        own=own,
        near=near,
        profile=profile,
        ratio=slots.cell_ratio(local, profile, params.cell_slot_events),
        table=_naive(events, place, raster) / (days.size * max(1.0, floor)),
        count=raster.count(place, events.weight)[raster.where],
        special=slots.special_factors(
            known, decayed[inside], days, day_decay, profile, horizon, params.slot_events
        ),
    )


def _shared_out(
    rate: NDArray[np.float64], own: NDArray[np.float64], near: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A rate in the proportion of own past and neighbourhood; where neither is known, the neighbourhood's."""
    both = own + near
    share = np.divide(own, both, out=np.zeros_like(both), where=both > 0)
    return rate * share, rate * (1 - share)


def _rates(
    events: Events,
    place: NDArray[np.int64],
    inside: NDArray[np.bool_],
    raster: Raster,
    window: Window,
    sigma: float,
    params: Params,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Events on an average day per cell: the part of its own past, the part of its neighbourhood."""
    decayed = events.weight * window.decay(events.day, params.half_life_days)
    field = raster.count(place, decayed)
    n = field[raster.where]
    wk = params.kde_weight * raster.smooth(field, sigma)
    floor = max(1.0, params.min_exposure_days / window.days.size)
    exposure = window.decay(window.days, params.half_life_days).sum() * floor
    total = n.sum() + wk.sum()
    scale = decayed[inside].sum() / exposure / total if total > 0 else 0.0
    return n * scale, wk * scale


def _curve(
    events: Events,
    place: NDArray[np.int64],
    inside: NDArray[np.bool_],
    raster: Raster,
    window: Window,
    sigma: float,
    params: Params,
) -> calibrate.Curve:
    """What the last part of the past says about a model fitted without it."""
    held = calibrate.held_out(window.days.size, float(events.weight[inside].sum()))
    cut = window.last - np.timedelta64(held, "D") + 1
    early = events.day < cut
    if not held or not (early & inside).any():
        return calibrate.NONE
    before = Window(window.first, cut - 1, cut)
    own, near = _rates(events.take(early), place[early], inside[early], raster, before, sigma, params)
    observed = raster.count(place[~early], events.weight[~early])[raster.where]
    return calibrate.learn(own + near, observed)


def _exposure(
    days: NDArray[np.datetime64], decay: NDArray[np.float64], horizon: Horizon
) -> NDArray[np.float64]:
    types = slots.day_types(days, horizon.holidays)
    return np.bincount(types, decay, minlength=slots.DAY_TYPES).astype(np.float64)


def _by_slot(
    events: Events, decayed: NDArray[np.float64], place: NDArray[np.int64], raster: Raster, sigma: float
) -> NDArray[np.float64]:
    """Effective number of events around each cell per slot: density times the kernel's area 4 pi sigma²."""
    area = max(1.0, 4 * np.pi * sigma**2)
    table = raster.count_by_slot(place, events.hour, decayed)
    columns = [raster.smooth(table[:, slot], sigma) for slot in range(slots.SLOTS)]
    return np.stack(columns, axis=1) * area


def _naive(events: Events, place: NDArray[np.int64], raster: Raster) -> NDArray[np.float64]:
    """All-history count per cell and slot of the clock; events without an hour are spread evenly."""
    unknown = events.hour < 0
    even = raster.count(place[unknown], events.weight[unknown])[raster.where] / slots.SLOTS
    table = raster.count_by_slot(place, events.hour, events.weight)[raster.where]
    return np.asarray(table + even[:, None], dtype=np.float64)
