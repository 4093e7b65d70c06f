"""Where roads, lots and dong names lie, learnt from rows that have both an address and a point.

No register of roads and lots comes with the product. The files themselves say it: 사직로9길 15 had a point in
사직동, so 사직로9길 17 lies there too. Nothing but the legal dong (법정동) is learnt; a point is never given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import polars as pl

from sunra.core.tables.result import WITNESS_SCHEMA, TableRead

__all__ = ["Gazetteer", "learn"]

NAME, CALLED, LOT, ROAD = "name", "called", "lot", "road"
PURE = 0.9
"""Share of a number's or lot's witnesses that must agree; the rest are points that lie wrongly."""
_GAP = 20
"""Building numbers grow by two every 20 m: how far (in numbers) a witness may stand from the number asked."""
_WHOLE = 5
"""Different numbers in one dong, and none elsewhere, from which a road without a number is placed."""
_LOT_FEWEST = 3
MIXED = "?"


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Witnesses counted: ``frame`` has ``district`` (5 digits), ``form`` (name: in an address, called:
    in a facility's name, lot, road), ``text``, ``number`` (building number of a road, else null), ``dong``
    (ten digits) and ``rows``.

    It can be written as Parquet or JSON as it is; `of` makes one from what was read back.
    """

    frame: pl.DataFrame

    @classmethod
    def of(cls, frames: Iterable[pl.DataFrame]) -> Self:
        """All witnesses together."""
        whole = pl.concat([pl.DataFrame(schema=WITNESS_SCHEMA), *frames])
        keys = [name for name in WITNESS_SCHEMA if name != "rows"]
        return cls(whole.group_by(keys).agg(pl.col("rows").sum()).sort(keys))

    def district(self, code5: str) -> "Gazetteer":
        """What is known of one district."""
        return Gazetteer(self.frame.filter(pl.col("district") == code5))

    def beside(self, witness: pl.DataFrame, homes: pl.Series) -> "Gazetteer":
        """What is known here of these districts, and more witnesses."""
        return Gazetteer.of([self.frame.filter(pl.col("district").is_in(homes.unique().implode())), witness])

    def names(self) -> dict[tuple[str, str, str], dict[str, int]]:
        """(district, form, dong name as written) → witnesses per legal dong."""
        found: dict[tuple[str, str, str], dict[str, int]] = {}
        part = self.frame.filter(pl.col("form").is_in([NAME, CALLED]))
        for district, form, text, dong, rows in part.select(
            "district", "form", "text", "dong", "rows"
        ).iter_rows():
            found.setdefault((district, form, text), {})[dong] = rows
        return found

    def lots(self, asked: pl.DataFrame) -> pl.Series:
        """The legal dong of each (``_home``, ``_lot``), "" unknown or disputed."""
        part = self.frame.filter((pl.col("form") == LOT) & pl.col("text").str.contains("-"))
        agreed = part.group_by("district", "text").agg(
            pl.col("rows").sum(), pl.col("dong").first(), pl.len().alias("dongs")
        )
        table = agreed.filter((pl.col("dongs") == 1) & (pl.col("rows") >= _LOT_FEWEST))
        joined = asked.join(
            table, left_on=["_home", "_lot"], right_on=["district", "text"], how="left", maintain_order="left"
        )
        return joined["dong"].fill_null("").replace(MIXED, "")

    @cached_property
    def _numbers(self) -> pl.DataFrame:
        """Every witnessed number of every road with its dong, `MIXED` where witnesses disagree."""
        part = self.frame.filter((pl.col("form") == ROAD) & pl.col("number").is_not_null())
        table = _settled(part, "district", "text", "number")
        return table.with_columns((pl.col("number") % 2).alias("side")).sort("number")

    @cached_property
    def _whole(self) -> pl.DataFrame:
        """Roads that lie in one legal dong as far as anyone saw."""
        return (
            self._numbers.group_by("district", "text")
            .agg(pl.col("dong").unique().alias("dongs"), pl.len().alias("seen"))
            .filter(pl.col("dongs").list.len() == 1)
            .select("district", "text", pl.col("dongs").list.first().alias("whole"), "seen")
            .filter(pl.col("whole") != MIXED)
        )

    def roads(self, asked: pl.DataFrame) -> pl.Series:
        """The legal dong of each (``_home``, ``_road``, ``_number``), "" unknown or disputed.

        A number lies in a dong when the nearest witnesses below and above on its side of the road do, or the
        nearest one when the other end is open and the whole road is in that dong. A road is often the border
        of dongs: the sides (odd, even) are kept apart.
        """
        keys = {"by_left": ["_home", "_road", "side"], "by_right": ["district", "text", "side"]}
        side = (pl.col("_number") % 2).alias("side")
        query = asked.select("_home", "_road", pl.col("_number").cast(pl.Int32), side).with_row_index("row")
        known = query.filter(pl.col("_number").is_not_null()).sort("_number")
        below, above = (
            known.join_asof(
                self._numbers.rename({"number": "at", "dong": "found"}),
                left_on="_number",
                right_on="at",
                strategy=strategy,
                check_sortedness=False,
                **keys,  # type: ignore[arg-type]
            )
            for strategy in ("backward", "forward")
        )
        between = below.select(
            "row",
            pl.col("found").alias("low"),
            (pl.col("_number") - pl.col("at")).alias("down"),
            above["found"].alias("high"),
            (above["at"] - above["_number"]).alias("up"),
        )
        whole = query.join(
            self._whole,
            left_on=["_home", "_road"],
            right_on=["district", "text"],
            how="left",
            maintain_order="left",
        )
        joined = whole.select("row", "_number", "whole", "seen").join(
            between, on="row", how="left", maintain_order="left"
        )
        near_low, near_high = pl.col("down") <= _GAP, pl.col("up") <= _GAP
        verdict = (
            pl.when(pl.col("down") == 0)
            .then(pl.col("low"))
            .when(near_low & near_high & (pl.col("low") == pl.col("high")))
            .then(pl.col("low"))
            .when((near_low | near_high) & (pl.col("seen") >= 2))
            .then(pl.col("whole"))
            .when(pl.col("seen") >= _WHOLE)
            .then(pl.col("whole"))
        )
        return joined.select(verdict.fill_null("").replace(MIXED, "").alias("dong")).to_series()


def _settled(part: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """One row per key: the dong that nearly all its witnesses name, else `MIXED`."""
    most = pl.col("rows") == pl.col("rows").max()
    return (
        part.group_by(*keys, "dong")
        .agg(pl.col("rows").sum())
        .group_by(*keys)
        .agg(
            pl.col("dong").filter(most).min().alias("dong"),
            (pl.col("rows").max() / pl.col("rows").sum()).alias("share"),
        )
        .with_columns(
            pl.when(pl.col("share") >= PURE).then(pl.col("dong")).otherwise(pl.lit(MIXED)).alias("dong")
        )
        .drop("share")
    )


def learn(reads: Iterable[TableRead]) -> Gazetteer:
    """What the located rows of all these files say about roads, lots and dong names."""
    return Gazetteer.of(read.witness for read in reads if read.witness is not None)
