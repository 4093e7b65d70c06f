"""Emergency bells: the national standard (file and interface) and Seoul's reduced file."""

import re

import polars as pl

from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    work.put(pl.lit(1, dtype=pl.Int64).alias("bells"))


KIND = Kind(
    name="emergency_bell",
    fields=fields(
        bell_id=("안전비상벨관리번호", "sftyemrgncbllmngno", "비상벨관리번호"),
        name=("설치위치", "instlpstn"),
        place_type=("설치장소유형", "instlplctype"),
    ),
    needs=(frozenset({"bell_id"}),),
    named=re.compile(r"비상벨|안심벨|emergency.?bell", re.IGNORECASE),
    named_needs=(frozenset({"lon", "lat"}),),
    columns={"bells": pl.Int64},
    unit="bells",
    identifier="bell_id",
    prepare=_prepare,
)
