"""How fast the real files are read, located and cleaned, and that every row of them is accounted for.

    python benchmarks/tables.py [--json]

Prints rows per second and balances per group of files.
"""

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from sunra.core.geo.districts import districts  # noqa: E402
from sunra.core.tables import read, read_folder  # noqa: E402
from sunra.core.tables.names import names  # noqa: E402

DATA = Path(os.environ.get("SUNRA_SHARED_DATA", ROOT.parent / "shared" / "data"))
GROUPS = {
    "cctv of 20 Seoul files": "korea/cctv",
    "lights of 19 Seoul files": "korea/lights",
    "lights 2022": "korea/lights_2022",
    "bells": "korea/bells",
    "police": "korea/police",
    "police 2022": "korea/police_2022",
    "Busan": "korea/busan",
    "streets of Gangnam": "korea/roads_gangnam_juso",
    "walking networks": "roads/seoul_walk_OA21208",
    "crime": "korea/crime",
}
SEONGBUK = "korea/lights/서울특별시_성북구_보안등정보_20190501.csv"


def group(folder: str) -> dict[str, Any]:
    """Balance and speed of all files of a folder, all kinds together."""
    started = time.perf_counter()
    totals = dict.fromkeys(
        ("files", "rows", "accepted", "merged", "quarantined", "units", "point", "dong", "unknown_rows"), 0
    )
    for result in read_folder(DATA / folder):
        totals["files"] += 1
        for name in ("rows", "accepted", "merged", "quarantined", "units"):
            totals[name] += getattr(result, name)
        totals["point"] += result.placed["point"]
        totals["dong"] += result.placed["dong"]
        totals["unknown_rows"] += result.rows if result.kind == "unknown" else 0
    seconds = time.perf_counter() - started
    balanced = totals["rows"] == totals["accepted"] + totals["merged"] + totals["quarantined"]
    return {
        **totals,
        "balanced": balanced,
        "seconds": round(seconds, 2),
        "rows_per_second": round(totals["rows"] / seconds),
    }


def measure() -> dict[str, Any]:
    """Everything this script prints."""
    started = time.perf_counter()
    districts().locate(127.0, 37.6)
    names()
    result: dict[str, Any] = {"load_districts_seconds": round(time.perf_counter() - started, 2)}
    started = time.perf_counter()
    one = read(DATA / SEONGBUK)
    result["seongbuk_lights"] = {"rows": one.rows, "seconds": round(time.perf_counter() - started, 2)}
    result["groups"] = {name: group(folder) for name, folder in GROUPS.items()}
    result["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return result


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    result = measure()
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    print(f"districts loaded in {result['load_districts_seconds']} s, peak {result['peak_megabytes']} MB")
    lights = result["seongbuk_lights"]
    print(f"Seongbuk lights: {lights['rows']} rows in {lights['seconds']} s")
    for name, row in result["groups"].items():
        sums = f"{row['rows']} = {row['accepted']} + {row['merged']} merged + {row['quarantined']} kept out"
        state = "balanced" if row["balanced"] else "NOT BALANCED"
        speed = f"{row['seconds']} s, {row['rows_per_second']} rows/s"
        print(f"{name}: {row['files']} files, {sums}, {state}; {speed}")


if __name__ == "__main__":
    main()
