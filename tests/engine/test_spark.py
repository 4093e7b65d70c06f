"""The same rows from the embedded engine and from Spark, in real workers."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sunra import engine
from sunra.engine import EngineError, Limits, Query
from sunra.engine.rows import same_rows
from sunra.engine.spark import Spark
from tests.engine import work
from tests.engine.made import COUNTED, NEAR, points, squares
from tests.engine.test_partitions import TABLE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]  # one JVM for all of them
TWO = Limits(partitions=2)


def test_same_rows_of_pieces_with_a_combine_step(spark: Spark, tmp_path: Path) -> None:
    """If this fails, a statistic changes when the installation moves to a cluster."""
    tables = {"a": points(3_000, 5), "squares": squares()}
    pq.write_table(tables["a"], tmp_path / "a.parquet", row_group_size=1_000)
    ran = engine.execute(COUNTED, {**tables, "a": tmp_path}, backend=spark, limits=TWO)
    assert (ran.place, ran.partitions, ran.rows_in["a"]) == ("local[2]", 2, 3_000)
    assert same_rows(engine.run(COUNTED, tables), ran.table)


def test_same_pairs_of_two_big_tables(spark: Spark) -> None:
    """If this fails, pairs across partitions are lost or doubled on a cluster."""
    tables = {"a": points(500, 6), "b": points(600, 7)}
    ran = engine.execute(NEAR, tables, backend=spark, limits=TWO)
    assert ran.partitions == 2
    assert same_rows(engine.run(NEAR, tables), ran.table)


def test_failures_arrive_typed(spark: Spark) -> None:
    """If this fails, a value that cannot be computed with looks like a broken cluster."""
    with pytest.raises(EngineError, match="failed"):
        engine.run("SELECT 1 / (id - 3) AS n FROM t", {"t": points(9)}, backend=spark, limits=TWO)
    with pytest.raises(EngineError, match="partition=b, error=ValueError"):
        engine.map_partitions(work.failing, TABLE, "by", backend=spark)


def test_parts_come_back_by_key(spark: Spark) -> None:
    """If this fails, work by district gives other results on a cluster."""
    found = engine.map_partitions(work.counted, TABLE, "by", backend=spark)
    assert found.equals(engine.map_partitions(work.counted, TABLE, "by"))


def test_deadline_ends_the_jobs(spark: Spark) -> None:
    """If this fails, a query that nobody waits for keeps a cluster busy."""
    endless = Query("SELECT t.id FROM t CROSS JOIN unnest(generate_series(1, 200000))", partition="t")
    with pytest.raises(EngineError, match="timeout"):
        engine.run(endless, {"t": points(2_000)}, backend=spark, limits=Limits(seconds=1, partitions=2))


def test_without_java_the_error_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """If this fails, a machine without Java gets a riddle instead of an instruction."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match="no_java"):
        engine.run("SELECT id FROM t", {"t": points(3)}, backend=Spark("local[1]"))
