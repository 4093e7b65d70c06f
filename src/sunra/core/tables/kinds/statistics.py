"""Tables of counts instead of places: crimes, accidents, residents."""

from collections.abc import Callable
from typing import Any

import polars as pl

from sunra.core.tables.errors import HeaderOnly
from sunra.core.tables.kinds import accident_table, crime_table, population
from sunra.core.tables.raw import Raw
from sunra.core.tables.result import TableRead
from sunra.core.tables.work import Work

_COUNTED = {crime_table.NAME: "count"}
"""Kinds whose counts may be added up; of the others every row counts once."""


def read(raw: Raw) -> TableRead | None:
    """The table when its columns are those of a table of counts, else None. Raises `HeaderOnly`."""
    readers: tuple[tuple[Any, Callable[..., tuple[Work, int]]], ...] = (
        (crime_table, crime_table.read),
        (accident_table, accident_table.read),
        (population, population.read),
    )
    if raw.geometry is not None or not raw.records:
        return None
    for module, reader in readers:
        if layout := module.layout_of(raw.records):
            work, rows = reader(raw, layout)
            return _result(raw, module.NAME, work, rows)
    return None


def _result(raw: Raw, kind: str, work: Work, rows: int) -> TableRead:
    if rows == 0:
        raise HeaderOnly(raw.file, "no rows below the column names")
    counted = _COUNTED.get(kind)
    units = int(work.frame[counted].sum()) if counted else int(work.frame["line"].n_unique())
    return TableRead(
        file=raw.file,
        kind=kind,
        encoding=raw.encoding,
        crs=work.crs,
        rows=rows,
        merged=0,
        table=work.frame if work.frame.height else pl.DataFrame(schema=work.frame.schema),
        rejects=work.rejects(),
        units=units,
        flags=dict(work.flags),
    )
