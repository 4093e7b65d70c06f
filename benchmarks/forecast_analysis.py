"""Gi*, Knox and aoristic weights beside their definitions, computed again in the plainest way.

    python -m benchmarks.forecast_analysis [--seed 0] [--json]

Reads ``crime/`` under ``$SUNRA_SHARED_DATA``: Chicago street assaults of 2016 on 250 m squares for Gi*,
of the second half of 2016 for Knox, New York vehicle thefts with begin and end for aoristic weights. The
plain ways are written from the definitions (Ord and Getis 1995; Knox 1964; Ratcliffe and McCullagh 1998),
loop by loop, share no code with the package, and must agree to 1e-9. Also times the package, and a factor
analysis of a made town of 2,500 cells.
"""

import datetime as dt
import fractions
import gzip
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyproj

from benchmarks import machine
from sunra.core.forecast import analysis as an

CELL = 250
TO_METRES = pyproj.Transformer.from_crs(4326, 26916, always_xy=True)


def assaults(folder: Path, since: str, until: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Metres east and north and the moment of Chicago's street assaults in [since, until)."""
    with gzip.open(folder / "chicago_aggravated_assaults.csv.gz") as stream:
        frame = pl.read_csv(stream.read()).filter(
            (pl.col("category") == "street") & (pl.col("time") >= since) & (pl.col("time") < until)
        )
    x, y = TO_METRES.transform(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    moment = frame["time"].str.slice(0, 19).str.replace(" ", "T").to_numpy().astype("datetime64[s]")
    return np.asarray(x), np.asarray(y), moment


def spans(folder: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Begin and end of New York's vehicle thefts, and how many rows end before they begin."""
    with gzip.open(folder / "nyc_vehicle_thefts.csv.gz") as stream:
        frame = pl.read_csv(stream.read()).drop_nulls(["date_start", "date_end"])
    start, end = (
        frame[name].str.slice(0, 19).str.replace(" ", "T").to_numpy().astype("datetime64[s]")
        for name in ("date_start", "date_end")
    )
    return start[end >= start], end[end >= start], int((end < start).sum())


def squares(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middles of all squares of the box with an event within a kilometre, and their counts."""
    east, north = (x // CELL).astype(int), (y // CELL).astype(int)
    columns, rows = np.ptp(east) + 1, np.ptp(north) + 1
    count = np.bincount((north - north.min()) * columns + east - east.min(), minlength=columns * rows)
    at = np.arange(columns * rows)
    return (at % columns) * CELL + CELL / 2, (at // columns) * CELL + CELL / 2, count.astype(float)


def plain_gi(x: np.ndarray, y: np.ndarray, values: np.ndarray, metres: float) -> np.ndarray:
    """Gi* as printed, cell by cell."""
    n = values.size
    mean = math.fsum(values) / n
    s = math.sqrt(math.fsum(values**2) / n - mean**2)
    found = np.empty(n)
    for i in range(n):
        near = np.hypot(x - x[i], y - y[i]) <= metres
        w = int(near.sum())
        found[i] = (values[near].sum() - mean * w) / (s * math.sqrt((n * w - w * w) / (n - 1)))
    return found


def plain_knox(
    x: np.ndarray, y: np.ndarray, day: np.ndarray, metres: list[float], days: list[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Observed and expected pairs from all pairs, row by row; one period."""
    observed = np.zeros((len(metres), len(days)))
    near, soon = np.zeros(len(metres)), np.zeros(len(days))
    for i in range(x.size - 1):
        apart = np.hypot(x[i + 1 :] - x[i], y[i + 1 :] - y[i])
        later = np.abs(day[i + 1 :] - day[i])
        low = -1.0
        for row, far in enumerate(metres):
            here = (apart > low) & (apart <= far)
            near[row] += here.sum()
            early = -1.0
            for column, late in enumerate(days):
                observed[row, column] += (here & (later > early) & (later <= late)).sum()
                early = late
            low = far
        early = -1.0
        for column, late in enumerate(days):
            soon[column] += ((later > early) & (later <= late)).sum()
            early = late
    return observed, near[:, None] * soon / (x.size * (x.size - 1) / 2)


def plain_aoristic(start: np.datetime64, end: np.datetime64) -> list[fractions.Fraction]:
    """Exact fractions of one span, walking from full hour to full hour."""
    begin, finish = (moment.astype(dt.datetime) for moment in (start, end))
    if begin == finish:
        finish = begin + dt.timedelta(seconds=1)
    seconds = [0] * 168
    at = begin
    while at < finish:
        hour = at.replace(minute=0, second=0) + dt.timedelta(hours=1)
        seconds[at.weekday() * 24 + at.hour] += int((min(hour, finish) - at).total_seconds())
        at = min(hour, finish)
    whole = int((finish - begin).total_seconds())
    return [fractions.Fraction(one, whole) for one in seconds]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The answer and the seconds it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def gi(folder: Path) -> dict[str, Any]:
    """Gi* of a year, band of 500 m."""
    x, y, count = squares(*assaults(folder, "2016-01-01", "2017-01-01")[:2])
    spots, seconds = timed(lambda: an.hot_spots(count, an.band_weights(x, y, 500.0)))
    apart = np.abs(spots.z - plain_gi(x, y, count, 500.0)).max()
    return {
        "cells": x.size,
        "hot_95": int((spots.level >= 2).sum()),
        "apart": float(apart),
        "seconds": seconds,
    }


def knox(folder: Path, seed: int) -> dict[str, Any]:
    """Near repeats of half a year, victims of one incident merged."""
    x, y, moment = assaults(folder, "2016-07-01", "2017-01-01")
    merged = an.merge_incidents(x, y, moment)
    x, y, moment = x[merged.first], y[merged.first], moment[merged.first]
    metres, days = [100.0, 200.0, 400.0], [7.0, 14.0, 28.0]
    found, seconds = timed(
        lambda: an.supports_near_repeat(
            x, y, moment, metres=metres, days=days, period_days=math.inf, permutations=99, seed=seed
        )
    )
    observed, expected = plain_knox(x, y, moment.astype(np.int64) / 86_400, metres, days)
    apart = max(np.abs(found.observed - observed).max(), np.abs(found.expected - expected).max())
    return {
        "incidents": found.incidents, "events": merged.of.size, "ratio": float(found.ratio[0, 0]),
        "p": float(found.p[0, 0]), "supported": found.supported, "apart": float(apart), "seconds": seconds,
    }  # fmt: skip


def aoristic(folder: Path) -> dict[str, Any]:
    """Every sound span against exact fractions, one in ten to the last bit."""
    start, end, wrong = spans(folder)
    found, seconds = timed(lambda: an.aoristic(start, end))
    weights = found.weights
    apart = 0.0
    for row in range(0, start.size, 10):
        exact = plain_aoristic(start[row], end[row])
        apart = max(apart, *(abs(float(one) - mine) for one, mine in zip(exact, weights[row], strict=True)))
    return {
        "spans": start.size, "wrong": wrong, "checked": len(range(0, start.size, 10)),
        "apart": apart, "lost": float(abs(found.by_hour().sum() - start.size)), "seconds": seconds,
    }  # fmt: skip


def terrain(seed: int) -> dict[str, Any]:
    """A made town of 2,500 cells: bars with three times the events around, five kinds that do nothing."""
    rng = np.random.default_rng(seed)
    x, y = (100.0 * axis.ravel() for axis in np.meshgrid(np.arange(50), np.arange(50)))
    names = ("bar", "kiosk", "school", "park", "bus_stop", "cctv")
    places = {name: an.Places(rng.uniform(0, 5000, 60), rng.uniform(0, 5000, 60)) for name in names}
    bars = places["bar"]
    near = np.hypot(x[:, None] - bars.x, y[:, None] - bars.y).min(1) <= 150
    counts = rng.poisson(np.where(near, 1.2, 0.4)).astype(float)
    found, seconds = timed(lambda: an.factors(x, y, counts, places, seed=seed))
    bar = next(one for one in found.factors if one.name == "bar")
    rest = [one for one in found.factors if one.name != "bar"]
    return {
        "relative_risk": bar.relative_risk, "low": bar.low, "high": bar.high, "metres": bar.metres,
        "stability": bar.stability, "others_chosen": sum(one.chosen for one in rest),
        "others_stability": max(one.stability for one in rest), "seconds": seconds,
    }  # fmt: skip


def main() -> None:
    """Print what was compared, how far apart it is, and how long the package took."""
    given = machine.arguments(__doc__.splitlines()[0], seed=0)
    folder = machine.shared("crime")
    found: dict[str, Any] = {
        "gi_star": gi(folder),
        "knox": knox(folder, given.seed),
        "aoristic": aoristic(folder),
        "terrain": terrain(given.seed),
    }
    found["equal_to_1e-9"] = all(found[name]["apart"] <= 1e-9 for name in ("gi_star", "knox", "aoristic"))
    machine.report("forecast_analysis", found, seed=given.seed, as_json=given.as_json)


if __name__ == "__main__":
    main()
