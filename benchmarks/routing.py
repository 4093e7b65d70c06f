"""How far patrol plans lie from the best known on public team orienteering files (Chao, Golden, Wasil 1996).

    python -m benchmarks.routing [--seconds 2] [--seed 1] [--json]

For each file: the gap of greedy insertion, the baseline that a dispatcher's common sense gives, and of
``plan`` after the given seconds on one thread, in percent of the best known prize. "broken" counts what the
independent checker finds in either plan: it must be 0.
"""

from pathlib import Path
from typing import Any

from tests.core.routing.chao import read_chao

from benchmarks import machine
from sunra.core.routing import Stop, check, plan

FILES = ("p3.3.t", "p4.2.q", "p4.3.r", "p4.4.t", "p5.3.x", "p6.4.n", "p7.2.t", "p7.3.s")


def measure(path: Path, best: float, *, seconds: float, seed: int) -> dict[str, Any]:
    """The gaps of greedy insertion and of the search on one file."""
    problem = read_chao(path.read_text())
    greedy, searched = (
        plan(problem, stop, seed=seed) for stop in (Stop(iterations=0), Stop(seconds=seconds))
    )
    gap_greedy, gap = (round(100 * (best - found.prize) / best, 2) for found in (greedy, searched))
    return {
        "file": path.stem,
        "best_known": best,
        "prize": searched.prize,
        "gap": gap,
        "gap_greedy": gap_greedy,
        "steps": searched.iterations,
        "seconds": round(searched.seconds, 2),
        "broken": len(check(problem, greedy)) + len(check(problem, searched)),
    }


def run(folder: Path, *, seconds: float, seed: int) -> dict[str, Any]:
    """All files and their means."""
    best = dict(line.split() for line in (folder / "best_known.txt").read_text().splitlines() if line.strip())
    rows = [
        measure(folder / "chao" / f"{name}.txt", float(best[f"{name}.txt"]), seconds=seconds, seed=seed)
        for name in FILES
    ]
    means = {
        f"mean_{key}": round(sum(row[key] for row in rows) / len(rows), 2) for key in ("gap", "gap_greedy")
    }
    return {"files": rows, **means}


def main() -> int:
    """Run and print."""
    arguments = machine.arguments(__doc__.splitlines()[0], seconds=2.0, seed=1)
    result = run(machine.shared("orienteering"), seconds=arguments.seconds, seed=arguments.seed)
    if arguments.as_json:
        machine.report("routing", result, seed=arguments.seed, as_json=True)
        return 0
    print("file       best   plan  gap % greedy %  steps     s broken")
    for row in result["files"]:
        print(
            f"{row['file']:8} {row['best_known']:6.0f} {row['prize']:6.0f} {row['gap']:6.2f} "
            f"{row['gap_greedy']:8.2f} {row['steps']:6d} {row['seconds']:5.2f} {row['broken']:6d}"
        )
    print(f"mean gap {result['mean_gap']} %, greedy {result['mean_gap_greedy']} %")
    print(f"seed {arguments.seed};", machine.describe())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
