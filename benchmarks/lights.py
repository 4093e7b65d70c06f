"""Security lights of 19 Seoul districts: rows placed by their address alone, how truly, and how fast.

    python -m benchmarks.lights [--json] [--folds 5]

``placed``: of the rows without coordinates, by nothing but exact names of legal dongs (baseline), by this
reader on each file alone, and with a gazetteer learnt from every file of the shared data. ``hidden``: the
coordinates of located rows are blanked, the files are read again, and the dong given by address is compared
with the place the row really has; a dong counts as right within 50 m (borders run along roads).
``others only``: all coordinates of all lights are blanked, and only other kinds of files were learnt from.
Everything runs on one core.
"""

import csv
import io
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

# One core is what the figure is stated for; the libraries look at this once, at import.
os.environ["POLARS_MAX_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import numpy as np
import polars as pl
import shapely

from benchmarks import machine
from sunra.core.geo import crs
from sunra.core.geo.districts import districts
from sunra.core.tables import Gazetteer, TableRead, learn, read, read_folder
from sunra.core.tables.admin_dongs import admin_dongs
from sunra.core.tables.names import names

TOLERANCE = 50.0
LAT, LON, ROAD, LOT = 4, 5, 2, 3
TEACHERS = (
    "cctv",
    "bells",
    "childzone",
    "enforcement",
    "police",
    "police_2022",
    "licences",
    "schools",
    "lights_2022",
)

Table = list[list[str]]


def tables() -> dict[str, tuple[str, Table]]:
    """File name → (encoding, records with header), as they are."""
    found = {}
    for path in sorted(machine.shared("korea", "lights").glob("*.csv")):
        data = path.read_bytes()
        for encoding in ("utf-8-sig", "cp949"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            found[path.name] = (encoding, list(csv.reader(io.StringIO(text, newline=""))))
            break
    return found


def blanked(source: dict[str, tuple[str, Table]], folder: Path, hides: Callable[[list[str]], bool]) -> None:
    """The files again, without the coordinates of the rows that ``hides`` names."""
    for name, (encoding, records) in source.items():
        rows = [records[0]]
        for row in records[1:]:
            hide = len(row) > LON and hides(row)
            rows.append([*row[:LAT], "", "", *row[LON + 1 :]] if hide else row)
        with (folder / name).open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows(rows)


class Truth:
    """Where located rows really lie, and how far that is from a dong."""

    def __init__(self, reads: list[TableRead]) -> None:
        self._points = {one.file: one.table.filter(pl.col("precision") == "point") for one in reads}
        self._areas: dict[str, Any] = {}

    def _area(self, code: str) -> Any:
        if code not in self._areas:
            office = admin_dongs().get(code)
            legal = office.legal if office else (code,)
            parts = [dong.polygon for dong in districts().dongs(code[:5]) if dong.code in legal]
            self._areas[code] = shapely.transform(
                shapely.union_all(parts), lambda xy: np.column_stack(crs.transform(*xy.T, 4326, 5179))
            )
            shapely.prepare(self._areas[code])
        return self._areas[code]

    def judge(self, again: list[TableRead], hidden: Callable[[str, int], bool]) -> dict[str, Any]:
        """What became of the hidden rows: placed, wrong by metres, points made up (must be 0)."""
        rows = placed = admin = invented = 0
        metres: list[float] = []
        for one in again:
            truth = {
                line: (lon, lat)
                for line, lon, lat in self._points[one.file].select("line", "lon", "lat").iter_rows()
            }
            lost = set(one.rejects["line"].to_list())
            rows += sum(1 for line in truth if hidden(one.file, line) and line in lost)
            table = one.table.select("line", "dong", "precision", "lon")
            for line, dong, precision, lon in table.iter_rows():
                if line not in truth or not hidden(one.file, line):
                    continue
                rows += 1
                if lon is not None:
                    invented += 1
                    continue
                placed += 1
                admin += precision == "admin_dong"
                x, y = crs.transform(*truth[line], 4326, 5179)
                metres.append(float(shapely.distance(self._area(dong), shapely.Point(float(x), float(y)))))
        far = np.array(metres)
        return {
            "rows": rows,
            "placed_percent": round(100 * placed / rows, 2),
            "at_admin_dong": admin,
            "wrong_over_50_m_percent": round(100 * float((far > TOLERANCE).mean()), 3),
            "wrong_at_all_percent": round(100 * float((far > 0).mean()), 3),
            "wrong_over_300_m_percent": round(100 * float((far > 300).mean()), 3),
            "points_invented": invented,
        }


def missing(row: list[str]) -> bool:
    """No coordinates in the file."""
    return len(row) > LON and not (row[LAT].strip() and row[LON].strip())


def baseline(source: dict[str, tuple[str, Table]]) -> int:
    """Rows without coordinates whose address holds the exact name of a legal dong of the district."""
    found = 0
    for name, (_, records) in source.items():
        pattern = names().pattern(names().district(name))
        texts = pl.Series([f"{row[LOT]} {row[ROAD]}" for row in records[1:] if missing(row)], dtype=pl.String)
        found += int(texts.str.contains(pattern).sum())
    return found


def teachers() -> list[TableRead]:
    """Located rows of every other kind of file."""
    root = machine.shared("korea")
    return [one for folder in TEACHERS if (root / folder).is_dir() for one in read_folder(root / folder)]


def all_of(folder: Path, gazetteer: Gazetteer | None = None) -> list[TableRead]:
    """Every file of a folder."""
    return [read(path, gazetteer=gazetteer) for path in sorted(folder.glob("*.csv"))]


def by_address(reads: list[TableRead]) -> dict[str, int]:
    """How many rows were placed by their address, and how."""
    kinds = ("placed_by_address", "placed_by_admin", "placed_by_road")
    lost = ("no_location", "ambiguous_dong")
    return {kind: sum(one.flags.get(kind, 0) for one in reads) for kind in kinds} | {
        reason: sum(one.reasons.get(reason, 0) for one in reads) for reason in lost
    }


def speed(folder: Path) -> dict[str, Any]:
    """Seconds of reading, locating and cleaning, beside the plain parse of the same files."""
    started, worked = time.perf_counter(), time.process_time()
    reads = all_of(folder)
    ours, cpu = time.perf_counter() - started, time.process_time() - worked
    started = time.perf_counter()
    plain = 0
    for path in folder.glob("*.csv"):
        encoding = "utf8" if path.read_bytes().startswith(b"\xef\xbb\xbf") else "cp949"
        plain += pl.read_csv(path, encoding=encoding, infer_schema=False, truncate_ragged_lines=True).height
    floor = time.perf_counter() - started
    rows = sum(one.rows for one in reads)
    return {
        "rows": rows,
        "seconds": round(ours, 2),
        "processor_seconds": round(cpu, 2),
        "rows_per_second": round(rows / ours),
        "plain_polars_parse_seconds": round(floor, 2),
        "plain_rows": plain,
        "peak_mb_after_reading": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def hidden(source: dict[str, tuple[str, Table]], reads: list[TableRead], folds: int) -> dict[str, Any]:
    """Folds by address: rows of one address are hidden together, so that no twin gives it away."""
    truth = Truth(reads)

    def fold(row: list[str]) -> int:
        return crc32(f"{row[ROAD]}|{row[LOT]}".encode()) % folds

    lines = {name: dict(enumerate(records[1:], start=2)) for name, (_, records) in source.items()}
    results = []
    for number in range(folds):
        with tempfile.TemporaryDirectory() as folder:
            blanked(source, Path(folder), lambda row, number=number: fold(row) == number)
            again = all_of(Path(folder))
        results.append(
            truth.judge(again, lambda name, line, number=number: fold(lines[name][line]) == number)
        )
    rows = sum(one["rows"] for one in results)
    merged: dict[str, Any] = {"rows": rows}
    for key in results[0].keys() - {"rows"}:
        if key.endswith("percent"):
            merged[key] = round(sum(one[key] * one["rows"] for one in results) / rows, 3)
        else:
            merged[key] = sum(one[key] for one in results)
    return merged


def measure(folds: int) -> dict[str, Any]:
    """Everything this script prints."""
    districts().locate(127.0, 37.6)
    folder = machine.shared("korea", "lights")
    figures: dict[str, Any] = {"speed": speed(folder)}
    source = tables()
    without = sum(1 for _, records in source.values() for row in records[1:] if missing(row))
    reads = all_of(folder)
    others = teachers()
    whole = learn([*reads, *others])
    taught = all_of(folder, whole)
    figures["placed"] = {
        "rows_without_coordinates": without,
        "baseline_exact_legal_names_percent": round(100 * baseline(source) / without, 1),
        "alone": by_address(reads),
        "alone_percent": round(100 * by_address(reads)["placed_by_address"] / without, 1),
        "with_gazetteer": by_address(taught),
        "with_gazetteer_percent": round(100 * by_address(taught)["placed_by_address"] / without, 1),
        "gazetteer_rows": whole.frame.height,
    }
    figures["hidden"] = hidden(source, reads, folds)
    with tempfile.TemporaryDirectory() as temporary:
        blanked(source, Path(temporary), lambda _: True)
        again = all_of(Path(temporary), learn(others))
        figures["others_only"] = Truth(reads).judge(again, lambda _name, _line: True)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def main() -> None:
    """Measures and prints."""
    chosen = machine.arguments(__doc__ or "", folds=5)
    machine.report("lights", measure(chosen.folds), as_json=chosen.as_json)


if __name__ == "__main__":
    main()
