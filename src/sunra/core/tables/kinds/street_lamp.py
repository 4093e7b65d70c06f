"""Smart street lights: the standard and its interface; one row is one lamp."""

import re

import polars as pl

from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, count_column, fields, installed_column
from sunra.core.tables.kinds.security_light import MOST_LAMPS
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    count_column(work, "lamps", "lamps", highest=MOST_LAMPS)
    installed_column(work)
    values.text_as_is(work, "lamp_type")
    values.yes_no(work, "lit", "has_cctv", "has_wifi", "emergency_call")
    values.full_address(work)


KIND = Kind(
    name="street_lamp",
    fields=fields(
        lamp_type=("스마트가로등유형", "streetlamptype"),
        shape=("스마트가로등형태", "streetlampstle"),
        name=("도로명", "roadnm"),
        lamps=("설치개수", "가로등개수"),
        installed=("설치연도", "설치년도", "installationyear"),
        lit=("점등상태여부", "lghtusgsttyn"),
        has_cctv=("cctv유무", "cctvyn"),
        has_wifi=("wifi유무", "wifiyn"),
        emergency_call=("위급상황신고가능여부", "emrgncsttemntposblyn"),
        province=("시도명", "ctprvnnm"),
        district=("시군구명", "signgunm"),
    ),
    needs=(frozenset({"lamp_type", "lon", "lat"}), frozenset({"lamp_type", "lot_address"})),
    named=re.compile(r"가로등|street.?l(?:amp|ight)", re.IGNORECASE),
    named_needs=(frozenset({"lon", "lat"}),),
    columns={
        "lamps": pl.Int64,
        "installed": pl.String,
        "lamp_type": pl.String,
        "lit": pl.Boolean,
        "has_cctv": pl.Boolean,
        "has_wifi": pl.Boolean,
        "emergency_call": pl.Boolean,
    },
    unit="lamps",
    volatile=frozenset({"lit", "has_cctv", "has_wifi", "emergency_call"}),
    prepare=_prepare,
)
