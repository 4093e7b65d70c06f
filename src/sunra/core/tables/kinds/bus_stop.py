"""Bus stops: Seoul's list and the national one."""

import polars as pl

from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    values.text_as_is(work, "stop_number")
    values.full_address(work)


KIND = Kind(
    name="bus_stop",
    fields=fields(
        stop_number=(
            "정류소번호",
            "정류장번호",
            "정류소id",
            "정류장id",
            "nodeid",
            "arsid",
            "stopno",
            "stopsno",
        ),
        name=("정류소명", "정류장명", "정류소명칭", "nodenm", "stationnm", "stopsnm"),
        agency=("관리도시명", "관리기관명"),
        district=("도시명",),
    ),
    needs=(frozenset({"stop_number", "name", "lon", "lat"}),),
    columns={"stop_number": pl.String},
    identifier="stop_number",
    prepare=_prepare,
)
