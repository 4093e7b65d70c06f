"""Emergency bells: Seoul's reduced file and the full standard with its interface; one row is one bell."""

import re

import polars as pl

from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields, installed_column
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    """The nationwide 관리번호 is the better identifier; a bell's own number is unique per agency at best."""
    work.put(pl.lit(1, dtype=pl.Int64).alias("bells"))
    national, own = work.text("id"), work.text("bell_id")
    work.put(national.zip_with(national != "", own).alias("id"))
    installed_column(work)
    values.text_as_is(work, "purpose", "place_type", "check_result")
    values.yes_no(work, "police_link", "guard_link", "office_link")
    values.day(work, "checked")


KIND = Kind(
    name="emergency_bell",
    fields=fields(
        bell_id=("안전비상벨관리번호", "sftyemrgncbllmngno", "비상벨관리번호"),
        id=("관리번호", "mngno"),
        name=("설치위치", "instlpstn"),
        purpose=("설치목적", "instlprps"),
        place_type=("설치장소유형", "instlplctype"),
        police_link=("경찰연계유무", "polclinken"),
        guard_link=("경비업체연계유무", "seccolinken"),
        office_link=("관리사무소연계유무", "mngofclinken"),
        installed=("설치연도", "설치년도", "안전비상벨설치연도", "sftyemrgncbllinstlyr"),
        checked=("최종점검일자", "lastchckymd"),
        check_result=("최종점검결과구분", "lastchckrsltse"),
    ),
    needs=(frozenset({"bell_id"}),),
    named=re.compile(r"비상벨|안심벨|emergency.?bell", re.IGNORECASE),
    named_needs=(frozenset({"lon", "lat"}),),
    columns={
        "bells": pl.Int64,
        "purpose": pl.String,
        "place_type": pl.String,
        "police_link": pl.Boolean,
        "guard_link": pl.Boolean,
        "office_link": pl.Boolean,
        "installed": pl.String,
        "checked": pl.Date,
        "check_result": pl.String,
    },
    unit="bells",
    identifier="id",
    volatile=frozenset({"checked", "check_result", "police_link", "guard_link", "office_link"}),
    prepare=_prepare,
)
