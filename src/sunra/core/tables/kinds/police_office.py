"""Police offices in four shapes: X = longitude, by division, without points, by categories."""

import re

import polars as pl

from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

_LEVELS = (
    (r"치안센터$", "centre"),
    (r"(?:지구대|파출소|분소|출장소|초소)$", "box"),
    (r"경찰서$", "station"),
    (r"(?:경찰청|지방청)$", "agency"),
)


def _level(texts: pl.Expr) -> pl.Expr:
    level = pl.lit("")
    for pattern, name in reversed(_LEVELS):
        level = pl.when(texts.str.contains(pattern)).then(pl.lit(name)).otherwise(level)
    return level


def _prepare(work: Work) -> None:
    """A name's own ending is trusted before the label beside it: 가양지구대 labelled 경찰서 is a box."""
    unit, centre, division, station = (
        work.text(field) for field in ("unit", "centre", "division", "station")
    )
    frame = pl.DataFrame({"unit": unit.str.replace_all(r"\s+", " "), "centre": centre, "division": division})
    named = frame.select(
        pl.when(pl.col("centre") != "").then(pl.col("centre"))
        .when((_level(pl.col("unit")) == "") & (_level(pl.col("division")) != ""))
        .then(pl.col("unit") + pl.col("division"))
        .otherwise(pl.col("unit")).alias("name")
    ).to_series()  # fmt: skip
    work.put(named)
    by_name, by_label = _level(pl.col("name")), _level(pl.col("division"))
    work.put(division.alias("division"))
    work.put(
        pl.when(by_name != "")
        .then(by_name)
        .when(by_label != "")
        .then(by_label)
        .otherwise(pl.lit("box"))
        .alias("level")
    )
    owner = work.frame["name"].str.extract(r"^(\S+경찰서)", 1).fill_null("")
    given = station.zip_with(station != "", owner).str.replace(r"경찰서$", "")
    work.put(given.alias("station"))


KIND = Kind(
    name="police_office",
    fields=fields(
        province=("지방청", "시도청", "청"),
        station=("경찰서", "서"),
        unit=("관서명", "지구대파출소", "policenam", "명칭"),
        centre=("치안센터명",),
        division=("구분", "policecat4", "분류"),
        police_mark=("policecat1",),
    ),
    needs=(
        frozenset({"station", "unit", "address"}),
        frozenset({"unit", "division", "address", "police_mark"}),
    ),
    named=re.compile(r"경찰|지구대|파출소|치안센터|police", re.IGNORECASE),
    named_needs=(frozenset({"unit", "address"}),),
    columns={"level": pl.String, "station": pl.String},
    prepare=_prepare,
)
