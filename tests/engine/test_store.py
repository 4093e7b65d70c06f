"""Stored tables: complete or absent, with digest and note."""

import datetime as dt
import hashlib
import threading

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.engine import store

FRAME = pl.DataFrame(
    {
        "cell_e": [9544, 9545],
        "name": ["성북", None],
        "day": [dt.date(2026, 3, 1), None],
        "lines": [[[1.0, 2.0]], []],
    }
)


def test_round_trip_with_note_and_digest(tmp_path):
    """Table, note and digest come back as they were written, in a folder that did not exist."""
    stored = store.write(tmp_path / "new" / "a.parquet", FRAME, {"kind": "cctv", "source": "성북구"})
    assert stored.rows == 2
    assert stored.sha256 == hashlib.sha256(stored.path.read_bytes()).hexdigest() == store.digest(stored.path)
    assert store.read(stored.path).equals(FRAME)
    assert store.read(stored.path, ["name", "cell_e"]).columns == ["name", "cell_e"]
    assert store.meta(stored.path) == {"kind": "cctv", "source": "성북구"}
    assert [path.name for path in stored.path.parent.iterdir()] == ["a.parquet"]


@settings(deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(-(2**31), 2**31 - 1), st.floats(allow_nan=False), st.text(max_size=5))
    )
)
def test_any_table_comes_back(tmp_path_factory, rows):
    """Whatever the rows, none or many, reading gives what was written."""
    path = tmp_path_factory.mktemp("store") / "t.parquet"
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Float64, "c": pl.String}, orient="row")
    assert store.write(path, frame, {}).rows == len(rows)
    assert store.read(path).equals(frame)


def test_a_failed_write_leaves_the_old_table(tmp_path, monkeypatch):
    """When writing breaks off, the old table still stands and no draft is left."""
    path = tmp_path / "a.parquet"
    store.write(path, FRAME, {"version": 1})

    def broken(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", broken)
    with pytest.raises(OSError, match="disk full"):
        store.write(path, FRAME, {"version": 2})
    assert store.meta(path) == {"version": 1}
    assert len(list(tmp_path.iterdir())) == 1


def test_readers_never_meet_half_a_table(tmp_path):
    """While one thread keeps rewriting a table, every read is one of the two whole versions."""
    path = tmp_path / "a.parquet"
    versions = [pl.DataFrame({"a": [value] * 2000}) for value in (1, 2)]
    store.write(path, versions[0], {})
    done = threading.Event()

    def rewrite():
        for turn in range(20):
            store.write(path, versions[turn % 2], {})
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    while not done.is_set():
        assert store.read(path)["a"].n_unique() == 1
    writer.join()


def test_refusals(tmp_path):
    """A missing file, a file that is no table and an unknown column are refused with a code."""
    text = tmp_path / "text.parquet"
    text.write_text("not a table")
    for path, code in ((tmp_path / "none.parquet", "missing"), (text, "not_a_table")):
        for use in (store.read, store.meta):
            with pytest.raises(store.StoreError) as refused:
                use(path)
            assert refused.value.code == code
    stored = store.write(tmp_path / "a.parquet", FRAME, {})
    with pytest.raises(store.StoreError) as refused:
        store.read(stored.path, ["name", "colour"])
    assert (refused.value.code, refused.value.params["columns"]) == ("unknown_column", ["colour"])
    FRAME.select("name").write_parquet(tmp_path / "foreign.parquet")
    assert store.meta(tmp_path / "foreign.parquet") == {}
