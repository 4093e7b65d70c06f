"""Which texts may run partition by partition."""
# ruff: noqa: E501, ISC004 - the texts stand in tables

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from sunra.engine import EngineError, Query
from sunra.engine.locality import Share, judge, judge_combine
from sunra.engine.plan import explain
from tests.engine.made import NEAR, points, squares

SCHEMAS = {"a": points(0).schema, "b": points(0).schema, "squares": squares().schema}
INSIDE = "ST_Intersects(ST_GeomFromWKB(s.shape), ST_Point(p.x, p.y))"


def judged(query: Query) -> Share:
    """The share of a query whose combine step is judged too."""
    schemas = {name: SCHEMAS[name] for name in query.roles()}
    plan = explain(query.sql, schemas)
    local = judge(plan, query)
    if query.combine:
        seen: dict[str, pa.Schema] = {
            "partials": plan.schema,
            **{name: SCHEMAS[name] for name in query.broadcast},
        }
        judge_combine(explain(query.combine, seen), local, frozenset(seen))
    return local.share


def over(sql: str, combine: str = "", **more: Any) -> Query:
    """A query over the points and, when the text names them, the squares."""
    return Query(
        sql, partition="a", broadcast=("squares",) if "squares" in sql else (), combine=combine, **more
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, x * 2 AS d FROM a WHERE kind LIKE '종%' AND x IS NOT NULL",
        f"SELECT p.id, s.code FROM a p JOIN squares s ON {INSIDE}",
        f"SELECT p.id, s.code FROM squares s RIGHT JOIN a p ON {INSIDE}",
        f"SELECT p.id, s.code FROM a p LEFT JOIN squares s ON {INSIDE}",
        f"SELECT p.id FROM a p WHERE EXISTS (SELECT 1 FROM squares s WHERE {INSIDE})",
        f"SELECT p.id FROM a p WHERE NOT EXISTS (SELECT 1 FROM squares s WHERE {INSIDE})",
        "SELECT id FROM a WHERE kind NOT IN (SELECT code FROM squares)",
        "SELECT p.id, s.code FROM a p CROSS JOIN squares s",
        "WITH u AS (SELECT id, kind AS k FROM a) SELECT u.id, s.code FROM u JOIN squares s ON u.k = s.code",
        "SELECT id FROM a WHERE x > 1 UNION ALL SELECT id + 1 FROM a",
        "SELECT id, unnest([1, 2]) AS twice FROM a",
        "SELECT a.id, t.n FROM a JOIN (SELECT code, COUNT(*) AS n FROM squares GROUP BY code) t ON a.kind = t.code",
        "SELECT p.id, s.code FROM a p JOIN squares s ON ST_KNN(ST_Point(p.x, p.y), ST_GeomFromWKB(s.shape), 1)",
        "SELECT id, x FROM a WHERE false",
        "SELECT * FROM (SELECT * FROM a) u, (VALUES (1), (2)) v(k)",
    ],
)
def test_partition_local_texts_pass(sql: str) -> None:
    """If this fails, texts that are the union of their partitions' results are refused."""
    assert judged(over(sql)) is Share.SPLIT


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT COUNT(*) AS n FROM a", "aggregate"),
        ("SELECT kind, SUM(x) AS x FROM a GROUP BY kind", "aggregate"),
        ("SELECT DISTINCT kind FROM a", "distinct"),
        ("SELECT kind FROM a UNION SELECT kind FROM a", "distinct"),
        ("SELECT id FROM a ORDER BY id", "order"),
        ("SELECT id FROM a ORDER BY id LIMIT 3", "limit"),
        ("SELECT id FROM a LIMIT 3", "limit"),
        ("SELECT id FROM a OFFSET 3", "limit"),
        ("SELECT a.id FROM a JOIN (SELECT * FROM squares LIMIT 1) s ON a.kind = s.code", "limit"),
        ("SELECT id, RANK() OVER (PARTITION BY kind ORDER BY x) AS r FROM a", "window"),
        ("SELECT id FROM a WHERE x > (SELECT AVG(x) FROM a)", "not_additive"),
        ("SELECT id FROM a WHERE x > (SELECT MAX(x) FROM a)", "partial_changed"),
        ("SELECT id FROM a WHERE id IN (SELECT id + 1 FROM a)", "partition_twice"),
        ("SELECT p.id FROM a p JOIN a q ON p.id = q.id", "partition_twice"),
        ("SELECT kind FROM a INTERSECT SELECT code FROM squares", "partial_changed"),
        ("SELECT id, id IN (SELECT id FROM a) AS known FROM a", "subquery"),
        ("SELECT code FROM squares CROSS JOIN (SELECT 1 WHERE EXISTS (SELECT 1 FROM a)) t", "broadcast_kept"),
        (f"SELECT s.code, p.id FROM squares s LEFT JOIN a p ON {INSIDE}", "broadcast_kept"),
        (f"SELECT s.code, p.id FROM squares s FULL JOIN a p ON s.code = p.kind AND {INSIDE}", "broadcast_kept"),
        (f"SELECT s.code FROM squares s WHERE NOT EXISTS (SELECT 1 FROM a p WHERE {INSIDE})", "broadcast_kept"),
        ("SELECT s.code FROM squares s JOIN a p ON ST_KNN(ST_GeomFromWKB(s.shape), ST_Point(p.x, p.y), 2)", "nearest"),
        ("SELECT 1 AS one", "broadcast_alone"),
        ("SELECT code FROM squares", "broadcast_alone"),
        ("SELECT id FROM a UNION ALL SELECT 1 FROM squares", "union"),
        ("SELECT id FROM a UNION ALL SELECT 1", "union"),
        ("SELECT id FROM a WHERE x > random()", "volatile"),
        ("SELECT id, now() AS at FROM a", "volatile"),
        ("SELECT id FROM a WHERE current_date > DATE '2020-01-01'", "volatile"),
        ("SELECT kind, array_agg(x) AS xs FROM a GROUP BY kind", "order_dependent"),
        ("SELECT DISTINCT ON (kind) kind, x FROM a ORDER BY kind, x", "order"),
        ("SELECT kind, approx_distinct(id) AS n FROM a GROUP BY kind", "order_dependent"),
        ("COPY a TO 'x.csv'", "statement"),
        ("SHOW TABLES", "file"),
        ("SET x = 1", "statement"),
        ("DELETE FROM a", "statement"),
        ("SELECT value FROM generate_series(1, 3)", "file"),
        ("WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t", "unsupported"),
    ],
)  # fmt: skip
def test_other_texts_are_refused_with_the_reason(sql: str, reason: str) -> None:
    """If this fails, a text whose partitions do not add up to its whole runs, or is refused for a wrong reason."""
    with pytest.raises(EngineError) as refused:
        judged(over(sql))
    assert (refused.value.code, refused.value.params["reason"]) == ("not_local", reason)
    assert refused.value.params["remedy"]


