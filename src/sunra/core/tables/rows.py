"""From records of text to the columns of a recognised kind."""

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from sunra.core.tables.kinds import Recognised
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw
from sunra.core.tables.work import WHOLE, Work

_SEPARATOR = "\x1f"
_FORMULA = r"(?:^|\x1f)\s*(?:[=@]|[+\-](?:cmd|HYPERLINK)\b)"
"""Cells that a spreadsheet would run; here they stay text, and the file is flagged."""


def begin(raw: Raw, known: Recognised, limits: Limits) -> tuple[Work, int]:
    """The rows below the header as canonical text columns, and how many records there were.

    Records of another width, cut, empty or with overlong fields go to the quarantine here.
    """
    width = len(raw.records[known.header])
    body, lines = raw.records[known.header + 1 :], raw.lines[known.header + 1 :]
    fit = np.array([_fits(row, width) for row in body], dtype=bool)
    fit &= np.array(lines, dtype=np.int64) != (raw.cut_line or -1)
    work = Work(file=raw.file, frame=_frame(body, lines, fit, width, known, limits), flags=raw.notes)
    work.crs = raw.epsg
    if raw.geometry is not None:
        _attach(work, raw.geometry)
    for reason, cut in (("cut_off", True), ("field_count", False)):
        misfits = [i for i in np.flatnonzero(~fit).tolist() if (lines[i] == raw.cut_line) is cut]
        counts = [f"{len(body[i])} of {width}" for i in misfits]
        work.reject_lines([lines[i] for i in misfits], field="", reason=reason, values=counts)
    if raw.geometry is None:
        blank = work.frame.select(pl.col(WHOLE).str.strip_chars(_SEPARATOR + " \t") == "").to_series()
        work.reject(blank, field="", reason="empty_row")
        work.reject(work.frame["_long"], field="", reason="field_too_long")
        work.flag("formulas", int(work.frame[WHOLE].str.contains(_FORMULA).sum()))
    return work, len(body)


def _fits(row: list[str], width: int) -> bool:
    """As wide as the header; empty cells beyond it are what spreadsheets leave behind."""
    return len(row) == width or (len(row) > width and not any(cell.strip() for cell in row[width:]))


def _frame(
    body: list[list[str]],
    lines: list[int],
    fit: NDArray[np.bool_],
    width: int,
    known: Recognised,
    limits: Limits,
) -> pl.DataFrame:
    """``line``, the whole record as one text, ``_long`` and the kind's fields, stripped."""
    rows = [row for row, good in zip(body, fit, strict=True) if good]
    cells = list(zip(*rows, strict=False))[:width] or [()] * width
    names = [f"c{index}" for index in range(width)]
    frame = pl.DataFrame(
        [pl.Series("line", np.array(lines, dtype=np.int64)[fit], dtype=pl.Int64)]
        + [pl.Series(name, column, dtype=pl.String) for name, column in zip(names, cells, strict=True)]
    )
    longest = pl.max_horizontal(pl.col(name).str.len_chars() for name in names) if names else pl.lit(0)
    return frame.select(
        "line",
        (pl.concat_str(names, separator=_SEPARATOR) if names else pl.lit("")).alias(WHOLE),
        (longest > limits.max_field).alias("_long"),
        *(pl.col(f"c{index}").str.strip_chars().alias(name) for name, index in known.columns.items()),
    )


def _attach(work: Work, shapes: NDArray[np.object_]) -> None:
    """Geometry becomes part of what makes a row a repetition, and points become the coordinates."""
    work.geometry = shapes
    shown = pl.Series("wkb", shapely.to_wkb(shapes, hex=True).tolist(), dtype=pl.String).fill_null("")
    work.put((work.frame[WHOLE] + _SEPARATOR + shown).alias(WHOLE))
    is_point = shapely.get_type_id(shapes) == 0
    if is_point.any() and not work.has("lon", "lat"):
        points = shapes.copy()
        points[~is_point] = None
        work.put(pl.Series("lon", shapely.get_x(points)), pl.Series("lat", shapely.get_y(points)))
