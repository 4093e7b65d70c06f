"""What is odd about a table as a whole: cut off by an export, or with holes on the map."""

from collections import Counter

import polars as pl

from sunra.core.geo.districts import districts

EXPORT_LIMITS = frozenset({1_000, 5_000, 65_535, 65_536, 1_048_575, 1_048_576})
"""Row counts at which interfaces and spreadsheets cut off without a word; portals do at 10,000."""
_PORTAL = 10_000
_COVERED = 0.8
_FEWEST_DISTRICTS = 5
_FEWEST_ROWS = 20


def is_cut(rows: int) -> bool:
    """True for a number of rows that is an export's limit rather than a number of things.

    >>> is_cut(10_000), is_cut(9_999), is_cut(0)
    (True, False, False)
    """
    return rows > 0 and (rows % _PORTAL == 0 or rows in EXPORT_LIMITS)


def missing_districts(dongs: pl.Series) -> list[str]:
    """Districts without one row in provinces that the rows otherwise cover.

    A province counts as covered when four fifths of its districts have rows, and 20 in the usual one; with
    fewer, an empty district is chance. ``dongs`` are ten-digit codes, "" where unknown.
    """
    return missing_from(Counter(dict(dongs.str.slice(0, 5).value_counts().iter_rows())))


def missing_from(districts_seen: Counter[str]) -> list[str]:
    """`missing_districts` by how many rows each district (five digits) has."""
    rows = pl.DataFrame(
        [(code, count) for code, count in districts_seen.items() if code],
        schema={"code": pl.String, "count": pl.UInt32},
        orient="row",
    )
    missing: list[str] = []
    for province in rows["code"].str.slice(0, 2).unique().sort().to_list():
        every = set(districts().codes(province))
        part = rows.filter(pl.col("code").is_in(list(every)))
        found = set(part["code"].to_list())
        usual = part["count"].median()
        if (
            len(every) >= _FEWEST_DISTRICTS
            and len(found) >= _COVERED * len(every)
            and isinstance(usual, (int, float))
            and usual >= _FEWEST_ROWS
        ):
            missing += sorted(every - found)
    return missing