def test_files_named_in_the_text_are_refused(tmp_path: Any) -> None:
    """If this fails, a text reads whatever file of the machine it names, even under a table's name."""
    pa.parquet.write_table(points(3), tmp_path / "secret.parquet")
    for alias in ("", " AS a"):
        with pytest.raises(EngineError, match="reason=file"):
            judged(over(f"SELECT * FROM '{tmp_path / 'secret.parquet'}'{alias}"))


@pytest.mark.parametrize(
    ("sql", "combine"),
    [
        ("SELECT COUNT(*) AS n FROM a", "SELECT SUM(n) AS n FROM partials"),
        ("SELECT DISTINCT kind FROM a", "SELECT DISTINCT kind FROM partials"),
        ("SELECT DISTINCT kind FROM a", "SELECT COUNT(DISTINCT kind) AS kinds FROM partials"),
        ("SELECT id, x FROM a", "SELECT id, RANK() OVER (ORDER BY x) AS r FROM partials ORDER BY id LIMIT 3"),
        ("SELECT kind, MIN(x) AS low FROM a GROUP BY kind", "SELECT MIN(low) AS low FROM partials"),
        (
            "SELECT kind, COUNT(*) AS n, SUM(x) AS x FROM a GROUP BY kind",
            "SELECT q.kind, SUM(q.x) / SUM(q.n) AS mean FROM partials q WHERE q.kind <> '' GROUP BY q.kind"
            " HAVING SUM(q.n) > 2 ORDER BY mean LIMIT 5",
        ),
        (
            "SELECT kind AS k, id % 2 AS odd, COUNT(x) AS n FROM a GROUP BY k, odd",
            "WITH t AS (SELECT k, SUM(n) AS n FROM partials GROUP BY k) SELECT * FROM t WHERE n > 1",
        ),
        ("SELECT kind, bool_and(x > 1) AS big FROM a GROUP BY kind",
         "SELECT kind, bool_and(big) AS big FROM partials GROUP BY kind"),
    ],
)  # fmt: skip
def test_combine_steps_that_add_up_pass(sql: str, combine: str) -> None:
    """If this fails, a right combine step is refused."""
    assert judged(over(sql, combine)) in {Share.PARTIAL, Share.SPLIT}


