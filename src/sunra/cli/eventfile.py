"""A file of events as days and points: the named columns and no others, every row counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.forecast import REFUSED, RefusedFamilyError
from sunra.core.tables import Limits, TableError
from sunra.core.tables.clean import is_missing, numbers
from sunra.core.tables.kinds.times import from_text
from sunra.core.tables.messages import ERRORS, REMEDIES
from sunra.core.tables.reading import parse

MOST_SHOWN = 40
ENOUGH_TO_JUDGE = 20


@dataclass(frozen=True, eq=False)
class Points:
    """``day``: datetime64[D] as written (local); ``x``, ``y``: float64 as written; (n,) each."""

    day: NDArray[np.datetime64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @classmethod
    def of(cls, judged: pl.DataFrame) -> "Points":
        """The rows without a reason against them."""
        used = judged.filter(pl.col("reason").is_null())
        return cls(
            used["time"].to_numpy().astype("datetime64[D]"), used["x"].to_numpy(), used["y"].to_numpy()
        )


@dataclass(frozen=True, eq=False)
class EventFile:
    """``day``: datetime64[D] as written (local); ``x``, ``y``: float64 as written; (used,) each.

    ``rows``: below the header. ``left_out``: rows by reason; ``rows`` is their sum and ``used``.
    ``repeated``: rows that say in every field what an earlier one said (kept: two victims of one minute look
    alike, unless ``distinct`` was asked for). ``all_repeated``: no row stands alone, as in a file that was
    delivered twice. ``others``: the rows that the filter left out and that have a day and a point, (n,) each.
    """

    day: NDArray[np.datetime64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    others: Points
    rows: int
    left_out: dict[str, int]
    repeated: int
    all_repeated: bool


def read(
    path: Path, *, time: str, x: str, y: str, where: Sequence[tuple[str, str]] = (), distinct: bool = False
) -> EventFile:
    """Read one table (CSV in any Korean encoding, xlsx; .gz, .zip).

    ``where``: column and value, all must hold; of the same column any. Raises
    ``click.ClickException`` with what to do, ``RefusedFamilyError``.
    """
    refused = sorted({value.strip().lower() for _, value in where} & REFUSED)
    if refused:
        raise RefusedFamilyError("home-bound and personal events never enter cells", families=refused)
    table, left_out = _table(path)
    rows = table.height + sum(left_out.values())
    for column in (time, x, y, *(column for column, _ in where)):
        if column not in table.columns:
            raise click.UsageError(
                f"{path.name} has no column {column!r}; it has: {', '.join(table.columns)}"
            )
    table, rest = _filtered(table, where)
    left_out["filtered"] = rest.height
    again = table.height - table.unique().height
    once = table.filter(table.is_unique()).height
    all_repeated = table.height >= ENOUGH_TO_JUDGE and once == 0
    if distinct:
        table, rest = (one.unique(maintain_order=True) for one in (table, rest))
        left_out["repeated"] = again
    judged = _judged(table, time, x, y)
    left_out.update(Counter(judged["reason"].drop_nulls().to_list()))
    used = Points.of(judged)
    return EventFile(
        day=used.day,
        x=used.x,
        y=used.y,
        others=Points.of(_judged(_admitted(rest, where), time, x, y)),
        rows=rows,
        left_out={reason: n for reason, n in sorted(left_out.items()) if n},
        repeated=again,
        all_repeated=all_repeated,
    )


def _table(path: Path) -> tuple[pl.DataFrame, Counter[str]]:
    """The rows as text under the first row's names; rows of another length are counted out."""
    try:
        raw = parse(path, Limits())
    except TableError as error:
        sentence, remedy = ERRORS[error.code]
        raise click.ClickException(f"{error.file}: {sentence} {REMEDIES[remedy]} [{error.code}]") from error
    if len(raw.records) < 2:
        raise click.ClickException(f"{path.name} holds no rows below its column names. [no_rows]")
    names: list[str] = []
    for place, name in enumerate(raw.records[0]):
        plain = name.strip()
        names.append(plain if plain and plain not in names else f"{plain}_{place + 1}")
    fits = [record for record in raw.records[1:] if len(record) == len(names)]
    odd = Counter({"field_count": len(raw.records) - 1 - len(fits)})
    columns = list(zip(*fits, strict=True)) or [()] * len(names)
    return pl.DataFrame(
        {name: pl.Series(values, dtype=pl.String) for name, values in zip(names, columns, strict=True)}
    ), odd


def _filtered(table: pl.DataFrame, where: Sequence[tuple[str, str]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that fit and the others."""
    wanted: dict[str, list[str]] = {}
    for column, value in where:
        wanted.setdefault(column, []).append(value.strip())
    keep = pl.Series(np.ones(table.height, dtype=bool))
    for column, values in wanted.items():
        texts = table[column].str.strip_chars()
        for value in values:
            if not (texts == value).any():
                known = texts.value_counts(sort=True)[column].to_list()
                seen = f"it holds: {', '.join(known)}" if len(known) <= MOST_SHOWN else "see the file"
                raise click.UsageError(f"no row has {value!r} in column {column!r}; {seen}")
        keep &= texts.is_in(values)
    return table.filter(keep), table.filter(~keep)


def _admitted(rest: pl.DataFrame, where: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Without the rows whose kind is home-bound or personal: those shape no map of cells."""
    for column in {column for column, _ in where}:
        rest = rest.filter(~rest[column].str.strip_chars().str.to_lowercase().is_in(sorted(REFUSED)))
    return rest


def _judged(table: pl.DataFrame, time: str, x: str, y: str) -> pl.DataFrame:
    """Columns time, x, y and the first reason against each row, null where there is none."""
    texts = {name: table[column].str.strip_chars() for name, column in (("t", time), ("x", x), ("y", y))}
    read_ = pl.DataFrame(
        {
            "time": from_text(texts["t"]),
            "x": numbers(texts["x"]),
            "y": numbers(texts["y"]),
            "no_time": is_missing(texts["t"]),
            "no_point": is_missing(texts["x"]) | is_missing(texts["y"]),
        }
    )
    reason = (
        pl.when("no_time").then(pl.lit("no_time"))
        .when(pl.col("time").is_null()).then(pl.lit("bad_time"))
        .when("no_point").then(pl.lit("no_coordinate"))
        .when(pl.col("x").is_null() | pl.col("y").is_null()).then(pl.lit("bad_coordinate"))
        .when((pl.col("x") == 0) & (pl.col("y") == 0)).then(pl.lit("zero_coordinate"))
    )  # fmt: skip
    return read_.select("time", "x", "y", reason.alias("reason"))
