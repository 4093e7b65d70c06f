"""The back-test on every city at hand: one set of rules for all, nothing tuned for any.

    python -m benchmarks.forecast_cities [--only chicago,portland] [--json]

Reads ``crime/*`` and ``crashes/*`` under ``$SUNRA_SHARED_DATA``. Squares of 250 m, weeks, the last half of
the weeks scored but at most 104, methods trained anew after 52 or when the past has grown by a quarter.
Chicago has the reference grid and span; the other towns have no boundary here: cells lie under the hull of
the events before the scored weeks. Korean fatal accidents of 2020 are one year of about 3,000 events for
the whole country: squares of 5 km, four weeks, the last half scored. No lines of the nation's roads are at
hand, so road segments are tested with another file: crashes on 494 rural segments of Washington State, 2016
and 2017 against 2018, each segment a piece of its own length without neighbours, shares being shares of the
length. New York's thefts are known as a span of time: dated by the file's moment, by its start, and by its
end.
"""

import argparse
import csv
import datetime as dt
import json
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from benchmarks import machine
from sunra.cli import rolling
from sunra.core.forecast.backtest import backtest
from sunra.core.forecast.counts import CountAll
from sunra.core.forecast.history import History
from sunra.core.forecast.methods import Chosen
from sunra.core.forecast.scorecard import scorecard

TODAY = dt.date(2100, 1, 1)
POINTS: dict[str, Any] = {"time": "time", "x": "lon", "y": "lat", "crs": 4326, "cell": 250.0}
FEET: dict[str, Any] = {"time": "time", "x": "x", "y": "y", "crs": 2913, "cell": 250.0, "project": 26910}


def towns() -> dict[str, rolling.Asked]:
    """What is asked of each town; ``score`` follows from the rule unless it is the reference span."""
    chicago = rolling.Asked(
        machine.shared("crime", "chicago_aggravated_assaults.csv.gz"),
        **POINTS,
        project=26916,
        origin=(422_000, 4_610_250),
        shape=(138, 170),
        boundary=machine.shared("crime", "chicago_police_districts.kml.gz"),
        where=(("category", "street"),),
        start=dt.date(2010, 1, 1),
        score=(313, 417),
    )
    york = rolling.Asked(machine.shared("crime", "nyc_vehicle_thefts.csv.gz"), **POINTS, project=26918)
    portland = rolling.Asked(machine.shared("crime", "portland_nij_vehicle_theft_burglary.csv.gz"), **FEET)
    vancouver = rolling.Asked(
        machine.shared("crime", "vancouver_thefts_2020.csv.gz"), **{**FEET, "crs": 26910}
    )
    cincinnati = rolling.Asked(machine.shared("crime", "cincinnati_burglary.csv.gz"), **POINTS, project=32616)
    korea = rolling.Asked(
        machine.shared("crime", "korea_fatal_accidents_2020.csv.gz"),
        **{**POINTS, "cell": 5000.0},
        project=5179,
        period_days=28,
    )
    return {
        "chicago_street_assaults": chicago,
        "new_york_vehicle_thefts": york,
        "new_york_by_start": replace(york, time="date_start"),
        "new_york_by_end": replace(york, time="date_end"),
        "portland_vehicle_theft": replace(portland, where=(("category", "vehicle_theft"),)),
        "portland_burglary": replace(portland, where=(("category", "burglary"),)),
        "vancouver_thefts": vancouver,
        "cincinnati_burglary": cincinnati,
        "korea_fatal_accidents": korea,
    }


def run(asked: rolling.Asked) -> dict[str, Any]:
    """The last half of the periods, at most 104, unless a span is given."""
    return rolling.run(asked if asked.score else replace(asked, last_part=2), today=TODAY)


def roads() -> dict[str, Any]:
    """Crashes by segment and year; segments without all three years are left out, kernels reach no other."""
    crashes: dict[str, dict[str, float]] = {}
    miles: dict[str, float] = {}
    with machine.shared("crashes", "washington_roads.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            crashes.setdefault(row["ID"], {})[row["Year"]] = float(row["Total_crashes"])
            miles[row["ID"]] = float(row["Length"])
    whole = {segment: years for segment, years in crashes.items() if len(years) == 3}
    counts = np.array(
        [[years[year] for years in whole.values()] for year in ("2016.0", "2017.0", "2018.0")],
        dtype=np.float32,
    )
    metres = np.array([1609.344 * miles[segment] for segment in whole])
    far = np.arange(len(whole), dtype=np.int32) * 40
    history = History(counts, far, np.zeros_like(far), 100, dt.date(2016, 1, 1), 365, exposure=metres)
    return scorecard(backtest(history, (Chosen(), CountAll()), score=range(2, 3)), main="sunra")


def worst(found: dict[str, Any]) -> float:
    """The paired gain over the count in standard errors, at the share where it is lowest."""
    return min((gain / error for gain, error in found["paired"].values() if error), default=0.0)


def say(name: str, found: dict[str, Any]) -> None:
    """The figures of one town in per cent and points."""
    print(f"\n{name}: {found['cells']} cells, {found['events']} events, score {found['score']}")
    for method, one in found["methods"].items():
        print(
            f"  {method:12}", *(f"{100 * rate:7.2f}" for rate in one["hr"].values()), f"{one['loglik']:8.3f}"
        )
    gains = (f"{100 * gain:+.2f}±{100 * (error or 0):.2f}" for gain, error in found["paired"].values())
    print(f"  {'gain':12}", *gains, f" worst {worst(found):+.1f} SE", found["methods"]["sunra"]["chosen"])
    seconds = found["seconds_per_forecast"], found["train_seconds"]
    print(f"  {seconds[0]:.3f} s a forecast, {seconds[1]:.1f} s training", flush=True)


def main() -> int:
    """Run and print; exit code 1 when the method is below the count by two standard errors anywhere."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="towns whose names begin so, with commas")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    only = tuple(filter(None, arguments.only.split(",")))
    lowest = {}
    tests = {name: partial(run, asked) for name, asked in towns().items()} | {"washington_roads": roads}
    for name, test in tests.items():
        if only and not name.startswith(only):
            continue
        found = test()
        lowest[name] = worst(found)
        if arguments.json:
            print(json.dumps({"town": name, "worst_in_se": round(lowest[name], 2), **found}), flush=True)
        else:
            say(name, found)
    print(json.dumps({"below_by_2_se": [name for name, low in lowest.items() if low <= -2]}))
    return int(any(low <= -2 for low in lowest.values()))


if __name__ == "__main__":
    raise SystemExit(main())