@pytest.mark.parametrize(
    ("sql", "combine", "reason"),
    [
        ("SELECT COUNT(*) AS n FROM a", "SELECT COUNT(*) AS n FROM partials", "combine_mismatch"),
        ("SELECT COUNT(*) AS n FROM a", "SELECT MAX(n) AS n FROM partials", "combine_mismatch"),
        ("SELECT COUNT(*) AS n FROM a", "SELECT n FROM partials", "combine_mismatch"),
        ("SELECT COUNT(*) AS n FROM a", "SELECT SUM(n) AS n FROM partials WHERE n > 1", "combine_mismatch"),
        ("SELECT COUNT(*) AS n FROM a", "SELECT SUM(n * n) AS n FROM partials", "combine_mismatch"),
        ("SELECT COUNT(*) - 1 AS n FROM a", "SELECT SUM(n) AS n FROM partials", "combine_mismatch"),
        ("SELECT COUNT(*) * 2 AS n FROM a", "SELECT SUM(n) AS n FROM partials", "combine_mismatch"),
        ("SELECT kind, MAX(x) AS x FROM a GROUP BY kind", "SELECT kind, SUM(x) AS x FROM partials GROUP BY kind", "combine_mismatch"),
        ("SELECT kind, SUM(x) AS x FROM a GROUP BY kind", "SELECT x, MAX(kind) AS k FROM partials GROUP BY x", "combine_mismatch"),
        ("SELECT kind, SUM(x) AS x FROM a GROUP BY kind", "SELECT p.kind FROM partials p JOIN partials q ON p.kind = q.kind", "combine_mismatch"),
        ("SELECT DISTINCT kind FROM a", "SELECT kind FROM partials", "combine_mismatch"),
        ("SELECT AVG(x) AS x FROM a", "SELECT MAX(x) AS x FROM partials", "not_additive"),
        ("SELECT COUNT(DISTINCT kind) AS n, SUM(x) AS s FROM a", "SELECT SUM(n) AS n, SUM(s) AS s FROM partials", "partial_changed"),
        ("SELECT kind, COUNT(*) AS n FROM a GROUP BY kind HAVING COUNT(*) > 1", "SELECT kind, SUM(n) AS n FROM partials GROUP BY kind", "partial_changed"),
        ("SELECT COUNT(*) AS n FROM a UNION ALL SELECT COUNT(*) FROM a", "SELECT SUM(n) AS n FROM partials", "partial_changed"),
        ("SELECT t.n FROM (SELECT COUNT(*) AS n FROM a) t CROSS JOIN squares", "SELECT SUM(n) AS n FROM partials", "partial_changed"),
        ("SELECT kind, COUNT(*) AS n FROM a GROUP BY ROLLUP (kind)", "SELECT kind, SUM(n) AS n FROM partials GROUP BY kind", "unsupported"),
        ("SELECT id FROM a", "SELECT id, random() AS r FROM partials", "volatile"),
        ("SELECT id FROM a", "COPY partials TO 'x.csv'", "statement"),
        ("SELECT id FROM a", "SELECT value FROM generate_series(1, 3)", "file"),
    ],
)  # fmt: skip
def test_combine_steps_that_do_not_add_up_are_refused(sql: str, combine: str, reason: str) -> None:
    """If this fails, partial counts are counted instead of added, and only a cluster shows it."""
    with pytest.raises(EngineError) as refused:
        judged(over(sql, combine))
    assert refused.value.params["reason"] == reason


