"""Nights on real streets: ten teams on foot for three hours among 300 hot cells, capacity 40 % of the demand.

    python -m benchmarks.patrol_streets [--seeds 10] [--seconds 20] [--workers 2] [--json]

Gangnam (juso street lines) and Gyeongju (published walking graph). Streets are real; hot cells, their prizes
(heavy-tailed), and the teams' bases are drawn by the seed. Every stop takes 15 minutes, so that ten shifts
hold 1,800 of the 4,500 minutes that all stops would take, ways not counted. Each seed is a night of its own.

``greedy`` inserts by the best ratio of prize to added minutes and shortens by 2-opt; ``pyvrp`` has the same
matrix and as many processor seconds; all are judged by one walk over the network's own metres. ``walks``:
the same night where passing through any of the cells is worth a tenth of its prize (half as much each later
time): the plan made with that in view against the plan made for stops alone, both by the whole objective.
"""

import argparse
import json
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.orienteering_rivals import DISTANCE
from benchmarks.streets import gyeongju
from sunra.core.geo import cells
from sunra.core.routing import (
    Problem,
    Stop,
    Stops,
    StreetGraph,
    Team,
    Walks,
    check,
    plan,
    read_edges,
    read_juso,
    warm,
)

TEAMS, SHIFT_MIN, CELLS, DWELL_MIN = 10, 180.0, 300, 15.0
PRIZE = 10_000_000
"""PyVRP counts in whole numbers and weighs minutes against prizes: the highest prize outweighs every way."""
Routes = list[list[int]]


@cache
def network(name: str) -> StreetGraph:
    """The streets of one town."""
    if name == "Gangnam":
        return read_juso(machine.shared("korea", "roads_gangnam_juso", "TL_SPRD_MANAGE.shp"))
    with tempfile.TemporaryDirectory() as folder:
        return read_edges(
            *gyeongju(
                machine.shared("roads", "gyeongju_walk", "gyeongju_walking_graph.json.gz"), Path(folder)
            )
        )


def night(name: str, seed: int) -> Problem:
    """A night: hot cells where there are streets, teams at street corners."""
    graph, random = network(name), np.random.default_rng(seed)
    nodes = graph.lonlat[graph.layer("walk").node]
    hot = np.unique(np.column_stack(cells.cell_of(nodes[:, 0], nodes[:, 1])), axis=0)
    hot = random.permutation(hot)[:CELLS]
    lon, lat = cells.center(hot[:, 0], hot[:, 1])
    bases = random.choice(nodes, TEAMS, replace=False)
    prize = random.lognormal(0.0, 0.8, CELLS)
    teams = tuple(
        Team(f"team {row}", "foot", (lon, lat), (lon, lat), SHIFT_MIN)
        for row, (lon, lat) in enumerate(bases.tolist())
    )
    snapped = graph.nearest(lon, lat)
    stops = Stops.at(snapped.lon, snapped.lat, prize / prize.max(), dwell_min=DWELL_MIN)
    walks = Walks(hot[:, 0], hot[:, 1], 0.1 * stops.prize)
    return Problem(stops, teams, graph, walks=walks)


def prize_of(problem: Problem, routes: Routes, *, slack: float) -> float:
    """What the stops of routes are worth; raises ValueError where a shift is exceeded or a stop doubled."""
    stops = problem.stops
    points = np.column_stack([stops.lon, stops.lat])
    visited = [stop for route in routes for stop in route]
    if len(set(visited)) != len(visited):
        message = "a stop twice"
        raise ValueError(message)
    for team, route in zip(problem.teams, routes, strict=True):
        line = np.vstack([team.start, points[route], team.end])
        metres = problem.network.matrix(line, line)
        ways = sum(metres[row, row + 1] for row in range(len(line) - 1)) / team.metres_per_minute
        if ways + len(route) * DWELL_MIN > team.shift_min + slack:
            message = f"{team.name} comes home after {ways + len(route) * DWELL_MIN} minutes"
            raise ValueError(message)
    return float(stops.prize[visited].sum())


