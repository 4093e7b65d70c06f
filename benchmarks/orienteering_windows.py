"""Patrol plans against PyVRP and OR-Tools on time-window files (Solomon, Cordeau), 1 to 4 teams.

    OMP_NUM_THREADS=1 python -m benchmarks.orienteering_windows [--seconds 10] [--files 51] [--teams 1,2,3,4]
        [--solvers sunra,pyvrp,ortools,greedy] [--long 0] [--resume FILE.jsonl] [--json]

``--files N`` takes N of the 51 files, spread evenly. ``--long 60`` lets every solver also search for that
long, and states by how much the short search stays behind the best that any of them finds then.
"""

import argparse
import copy
from typing import Any

from benchmarks import machine
from benchmarks.orienteering import Row, gap, mean, run, spread
from sunra.core.routing.instances import read_instance

SOLVERS = "sunra,pyvrp,ortools,greedy"


def figures(rows: dict[str, dict[str, Row]], best: dict[str, float], solvers: list[str]) -> Row:
    """By solver and number of teams: mean prize; and how far behind the best of all."""
    teams = sorted({name.rsplit(" ", 1)[1] for name in rows})
    return {
        solver: {
            "mean_prize": round(mean(row[solver]["prize"] for row in rows.values()), 2),
            "mean_behind_best": round(mean(gap(best[name], rows[name][solver]["prize"]) for name in rows), 3),
            "worst_behind_best": round(
                max((gap(best[name], rows[name][solver]["prize"]) for name in rows), default=0.0), 2
            ),
            "broken": sum(bool(row[solver]["broken"]) for row in rows.values()),
            "cpu_seconds": round(mean(row[solver]["cpu_seconds"] for row in rows.values()), 2),
            "by_teams": {
                count: round(
                    mean(row[solver]["prize"] for name, row in rows.items() if name.endswith(f" {count}")), 2
                )
                for count in teams
            },
        }
        for solver in solvers
    }


def measured(given: argparse.Namespace) -> dict[str, Any]:
    """All cases, short and, where asked for, long."""
    solvers, folder = given.solvers.split(","), machine.shared("orienteering", "toptw")
    paths = spread(sorted(folder.glob("*.txt")), given.files)
    if given.only:
        paths = [folder / f"{name}.txt" for name in given.only.split(",")]
    cases = [
        (f"{path.stem} {teams}", lambda path=path, teams=teams: read_instance(path, teams=int(teams)))
        for path in paths
        for teams in given.teams.split(",")
    ]
    rows = run(cases, solvers, given)
    seen = [rows]
    if given.long:
        longer = copy.copy(given)
        longer.seconds = given.long
        seen.append(run(cases, [one for one in solvers if one != "greedy"], longer))
    best = {name: max(row["prize"] for some in seen for row in some[name].values()) for name in rows}
    return {
        "seconds": given.seconds,
        "long": given.long,
        "files": {
            name: {"best": best[name], **{one: row[one]["prize"] for one in solvers}}
            for name, row in rows.items()
        },
        "solvers": figures(rows, best, solvers),
    }


def main() -> int:
    """Run and print."""
    given = machine.arguments(
        __doc__.splitlines()[0], seconds=10.0, seed=1, files=51, solvers=SOLVERS, resume="", teams="1,2,3,4",
        only="", long=0.0,
    )  # fmt: skip
    result = measured(given)
    if given.as_json:
        machine.report("orienteering_windows", result, seed=given.seed, as_json=True)
        return 0
    solvers = given.solvers.split(",")
    print("file, teams     best " + " ".join(f"{solver:>8}" for solver in solvers))
    for name, row in result["files"].items():
        print(f"{name:11} {row['best']:8.0f} " + " ".join(f"{row[solver]:8.0f}" for solver in solvers))
    for solver, row in result["solvers"].items():
        print(f"{solver:9} {row}")
    print(f"seed {given.seed};", machine.describe())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
