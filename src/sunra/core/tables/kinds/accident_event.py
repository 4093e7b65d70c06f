"""Traffic accidents, one row each: with coordinates, or with the dong they happened in."""

import re

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.kinds import times
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.kinds.call112 import EVENT_COLUMNS, finish_events
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    if work.has("time"):
        shown = work.text("time")
        moment = times.from_text(shown)
    else:
        shown = work.text("day")
        moment = times.from_day_and_clock(shown, work.text("hour"))
    work.put(moment, pl.lit("traffic_accident").alias("family"), pl.lit("").alias("name"))
    work.reject(work.frame["time_from"].is_null(), field="time", reason="bad_time", value=shown)
    kind = work.text("category")
    work.put(
        kind.zip_with(~clean.is_missing(kind), pl.Series([""]).new_from_index(0, len(kind))).alias("category")
    )


_WHEN = ({"time"}, {"day", "hour"})
_PROOF = ({"deaths"}, {"violation"}, {"accident_id"})
_WHERE = ({"lon", "lat"}, {"address"}, {"lot_address"})

KIND = Kind(
    name="accident_event",
    fields=fields(
        time=("time", "발생일시", "사고일시", "발생년월일시", "발생연월일시", "occrrncdt"),
        day=("발생일", "발생일자", "사고일자", "발생년월일", "date"),
        hour=("발생시간", "발생시각", "사고시각", "시간", "hour"),
        category=("category", "사고유형", "사고유형구분", "사고유형대분류", "acctype"),
        deaths=("deaths", "사망자수", "dthdnvcnt"),
        violation=("violation", "법규위반", "가해자법규위반"),
        accident_id=("사고번호", "accidentid"),
        address=("dong", "시군구", "주소", "발생지", "발생지시군구", "sigungu", "시군구명"),
        province=("sido", "시도", "시도명"),
    ),
    needs=tuple(frozenset(when | proof | where) for when in _WHEN for proof in _PROOF for where in _WHERE),
    named=re.compile(r"사고|accident", re.IGNORECASE),
    named_needs=tuple(frozenset(when | {"lon", "lat"}) for when in _WHEN),
    columns=EVENT_COLUMNS,
    identifier="accident_id",
    prepare=_prepare,
    finish=finish_events,
)
