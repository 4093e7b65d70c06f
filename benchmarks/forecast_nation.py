"""Seven nights of all districts from generated events: time on the cores at hand, and the same on Spark.

    python -m benchmarks.forecast_nation [--districts 250] [--events 8000] [--processes 2] [--json]

Every district of the borders file gets events of three years, drawn thickly around a few cells (nothing
here says anything about accuracy). The rows go through ``engine.map_partitions`` as the nightly job sends
them, batch by batch, and come back as tables. Then ``--spark`` of the districts run again on Spark
``local[2]`` and every expected count is compared: the largest difference must stay below 1e-9.
"""

import argparse
import datetime as dt
import resource
import sys
import time

import numpy as np
import polars as pl
import pyarrow as pa

from benchmarks import machine
from sunra.core.forecast import FAMILIES, Events, Params
from sunra.core.geo.districts import districts
from sunra.engine import Embedded, map_partitions
from sunra.engine.running import Backend
from sunra.systems.risk import work

BATCH = 25
NIGHT, YEARS = dt.date(2026, 11, 23), 3
LIMIT_DIFFERENCE = 1e-9


def rows_of(code: str, count: int, nights: int, seed: int) -> pa.Table:
    """A district's task with its generated events."""
    draw = np.random.default_rng([seed, int(code)])
    grid = work.grid_of(code)
    heat = draw.gamma(0.25, size=len(grid)) + 1e-3
    where = draw.choice(len(grid), count, p=heat / heat.sum())
    days = np.datetime64(NIGHT, "D") - draw.integers(1, 365 * YEARS, count).astype("timedelta64[D]")
    hours = draw.choice(24, count, p=np.roll(np.linspace(1, 3, 24), 2) / np.linspace(1, 3, 24).sum())
    family = draw.choice(FAMILIES[:5], count, p=[0.05, 0.2, 0.3, 0.3, 0.15])
    events = Events(grid.cell_e[where], grid.cell_n[where], days, hours, family)
    lights = {"security_light": draw.poisson(1.0, len(grid)).astype(float)}
    ahead = tuple((NIGHT + dt.timedelta(days=n), n) for n in range(nights))
    return work.rows_of(work.Task(code, ahead, Params()), events, lights, grid)


def solve(codes: list[str], args: argparse.Namespace, backend: Backend) -> dict[str, list[work.Night]]:
    """The nights of these districts."""
    rows = pa.concat_tables([rows_of(code, args.events, args.nights, args.seed) for code in codes])
    return work.nights_of(map_partitions(work.part, rows, "district", backend=backend))


def difference(one: dict[str, list[work.Night]], other: dict[str, list[work.Night]]) -> float:
    """The largest difference of any expected count."""
    largest = 0.0
    for code, nights in one.items():
        for here, there in zip(nights, other[code], strict=True):
            names = [name for name in here.cells.columns if name.startswith("expected_")]
            gap = here.cells.select(names).to_numpy() - there.cells.select(names).to_numpy()
            largest = max(largest, float(np.abs(gap).max()))
    return largest


def main() -> None:
    """Run and report; a difference above the limit ends with 1."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--districts", type=int, default=250)
    parser.add_argument("--events", type=int, default=8000)
    parser.add_argument("--nights", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--spark", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    codes = list(districts().codes())[: args.districts]
    cells = nights = 0
    held: dict[str, list[work.Night]] = {}
    start = time.perf_counter()
    for first in range(0, len(codes), BATCH):
        found = solve(codes[first : first + BATCH], args, Embedded(processes=args.processes))
        cells += sum(one[0].cells.height for one in found.values())
        nights += sum(map(len, found.values()))
        held |= {code: found[code] for code in codes[: args.spark] if code in found}
        print(f"{min(first + BATCH, len(codes))} of {len(codes)}", file=sys.stderr)
    embedded = time.perf_counter() - start
    figures: dict[str, object] = {
        "districts": len(codes),
        "events": len(codes) * args.events,
        "nights": nights,
        "cells": cells,
        "processes": args.processes,
        "embedded_seconds": round(embedded, 1),
        "peak_rss_mb_parent": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "peak_rss_mb_worker": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "polars": pl.__version__,
    }
    largest = 0.0
    if args.spark:
        from sunra.engine.spark import Spark

        start = time.perf_counter()
        other = solve(codes[: args.spark], args, Spark(master="local[2]"))
        figures["spark_districts"] = len(other)
        figures["spark_seconds"] = round(time.perf_counter() - start, 1)
        largest = difference(held, other)
        figures["largest_difference"] = largest
    machine.report("forecast_nation", figures, seed=args.seed, as_json=args.json)
    sys.exit(0 if largest <= LIMIT_DIFFERENCE else 1)


if __name__ == "__main__":
    main()