def pyvrp(problem: Problem, seconds: float, seed: int) -> Routes:
    """PyVRP: a depot and a vehicle for each team, every stop optional."""
    from pyvrp import Model

    stops, teams = problem.stops, problem.teams
    points = np.vstack([np.column_stack([stops.lon, stops.lat]), [team.start for team in teams]])
    scaled = np.rint(problem.network.matrix(points, points) / teams[0].metres_per_minute * DISTANCE).astype(
        np.int64
    )
    limit = int(SHIFT_MIN * DISTANCE)
    model = Model()
    places = [model.add_location(0, 0) for _ in points]
    depots = [model.add_depot(place) for place in places[len(stops) :]]
    for place, worth in zip(places, stops.prize, strict=False):
        model.add_client(
            place, service_duration=int(DWELL_MIN * DISTANCE), prize=int(worth * PRIZE), required=False
        )
    for depot in depots:
        model.add_vehicle_type(1, start_depot=depot, end_depot=depot, shift_duration=limit, name=str(depot))
    for a, start in enumerate(places):
        for b, end in enumerate(places):
            if a != b:
                model.add_edge(start, end, int(scaled[a, b]), int(scaled[a, b]))
    until = time.process_time() + seconds
    found = model.solve(stop=lambda _cost: time.process_time() >= until, seed=seed, display=False)
    routes: Routes = [[] for _ in teams]
    if found.best.is_feasible():
        for route in found.best.routes():
            routes[route.vehicle_type()] = [int(visit.idx) for visit in route if visit.is_client()]
    return routes


def whole(problem: Problem, routes: Routes) -> float:
    """Stops and passing together."""
    stops = problem.stops
    points = np.column_stack([stops.lon, stops.lat])
    ways = [
        problem.network.path(a, b)
        for team, route in zip(problem.teams, routes, strict=True)
        for a, b in pairwise([team.start, *points[route], team.end])
    ]
    passing = problem.walks.worth(problem.walks.passes(ways)) if problem.walks else 0.0
    return float(stops.prize[[stop for route in routes for stop in route]].sum()) + passing


def _routes(problem: Problem, seconds: float, seed: int) -> tuple[Routes, float]:
    begun = time.perf_counter()
    stop = Stop(seconds=seconds, cpu=True) if seconds else Stop(iterations=0)
    found = plan(problem, stop, seed=seed)
    taken = time.perf_counter() - begun
    if broken := check(problem, found):
        raise ValueError(str(broken))
    return [list(route.stop_ids) for route in found.routes], taken


def one(name: str, seed: int, seconds: float) -> dict[str, Any]:
    """One night by all."""
    warm()
    passing = night(name, seed)
    problem = replace(passing, walks=None)
    mine, taken = _routes(problem, seconds, seed)
    greedy, _ = _routes(problem, 0.0, seed)
    theirs = pyvrp(problem, seconds, seed)
    walking, walked_in = _routes(passing, seconds, seed)
    result = {
        "town": name,
        "seed": seed,
        "sunra": round(prize_of(problem, mine, slack=1e-5), 4),
        "greedy": round(prize_of(problem, greedy, slack=1e-5), 4),
        "pyvrp": round(prize_of(problem, theirs, slack=0.5), 4),
        "of_all": round(float(problem.stops.prize.sum()), 4),
        "stops": sum(map(len, mine)),
        "seconds": round(taken, 1),
        "walks_in_view": round(whole(passing, walking), 4),
        "walks_ignored": round(whole(passing, mine), 4),
        "walks_seconds": round(walked_in, 1),
    }
    for rival in ("greedy", "pyvrp"):
        result[f"over_{rival}_%"] = round(100 * (result["sunra"] / result[rival] - 1), 2)
    result["walks_gain_%"] = round(100 * (result["walks_in_view"] / result["walks_ignored"] - 1), 2)
    return result


def main() -> int:
    """Run and print; exit code 1 when behind the greedy plan in any night, or behind PyVRP in a town."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20.0, help="of the processor, for each solver")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    asked = [(town, seed) for town in ("Gangnam", "Gyeongju") for seed in range(1, arguments.seeds + 1)]
    rows = []
    with ProcessPoolExecutor(arguments.workers) as pool:
        futures = [pool.submit(one, town, seed, arguments.seconds) for town, seed in asked]
        for future in futures:
            rows.append(future.result())
            if not arguments.json:
                print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
    towns = {}
    for town in ("Gangnam", "Gyeongju"):
        own = [row for row in rows if row["town"] == town]
        towns[town] = {
            "nights": len(own),
            "above_greedy": sum(row["sunra"] > row["greedy"] for row in own),
            "behind_pyvrp": sum(row["sunra"] < row["pyvrp"] for row in own),
            **{
                key: round(float(np.mean([row[key] for row in own])), 2)
                for key in ("over_greedy_%", "over_pyvrp_%", "walks_gain_%")
            },
            "slowest_s": max(row["seconds"] for row in own),
        }
    ok = all(one["above_greedy"] == one["nights"] and one["over_pyvrp_%"] >= 0 for one in towns.values())
    figures = {"ok": ok, "towns": towns, "nights": rows, "seconds_each": arguments.seconds}
    if arguments.json:
        machine.report("patrol_streets", figures, as_json=True)
    else:
        print(json.dumps(towns, indent=1), machine.describe())
    return int(not ok)


if __name__ == "__main__":
    raise SystemExit(main())
