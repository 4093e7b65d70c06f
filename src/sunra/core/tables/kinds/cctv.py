"""CCTV: the legacy standard, the 2025 LOCALDATA shape, both interfaces, Busan's export, address lists."""

import re

import polars as pl

from sunra.core.tables.kinds import facility_codes, values
from sunra.core.tables.kinds.base import Kind, count_column, fields, installed_column
from sunra.core.tables.work import Work

MOST_CAMERAS = 1_000
"""Seen at one pole or control group: 86 (Gwanak) and 104 (Busan); beyond this a digit slipped."""


def _prepare(work: Work) -> None:
    count_column(work, "cameras", "cameras", highest=MOST_CAMERAS)
    installed_column(work)
    values.coded(work, "purpose", facility_codes.PURPOSES)
    values.whole(work, "pixels", low=1, high=100_000)
    values.whole(work, "days_kept", low=1, high=3_650)


KIND = Kind(
    name="cctv",
    fields=fields(
        cameras=("카메라대수", "camcntom", "cctvnumber", "camerano", "cameraco"),
        purpose=("설치목적구분", "instlprpssenm", "installationpurpstype", "설치목적"),
        installed=("설치년월", "설치연월", "instlym", "installationyymm", "설치연도", "설치년도"),
        pixels=("카메라화소수", "campixelcnt", "cctvpixel"),
        days_kept=("보관일수", "kpngdaycnt", "cstdyday"),
        view=("촬영방면정보", "shtangleinfo", "potogrfinfo"),
        name=("명칭",),
        id=("관리번호", "mngno", "cctvmanageno"),
    ),
    needs=(
        frozenset({"cameras", "lon", "lat"}),
        frozenset({"cameras", "lot_address"}),
        frozenset({"cameras", "road_address"}),
    ),
    named=re.compile(r"cctv|감시카메라|방범카메라", re.IGNORECASE),
    named_needs=(frozenset({"lon", "lat", "address"}), frozenset({"lon", "lat", "purpose"})),
    columns={
        "cameras": pl.Int64,
        "purpose": pl.String,
        "installed": pl.String,
        "pixels": pl.Int64,
        "days_kept": pl.Int64,
    },
    unit="cameras",
    identifier="id",
    volatile=frozenset({"pixels", "days_kept", "view"}),
    prepare=_prepare,
)
