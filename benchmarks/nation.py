"""A made-up lights file of the whole nation, 1.84 million rows as dirty as the real ones, read in parts.

    python -m benchmarks.nation [--json] [--rows 1840000] [--seed 7]

The rows are invented; how often a row lacks coordinates, is repeated, names an administrative dong, has no
space before its number, or points abroad follows what was counted in the real files. Memory is read after
every part: flat means that the last tenth needs no more than the first. Everything runs on one core.
``floor`` is polars parsing the same file into text columns and doing nothing with it.
"""

import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import numpy as np
import polars as pl
import shapely

from benchmarks import machine
from sunra.core.geo import codes
from sunra.core.geo.districts import districts
from sunra.core.tables import read_stream
from sunra.core.tables.admin_dongs import admin_dongs

HEADER = (
    "보안등위치명,설치개수,소재지도로명주소,소재지지번주소,위도,경도,설치연도,설치형태,"
    "관리기관전화번호,관리기관명,데이터기준일자"
)
MISSING = 0.368
"""66,578 of 180,941."""
REPEATED = 0.08
"""18,360 of 226,236."""
OFFICES = 0.19
TYPED = 0.0003
SWAPPED = 0.0001
_BLOCK = 100_000


def dongs() -> pl.DataFrame:
    """Every legal dong of the nation with an inner point, its district and an administrative dong of it."""
    offices: dict[str, str] = {}
    for one in admin_dongs().values():
        for code in one.legal:
            offices.setdefault(code, one.name)
    rows = []
    for district in districts().codes():
        entry = codes.current()[district + "00000"]
        for dong in districts().dongs(district):
            inner = shapely.point_on_surface(dong.polygon)
            rows.append(
                (dong.code, entry.full_name, dong.name, offices.get(dong.code, dong.name), inner.x, inner.y)
            )
    return pl.DataFrame(rows, schema=["code", "district", "dong", "office", "lon", "lat"], orient="row")


def block(table: pl.DataFrame, rng: np.random.Generator, rows: int, start: int) -> pl.DataFrame:
    """``rows`` made-up lights of neighbouring dongs, in the standard's columns."""
    pick = np.sort(rng.integers(0, table.height, rows))
    place = table[pick]
    lot = rng.integers(1, 900, rows).astype(str).astype(object) + "-" + rng.integers(1, 60, rows).astype(str)
    office, tight = rng.random(rows) < OFFICES, rng.random(rows) < 0.2
    word = np.where(office, place["office"].to_numpy(), place["dong"].to_numpy())
    gap = np.where(tight, "", " ")
    street = rng.integers(1, 40, rows).astype(str)
    house = rng.integers(1, 80, rows).astype(str)
    district = place["district"].to_numpy()
    lon = place["lon"].to_numpy() + rng.normal(0, 0.0003, rows)
    lat = place["lat"].to_numpy() + rng.normal(0, 0.0003, rows)
    lat = np.where(rng.random(rows) < TYPED, lat - 10, lat)
    swap = rng.random(rows) < SWAPPED
    lon, lat = np.where(swap, lat, lon), np.where(swap, lon, lat)
    told = rng.random(rows) >= MISSING
    stem = place["dong"].str.replace("(?:동|읍|면|가)$", "").to_numpy()
    frame = pl.DataFrame(
        {
            "name": [f"{start + i}" for i in range(rows)],
            "lamps": rng.choice(["1", "1", "1", "2"], rows),
            "road": district + " " + stem + "로" + street + "길 " + house,
            "lot": np.where(rng.random(rows) < 0.1, "", district + " " + word + gap + lot),
            "lat": np.where(told, np.round(lat, 7).astype(str), ""),
            "lon": np.where(told, np.round(lon, 7).astype(str), ""),
            "year": rng.integers(2000, 2024, rows).astype(str),
            "form": rng.choice(["한전주", "건축물", "전용주", ""], rows),
            "phone": "",
            "agency": district,
            "date": "2024-05-01",
        }
    )
    again = rng.random(rows) < REPEATED
    return frame[
        np.where(again, np.maximum(np.arange(rows) - rng.integers(1, 5_000, rows), 0), np.arange(rows))
    ]


def write(path: Path, rows: int, seed: int) -> None:
    """The whole file, in the encoding that agencies send."""
    rng, table = np.random.default_rng(seed), dongs()
    with path.open("w", encoding="cp949", errors="replace", newline="") as stream:
        stream.write(HEADER + "\r\n")
        for start in range(0, rows, _BLOCK):
            stream.write(block(table, rng, min(_BLOCK, rows - start), start).write_csv(include_header=False))


def resident() -> int:
    """Megabytes of memory in use now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_048_576


def measure(rows: int, seed: int) -> dict[str, Any]:
    """Everything this script prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "전국_보안등정보.csv"
        # Made in a process of its own: its memory must not count.
        child = os.fork()
        if child == 0:
            write(path, rows, seed)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise SystemExit("the file could not be made")
        started = time.perf_counter()
        districts().locate(127.0, 37.6)
        loaded, before = time.perf_counter() - started, resident()
        started, worked = time.perf_counter(), time.process_time()
        stream = read_stream(path)
        counted = time.perf_counter() - started
        memory = [resident() for _ in stream]
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        started = time.perf_counter()
        plain = pl.read_csv(path, encoding="cp949", infer_schema=False, truncate_ragged_lines=True).height
        floor = time.perf_counter() - started
        tenth = max(1, len(memory) // 10)
        total = stream.totals
        return {
            "rows": total.rows,
            "bytes": path.stat().st_size,
            "seconds": round(seconds, 1),
            "processor_seconds": round(cpu, 1),
            "of_which_counting": round(counted, 1),
            "borders_loaded_seconds": round(loaded, 1),
            "rows_per_second": round(total.rows / seconds),
            "peak_mb": peak,
            "mb_before": before,
            "mb_first_tenth": max(memory[:tenth]),
            "mb_last_tenth": max(memory[-tenth:]),
            "balanced": total.rows == total.accepted + total.merged + total.quarantined,
            "accepted": total.accepted,
            "merged": total.merged,
            "reasons": dict(total.reasons),
            "placed": dict(total.placed),
            "flags": dict(total.flags),
            "floor_plain_polars_parse_seconds": round(floor, 1),
            "floor_rows": plain,
        }


def main() -> None:
    """Measures and prints."""
    chosen = machine.arguments(__doc__ or "", rows=1_840_000, seed=7)
    machine.report("nation", measure(chosen.rows, chosen.seed), seed=chosen.seed, as_json=chosen.as_json)


if __name__ == "__main__":
    main()
