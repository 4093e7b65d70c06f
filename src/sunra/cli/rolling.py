"""From a file of events to a tested forecast: what ``sunra forecast backtest`` does."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sunra.cli import eventfile
from sunra.cli.ground import Ground, Roads, Squares, Time
from sunra.core.forecast import BadGridError, BadParamsError, NoEventsError, layout, segments
from sunra.core.forecast.backtest import SHARES, Report, backtest
from sunra.core.forecast.counts import CountAll, CountRecent
from sunra.core.forecast.history import History, Method
from sunra.core.forecast.methods import BoostedTrees, Chosen, EmpiricalBayes, PoissonGlm, Stack
from sunra.core.forecast.scorecard import scorecard

MOST_SCORED = 104
MOST_COUNTS = 400_000_000
"""Cells times periods that are held in memory, four bytes each."""
GAP_DAYS, GAP_TIMES, FEW_EVENTS = 30, 20, 300
YEAR_DAYS = 364


@dataclass(frozen=True)
class Asked:
    """What is to be tested; coordinates and sides in units of the ``project`` system.

    Without ``score`` the last of ``last_part`` equal parts of the past is scored. ``alone``: the rows that
    ``where`` leaves out do not even tell of the places. ``roads``: pieces of road of at most ``cell`` instead
    of squares; events farther than ``within`` from all of them are left out.
    """

    events: Path
    time: str
    x: str
    y: str
    crs: int
    project: int
    cell: float
    origin: tuple[float, float] | None = None
    shape: tuple[int, int] | None = None
    boundary: Path | None = None
    where: tuple[tuple[str, str], ...] = ()
    start: dt.date | None = None
    period_days: int = 7
    score: tuple[int, int] | None = None
    last_part: int = 4
    shares: Sequence[float] = SHARES
    seed: int = 0
    distinct: bool = False
    members: bool = False
    alone: bool = False
    roads: Path | None = None
    within: float = segments.WITHIN_M


def run(asked: Asked, *, today: dt.date, report: Report | None = None) -> dict[str, Any]:
    """Read, lay the grid, test; every row that is not used is counted under its reason.

    Raises ``ForecastError`` subclasses, ``click.ClickException``, ``OSError``.
    """
    unit = layout.unit_metres(asked.project)
    if asked.shape is not None:
        layout.check_size(asked.shape)
    say = report or (lambda *_: None)
    say(0, 0, f"reading {asked.events.name}")
    file = eventfile.read(
        asked.events, time=asked.time, x=asked.x, y=asked.y, where=asked.where, distinct=asked.distinct
    )
    x, y = layout.project(file.x, file.y, asked.crs, asked.project)
    day = file.day
    left_out: Counter[str] = Counter(file.left_out)
    known = np.isfinite(x)
    left_out["outside_projection"] = int((~known).sum())
    ahead = known & (day > np.datetime64(today, "D"))
    left_out["future"] = int(ahead.sum())
    kept = known & ~ahead
    x, y, day = x[kept], y[kept], day[kept]
    if not day.size:
        raise NoEventsError("no row has a day up to today and a point: see the reasons", **dict(left_out))
    first = asked.start or day.min().item()
    score = _score(asked, first, day)
    known_by = day < np.datetime64(first) + score.start * asked.period_days
    ground = _ground(asked, unit, x[known_by], y[known_by])
    if ground.cells * score.stop > MOST_COUNTS:
        raise BadGridError(
            f"{ground.cells:,} cells x {score.stop} periods are more counts than can be held"
            f" ({MOST_COUNTS:,}): choose larger cells, longer periods or a later --start"
        )
    period = (day - np.datetime64(first)).astype(np.int64) // asked.period_days
    timely = (period >= 0) & (period < score.stop)
    left_out["before_start"] = int((period < 0).sum())
    left_out["after_scored"] = int((period >= score.stop).sum())
    time = Time(first, score.stop, asked.period_days)
    history = ground.history(x, y, day, time)
    beside = None if asked.alone else _beside(asked, file.others, ground, time)
    if beside is not None:
        history = replace(history, others={"others": beside})
    inside = int(history.counts.sum(dtype=np.float64))
    left_out["outside_grid"] = int(timely.sum()) - inside
    made = backtest(
        history,
        methods(asked.period_days, members=asked.members),
        score=score,
        shares=asked.shares,
        retrain_periods=max(1, YEAR_DAYS // asked.period_days),
        seed=asked.seed,
        report=report,
    )
    return {
        **scorecard(made, main="sunra"),
        "read": {
            "file": asked.events.name,
            "rows": file.rows,
            "used": inside,
            "left_out": {reason: n for reason, n in left_out.items() if n},
            "repeated": file.repeated,
            "others": 0 if beside is None else int(beside.sum(dtype=np.float64)),
        },
        "grid": {
            "crs": asked.project,
            "cell": asked.cell,
            **ground.about(),
        },
        "time": {"start": first.isoformat(), "period_days": asked.period_days, "seed": asked.seed},
        "notes": notes(history, day[timely], file, score),
    }


def _beside(asked: Asked, others: eventfile.Points, ground: Ground, time: Time) -> NDArray[np.float32] | None:
    """Counts of the events that the filter left out; None where there are none, or too many to hold."""
    x, y = layout.project(others.x, others.y, asked.crs, asked.project)
    known = np.isfinite(x)
    if not known.any() or 2 * ground.cells * time.periods > MOST_COUNTS:
        return None
    made = ground.history(x[known], y[known], others.day[known], time)
    return made.counts if made.counts.any() else None


def methods(period_days: int, *, members: bool) -> tuple[Method, ...]:
    """What is compared: the product's choice, the counts and, where asked for, what is chosen among."""
    weeks = (52, 8) if period_days <= 8 * 7 else (52,)
    counts: tuple[Method, ...] = (CountAll(), *(CountRecent.weeks(n, period_days=period_days) for n in weeks))
    more: tuple[Method, ...] = (EmpiricalBayes(), PoissonGlm(), BoostedTrees(), Stack()) if members else ()
    return (Chosen(), *counts, *more)


