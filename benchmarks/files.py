"""Reads every tabular and vector file of the collection and compares it with what the file truly is.

The truth (`tests.core.tables.truth`) was stated beside the reader, one line a file. Printed is one line a
file, and the sums; non-zero exit when one file is wrong. A file is right when kind, encoding, coordinate
system and number of rows are, its rows balance, and a refused one is refused for the reason stated.
"""

import sys
import time
from pathlib import Path
from typing import Any

from tests.core.tables.test_truth import faults
from tests.core.tables.truth import TRUTH

from benchmarks import machine
from sunra.core.tables.reading import read_or_refuse
from sunra.core.tables.result import TableRead


def main() -> int:
    """Read all files, print all lines; 1 when a file is read wrongly."""
    args = machine.arguments("What every real file is, and what the reader says.", only="")
    root = machine.shared("korea").parent
    lines: list[dict[str, Any]] = []
    for name in sorted(TRUTH):
        if args.only in name:
            lines.append(_line(root, name))
            if not args.as_json:
                _say(lines[-1])
    known = [line for line in lines if not line["refused"]]
    wrong = [line for line in lines if line["wrong"]]
    sums = {
        field: sum(line[field] for line in lines) for field in ("rows", "accepted", "merged", "quarantined")
    }
    machine.report(
        "files",
        {
            "files": len(lines),
            "recognised": len(known),
            "refused": len(lines) - len(known),
            "right": len(lines) - len(wrong),
            "wrong": [f"{line['file']}: {'; '.join(line['wrong'])}" for line in wrong],
            "balanced": sums["rows"] == sums["accepted"] + sums["merged"] + sums["quarantined"],
            **sums,
            "kinds": _by_kind(known),
            "seconds": round(sum(line["seconds"] for line in lines), 1),
            **({"table": lines} if args.as_json else {}),
        },
        as_json=args.as_json,
    )
    return bool(wrong)


def _line(root: Path, name: str) -> dict[str, Any]:
    start = time.perf_counter()
    result = read_or_refuse(root / name)
    seconds = time.perf_counter() - start
    truth = TRUTH[name]
    return {
        "file": name,
        "kind": result.kind,
        "encoding": result.encoding,
        "crs": result.crs,
        "rows": result.rows,
        "accepted": result.accepted,
        "merged": result.merged,
        "quarantined": result.quarantined,
        "reasons": result.reasons,
        "placed": result.placed,
        "units": result.units,
        "warnings": dict(result.flags),
        "refused": _refusal(result, truth.why),
        "wrong": faults(result, truth),
        "seconds": round(seconds, 2),
    }


def _refusal(result: TableRead, why: str) -> str:
    """Why no row of the file can be used, "" where some can."""
    if result.accepted:
        return ""
    return f"{', '.join(result.reasons or result.warnings)}: {why}"


def _by_kind(lines: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Files, rows and units of each kind."""
    kinds: dict[str, dict[str, int]] = {}
    for line in lines:
        sums = kinds.setdefault(line["kind"], {"files": 0, "rows": 0, "units": 0})
        for field, value in (("files", 1), ("rows", line["rows"]), ("units", line["units"])):
            sums[field] += value
    return kinds


def _say(line: dict[str, Any]) -> None:
    mark = "WRONG" if line["wrong"] else "right"
    print(
        f"{mark} {line['file']}: {line['kind']} {line['encoding']} {line['crs']}  {line['rows']} ="
        f" {line['accepted']} + {line['merged']} + {line['quarantined']}  {line['placed']}"
        f" units {line['units']}  {line['seconds']} s  {'; '.join(line['wrong']) or line['refused']}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
