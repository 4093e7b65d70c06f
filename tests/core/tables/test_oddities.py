"""What is odd about a table as a whole is told: cut off, stale, or with holes on the map."""

from pathlib import Path

import polars as pl
import pytest

from sunra.core.geo.districts import districts
from sunra.core.tables import oddities
from tests.core.tables.test_kinds_shapes import SHAPES, table

BELL = next(row for shape, _, row, _ in SHAPES if shape == "bell reduced")


@pytest.mark.parametrize(
    ("rows", "cut"),
    [(10_000, True), (20_000, True), (1_000, True), (65_535, True), (12_687, False), (0, False)],
)
def test_round_numbers_of_rows_are_limits(rows: int, cut: bool) -> None:
    """A number that only an export knows is suspicious, any other is a count."""
    assert oddities.is_cut(rows) is cut


def seoul(*, without: int, rows: int) -> pl.Series:
    """Dongs of ``rows`` rows in every district of Seoul but the first ``without``."""
    codes = districts().codes("11")[without:]
    return pl.Series("dong", [f"{code}10100" for code in codes for _ in range(rows)] + [""])


def test_districts_without_a_row_are_named() -> None:
    """Of Seoul's districts 23 have rows: the other two are missing, other provinces are not."""
    assert oddities.missing_districts(seoul(without=2, rows=30)) == list(districts().codes("11")[:2])
    assert oddities.missing_districts(seoul(without=0, rows=30)) == []


def test_files_of_one_district_or_of_few_rows_have_no_holes() -> None:
    """One district's file lacks the others on purpose, and three rows a district leave holes by chance."""
    assert oddities.missing_districts(pl.Series("dong", ["1129013300"] * 500)) == []
    assert oddities.missing_districts(seoul(without=2, rows=3)) == []
    assert oddities.missing_districts(pl.Series("dong", [], dtype=pl.String)) == []


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("비상벨_20240401.csv", False),
        ("비상벨_20240901.csv", True),
        ("비상벨 2024.csv", False),
        ("비상벨 2022.csv", True),
        ("비상벨 2026.csv", True),
        ("비상벨.csv", False),
    ],
)
def test_reference_dates_are_compared_with_the_name(tmp_path: Path, name: str, stale: bool) -> None:
    """The reference date is March 2024: a later month, or another year, in the name is told."""
    assert ("reference_date_differs" in table(tmp_path, [BELL], name).warnings) is stale