@pytest.mark.parametrize(
    "sql",
    [
        NEAR.sql,
        NEAR.sql.replace(" JOIN ", " LEFT JOIN "),
        NEAR.sql.replace(", 100)", ", 99.5) AND p.id <> q.id AND p.kind = q.kind"),
        "WITH u AS (SELECT id, ST_Point(x, y) AS g FROM a), v AS (SELECT x AS lon, y AS lat FROM b)"
        " SELECT u.id FROM u JOIN v ON ST_Distance(ST_Point(v.lon, v.lat), u.g) < 100",
        "SELECT p.id FROM a p WHERE NOT EXISTS"
        " (SELECT 1 FROM b q WHERE ST_DWithin(ST_Point(q.x, q.y), ST_Point(p.x, p.y), 10))",
        "SELECT p.id FROM a p JOIN b q ON ST_Intersects(ST_Point(p.x, p.y), ST_Point(q.x, q.y))",
    ],
)
def test_bounded_joins_of_two_big_tables_pass(sql: str) -> None:
    """If this fails, two big tables cannot be joined by place."""
    assert judged(replace(NEAR, sql=sql)) is Share.SPLIT


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (NEAR.sql.replace(", 100)", ", 100.5)"), "halo"),
        (NEAR.sql.replace(", 100)", ", 100) OR p.id = q.id"), "halo"),
        (NEAR.sql.replace("p.x, p.y), ST_Point(q.x, q.y), 100", "p.x + 1, p.y), ST_Point(q.x, q.y), 100"), "halo"),
        (NEAR.sql.replace("p.x, p.y), ST_Point(q.x, q.y), 100", "p.y, p.x), ST_Point(q.x, q.y), 100"), "halo"),
        (NEAR.sql.replace(" JOIN ", " RIGHT JOIN "), "broadcast_kept"),
        ("SELECT p.id FROM a p JOIN b q ON p.id = q.id", "halo"),
        ("SELECT p.id FROM a p CROSS JOIN b q", "halo"),
        ("SELECT p.id FROM a p JOIN b q ON ST_DWithin(ST_Point(p.x, p.y), ST_Point(q.x, q.y), p.x)", "halo"),
        ("SELECT p.id FROM a p JOIN b q ON ST_Distance(ST_Point(p.x, p.y), ST_Point(q.x, q.y)) > 10", "halo"),
        ("SELECT p.id FROM a p JOIN b q ON ST_KNN(ST_Point(p.x, p.y), ST_Point(q.x, q.y), 2)", "nearest"),
        ("SELECT id FROM b", "halo"),
        ("SELECT id FROM a UNION ALL SELECT id FROM b", "union"),
        ("SELECT a.id, t.n FROM a CROSS JOIN (SELECT COUNT(*) AS n FROM b) t", "halo"),
        ("SELECT q.id FROM b q JOIN b r ON ST_DWithin(ST_Point(q.x, q.y), ST_Point(r.x, r.y), 5)", "halo"),
    ],
)  # fmt: skip
def test_unbounded_joins_of_two_big_tables_are_refused(sql: str, reason: str) -> None:
    """If this fails, pairs beyond the halo are lost without a word."""
    with pytest.raises(EngineError) as refused:
        judged(replace(NEAR, sql=sql))
    assert refused.value.params["reason"] == reason


def test_text_that_cannot_be_read_says_what_the_engine_says() -> None:
    """If this fails, a spelling mistake ends in a library's exception."""
    for sql in ("SELEC 1", "SELECT nothing FROM a", "SELECT 1; SELECT 2", ""):
        with pytest.raises(EngineError) as refused:
            judged(over(sql))
        assert refused.value.code == "bad_sql"
