"""Python work on one part of a table after the other."""

import pyarrow as pa
import pytest

from sunra import engine
from sunra.engine import Embedded, EngineError
from sunra.engine.errors import not_local
from tests.engine import work

TABLE = pa.table(
    {"id": [0, 1, 2, 3, 4], "by": ["나", "b", None, "b", "a"], "name": ["가", "홍길동", "다", "라", "마"]}
)


def test_parts_come_back_by_key() -> None:
    """If this fails, results depend on which part was ready first."""
    wanted = {"key": ["", "a", "b", "나"], "n": [1, 1, 2, 1], "first": [2, 4, 1, 0]}
    for backend in (None, Embedded(processes=2)):
        assert engine.map_partitions(work.counted, TABLE, "by", backend=backend).to_pydict() == wanted


def test_failure_names_the_part_and_no_row() -> None:
    """If this fails, nobody knows which district failed, or a name leaves in the error."""
    with pytest.raises(EngineError) as failed:
        engine.map_partitions(work.failing, TABLE, "by")
    assert failed.value.code == "partition"
    assert failed.value.params == {"partition": "b", "error": "ValueError"}
    with pytest.raises(EngineError, match="NotATable"):
        engine.map_partitions(work.nothing, TABLE, "by")
    with pytest.raises(EngineError, match="bad_table"):
        engine.map_partitions(work.unlike, TABLE, "by")
    with pytest.raises(EngineError, match="bad_table"):
        engine.map_partitions(work.counted, TABLE, "nothing")


def test_empty_table_has_no_parts() -> None:
    """If this fails, a district without data ends the whole run."""
    assert engine.map_partitions(work.counted, TABLE.slice(0, 0), "by").num_rows == 0


def test_errors_survive_processes() -> None:
    """If this fails, a typed error arrives from another process as something else."""
    import pickle

    again = pickle.loads(pickle.dumps(not_local("halo", "here")))
    assert (again.code, again.params["where"]) == ("not_local", "here")
