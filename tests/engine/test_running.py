"""The same rows from the whole at once and from its partitions."""
# ruff: noqa: E501 - some texts are long

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunra import engine
from sunra.engine import CELLS, At, Embedded, EngineError, Limits, Query
from sunra.engine.backends import backend_of
from sunra.engine.partitioned import Partitioned
from sunra.engine.rows import same_rows
from tests.engine.made import COUNTED, NEAR, ORIGIN, points, scattered, squares

few = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
LOCAL = Query(
    "SELECT p.id, s.code, p.x / 7 AS seventh FROM a p"
    " LEFT JOIN squares s ON ST_Intersects(ST_GeomFromWKB(s.shape), ST_Point(p.x, p.y)) AND s.code <> '00'",
    partition="a",
    broadcast=("squares",),
)


def both(query: Query, tables: dict[str, Any], pieces: int) -> tuple[pa.Table, pa.Table]:
    """The result of both ways."""
    return (
        engine.run(query, tables),
        engine.run(query, tables, backend=Partitioned(pieces), limits=Limits(partitions=pieces)),
    )


@few
@given(table=scattered(), pieces=st.integers(1, 5))
def test_partitions_of_a_local_text_are_its_whole(table: pa.Table, pieces: int) -> None:
    """If this fails, rows are lost or doubled when a table is cut."""
    tables = {"a": table, "squares": squares(300)}
    assert same_rows(*both(LOCAL, tables, pieces))
    assert same_rows(*both(COUNTED, tables, pieces))


@few
@given(first=scattered(), second=scattered(), pieces=st.integers(1, 5), keep=st.sampled_from(["", "LEFT "]))
def test_every_pair_within_the_halo_is_found_once(
    first: pa.Table, second: pa.Table, pieces: int, keep: str
) -> None:
    """If this fails, pairs across the border of two tiles are missed or counted twice."""
    query = replace(NEAR, sql=NEAR.sql.replace(" JOIN ", f" {keep}JOIN "))
    assert same_rows(*both(query, {"a": first, "b": second}, pieces))


def test_bigger_tables_meet_across_many_tiles() -> None:
    """If this fails, the halo join is right only on toys."""
    tables = {"a": points(800, 1), "b": points(900, 2)}
    whole, parts = both(NEAR, tables, 6)
    assert whole.num_rows > 1_000
    assert same_rows(whole, parts)


def test_degrees_lines_and_cells_meet_too() -> None:
    """If this fails, only points in metres can be joined by place."""
    some = points(300, 3)
    degrees = pa.table({"id": some["id"], "x": pa.array([127.0 + n / 9e3 for n in range(300)]),
                        "y": pa.array([37.5 + (n % 17) / 1e4 for n in range(300)])})  # fmt: skip
    lines = [
        shapely.to_wkb(shapely.LineString([(127 + n / 50, 37.5), (127 + n / 50, 37.502)])) for n in range(5)
    ]
    at = {"a": At("x", "y", crs=4326), "b": At(geometry="line", crs=4326)}
    sql = "SELECT p.id, q.nr FROM a p JOIN b q ON ST_DWithin(ST_Point(p.x, p.y), ST_GeomFromWKB(q.line), 0.0005)"
    query = Query(sql, partition="a", near=("b",), halo=60, tile=500, at=at)
    whole, parts = both(query, {"a": degrees, "b": pa.table({"nr": range(5), "line": lines})}, 4)
    assert whole.num_rows
    assert same_rows(whole, parts)
    cells = pa.table(
        {"id": range(60), "cell_e": [n % 7 for n in range(60)], "cell_n": [n % 5 for n in range(60)]}
    )
    at = dict.fromkeys(("a", "b"), At("cell_e", "cell_n", crs=CELLS))
    sql = "SELECT p.id, q.id AS other FROM a p JOIN b q ON p.cell_e = q.cell_e AND p.cell_n = q.cell_n"
    query = Query(sql, partition="a", near=("b",), tile=200, at=at)
    whole, parts = both(query, {"a": cells, "b": cells}, 3)
    assert whole.num_rows > 60
    assert same_rows(whole, parts)


def test_tables_come_as_frames_files_and_folders(tmp_path: Path) -> None:
    """If this fails, callers convert their tables by hand, or a folder of files is read in part."""
    table = points(500, 4)
    pq.write_table(table.slice(0, 200), tmp_path / "one.parquet", row_group_size=60)
    (tmp_path / "deeper").mkdir()
    pq.write_table(table.slice(200), tmp_path / "deeper" / "two.parquet", row_group_size=90)
    wanted = engine.run(COUNTED, {"a": table, "squares": squares()})
    frame = pl.from_arrow(table)
    for given_as in (frame, tmp_path, [tmp_path / "one.parquet", tmp_path / "deeper"]):
        for backend in (Embedded(), Partitioned(3)):
            found = engine.run(COUNTED, {"a": given_as, "squares": squares()}, backend=backend)
            assert same_rows(wanted, found), (given_as, backend)
    one = engine.run("SELECT id FROM t", {"t": str(tmp_path / "one.parquet")})
    assert one.num_rows == 200


def test_geometry_of_a_geoparquet_file_is_geometry_everywhere(tmp_path: Path) -> None:
    """If this fails, a text over GeoParquet runs embedded and fails on a cluster."""
    about = {
        "version": "1.1.0",
        "primary_column": "g",
        "columns": {"g": {"encoding": "WKB", "geometry_types": []}},
    }
    note = json.dumps(about).encode()
    shapes = pa.array([shapely.to_wkb(shapely.Point(n, 1)) for n in range(4)], pa.binary())
    table = pa.table({"id": range(4), "g": shapes}).replace_schema_metadata({b"geo": note})
    pq.write_table(table, tmp_path / "g.parquet")
    for backend in (Embedded(), Partitioned(2)):
        found = engine.run("SELECT ST_X(g) AS x FROM t", {"t": tmp_path / "g.parquet"}, backend=backend)
        assert sorted(found["x"].to_pylist()) == [0, 1, 2, 3]


