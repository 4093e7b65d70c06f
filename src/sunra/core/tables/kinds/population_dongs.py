"""Which dongs a table of residents counts: 행정동 as a rule, 법정동 where its names can be nothing else."""

from collections import defaultdict

import polars as pl

from sunra.core.tables.admin_dongs import admin_dongs, named
from sunra.core.tables.names import names as known_names
from sunra.core.tables.result import ADMIN_DONG


class Book:
    """The dongs of one table, one entry a row of the file.

    A code written beside the name decides. Else all names of a district decide together: 성북동 is both, but
    a list that also holds 돈암제1동 is one of 행정동, and one with 장위동 is one of 법정동.
    """

    def __init__(self) -> None:
        self._rows: dict[int, tuple[str, str, str]] = {}
        self.unknown = 0
        """Rows whose dong no table knows, after ``placed``."""

    def add(self, line: int, district: str, word: str, code: str) -> None:
        """A row of the file that counts a dong; ``district`` five digits, ``code`` ten or ""."""
        self._rows[line] = (district, word, code)

    def placed(self, table: pl.DataFrame) -> pl.DataFrame:
        """``table`` with the code of each counted dong, and whether it is a 법정동 or an 행정동."""
        if not self._rows:
            return table
        legal = self._districts_of_legal_dongs()
        found = {line: self._code(*row, legal=row[0] in legal) for line, row in self._rows.items()}
        self.unknown = sum(not code for code, _precision in found.values())
        columns = {
            "line": list(found),
            "_dong": [code for code, _precision in found.values()],
            "_precision": [precision for _code, precision in found.values()],
        }
        codes = pl.DataFrame(columns, schema={"line": pl.Int64, "_dong": pl.String, "_precision": pl.String})
        joined = table.join(codes, on="line", how="left", maintain_order="left")
        return joined.with_columns(
            pl.coalesce("_dong", "dong").alias("dong"),
            pl.coalesce("_precision", "precision").alias("precision"),
        ).select(table.columns)

    def _districts_of_legal_dongs(self) -> set[str]:
        """Districts whose names can only be 법정동, where none can only be an 행정동."""
        only: dict[str, set[bool]] = defaultdict(set)
        for district, word, _code in self._rows.values():
            legal = word in known_names().dongs(district)
            if legal != (named(district, word) is not None):
                only[district].add(legal)
        return {district for district, kinds in only.items() if kinds == {True}}

    @staticmethod
    def _code(district: str, word: str, code: str, *, legal: bool) -> tuple[str, str]:
        known = known_names().dongs(district)
        if code and code in known.values():
            return code, "dong"
        office = admin_dongs().get(code) or named(district, word)
        if word in known and (legal or office is None):
            return known[word], "dong"
        if office is None:
            return "", "none"
        return (office.legal[0], "dong") if office.legal == (office.code,) else (office.code, ADMIN_DONG)
