"""Functions of the tests that other processes must find by name."""

import pyarrow as pa


def counted(key: str, rows: pa.Table) -> pa.Table:
    """How many rows a part has."""
    return pa.table({"key": [key], "n": [rows.num_rows], "first": [rows["id"][0].as_py()]})


def failing(key: str, rows: pa.Table) -> pa.Table:
    """Fails on one part."""
    if key == "b":
        raise ValueError(rows["name"][0].as_py())
    return rows


def nothing(_key: str, _rows: pa.Table) -> None:
    """Forgets to give a table."""


def unlike(key: str, _rows: pa.Table) -> pa.Table:
    """Other columns for every part."""
    return pa.table({"n": [1 if key == "a" else key]})