def test_types_survive_partitions() -> None:
    """If this fails, a cluster changes small integers, times or categories on the way."""
    table = pa.table(
        {
            "small": pa.array([1, 2, 3], pa.uint8()),
            "at": pa.array([0, 1, 2], pa.timestamp("us", "UTC")),
            "kind": pa.array(["등", "벨", None]).dictionary_encode(),
            "line": pa.array([[[1.0, 2.0]], None, []], pa.list_(pa.list_(pa.float64()))),
        }
    )
    query = Query("SELECT * FROM t", partition="t")
    whole, parts = both(query, {"t": table}, 2)
    assert whole.schema == parts.schema
    assert same_rows(whole, parts)


def test_bounds_end_a_query() -> None:
    """If this fails, a query without an end holds its process for good."""
    tables = {"a": points(2_000), "squares": squares()}
    crossed = "SELECT a.id FROM a CROSS JOIN unnest(generate_series(1, 30000))"
    with pytest.raises(EngineError, match="timeout"):
        engine.run(crossed, {"a": points(2_000)}, limits=Limits(seconds=0.2))
    for backend in (Embedded(), Partitioned(2)):
        with pytest.raises(EngineError, match="too_many_rows"):
            engine.run(LOCAL, tables, limits=Limits(rows=1_500), backend=backend)
    with pytest.raises(EngineError, match="timeout"):
        engine.run(COUNTED, tables, limits=Limits(seconds=-1))
    with pytest.raises(EngineError, match="memory"):
        engine.run(
            Query("SELECT kind, id, COUNT(*) AS n FROM a GROUP BY kind, id", partition="a",
                  combine="SELECT SUM(n) AS n FROM partials"),
            {"a": points(200_000)},
            limits=Limits(memory="100kb"),
        )  # fmt: skip


def test_failures_are_typed_and_hold_no_rows() -> None:
    """If this fails, a row's content leaves in an error, or a library's exception does."""
    named = pa.table({"name": ["홍길동"], "one": [1]})
    for sql in ("SELECT CAST(name AS INT) AS n FROM t", "SELECT 1 / (one - 1) AS n FROM t"):
        with pytest.raises(EngineError) as failed:
            engine.run(sql, {"t": named})
        assert failed.value.code == "failed"
        assert "홍길동" not in str(failed.value)


def test_tables_and_query_must_match(tmp_path: Path) -> None:
    """If this fails, a forgotten table or a broken file ends in a library's exception."""
    table = points(5)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    pq.write_table(table.select(["id"]), tmp_path / "narrow.parquet")
    pq.write_table(table, tmp_path / "full.parquet")
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (COUNTED, {"a": table}, "unknown_table"),
        (LOCAL, {"a": table, "squares": squares(), "more": table}, "unknown_table"),
        ("SELECT 1", {"a": table, "b": table}, "bad_query"),
        (Query("SELECT id FROM a", partition="a", broadcast=("a",)), {"a": table}, "bad_query"),
        (replace(NEAR, at={}), {"a": table, "b": table}, "bad_query"),
        (replace(NEAR, halo=-1), {"a": table, "b": table}, "bad_query"),
        (replace(NEAR, tile=150), {"a": table, "b": table}, "bad_query"),
        (
            replace(NEAR, at={"a": At(geometry="g"), "b": At(geometry="g")}),
            {"a": table, "b": table},
            "bad_query",
        ),
        ("SELECT 1", {"a": tmp_path / "nowhere.parquet"}, "missing_file"),
        ("SELECT 1", {"a": tmp_path / "broken.parquet"}, "bad_table"),
        ("SELECT 1", {"a": [tmp_path / "full.parquet", tmp_path / "narrow.parquet"]}, "bad_table"),
        ("SELECT 1", {"a": 7}, "bad_table"),
    ]
    for query, tables, code in cases:
        with pytest.raises(EngineError) as refused:
            engine.run(query, tables)
        assert refused.value.code == code, (query, tables)
    for at in (At("nothing", "y"), At("kind", "y")):
        both_at = {"a": at, "b": At("x", "y")}
        with pytest.raises(EngineError) as refused:
            engine.run(replace(NEAR, at=both_at, sql="SELECT id FROM a"), {"a": table, "b": table},
                       backend=Partitioned(2))  # fmt: skip
        assert refused.value.code == "bad_table"


def test_settings_name_backends() -> None:
    """If this fails, changing the setting needs a change of code."""
    assert backend_of("").place == "embedded"
    assert backend_of("partitioned[3]") == Partitioned(3)
    assert backend_of("partitioned").place == "partitioned[4]"
    for master in ("local[2]", "spark://host:7077"):
        assert backend_of(master).place == master
    for wrong in ("spark", "local[x]", "file:///etc", "partitioned[0x]"):
        with pytest.raises(EngineError, match="bad_setting"):
            backend_of(wrong)


def test_digest_tells_queries_apart() -> None:
    """If this fails, two different queries look like one in the records."""
    assert COUNTED.digest() == replace(COUNTED).digest()
    assert len({COUNTED.digest(), replace(COUNTED, combine="").digest(), replace(NEAR, halo=1).digest(),
                replace(NEAR, at={"a": At("x", "y"), "b": At("x", "y", crs=4326)}).digest()}) == 4  # fmt: skip


def test_points_lie_where_made() -> None:
    """If this fails, the other tests test an empty meeting."""
    assert points(50)["x"].drop_null()[0].as_py() > ORIGIN[0]
