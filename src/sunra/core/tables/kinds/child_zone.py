"""Child protection zones around schools and nurseries: the standard and its interface."""

import polars as pl

from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

WIDEST = 100.0
"""Metres; Seoul's widest street, Sejong-daero with its square, stays below."""


def _prepare(work: Work) -> None:
    values.text_as_is(work, "facility", "station")
    values.yes_no(work, "has_cctv")
    values.whole(work, "zone_cameras", low=0, high=1_000)
    values.span(work, "width", "width_low", "width_high", highest=WIDEST)
    counted = work.frame["zone_cameras"].fill_null(0) > 0
    has = work.frame["has_cctv"]
    work.flag("zone_cameras_missing", int((has & ~counted).fill_null(value=False).sum()))
    work.flag("zone_cameras_denied", int((~has & counted).fill_null(value=False).sum()))
    known = counted | (has == False).fill_null(value=False)  # noqa: E712 - a column of polars
    work.put(pl.when(known).then(pl.col("zone_cameras")).alias("zone_cameras"))


KIND = Kind(
    name="child_zone",
    fields=fields(
        facility=("시설종류", "fcltyknd"),
        name=("대상시설명", "trgetfcltynm"),
        station=("관할경찰서명", "cmptncpolcsttnnm"),
        has_cctv=("cctv설치여부", "cctvyn"),
        zone_cameras=("cctv설치대수", "cctvnumber"),
        width=("보호구역도로폭", "prtcarearw"),
    ),
    needs=(
        frozenset({"facility", "name", "lon", "lat"}),
        frozenset({"facility", "name", "lot_address"}),
        frozenset({"facility", "name", "road_address"}),
    ),
    columns={
        "facility": pl.String,
        "station": pl.String,
        "has_cctv": pl.Boolean,
        "zone_cameras": pl.Int64,
        "width_low": pl.Float64,
        "width_high": pl.Float64,
    },
    volatile=frozenset({"station", "has_cctv", "zone_cameras", "width"}),
    prepare=_prepare,
)
