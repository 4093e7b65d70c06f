"""A week of forecasts at the size of Seoul on one core: time and memory.

    OMP_NUM_THREADS=1 python -m benchmarks.forecast_seoul [--events 1000000] [--days 7] [--json]

Grid: a disc of 61,649 cells of 100 m, as many as Seoul has. Events: five years, six families, drawn around
hot spots of uneven strength with an evening peak; generated, so nothing is said about accuracy. Timed: from
events in memory to 7 nights × 61,649 cells × 12 slots with grades (``forecast_days``). Memory: the highest of
the whole process, events included.
"""

import datetime as dt
import resource
import time
from typing import Any

import numpy as np

from benchmarks import machine
from sunra.core import forecast as fc

CELLS, YEARS, HOT_SPOTS = 61_649, 5, 400
DAY = dt.date(2026, 11, 23)


def grid() -> fc.Grid:
    """The nearest cells around a centre."""
    east, north = np.meshgrid(np.arange(-150, 151), np.arange(-150, 151))
    nearest = np.argsort((east**2 + north**2).ravel(), kind="stable")[:CELLS]
    return fc.Grid(east.ravel()[nearest] + 9500, north.ravel()[nearest] + 19500)


def events(count: int, place: fc.Grid, *, seed: int) -> fc.Events:
    """Events around hot spots; a quarter anywhere; half of them in the evening."""
    rng = np.random.default_rng(seed)
    spot = rng.choice(HOT_SPOTS, count, p=rng.dirichlet(np.full(HOT_SPOTS, 0.3)))
    around = rng.integers(0, CELLS, HOT_SPOTS)[spot]
    cell = np.where(rng.random(count) < 0.25, rng.integers(0, CELLS, count), around)
    jitter = np.rint(rng.normal(0, 3, (count, 2))).astype(int)
    hour = np.where(rng.random(count) < 0.5, rng.integers(18, 24, count), rng.integers(0, 24, count))
    day = np.datetime64(DAY) - rng.integers(1, 365 * YEARS, count)
    family = np.array(fc.FAMILIES)[rng.integers(0, len(fc.FAMILIES), count)]
    return fc.Events(place.cell_e[cell] + jitter[:, 0], place.cell_n[cell] + jitter[:, 1], day, hour, family)


def run(*, count: int, days: int, seed: int) -> dict[str, Any]:
    """Make the events, time the nights."""
    place = grid()
    past = events(count, place, seed=seed)
    nights = [fc.Horizon(DAY + dt.timedelta(days=ahead), first_hour=12) for ahead in range(days)]
    began = time.perf_counter()
    made = fc.forecast_days(past, place, None, nights, seeds=range(days))
    seconds = time.perf_counter() - began
    return {
        "cells": CELLS,
        "events": count,
        "nights": days,
        "slots": made[0].expected.shape[1],
        "expected_a_night": round(float(made[0].expected.sum()), 1),
        "graded": bool(made[0].grade.any()),
        "seconds": round(seconds, 2),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> int:
    """Run and print."""
    arguments = machine.arguments(__doc__.splitlines()[0], events=1_000_000, days=7, seed=0)
    result = run(count=arguments.events, days=arguments.days, seed=arguments.seed)
    machine.report("forecast_seoul", result, seed=arguments.seed, as_json=arguments.as_json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
