"""Small made tables of the engine's tests: points, squares, a backend that cuts them."""

import numpy as np
import pyarrow as pa
import shapely
from hypothesis import strategies as st

from sunra.engine import At, Query

ORIGIN = (950_000.0, 1_950_000.0)
LOCATED = {"a": At("x", "y"), "b": At("x", "y")}
NEAR = Query(
    "SELECT p.id, q.id AS other, ST_Distance(ST_Point(p.x, p.y), ST_Point(q.x, q.y)) AS metres"
    " FROM a p JOIN b q ON ST_DWithin(ST_Point(p.x, p.y), ST_Point(q.x, q.y), 100)",
    partition="a",
    near=("b",),
    halo=100,
    tile=300,
    at=LOCATED,
)
COUNTED = Query(
    "SELECT s.code, p.kind, COUNT(*) AS n, SUM(p.x) AS x, MIN(p.id) AS first, MAX(p.y) AS last"
    " FROM a p JOIN squares s ON ST_Intersects(ST_GeomFromWKB(s.shape), ST_Point(p.x, p.y))"
    " GROUP BY s.code, p.kind",
    partition="a",
    broadcast=("squares",),
    combine="SELECT code, kind, SUM(n) AS n, SUM(x) AS x, MIN(first) AS first, MAX(last) AS last,"
    " SUM(x) / SUM(n) AS mean FROM partials GROUP BY code, kind",
)


def points(rows: int, seed: int = 0, metres: float = 1_500.0) -> pa.Table:
    """``rows`` points in a square of ``metres``: id, kind (with nulls), x, y (some null)."""
    draw = np.random.default_rng(seed)
    lost = draw.random(rows) < 0.05
    x, y = (ORIGIN[axis] + draw.uniform(0, metres, rows) for axis in (0, 1))
    kinds = [None if value == 3 else f"종류{value}" for value in draw.integers(0, 4, rows)]
    return pa.table(
        {
            "id": pa.array(np.arange(rows)),
            "kind": pa.array(kinds, pa.string()),
            "x": pa.array(x, mask=lost),
            "y": pa.array(y, mask=lost),
        }
    )


def squares(side: float = 500.0, count: int = 3) -> pa.Table:
    """``count`` × ``count`` squares as WKB with a code; the last two share one."""
    codes, shapes = [], []
    for row in range(count):
        for column in range(count):
            codes.append(f"{min(row * count + column, count * count - 2):02d}")
            west, south = ORIGIN[0] + column * side, ORIGIN[1] + row * side
            shapes.append(shapely.to_wkb(shapely.box(west, south, west + side, south + side)))
    return pa.table({"code": codes, "shape": pa.array(shapes, pa.binary())})


@st.composite
def scattered(draw: st.DrawFn, most: int = 40) -> pa.Table:
    """Points on tile borders, on each other, without a position, or none at all."""
    at = st.one_of(
        st.none(),
        st.sampled_from([0.0, 100.0, 300.0, 600.0, 299.999_999, 200.0]),
        st.floats(0, 900, allow_nan=False),
    )
    rows = draw(st.lists(st.tuples(at, at, st.sampled_from(["등", "벨", None])), max_size=most))
    return pa.table(
        {
            "id": pa.array(range(len(rows)), pa.int64()),
            "kind": pa.array([kind for _x, _y, kind in rows], pa.string()),
            "x": pa.array([None if x is None else ORIGIN[0] + x for x, _y, _k in rows], pa.float64()),
            "y": pa.array([None if y is None else ORIGIN[1] + y for _x, y, _k in rows], pa.float64()),
        }
    )
