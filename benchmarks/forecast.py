"""The reference split of place-based forecasting: Chicago street assaults, 250 m squares, weekly.

    python -m benchmarks.forecast [--weeks 313:417] [--seed 0] [--json]

Reads ``crime/chicago_*`` under ``$SUNRA_SHARED_DATA``. Each week the model sees only earlier events and
flags the highest 97, 194, 485, 969 of 9,691 cells (1, 2, 5, 10 %). Prints the hit rates of the count over all
history and of ``sunra.core.forecast`` (default parameters), the paired difference with its standard error,
and the time of one forecast. Known: count 10.0/16.5/31.1/48.4, empirical Bayes 10.1/16.7/31.7/49.1.
"""

import argparse
import datetime as dt
import gzip
import re
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyproj
import shapely
from numpy.typing import NDArray

from benchmarks import machine
from sunra.core import forecast as fc

ORIGIN, CELL, SHAPE, CRS = (422_000, 4_610_250), 250, (138, 170), 26916
START = dt.date(2010, 1, 1)
FLAGGED = {"0.01": 97, "0.02": 194, "0.05": 485, "0.10": 969}
KNOWN = {"count_all": [0.100, 0.165, 0.311, 0.484], "sunra": [0.101, 0.167, 0.317, 0.491]}


@dataclass(frozen=True)
class Split:
    """Grid, events, week of each event; ``others``: the file's assaults elsewhere than in the street."""

    grid: fc.Grid
    events: fc.Events
    week: NDArray[np.int64]
    others: fc.Events


