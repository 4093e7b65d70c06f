"""Codes that say less than a 법정동: an 행정동 of several 법정동, or a whole district.

What is known to such a code alone counts for every area that holds all its 법정동, and for no other: a row at
정릉제1동, which lies in three 법정동, belongs to the station that has all three, else to the district alone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.core.tables.admin_dongs import FORMER, admin_dongs

SCHEMA = {"area": pl.String, "dong": pl.String}
Parts = Mapping[str, frozenset[str]]
"""Coarse code → the 법정동 that it may mean."""


@dataclass(frozen=True, eq=False)
class Coarse:
    """The coarse codes of some rows; ``parts`` of each are 법정동 with a polygon."""

    parts: Parts

    @classmethod
    def of(cls, stated: Iterable[str]) -> "Coarse":
        """Those of ``stated`` codes that are coarse; codes of 법정동, and unknown ones, are left out."""
        found: dict[str, frozenset[str]] = {}
        for district in sorted({code[:5] for code in stated if code}):
            known = _dongs(district)
            for code in sorted({code for code in stated if code[:5] == district} - known):
                if parts := _parts(code, known):
                    found[code] = parts
        return cls(found)

    @classmethod
    def read(cls, table: pl.DataFrame) -> "Coarse":
        """From what ``table`` wrote."""
        grouped = table.group_by("area").agg(pl.col("dong"))
        return cls({area: frozenset(dongs) for area, dongs in grouped.iter_rows()})

    def table(self) -> pl.DataFrame:
        """One row for each coarse code and 법정동."""
        rows = [(area, dong) for area, parts in sorted(self.parts.items()) for dong in sorted(parts)]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    def settled(self, dongs: pl.Series) -> pl.Series:
        """``dongs`` with the code of the 법정동 in place of one that can mean nothing else."""
        sure = {area: next(iter(parts)) for area, parts in self.parts.items() if len(parts) == 1}
        return dongs.replace(sure) if sure else dongs

    def within(self, dongs: Collection[str]) -> frozenset[str]:
        """The 법정동 and every coarse code that lies wholly in them: what counts for them together."""
        whole = frozenset(dongs)
        return whole | {area for area, parts in self.parts.items() if parts <= whole}

    def across(self, dongs: Collection[str]) -> frozenset[str]:
        """Coarse codes that lie partly in the 법정동 and partly beyond: what of them counts is unknown."""
        whole = frozenset(dongs)
        return frozenset(area for area, parts in self.parts.items() if parts & whole and not parts <= whole)


def _dongs(district: str) -> frozenset[str]:
    try:
        return frozenset(dong.code for dong in districts().dongs(district))
    except GeoError:  # a district that no longer exists
        return frozenset()


def _parts(code: str, known: frozenset[str]) -> frozenset[str]:
    """The 법정동 of a coarse code; all of the district when the borders do not know one of them."""
    if code[5:] == "00000":
        return known
    office = admin_dongs().get(code) or next((one for one in FORMER.values() if one.code == code), None)
    if office is None:
        return frozenset()
    legal = frozenset(office.legal)
    return legal if legal <= known else known
