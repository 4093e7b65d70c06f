"""Patrol plans against PyVRP and OR-Tools on Chao's files p4 to p7, at equal processor time on one thread.

    OMP_NUM_THREADS=1 python -m benchmarks.orienteering [--seconds 10] [--files 100] [--seed 1]
        [--solvers sunra,pyvrp] [--resume FILE.jsonl] [--json]

``--files N`` takes N files spread evenly over the list of 160. ``--resume`` keeps each figure in a file and
goes on where an earlier run ended. A gap is the share of the best known prize that is missing, in percent; it
may be slightly negative, the list of best known values is older than some later results. Every solver's
routes are judged by the same look; routes that break a rule count 0.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks import machine
from benchmarks.orienteering_rivals import ROUNDING, SOLVERS, score
from sunra.core.routing import Problem
from sunra.core.routing.instances import read_instance
from sunra.core.routing.search import warm

Row = dict[str, Any]


def spread(paths: list[Path], count: int) -> list[Path]:
    """``count`` paths evenly over the list."""
    return [paths[at * len(paths) // count] for at in range(min(count, len(paths)))]


def measure(problem: Problem, solver: str, *, seconds: float, seed: int) -> Row:
    """What one solver finds on one problem, with the processor seconds it took."""
    begun = process_time()
    routes = SOLVERS[solver](problem, seconds, seed)
    spent = process_time() - begun
    try:
        prize, broken = score(problem, routes, slack=ROUNDING[solver]), ""
    except ValueError as cause:
        prize, broken = 0.0, str(cause)
    return {"prize": prize, "cpu_seconds": round(spent, 2), "broken": broken}


def run(
    cases: Iterable[tuple[str, Callable[[], Problem]]], solvers: list[str], given: argparse.Namespace
) -> dict[str, dict[str, Row]]:
    """Every case by every solver; what ``--resume`` holds is not measured again."""
    kept = Path(given.resume) if given.resume else None
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    if kept and kept.exists():
        for line in kept.read_text().splitlines():
            row = json.loads(line)
            if row["seconds"] == given.seconds and row["seed"] == given.seed:
                found[row["case"]][row["solver"]] = row
    warm()  # compiling is not part of any figure
    wanted = []
    for name, load in cases:
        wanted.append(name)
        for solver in solvers:
            if solver in found[name]:
                continue
            row = measure(load(), solver, seconds=given.seconds, seed=given.seed)
            found[name][solver] = row
            if kept:
                whole = {"case": name, "solver": solver, "seconds": given.seconds, "seed": given.seed, **row}
                with kept.open("a") as stream:
                    stream.write(json.dumps(whole) + "\n")
    return {name: found[name] for name in wanted}


def mean(values: Iterable[float]) -> float:
    """The mean; 0 of nothing."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def gap(best: float, prize: float) -> float:
    """Missing percent of the best."""
    return 100 * (best - prize) / best if best else 0.0


def figures(rows: dict[str, dict[str, Row]], best: dict[str, float], solvers: list[str]) -> Row:
    """By solver: mean gap, share of files at the best known, mean prize of each set."""
    sets = sorted({name[:2] for name in rows})
    out: Row = {}
    for solver in solvers:
        gaps = [gap(best[name], rows[name][solver]["prize"]) for name in rows]
        out[solver] = {
            "mean_gap": round(mean(gaps), 3),
            "at_best_percent": round(100 * mean(float(one <= 1e-9) for one in gaps), 1),
            "worst_gap": round(max(gaps, default=0.0), 2),
            "broken": sum(bool(rows[name][solver]["broken"]) for name in rows),
            "cpu_seconds": round(mean(rows[name][solver]["cpu_seconds"] for name in rows), 2),
            "set_means": {
                one: round(mean(rows[name][solver]["prize"] for name in rows if name[:2] == one), 2)
                for one in sets
            },
        }
    return out


def main() -> int:
    """Run and print."""
    given = machine.arguments(
        __doc__.splitlines()[0],
        seconds=10.0,
        seed=1,
        files=100,
        solvers="sunra,pyvrp,greedy",
        resume="",
        only="",
    )
    folder = machine.shared("orienteering")
    table = (line.split() for line in (folder / "best_known.txt").read_text().splitlines() if line.strip())
    best = {name.removesuffix(".txt"): float(value) for name, value in table}
    paths = sorted(path for path in (folder / "chao").iterdir() if path.name[:2] in {"p4", "p5", "p6", "p7"})
    # Files that nobody can earn anything in say nothing.
    paths = spread([path for path in paths if best.get(path.stem, 0) > 0], given.files)
    if given.only:
        paths = [folder / "chao" / f"{name}.txt" for name in given.only.split(",")]
    solvers = given.solvers.split(",")
    rows = run(((path.stem, lambda path=path: read_instance(path)) for path in paths), solvers, given)
    result = {
        "seconds": given.seconds,
        "files": {
            name: {"best_known": best[name], **{s: row[s]["prize"] for s in solvers}}
            for name, row in rows.items()
        },
        "solvers": figures(rows, best, solvers),
    }
    if given.as_json:
        machine.report("orienteering", result, seed=given.seed, as_json=True)
        return 0
    print("file      best known " + " ".join(f"{solver:>9}" for solver in solvers))
    for name, row in result["files"].items():
        print(f"{name:9} {row['best_known']:10.0f} " + " ".join(f"{row[solver]:9.0f}" for solver in solvers))
    for solver, row in result["solvers"].items():
        print(f"{solver:9} {row}")
    print(f"seed {given.seed};", machine.describe())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