def notes(
    history: History, day: NDArray[np.datetime64], file: eventfile.EventFile, score: range
) -> list[str]:
    """What the figures can no longer promise, in sentences that begin with a code."""
    found = []
    if file.all_repeated:
        found.append(
            "every_row_repeated: no row stands alone, as in a file joined to itself; --distinct drops"
            " repetitions"
        )
    seen = np.unique(day)
    steps = np.diff(seen).astype(np.int64)
    if steps.size and steps.max() > max(GAP_DAYS, GAP_TIMES * float(steps.mean())):
        at = int(steps.argmax())
        found.append(
            f"gap: no event for {int(steps[at]) - 1} days after {seen[at]}; counts and levels that reach over"
            " it are too low"
        )
    if np.count_nonzero(history.counts.any(0)) == 1:
        found.append("single_cell: all events lie in one cell; the order of the others is the tie-break's")
    scored = float(history.counts[score.start : score.stop].sum())
    if scored < FEW_EVENTS:
        found.append(f"few_events: {scored:.0f} events in the scored periods; differences will be chance")
    empty = int((history.counts[score.start : score.stop].sum(1) == 0).sum())
    if empty:
        found.append(f"empty_periods: {empty} scored periods hold no event")
    return found


def _score(asked: Asked, first: dt.date, day: NDArray[np.datetime64]) -> range:
    """The scored periods; without a wish the last part, at most two years of weeks."""
    last = day.max().item()
    complete = ((last - first).days + 1) // asked.period_days
    reached = (last - first).days // asked.period_days + 1
    if asked.score is None:
        if complete < 3:
            raise BadParamsError(
                f"{max(0, complete)} whole periods from {first} to {last}: too few to test a forecast on"
            )
        return range(complete - min(MOST_SCORED, max(1, complete // asked.last_part)), complete)
    start, stop = asked.score
    if not 2 <= start < stop <= reached:
        raise BadParamsError(
            f"--score {start}:{stop} does not fit: the events reach from {first} to {last}, which is"
            f" periods 0:{max(0, reached)}, of which at least two must lie before the first that is scored"
        )
    return range(start, stop)


def _ground(asked: Asked, unit: float, x: NDArray[np.float64], y: NDArray[np.float64]) -> Ground:
    """Squares or roads; ``x``, ``y``: events before the scored periods, the later ones are not known."""
    system = asked.project, asked.crs
    if asked.roads is not None:
        return Roads.of(asked.roads, longest=asked.cell, within=asked.within, unit=unit, system=system)
    return Squares.of(
        cell=asked.cell, unit=unit, boundary=asked.boundary, system=system,
        corner=(asked.origin, asked.shape), known=(x, y),
    )  # fmt: skip
