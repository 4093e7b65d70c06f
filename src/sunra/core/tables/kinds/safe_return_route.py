"""Seoul's safe-return routes (안심귀갓길, OA-21695) as lines, with what stands along them."""

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.kinds import road
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

MARKS = frozenset({"asgid", "linklen"})
"""Columns that tell these lines from streets."""
_COUNTS = {
    "bells": ("bellcnt",),
    "cameras": ("cctvcnt",),
    "signs": ("brdcnt",),
    "markings": ("markcnt",),
    "lamps": ("lampcnt",),
    "service_signs": ("servicesigncnt", "servicesi"),
    "report_signs": ("dclrsigncnt", "dclrsignc"),
    "others": ("etcfacicnt", "etcfacicn"),
}
_MOST = 10_000


def _prepare(work: Work) -> None:
    for name in _COUNTS:
        texts = work.text(name)
        values = clean.counts(texts)
        sound = values.fill_null(0).is_between(0, _MOST)
        work.flag("bad_value", int((~sound | (values.is_null() & ~clean.is_missing(texts))).sum()))
        work.put(pl.select(pl.when(sound).then(values)).to_series().alias(name))
    work.put(clean.numbers(work.text("length")).alias("length"))
    work.put(work.text("route_id").alias("route_id"))
    road.lines_to_points(work)


KIND = Kind(
    name="safe_return",
    fields=fields(
        route_id=("asgid",),
        name=("asgnm",),
        length=("linklen",),
        district_code=("sggcode", "sggcd"),
        dong_code=("emdcode", "emdcd"),
        district=("sggnm",),
        address=("deloc",),
        reference_date=("refdate", "데이터기준일자"),
        **_COUNTS,
    ),
    needs=(),
    columns={
        "geometry": pl.List(pl.List(pl.Float64)),
        "route_id": pl.String,
        "length": pl.Float64,
        **dict.fromkeys(_COUNTS, pl.Int64),
    },
    bordered=False,
    prepare=_prepare,
    finish=road.points_to_paths,
)
