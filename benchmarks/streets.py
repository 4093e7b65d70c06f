"""Street graphs from real Korean files: how long they take, how they hang together, how fast they answer.

    python -m benchmarks.streets [--places 300] [--seed 1] [--json]

Each graph's main part answers one many-to-many question between random street points, on foot; beside it
plain scipy (one Dijkstra a point over the same graph taken as undirected, all rows kept), the answer that a
first attempt would give. ``agree`` is the largest difference between the two in metres: it must be 0.
``union`` is the time that shapely's union of all lines takes for the same joining (line files only).
"""

import gzip
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from scipy.sparse.csgraph import dijkstra

from benchmarks import machine
from sunra.core.routing import StreetGraph, read_edges, read_juso, read_osm, read_seoul_walking
from sunra.core.routing.streets.stored import dump, load


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    return act(), round(time.perf_counter() - begun, 3)


def gyeongju(path: Path, folder: Path) -> tuple[Path, Path]:
    """The published JSON as the two plain files that `read_edges` takes."""
    data = json.loads(gzip.decompress(path.read_bytes()))
    nodes, edges = folder / "nodes.csv", folder / "edges.csv"
    nodes.write_text("id,lon,lat\n" + "".join(f"{i},{lon},{lat}\n" for i, lat, lon in data["nodes"]))
    pairs = {tuple(sorted((u, v))): metres for u, v, metres in data["edges"]}
    edges.write_text("u,v,metres\n" + "".join(f"{u},{v},{metres}\n" for (u, v), metres in pairs.items()))
    return nodes, edges


def measure(name: str, read: Callable[[], StreetGraph], *, places: int, seed: int) -> dict[str, Any]:
    """One file's figures."""
    graph, build = _timed(read)
    report = graph.report()
    part, first = _timed(lambda: graph.layer("walk"))
    random = np.random.default_rng(seed)
    chosen = random.choice(part.node, places)
    points = graph.lonlat[chosen]
    ours, many = _timed(lambda: graph.matrix(points, points))
    rows = np.searchsorted(part.node, chosen)
    plain, raw = _timed(lambda: dijkstra(part.graph, directed=False, indices=rows)[:, rows])
    _, paths = _timed(lambda: graph.paths(points[:50], points[50:100]))
    stored, writing = _timed(lambda: dump(graph))
    _, reading = _timed(lambda: load(stored))
    return {
        "network": name, "build_s": build, "first_use_s": first, "kilometres": round(report.kilometres, 1),
        "nodes": report.nodes, "links": report.links, "graph_nodes": len(graph.lonlat),
        "components": report.components, "largest_share": round(report.largest_share, 3),
        "dead_ends": report.dead_ends, "places": places, "many_to_many_s": many, "scipy_s": raw,
        "agree_m": round(float(np.abs(ours - plain).max()), 6), "paths_50_s": paths,
        "store_mb": round(len(stored) / 1e6, 1), "store_s": writing, "load_s": reading,
        "rows": report.source.rows, "distinct": report.source.distinct, "left_out": report.source.left_out,
        "levels": report.source.levels,
    }  # fmt: skip


def _union(path: Path) -> float:
    _, _, wkb, _ = pyogrio.raw.read(path, columns=[])
    shapes = shapely.from_wkb(wkb)
    return _timed(lambda: shapely.union_all(shapes, grid_size=0.1))[1]


def run(*, places: int, seed: int) -> list[dict[str, Any]]:
    """All networks."""
    juso = machine.shared("korea", "roads_gangnam_juso", "TL_SPRD_MANAGE.shp")
    seoul = machine.shared("roads", "seoul_walk_OA21208")
    with tempfile.TemporaryDirectory() as folder:
        nodes, edges = gyeongju(
            machine.shared("roads", "gyeongju_walk", "gyeongju_walking_graph.json.gz"), Path(folder)
        )
        readers: dict[str, Callable[[], StreetGraph]] = {
            "Gangnam (juso)": lambda: read_juso(juso),
            "Gyeongju (edges)": lambda: read_edges(nodes, edges),
            "Songpa (OSM)": lambda: read_osm(machine.shared("roads", "songpa", "asanH.osm")),
            **{
                f"Seoul walk {code}": partial(read_seoul_walking, seoul / f"{code}_links.geojson.gz")
                for code in ("11090", "11160", "11240")
            },
        }
        rows = [measure(name, read, places=places, seed=seed) for name, read in readers.items()]
    rows[0]["union_s"] = _union(juso)
    return rows


def main() -> int:
    """Run and print."""
    arguments = machine.arguments(__doc__.splitlines()[0], places=300, seed=1)
    rows = run(places=arguments.places, seed=arguments.seed)
    if arguments.as_json:
        machine.report("streets", {"networks": rows}, seed=arguments.seed, as_json=True)
        return 0
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    print(f"seed {arguments.seed};", machine.describe())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