def load(folder: Path) -> Split:
    """Lay the masked grid row by row and put the street assaults on it."""
    to_metres = pyproj.Transformer.from_crs(4326, CRS, always_xy=True)
    border = _border(folder / "chicago_police_districts.kml.gz", to_metres)
    north, east = np.divmod(np.arange(SHAPE[0] * SHAPE[1]), SHAPE[0])
    centre = (ORIGIN[0] + CELL * (east + 0.5), ORIGIN[1] + CELL * (north + 0.5))
    inside = shapely.contains_xy(border, *centre)
    grid = fc.Grid(east[inside], north[inside], CELL)
    with gzip.open(folder / "chicago_aggravated_assaults.csv.gz") as stream:
        frame = pl.read_csv(stream.read())
    events = _placed(frame.filter(pl.col("category") == "street"), to_metres)
    others = _placed(frame.filter(pl.col("category") != "street"), to_metres)
    return Split(grid, events, (events.day - np.datetime64(START)).astype(np.int64) // 7, others)


def _placed(frame: pl.DataFrame, to_metres: pyproj.Transformer) -> fc.Events:
    x, y = to_metres.transform(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    day = np.array(frame["time"].str.slice(0, 10).to_list(), dtype="datetime64[D]")
    hour = frame["time"].str.slice(11, 2).cast(pl.Int8).to_numpy()
    cell_e, cell_n = np.floor((x - ORIGIN[0]) / CELL), np.floor((y - ORIGIN[1]) / CELL)
    known = np.isfinite(cell_e) & np.isfinite(cell_n)
    family = np.full(int(known.sum()), "street_violence")
    return fc.Events(cell_e[known], cell_n[known], day[known], hour[known], family)


def _border(path: Path, to_metres: pyproj.Transformer) -> shapely.Geometry:
    text = gzip.decompress(path.read_bytes()).decode()
    polygons = []
    for polygon in re.findall(r"<Polygon>(.*?)</Polygon>", text, re.S):
        rings = [
            np.column_stack(to_metres.transform(*np.array([p.split(",")[:2] for p in ring.split()], float).T))
            for ring in re.findall(r"<coordinates>(.*?)</coordinates>", polygon, re.S)
        ]
        polygons.append(shapely.make_valid(shapely.Polygon(rings[0], rings[1:])))
    return shapely.union_all(polygons)


def run(split: Split, weeks: range, *, seed: int = 0, params: fc.Params | None = None) -> dict[str, object]:
    """Score both methods over the weeks; hit rates as fractions, pooled over all weeks."""
    params = params or fc.Params()
    tie = np.random.default_rng(seed).random(len(split.grid))
    flagged = list(FLAGGED.values())
    hits: dict[str, list[NDArray[np.float64]]] = {"count_all": [], "sunra": []}
    totals, seconds, expected, everywhere = [], [], [], 0.0
    for week in weeks:
        truth = _count(split, split.week == week)
        day = START + dt.timedelta(days=7 * week)
        began = time.perf_counter()
        made = fc.forecast(split.events, split.grid, None, fc.Horizon(day), params, seed=seed)
        seconds.append(time.perf_counter() - began)
        part = made.parts["street_violence"]
        for name, score in (("count_all", part.count), ("sunra", part.own + part.near)):
            order = np.lexsort((-tie, -score))
            hits[name].append(np.cumsum(truth[order])[np.array(flagged) - 1])
        totals.append(truth.sum())
        rate = part.own + part.near
        everywhere += 7 * rate.sum()
        expected.append(7 * np.cumsum(rate[np.lexsort((-tie, -rate))])[np.array(flagged) - 1])
    total = np.array(totals)
    table = {name: np.array(rows) for name, rows in hits.items()}
    return {
        "weeks": [weeks.start, weeks.stop],
        "cells": len(split.grid),
        "events": int(total.sum()),
        "hr": {name: named(rows.sum(0) / total.sum()) for name, rows in table.items()},
        "known": {name: named(np.array(rates)) for name, rates in KNOWN.items()},
        "obs_exp": named(table["sunra"].sum(0) / np.array(expected).sum(0)),
        "obs_exp_all": round(float(total.sum() / everywhere), 4),
        "paired": paired(table["sunra"] - table["count_all"], total),
        "seconds_per_forecast": round(float(np.median(seconds)), 4),
    }


def _count(split: Split, mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    box = np.zeros((SHAPE[0], SHAPE[1]))
    east, north = split.events.cell_e[mask], split.events.cell_n[mask]
    fits = (east >= 0) & (east < SHAPE[0]) & (north >= 0) & (north < SHAPE[1])
    np.add.at(box, (east[fits], north[fits]), 1)
    return box[split.grid.cell_e, split.grid.cell_n]


def named(values: NDArray[np.float64]) -> dict[str, float]:
    """By share, rounded."""
    return {share: round(float(value), 4) for share, value in zip(FLAGGED, values, strict=True)}


def paired(gain: NDArray[np.float64], total: NDArray[np.float64]) -> dict[str, list[float]]:
    """Gain of the pooled hit rate and its standard error: ratio estimator over weeks (Cochran 1977, 6.4)."""
    pooled = gain.sum(0) / total.sum()
    rest = gain - pooled * total[:, None]
    error = np.sqrt((rest**2).sum(0) / (len(total) - 1) * len(total)) / total.sum()
    return {share: [round(float(pooled[i]), 4), round(float(error[i]), 4)] for i, share in enumerate(FLAGGED)}


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weeks", default="313:417", help="half-open range of weeks since 2010-01-01")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = machine.shared("crime")
    first, last = map(int, arguments.weeks.split(":"))
    result = run(load(folder), range(first, last), seed=arguments.seed)
    if arguments.json:
        machine.report("forecast", result, seed=arguments.seed, as_json=True)
        return 0
    print(f"weeks {first}-{last - 1}, {result['events']} events, {result['cells']} cells")
    for name, rates in (
        *result["hr"].items(),
        ("gain ± se", result["paired"]),
        ("obs/exp %", result["obs_exp"]),
    ):
        cells = [
            f"{100 * r:8.2f}" if isinstance(r, float) else f"{100 * r[0]:.2f}±{100 * r[1]:.2f}"
            for r in rates.values()
        ]
        print(f"{name:10}", *cells)
    print(
        f"{result['seconds_per_forecast']} s a forecast (median); seed {arguments.seed};", machine.describe()
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
