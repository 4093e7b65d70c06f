"""Someone who watched past nights and says where patrols will be tomorrow, at which hour.

Each observer scores every (cell, hour) pair from the nights before and names as many of the likeliest as
tomorrow has stops. The share he gets right, averaged over nights, is the figure; of all observers the best
counts, picked afterwards, which favours the observer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing.lottery.model import Night

Floats = NDArray[np.float64]
Cube = NDArray[np.float64]
"""Nights × cells × hours: 1 where a stop was."""
Score = Callable[[Cube, NDArray[np.int64], int], Floats]
_RIDGE, _NEWTON = 1.0, 12


@dataclass(frozen=True, slots=True)
class Observed:
    """``share`` by observer, ``best`` of them, its standard ``error`` over nights, and nights foretold."""

    share: dict[str, float]
    best: str
    error: float
    nights: int

    @property
    def predictable(self) -> float:
        """What the best observer foresaw."""
        return self.share[self.best]


def _fading(past: Cube, half_life: float) -> Floats:
    weights = 0.5 ** (np.arange(len(past))[::-1] / half_life)
    found: Floats = np.tensordot(weights / weights.sum(), past, axes=1)
    return found


def _frequency(half_life: float) -> Score:
    """How often the pair was visited, recent nights weighing more."""
    return lambda past, _weekdays, _today: _fading(past, half_life)


def _cell_then_hour(half_life: float) -> Score:
    """How often the cell was visited, times how its hours (and all cells' hours) are spread."""

    def score(past: Cube, _weekdays: NDArray[np.int64], _today: int) -> Floats:
        pairs = _fading(past, half_life)
        usual = pairs.sum(axis=0) / max(pairs.sum(), 1e-12)
        cell = _fading(past.max(axis=2)[:, :, None], half_life)[:, 0]
        many = past.sum(axis=(0, 2))
        hours = (past.sum(axis=0) + 2.0 * usual) / (many + 2.0)[:, None]
        found: Floats = cell[:, None] * hours
        return found

    return score


def _weekday(past: Cube, weekdays: NDArray[np.int64], today: int) -> Floats:
    """As often, nights of the same weekday weighing four times."""
    weights = np.where((weekdays == today) & (today >= 0), 4.0, 1.0)
    found: Floats = np.tensordot(weights / weights.sum(), past, axes=1)
    return found


def _last_night(past: Cube, _weekdays: NDArray[np.int64], _today: int) -> Floats:
    """What followed in this pair's and all pairs' past on a night like the last: visited or not."""
    if len(past) < 3:
        return _fading(past, 7.0)
    before, after, last = past[:-1], past[1:], past[-1]
    mean = past.mean(axis=0)
    result: Floats = np.zeros_like(last)
    for state in (0.0, 1.0):
        here = before == state
        all_rate = float((after * here).sum() / max(here.sum(), 1))
        usual = float((mean * here.mean(axis=0)).sum() / max(here.mean(axis=0).sum(), 1e-12))
        lift = all_rate / max(usual, 1e-12)
        rate = ((after * here).sum(axis=0) + 4.0 * np.minimum(1.0, mean * lift)) / (here.sum(axis=0) + 4.0)
        result = np.where(last == state, rate, result)
    return result


def _lag(past: Cube, _weekdays: NDArray[np.int64], _today: int) -> Floats:
    """The night so many nights ago that has told most so far, then frequency."""
    usual = _fading(past, 14.0)
    scores = [
        (float((past[lag:] * past[:-lag]).sum() / max(past[lag:].sum(), 1.0)), lag)
        for lag in range(1, min(15, len(past)))
    ]
    if not scores:
        return usual
    found: Floats = past[-max(scores)[1]] + 0.5 * usual
    return found


def _features(past: Cube) -> Floats:
    """What is known of each pair before a night: (pairs, features)."""
    cell = past.max(axis=2)
    quiet = np.argmax(np.vstack([cell[::-1], np.ones((1, cell.shape[1]))]), axis=0)
    hours = past.sum(axis=(0, 1)) / max(past.sum(), 1.0)
    columns = [_fading(past, half_life) for half_life in (2.0, 7.0, 60.0)]
    columns += [np.broadcast_to(cell_rate[:, None], past.shape[1:]) for cell_rate in (
        _fading(cell[:, :, None], 3.0)[:, 0], _fading(cell[:, :, None], 60.0)[:, 0], np.log1p(quiet),
    )]  # fmt: skip
    columns += [past[-1], np.broadcast_to(hours, past.shape[1:]), columns[2] * past[-1]]
    found: Floats = np.column_stack([np.ones(past[0].size), *(column.ravel() for column in columns)])
    return found


def _learned(past: Cube, _weekdays: NDArray[np.int64], _today: int) -> Floats:
    """A logistic regression on all of these, learnt on how past nights followed from those before them."""
    nights = range(max(5, len(past) - 14), len(past))
    if len(nights) < 4:
        return _fading(past, 14.0)
    x = np.vstack([_features(past[:night]) for night in nights])
    y = np.concatenate([past[night].ravel() for night in nights])
    spread = x.std(axis=0)
    spread[spread < 1e-9] = 1.0
    x, beta = x / spread, np.zeros(x.shape[1])
    penalty = _RIDGE * np.eye(len(beta))
    penalty[0, 0] = 1e-6
    for _ in range(_NEWTON):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (y - chance) - penalty @ beta
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + penalty
        beta = beta + np.linalg.solve(bend, slope)
    found: Floats = ((_features(past) / spread) @ beta).reshape(past.shape[1:])
    return found


OBSERVERS: dict[str, Score] = {
    "frequency": _frequency(1e9),
    "frequency, half-life 7": _frequency(7.0),
    "frequency, half-life 2": _frequency(2.0),
    "cell then hour": _cell_then_hour(1e9),
    "cell then hour, half-life 7": _cell_then_hour(7.0),
    "weekday": _weekday,
    "last night": _last_night,
    "best lag": _lag,
    "learned": _learned,
}


def observe(nights: Sequence[Night], *, past: int = 28) -> Observed:
    """What observers of ``past`` nights foretell of each later one. Needs more nights than ``past``."""
    cube, weekdays = _cube(nights)
    hits: dict[str, list[float]] = {name: [] for name in OBSERVERS}
    for today in range(past, len(cube)):
        truth = cube[today].ravel() > 0
        many = int(truth.sum())
        if many == 0:
            continue
        window = slice(today - past, today)
        for name, score in OBSERVERS.items():
            values = score(cube[window], weekdays[window], int(weekdays[today])).ravel()
            named = np.argsort(-values, kind="stable")[:many]
            hits[name].append(float(truth[named].mean()))
    if not any(hits.values()):
        message = "no night to foretell"
        raise ValueError(message)
    share = {name: float(np.mean(found)) for name, found in hits.items()}
    best = max(share, key=lambda name: share[name])
    count = len(hits[best])
    error = float(np.std(hits[best], ddof=1) / np.sqrt(count)) if count > 1 else float("nan")
    return Observed(share, best, error, count)


def _cube(nights: Sequence[Night]) -> tuple[Cube, NDArray[np.int64]]:
    cells = sorted({
        cell for night in nights for cell in zip(night.cell_e.tolist(), night.cell_n.tolist(), strict=True)
    })  # fmt: skip
    hours = sorted({hour for night in nights for hour in night.hour.tolist()})
    row, column = ({value: number for number, value in enumerate(part)} for part in (cells, hours))
    cube = np.zeros((len(nights), len(cells), len(hours)))
    for number, night in enumerate(nights):
        for east, north, hour in zip(
            night.cell_e.tolist(), night.cell_n.tolist(), night.hour.tolist(), strict=True
        ):
            cube[number, row[(east, north)], column[hour]] = 1.0
    return cube, np.array([night.weekday for night in nights], dtype=np.int64)
