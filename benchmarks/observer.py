"""What an observer of 28 nights foresees of the next, and what hiding it costs, on a real district.

    python -m benchmarks.observer [--past 28] [--ahead 14] [--seed 1] [--json]

Seongbuk-gu: cells and 법정동 from its real border; a cell's prize is the number of its real cameras
within 200 m (``korea/cctv`` under ``$SUNRA_SHARED_DATA``; there are no public event coordinates of a Korean
district, and cameras stand where calls come from). The prizes are the same every night, which is the worst
case. Two cars of four hours and two walking groups of two, from four of the densest cells; distances are
straight lines × 1.3.

For each way of planning: the share of (cell, hour) stops that the best of nine observers foresees, every
observer's share, and the prize lost, in percent of the best plan of the night. "best plan" is the baseline.
"steep" repeats both with prizes squared, where few cells hold nearly everything.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import machine
from sunra.core import tables
from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.core.routing import Problem, Stop, Stops, Team, check, draw_dwell, plan
from sunra.core.routing.lottery import Night, Places, Policy, draw, night_of
from sunra.core.routing.observer import observe

DISTRICT, STOPS, NEAR = "11290", 120, 200.0


def cameras() -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of the district's real cameras, one entry a camera post."""
    found = sorted(machine.shared("korea", "cctv").glob("*성북구*"))
    if not found:
        raise SystemExit("no camera file of Seongbuk-gu")
    table = tables.read(found[0]).table.drop_nulls(["lon", "lat"])
    return table["lon"].to_numpy(), table["lat"].to_numpy()


def district(power: float) -> tuple[Problem, Places]:
    """Tonight's question: the ``STOPS`` best cells of which no two are neighbours."""
    east, north = districts().grid(DISTRICT)
    lon, lat = cells.center(east, north)
    camera_e, camera_n = cells.cell_of(*cameras())
    reach = int(NEAR // cells.METRES)
    count = np.zeros(len(east))
    for one_e, one_n in zip(camera_e.tolist(), camera_n.tolist(), strict=True):
        count += (abs(east - one_e) <= reach) & (abs(north - one_n) <= reach)
    chosen = apart(east, north, count**power)
    dong = districts().locate(lon[chosen], lat[chosen])
    prize = (count**power)[chosen]
    stops = Stops.at(lon[chosen], lat[chosen], prize / prize.max(), dwell_min=13.0)
    ends = [(float(lon[row]), float(lat[row])) for row in chosen[[0, 7, 15, 23]]]
    teams = (
        Team("car 1", "car", ends[0], ends[0], 240),
        Team("car 2", "car", ends[1], ends[1], 240),
        Team("foot 1", "foot", ends[2], ends[2], 120),
        Team("foot 2", "foot", ends[3], ends[3], 120, begin_min=60),
    )
    return Problem(stops, teams), Places.at(east[chosen], north[chosen], dong)


def apart(east: np.ndarray, north: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Rows of the best cells, none beside another."""
    taken: set[tuple[int, int]] = set()
    rows: list[int] = []
    for row in np.argsort(-value, kind="stable"):
        at = int(east[row]), int(north[row])
        if len(rows) == STOPS or value[row] <= 0:
            break
        if at not in taken:
            rows.append(int(row))
            taken.update((at[0] + i, at[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
    return np.array(rows)


def nights(problem: Problem, places: Places, policy: Policy | None, many: int, seed: int) -> dict[str, Any]:
    """So many nights in a row: as foreseen by observers, and what they lost."""
    past: list[Night] = []
    losses, prices, bounds, kinds, broken = [], [], [], [], 0
    best = plan(problem, Stop(iterations=6000), seed=seed).prize
    for number in range(many):
        stops = replace(problem.stops, dwell_min=draw_dwell(len(places.must), seed=seed * 1000 + number))
        tonight = replace(problem, stops=stops)
        if policy is None:
            found, asked = plan(problem, Stop(iterations=600), seed=seed), problem
        else:
            drawn = draw(tonight, places, past, policy, Stop(iterations=600), seed=seed * 1000 + number)
            found, asked = drawn.plan, drawn.problem
            prices.append(drawn.price)
            bounds.append(drawn.predictable)
            kinds.append(drawn.plans)
            losses.append(drawn.loss)
        broken += len(check(asked, found))
        if policy is None:
            losses.append(1 - found.prize / max(best, found.prize))
        past.append(night_of(asked, places, found, weekday=number % 7))
    return {"past": past, "loss": losses, "price": prices, "known": bounds, "plans": kinds, "broken": broken}


def figures(one: dict[str, Any], past: int) -> dict[str, Any]:
    """What was foreseen and lost."""
    seen = observe(one["past"], past=past)
    row = {
        "foreseen_percent": round(100 * seen.predictable, 1),
        "error": round(100 * seen.error, 1),
        "best_observer": seen.best,
        "loss_percent": round(100 * float(np.mean(one["loss"])), 2),
        "worst_loss_percent": round(100 * max(one["loss"]), 2),
        "observers": {name: round(100 * share, 1) for name, share in seen.share.items()},
        "broken": one["broken"],
        "stops_a_night": round(float(np.mean([len(night) for night in one["past"]])), 1),
    }
    if one["plans"]:
        row |= {
            "rules_price_percent": round(100 * float(np.mean(one["price"])), 2),
            "known_lottery_percent": round(100 * float(np.mean(one["known"])), 1),
            "plans": round(float(np.mean(one["plans"])), 1),
            "most_nights_of_28": most(one["past"], 28),
        }
    return row


def most(past: list[Night], window: int) -> int:
    """On how many of ``window`` nights running the most visited cell was visited."""
    sets = [set(zip(night.cell_e.tolist(), night.cell_n.tolist(), strict=True)) for night in past]
    every = set().union(*sets)
    starts = range(max(1, len(sets) - window + 1))
    return max(sum(cell in seen for seen in sets[at : at + window]) for at in starts for cell in every)


def run(past: int, ahead: int, seed: int) -> dict[str, Any]:
    """All figures."""
    result: dict[str, Any] = {}
    for name, power in (("flat", 1.0), ("steep", 2.0)):
        problem, places = district(power)
        for way, policy in (("best plan", None), ("lottery", Policy())):
            result[f"{name}, {way}"] = figures(nights(problem, places, policy, past + ahead, seed), past)
    return result


def main() -> None:
    """Measure and print."""
    arguments = machine.arguments(__doc__.splitlines()[0], past=28, ahead=14, seed=1)
    machine.report(
        "observer",
        run(arguments.past, arguments.ahead, arguments.seed),
        seed=arguments.seed,
        as_json=arguments.as_json,
    )


if __name__ == "__main__":
    main()
