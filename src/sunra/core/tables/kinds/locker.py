"""Safe parcel lockers (안심택배함): the standard's interface, Seoul's list and Seoul's interface."""

import re

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields, installed_column
from sunra.core.tables.work import Work

MOST_BOXES = 1_000
_BOXES = re.compile(r"\d+/(\d+)")


def boxes_of(text: str) -> int | None:
    """How many boxes '01/01+02/04+03/05' (size code/boxes) or '12' says, else None.

    >>> boxes_of("01/01+02/04+03/05"), boxes_of("12"), boxes_of("")
    (10, 12, None)
    """
    parts = _BOXES.findall(text)
    total = sum(map(int, parts)) if parts else (int(text) if re.fullmatch(r"\s*[0-9]+\s*", text) else 0)
    return total if 0 < total <= MOST_BOXES else None


def _prepare(work: Work) -> None:
    texts = work.text("boxes")
    boxes = clean.map_unique(texts, boxes_of, pl.Int64)
    work.flag("bad_value", int((boxes.is_null() & ~clean.is_missing(texts)).sum()))
    work.put(boxes.alias("boxes"))
    opens, closes = work.text("opens"), work.text("closes")
    both = (opens != "") & (closes != "")
    shown = opens + "-" + closes
    work.put(shown.zip_with(both, opens).alias("open_hours"))
    installed_column(work)
    values.full_address(work)


KIND = Kind(
    name="locker",
    fields=fields(
        name=("시설명", "fcltynm", "안심명", "택배함명"),
        address=("안심주소", "주소", "주소2", "addr"),
        boxes=("칸개수", "boxco"),
        box_kinds=("택배함종류코드", "hdryboxknd"),
        opens=("평일운영시작시각", "weekdayoperopenhhmm"),
        closes=("평일운영종료시각", "weekdayopercolsehhmm", "weekdayoperclosehhmm"),
        installed=("설치일자", "instldate"),
        province=("시도명", "ctprvnnm"),
        district=("시군구명", "signgunm", "자치구"),
        district_code=("시군구코드", "signgucode"),
        lon=("경도", "longitude", "wgsx좌표", "wgsxpt", "lon"),
        lat=("위도", "latitude", "wgsy좌표", "wgsypt", "lat"),
    ),
    needs=(
        frozenset({"name", "boxes", "lon", "lat"}),
        frozenset({"name", "boxes", "lot_address"}),
        frozenset({"name", "box_kinds", "lon", "lat"}),
    ),
    named=re.compile(r"택배함|locker|hdrycstdyplace|opensafebox|safeopenbox", re.IGNORECASE),
    named_needs=(frozenset({"lon", "lat"}),),
    columns={"boxes": pl.Int64, "open_hours": pl.String, "installed": pl.String},
    volatile=frozenset({"boxes", "box_kinds", "opens", "closes"}),
    prepare=_prepare,
)
