"""One night at the size of Seoul: 25 districts with 40 teams each, planned and drawn by lot on two cores.

    python -m benchmarks.patrol_seoul [--teams 40] [--districts 25] [--workers 2] [--seed 1] [--json]

The borders and cells are real; streets are generated as for the demonstration district (about 2,900 corners
each), and so are bases, shifts and prizes (heavy-tailed, by the seed). Everything else is what the product
does for a district's night, with its default dials: up to 25 places a team, no two of them neighbours, two
full searches, a pool of 24 plans, the lot, the independent check. A night that the check finds broken ends
the run.
"""

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks import machine

LIMIT_S = 600.0
KINDS = ("foot", "foot", "foot", "dog", "car")
SPEED = {"foot": 4.0, "dog": 3.5, "car": 25.0}


def night(district: str, teams: int, seed: int) -> tuple[Any, Any]:
    """A district's problem and its places."""
    from sunra.core.geo.districts import districts
    from sunra.core.routing import Problem, Stops, StreetGraph, Team
    from sunra.core.routing.lottery import Places
    from sunra.journeys.demo.streets import streets
    from sunra.journeys.demo.surface import to_lonlat, town
    from sunra.systems.patrols.night import candidates

    place = town(district, seed)
    net = streets(place)
    graph = StreetGraph.from_lines([net.lonlat[list(one.nodes)].tolist() for one in net.streets])
    random = np.random.default_rng([seed, int(district)])
    corner = np.floor(net.xy / 100).astype(np.int32)
    near = np.isin(place.cell_e * 100_000 + place.cell_n, corner[:, 0] * 100_000 + corner[:, 1])
    value = np.where(near, random.lognormal(0.0, 0.8, len(near)), 0.0)
    cells: Any = SimpleNamespace(cell_e=place.cell_e, cell_n=place.cell_n)
    rows = candidates(value, cells, teams=teams)
    lon, lat = to_lonlat(place.middle[rows]).T
    prize = value[rows]
    snapped = graph.nearest(lon, lat)
    dwell = random.uniform(11.0, 15.0, len(rows))
    stops = Stops.at(snapped.lon, snapped.lat, prize / prize.max(), dwell_min=dwell)
    bases = random.choice(net.lonlat, teams, replace=False).tolist()
    crews = []
    for row, base in enumerate(bases):
        kind = KINDS[row % len(KINDS)]
        begin = float(random.choice([0, 60, 120]))
        crews.append(Team(f"team {row}", kind, tuple(base), tuple(base), 180.0, SPEED[kind], begin))
    dong = districts().locate(lon, lat).astype(np.str_)
    places = Places.at(place.cell_e[rows], place.cell_n[rows], dong, np.zeros(len(rows), dtype=np.bool_))
    return Problem(stops, tuple(crews), graph), places


def one(district: str, teams: int, seed: int) -> dict[str, Any]:
    """One district's night."""
    machine.with_django()
    from sunra.core.routing import Stop, check
    from sunra.core.routing.lottery import draw
    from sunra.systems.patrols.services.draws import POLICY
    from sunra.systems.patrols.services.plans import PlanParams

    begun = time.perf_counter()
    problem, places = night(district, teams, seed)
    params = PlanParams()
    stop = Stop(seconds=params.seconds, iterations=params.iterations)
    drawn = draw(problem, places, (), POLICY, stop.half(), each=Stop(iterations=params.each), seed=seed)
    if broken := check(drawn.problem, drawn.plan):
        raise ValueError(str(broken[:3]))
    return {
        "district": district,
        "places": len(problem.stops.prize),
        "stops": sum(len(route.stop_ids) for route in drawn.plan.routes),
        "plans": drawn.plans,
        "loss_%": round(100 * drawn.loss, 2),
        "seconds": round(time.perf_counter() - begun, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> int:
    """Plan all districts; exit code 1 above the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--teams", type=int, default=40)
    parser.add_argument("--districts", type=int, default=25)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args()
    from sunra.core.geo.districts import districts
    from sunra.core.routing import warm

    codes = districts().codes("11")[: options.districts]
    warm()  # compiled kernels are kept on the disk; compiling is no part of a night
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.workers) as pool:
        count = len(codes)
        found = list(pool.map(one, codes, [options.teams] * count, [options.seed] * count))
    seconds = time.perf_counter() - begun
    figures = {
        "districts": len(found),
        "teams": options.teams * len(found),
        "workers": options.workers,
        "seconds": round(seconds, 1),
        "limit_seconds": LIMIT_S,
        "stops": sum(row["stops"] for row in found),
        "fewest_plans": min(row["plans"] for row in found),
        "highest_loss_%": max(row["loss_%"] for row in found),
        "slowest": max(row["seconds"] for row in found),
        "memory_mb_a_worker": max(row["memory_mb"] for row in found),
        "rows": found,
    }
    machine.report("patrol_seoul", figures, seed=options.seed, as_json=options.as_json)
    return int(seconds > LIMIT_S)


if __name__ == "__main__":
    raise SystemExit(main())
