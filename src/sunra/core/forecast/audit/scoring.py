"""A forecast scored when its time is over, beside the naive count, with standard errors.

Hits are events in the flagged share of the cells. The gain is the model's hits less the naive count's, per
event; only events that one of the two caught alone tell them apart, so with a of the model's and b of the
naive count's own among N events

    gain = (a - b) / N,  se = sqrt(a + b - (a - b)^2 / N) / N            (McNemar, Psychometrika 12, 1947)

Weeks differ more than events do when events come in clusters; over ``ENOUGH_WEEKS`` weeks and more the error
is that of a ratio of weekly sums instead: sqrt(k / (k - 1) sum((d_w - gain N_w)^2)) / N. Calibration is
observed over expected, in all and in ten bands of equal expected events, hottest last; the probability
integral transform of the total is randomised (Czado, Gneiting and Held, Biometrics 65, 2009), so that a
calibrated forecast gives uniform numbers and covers its 90 % interval nine times in ten.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, pdtr, xlogy

from sunra.core.forecast.audit.flags import flag, table_of
from sunra.core.forecast.errors import BadEventsError

SHARES = (0.01, 0.02, 0.05, 0.10)
BANDS = 10
ENOUGH_WEEKS = 8

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Hits:
    """One share of the area: events caught by the model, by the naive count, by both, by the best possible
    flags of as many cells, and ``expected`` in the model's flags; ``cells`` flagged.
    """

    share: float
    cells: int
    hits: float
    naive: float
    both: float
    best: float
    expected: float


@dataclass(frozen=True)
class Score:
    """One scored forecast, or several added up: all figures are sums.

    ``events`` happened, ``expected`` were; ``cells`` scored; ``hits`` by share; ``band_expected``,
    ``band_events``: ten bands of equal expected events, hottest last.
    """

    events: float
    expected: float
    cells: int
    hits: tuple[Hits, ...]
    band_expected: tuple[float, ...]
    band_events: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain values that JSON holds; ``from_dict`` reads them back."""
        return {
            "events": self.events, "expected": self.expected, "cells": self.cells,
            "hits": [vars(one) for one in self.hits],
            "band_expected": list(self.band_expected), "band_events": list(self.band_events),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Score":
        """The score that ``as_dict`` wrote."""
        return cls(
            events=values["events"],
            expected=values["expected"],
            cells=values["cells"],
            hits=tuple(Hits(**one) for one in values["hits"]),
            band_expected=tuple(values["band_expected"]),
            band_events=tuple(values["band_events"]),
        )


@dataclass(frozen=True)
class Compared:
    """Hit rates of one share with the paired gain: fractions of the events; nan without events.

    ``pai``: hit rate over the share of the area flagged; ``pei``: hits over the best possible; ``error``,
    ``naive_error``, ``gain_error``: standard errors.
    """

    share: float
    rate: float
    error: float
    naive_rate: float
    naive_error: float
    gain: float
    gain_error: float
    pai: float
    pei: float


def score(
    expected: ArrayLike,
    naive: ArrayLike,
    observed: ArrayLike,
    *,
    shares: Sequence[float] = SHARES,
    seed: int = 0,
) -> Score:
    """Score one period: expectation, naive count and events of each cell, all (cells,).

    Raises ``BadEventsError`` for missing or negative values and for columns that do not fit.
    """
    columns = [table_of(one, name)[0] for one, name in zip((expected, naive, observed), _NAMES, strict=True)]
    model, count, events = columns
    if not model.shape == count.shape == events.shape:
        raise BadEventsError("the columns differ in length")
    rows = []
    for share in shares:
        mine, theirs = flag(model, share, seed=seed), flag(count, share, seed=seed)
        number = int(mine.sum())
        rows.append(
            Hits(
                share=share,
                cells=number,
                hits=float(events[mine].sum()),
                naive=float(events[theirs].sum()),
                both=float(events[mine & theirs].sum()),
                best=float(np.sort(events)[::-1][:number].sum()),
                expected=float(model[mine].sum()),
            )
        )
    band_expected, band_events = bands(model, events)
    return Score(
        float(events.sum()),
        float(model.sum()),
        model.size,
        tuple(rows),
        tuple(band_expected.tolist()),
        tuple(band_events.tolist()),
    )


_NAMES = ("expected", "naive", "observed")


def bands(expected: Numbers, observed: Numbers) -> tuple[Numbers, Numbers]:
    """Expected and observed events of ten bands of equal expected events, quietest cells first."""
    total = expected.sum()
    if total <= 0:
        return np.zeros(BANDS), np.zeros(BANDS)
    order = np.argsort(expected, kind="stable")
    rising = expected[order]
    band = np.minimum((np.cumsum(rising) - rising / 2) / total * BANDS, BANDS - 1).astype(np.int64)
    return (
        np.bincount(band, rising, minlength=BANDS).astype(np.float64),
        np.bincount(band, observed[order], minlength=BANDS).astype(np.float64),
    )


def add(scores: Iterable[Score]) -> Score:
    """Several scores as one; raises ``BadEventsError`` for none and for different shares."""
    found = list(scores)
    shares = {tuple(row.share for row in one.hits) for one in found}
    if len(shares) != 1:
        raise BadEventsError("only scores of the same shares add up", scores=len(found))
    rows = []
    for same in zip(*(one.hits for one in found), strict=True):
        sums = {name: sum(getattr(row, name) for row in same) for name in _SUMS}
        rows.append(Hits(share=same[0].share, **sums))
    return Score(
        events=sum(one.events for one in found),
        expected=sum(one.expected for one in found),
        cells=sum(one.cells for one in found),
        hits=tuple(rows),
        band_expected=tuple(map(sum, zip(*(one.band_expected for one in found), strict=True))),
        band_events=tuple(map(sum, zip(*(one.band_events for one in found), strict=True))),
    )


_SUMS = ("cells", "hits", "naive", "both", "best", "expected")


def compare(scores: Sequence[tuple[object, Score]]) -> tuple[Compared, ...]:
    """Hit rates and paired gains of scores labelled by week (or any cluster), one row a share."""
    ordered = sorted(scores, key=lambda pair: str(pair[0]))
    weeks = [add(one for _, one in group) for _, group in groupby(ordered, key=lambda pair: str(pair[0]))]
    if not weeks:
        return ()
    whole = add(weeks)
    return tuple(_compared(whole, weeks, row) for row in range(len(whole.hits)))


def _compared(whole: Score, weeks: Sequence[Score], row: int) -> Compared:
    all_, n = whole.hits[row], whole.events
    if n <= 0:
        nan = float("nan")
        return Compared(all_.share, nan, nan, nan, nan, nan, nan, nan, nan)
    each = np.array([[w.events, w.hits[row].hits, w.hits[row].naive] for w in weeks])
    rate, naive, gain = all_.hits / n, all_.naive / n, (all_.hits - all_.naive) / n
    alone = all_.hits + all_.naive - 2 * all_.both
    errors = [
        np.sqrt(max(rate * (1 - rate), 0) / n),
        np.sqrt(max(naive * (1 - naive), 0) / n),
        np.sqrt(max(alone - gain**2 * n, 0.0)) / n,
    ]
    if len(weeks) >= ENOUGH_WEEKS:
        errors = [
            _ratio_error(column, ratio, each[:, 0])
            for column, ratio in ((each[:, 1], rate), (each[:, 2], naive), (each[:, 1] - each[:, 2], gain))
        ]
    return Compared(
        share=all_.share,
        rate=rate,
        error=float(errors[0]),
        naive_rate=naive,
        naive_error=float(errors[1]),
        gain=gain,
        gain_error=float(errors[2]),
        pai=rate / (all_.cells / whole.cells),
        pei=all_.hits / all_.best if all_.best > 0 else float("nan"),
    )


def _ratio_error(part: Numbers, ratio: float, whole: Numbers) -> float:
    k = part.size
    return float(np.sqrt(k / (k - 1) * ((part - ratio * whole) ** 2).sum()) / whole.sum())


def pit(events: float, expected: float, *, seed: int) -> float:
    """Randomised probability integral transform of a Poisson total, uniform when calibrated.

    Weighted totals are rounded to whole events.
    """
    n = round(events)
    below = float(pdtr(n - 1, expected))
    here = math.exp(xlogy(n, expected) - gammaln(n + 1) - expected)
    return below + float(np.random.default_rng(seed).random()) * here
