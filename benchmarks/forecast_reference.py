"""The learnt methods on the reference split: hit rates, likelihood, calibration, coverage, times. One pass.

    python -m benchmarks.forecast_reference [--weeks 313:417] [--seed 0] [--json]

Chicago street assaults, 9,691 squares of 250 m, weekly (``benchmarks.forecast`` lays the split). The methods
are trained anew every 52 weeks on what lies before; the choice among them ("sunra") sees the same. Everything
about the design was decided on weeks up to 312; weeks 313-416 are for the score. Beside the street assaults
the methods see the file's other assaults, as the command does (``--alone``: not); the count does not.
Calibration: cells are cut into ten bands of equal expected events on the 52 weeks before each training.
Coverage: spreads are learnt
from the forecasts of the 52 weeks before, for cells, for the 25 police districts, for the town. Seconds are
those of the processor (one thread: OMP_NUM_THREADS=1), so that a busy machine does not count.
"""

import argparse
import gzip
import itertools
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from benchmarks import forecast as bench
from benchmarks import machine
from sunra.core.forecast import intervals
from sunra.core.forecast.history import History, Trained
from sunra.core.forecast.methods import choose, stack
from sunra.core.forecast.methods.naive import Naive

YEAR, BANDS, FLOOR = 52, 10, 0.01
OPEN_CP = {
    "naive": (0.100, 0.165, 0.312, 0.486),
    "retro_hotspot": (0.090, 0.153, 0.293, 0.460),
    "pro_hotspot": (0.066, 0.120, 0.239, 0.387),
}
"""Hit rates of the unmodified program on weeks 313-416, from street assaults alone; measured before."""
OPEN_CP_SECONDS = (2.0, 3.0)
"""Of one of its forecasts, on this kind of machine."""
Numbers = NDArray[np.float64]


@dataclass
class Year:
    """One training and the forecasts made with it: ``expected`` by method and ``came``, (weeks, cells)."""

    chosen: str
    train_seconds: float
    expected: dict[str, list[Numbers]] = field(default_factory=dict)
    came: list[Numbers] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def made(self, name: str) -> Numbers:
        """The expectations of a method, (weeks, cells)."""
        return np.array(self.expected[name])


def live(past: History, weeks: range, *, seed: int) -> Year:
    """Train before the first week and forecast them all, each from what lies before it."""
    known = past.before(weeks.start)
    began = time.process_time()
    choice = choose(known, seed=seed)
    year = Year(f"{choice.name} ({choice.reason})", time.process_time() - began)
    methods: dict[str, Trained] = {"count_all": Naive(), **stack.learn(known, seed=seed), "sunra": choice}
    for week in weeks:
        known = past.before(week)
        for name, one in methods.items():
            began = time.process_time()
            year.expected.setdefault(name, []).append(one.expected(known))
            if name == "sunra":
                year.seconds.append(time.process_time() - began)
        year.came.append(past.counts[week].astype(np.float64))
    return year


def run(
    split: bench.Split, folder: Path, weeks: range, *, seed: int = 0, alone: bool = False
) -> dict[str, Any]:
    """All figures over ``weeks``; the year before them is forecast too, to learn cuts and spreads from.
    ``alone``: without the assaults elsewhere than in the street.
    """
    past, others = (
        History.of_events(events, split.grid, first=bench.START, periods=weeks.stop)
        for events in (split.events, split.others)
    )
    if not alone:
        past = replace(past, others={"others": others.counts})
    starts = range(weeks.start - YEAR, weeks.stop, YEAR)
    years = [live(past, range(at, min(at + YEAR, weeks.stop)), seed=seed) for at in starts]
    units = {
        "cell": np.arange(len(split.grid)),
        "police_district": areas(split, folder),
        "town": np.zeros(len(split.grid), dtype=np.int64),
    }
    scored = years[1:]
    came = np.vstack([year.came for year in scored])
    made = {name: np.vstack([year.made(name) for year in scored]) for name in scored[0].expected}
    tie = np.random.default_rng(seed).random(len(split.grid))
    hits = {name: _hits(rows, came, tie) for name, rows in made.items()}
    total = came.sum(1)
    rates = {name: bench.named(rows.sum(0) / total.sum()) for name, rows in hits.items()}
    seconds = float(np.median([s for year in scored for s in year.seconds]))
    return {
        "weeks": [weeks.start, weeks.stop],
        "alone": alone,
        "cells": len(split.grid),
        "events": int(total.sum()),
        "chosen": [year.chosen for year in scored],
        "hr": rates,
        "paired": {
            name: bench.paired(rows - hits["count_all"], total)
            for name, rows in hits.items()
            if name != "count_all"
        },
        "loglik": {name: round(_likelihood(rows, came), 4) for name, rows in made.items()},
        "obs_exp_all": round(float(total.sum() / made["sunra"].sum()), 4),
        "obs_exp": _bands(years),
        "coverage_90": {name: _coverage(years, unit, seed=seed) for name, unit in units.items()},
        "train_seconds": round(max(year.train_seconds for year in scored), 1),
        "seconds_per_forecast": round(seconds, 4),
        "open_cp": beside(rates["sunra"], seconds) if (weeks.start, weeks.stop) == (313, 417) else {},
    }


