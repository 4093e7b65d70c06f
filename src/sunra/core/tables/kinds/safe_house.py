"""Safe houses (여성안심지킴이집): shops that take someone in and call the police."""

import re

import polars as pl

from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields, installed_column
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    values.yes_no(work, "in_use")
    values.text_as_is(work, "station")
    installed_column(work)
    values.full_address(work)


KIND = Kind(
    name="safe_house",
    fields=fields(
        name=("점포명", "stornm", "안심지킴이집명"),
        station=("관할경찰서명", "cmptncpolcsttnnm"),
        installed=("지정연도", "지정년도", "appnyear"),
        in_use=("운영여부", "useyn"),
        province=("시도명", "ctprvnnm"),
        district=("시군구명", "signgunm", "자치구"),
        district_code=("시군구코드", "signgucode"),
    ),
    needs=(
        frozenset({"name", "station", "lon", "lat"}),
        frozenset({"name", "station", "lot_address"}),
        frozenset({"name", "installed", "lon", "lat"}),
    ),
    named=re.compile(r"지킴이\s?집|안심지킴이|safe.?house|prtchouse", re.IGNORECASE),
    named_needs=(
        frozenset({"lon", "lat", "address"}),
        frozenset({"lon", "lat", "name"}),
        frozenset({"name", "road_address"}),
    ),
    columns={"station": pl.String, "installed": pl.String, "in_use": pl.Boolean},
    volatile=frozenset({"station", "in_use"}),
    prepare=_prepare,
)
