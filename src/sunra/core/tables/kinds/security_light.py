"""Security lights: the standard with 설치년도 or 설치연도, its interface, and two derived shapes."""

import re

import polars as pl

from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, count_column, fields, installed_column
from sunra.core.tables.work import Work

MOST_LAMPS = 1_000
"""Seen for one row: 31, a whole apartment estate; beyond this a digit slipped."""


def _prepare(work: Work) -> None:
    count_column(work, "lamps", "lamps", highest=MOST_LAMPS)
    installed_column(work)
    values.text_as_is(work, "mounting")


KIND = Kind(
    name="security_light",
    fields=fields(
        name=("보안등위치명", "lmplcnm", "동사무소"),
        lamps=("설치개수", "installationco", "보안등개수"),
        installed=("설치연도", "설치년도", "installationyear"),
        mounting=("설치형태", "installationtype"),
    ),
    needs=(
        frozenset({"name", "lamps"}),
        frozenset({"name", "lot_address"}),
        frozenset({"lamps", "lon", "lat"}),
    ),
    named=re.compile(r"보안등|security.?light", re.IGNORECASE),
    named_needs=(frozenset({"lon", "lat"}),),
    columns={"lamps": pl.Int64, "installed": pl.String, "mounting": pl.String},
    unit="lamps",
    volatile=frozenset({"mounting"}),
    prepare=_prepare,
)
