"""Schools: the standard of primary, middle and high schools and its interface."""

import polars as pl

from sunra.core.tables.kinds import facility_codes, values
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    values.coded(work, "level", facility_codes.SCHOOL_LEVELS)
    values.text_as_is(work, "founder", "state")
    values.day(work, "founded")
    values.full_address(work)


KIND = Kind(
    name="school",
    fields=fields(
        id=("학교id", "schoolid"),
        name=("학교명", "schoolnm"),
        level=("학교급구분", "schoolse", "학교급"),
        founded=("설립일자", "fonddate"),
        founder=("설립형태", "fondtype"),
        state=("운영상태", "opersttus"),
        agency=("교육지원청명", "edcsportnm", "시도교육청명", "cddcnm"),
    ),
    needs=(
        frozenset({"name", "level", "lon", "lat"}),
        frozenset({"name", "level", "lot_address"}),
        frozenset({"name", "level", "road_address"}),
    ),
    columns={"level": pl.String, "founder": pl.String, "founded": pl.Date, "state": pl.String},
    identifier="id",
    volatile=frozenset({"state", "founded", "founder"}),
    prepare=_prepare,
)