def beside(rates: Mapping[str, float], seconds: float) -> dict[str, Any]:
    """The old peer's hit rates, ours less theirs in points by share, and how many times faster we are."""
    ahead = {
        name: [round(100 * (ours - theirs), 2) for ours, theirs in zip(rates.values(), known, strict=True)]
        for name, known in OPEN_CP.items()
    }
    return {
        "hr": {name: bench.named(np.array(known)) for name, known in OPEN_CP.items()},
        "sunra_ahead_points": ahead,
        "ahead_in_every_column": min(map(min, ahead.values())) > 0,
        "times_faster": [round(one / seconds, 1) for one in OPEN_CP_SECONDS],
    }


def areas(split: bench.Split, folder: Path) -> NDArray[np.int64]:
    """The police district of each cell, by its centre."""
    text = gzip.decompress((folder / "chicago_police_districts.kml.gz").read_bytes()).decode()
    to_metres = pyproj.Transformer.from_crs(4326, bench.CRS, always_xy=True)
    x = bench.ORIGIN[0] + bench.CELL * (split.grid.cell_e + 0.5)
    y = bench.ORIGIN[1] + bench.CELL * (split.grid.cell_n + 0.5)
    found = np.zeros(len(split.grid), dtype=np.int64)
    for number, mark in enumerate(re.findall(r"<Placemark.*?</Placemark>", text, re.S)):
        for ring in re.findall(r"<outerBoundaryIs>.*?<coordinates>(.*?)</coordinates>", mark, re.S):
            corners = np.array([point.split(",")[:2] for point in ring.split()], float)
            shape = shapely.make_valid(shapely.Polygon(np.column_stack(to_metres.transform(*corners.T))))
            found[shapely.contains_xy(shape, x, y)] = number
    return found


def _hits(made: Numbers, came: Numbers, tie: Numbers) -> Numbers:
    flagged = np.array(list(bench.FLAGGED.values()))
    orders = (np.lexsort((-tie, -row)) for row in made)
    return np.array(
        [np.cumsum(events[order])[flagged - 1] for events, order in zip(came, orders, strict=True)]
    )


def _likelihood(made: Numbers, came: Numbers) -> float:
    """Poisson log-likelihood per event over the same level spread evenly; a hundredth is spread first."""
    even = made.mean(1, keepdims=True)
    mean = (1 - FLOOR) * made + FLOOR * even
    gain = came * np.log(mean / even)
    return float(gain.sum() / came.sum())


def _bands(years: list[Year]) -> list[float]:
    expected, observed = np.zeros(BANDS), np.zeros(BANDS)
    for before, year in itertools.pairwise(years):
        rates = np.sort(before.made("sunra").ravel())
        reached = np.cumsum(rates) / rates.sum()
        cuts = rates[np.searchsorted(reached, np.arange(1, BANDS) / BANDS)]
        made = year.made("sunra").ravel()
        band = np.searchsorted(cuts, made, side="right")
        expected += np.bincount(band, made, minlength=BANDS)
        observed += np.bincount(band, np.array(year.came).ravel(), minlength=BANDS)
    return [round(float(ratio), 3) for ratio in observed / expected]


def _coverage(years: list[Year], unit: NDArray[np.int64], *, seed: int) -> dict[str, Any]:
    spreads, transformed = [], []
    for before, year in itertools.pairwise(years):
        made, came = (_by(rows, unit) for rows in (before.made("sunra"), np.array(before.came)))
        spread = intervals.learn(made, came)
        spreads.append(round(spread, 4))
        made, came = (_by(rows, unit) for rows in (year.made("sunra"), np.array(year.came)))
        transformed.append(intervals.pit(made, came, spread, seed=seed).ravel())
    share, error = intervals.coverage(np.concatenate(transformed))
    return {"share": round(share, 4), "se": round(error, 4), "spread": spreads}


def _by(rows: Numbers, unit: NDArray[np.int64]) -> Numbers:
    """Sums over units, (weeks, units)."""
    return np.array([np.bincount(unit, row) for row in rows], dtype=np.float64)


def show(result: Mapping[str, Any]) -> None:
    """Print for people."""
    first, last = result["weeks"]
    print(f"weeks {first}-{last - 1}, {result['events']} events; chosen: {', '.join(result['chosen'])}")
    for name, rates in result["hr"].items():
        gains = result["paired"].get(name, {}).values()
        print(
            f"{name:16}",
            *(f"{100 * rate:6.2f}" for rate in rates.values()),
            " ",
            *(f"{100 * gain:+.2f}±{100 * error:.2f}" for gain, error in gains),
            f"  loglik {result['loglik'][name]:.4f}",
        )
    print("obs/exp by band", *result["obs_exp"], " all", result["obs_exp_all"])
    print(
        "coverage of 90 %", {name: (one["share"], one["se"]) for name, one in result["coverage_90"].items()}
    )
    old = result["open_cp"]
    for name, ahead in old.get("sunra_ahead_points", {}).items():
        known = (f"{100 * rate:6.1f}" for rate in old["hr"][name].values())
        print(f"{'open_cp ' + name:22}", *known, "  sunra ahead by", *(f"{points:+.2f}" for points in ahead))
    if old:
        print("times faster than open_cp", *old["times_faster"], "(its 2 s and 3 s a forecast)")
    print(
        f"{result['seconds_per_forecast']} s a forecast, {result['train_seconds']} s a training;",
        machine.describe(),
    )


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weeks", default="313:417", help="half-open range of weeks since 2010-01-01")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", action="store_true", help="without the file's other assaults")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = machine.shared("crime")
    first, last = map(int, arguments.weeks.split(":"))
    result = run(bench.load(folder), folder, range(first, last), seed=arguments.seed, alone=arguments.alone)
    if arguments.json:
        machine.report("forecast_reference", result, seed=arguments.seed, as_json=True)
    else:
        show(result)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
