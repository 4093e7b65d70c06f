"""Things and services on Seoul's safe-return routes (안심귀갓길) as tables: OA-21696 and OA-21697."""

import polars as pl

from sunra.core.tables.kinds import facility_codes, values
from sunra.core.tables.kinds.base import Kind, count_column, fields
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    values.wkt_point(work)
    count_column(work, "count", "count", highest=1_000)
    values.coded(work, "facility", facility_codes.SAFE_RETURN)
    values.text_as_is(work, "service", "route", "route_id", "hours")
    values.full_address(work)


KIND = Kind(
    name="safe_return",
    fields=fields(
        id=("faciid", "serviceid"),
        facility=("facicode",),
        service=("sisulcode",),
        route_id=("asgid",),
        route=("asgnm",),
        count=("instlcnt",),
        name=("remark", "비고"),
        hours=("workdate",),
        address=("deloc",),
        province=("시도명",),
        district=("sggnm", "sggname"),
        lot_address=("emdnm",),
        agency=("instnm",),
        reference_date=("refdate", "데이터기준일자"),
        wkt=("pointwkt", "wkt"),
    ),
    needs=(frozenset({"facility", "route_id"}), frozenset({"service", "route_id"})),
    columns={
        "count": pl.Int64,
        "facility": pl.String,
        "service": pl.String,
        "route": pl.String,
        "route_id": pl.String,
        "hours": pl.String,
    },
    unit="count",
    identifier="id",
    volatile=frozenset({"count", "hours"}),
    prepare=_prepare,
)
