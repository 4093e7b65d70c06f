"""Unmanned traffic enforcement cameras: the standard and its interface, codes and labels mixed."""

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.kinds import facility_codes, values
from sunra.core.tables.kinds.base import Kind, fields, installed_column
from sunra.core.tables.work import Work

LONGEST_KM = 25.0
"""The standard's unit is km; the longest section in Korea is under 21 km, so more than this is metres."""
_SPEEDS = (10, 130)


def _prepare(work: Work) -> None:
    work.put(pl.lit(1, dtype=pl.Int64).alias("cameras"))
    values.coded(work, "enforces", facility_codes.ENFORCEMENT, several=True)
    values.coded(work, "road_type", facility_codes.ROADS)
    values.coded(work, "direction", facility_codes.DIRECTIONS)
    values.coded(work, "section_end", facility_codes.SECTION_ENDS)
    values.coded(work, "zone", facility_codes.ZONES)
    _province(work)
    _speed(work)
    _section(work)
    installed_column(work)
    values.full_address(work)


def _province(work: Work) -> None:
    """A code where the province's name belongs becomes the name, so that addresses can be read with it."""
    named = clean.map_unique(
        work.text("province"),
        lambda text: facility_codes.PROVINCES.get(text.lstrip("0"), text) if text.isdigit() else text,
        pl.String,
    )
    work.put(named.alias("province"))


def _speed(work: Work) -> None:
    """``speed_kmh``; zero says none, which is flagged only where the camera measures speed."""
    texts = work.text("speed_kmh")
    none = texts.is_in(["0", "00", "0.0"])
    measures = work.frame["enforces"].str.contains("speed")
    work.flag("speed_missing", int((measures & (none | clean.is_missing(texts))).sum()))
    empty = pl.Series([""], dtype=pl.String).new_from_index(0, len(texts))
    work.put(texts.zip_with(~none, empty).alias("speed_kmh"))
    values.whole(work, "speed_kmh", low=_SPEEDS[0], high=_SPEEDS[1])


def _section(work: Work) -> None:
    """``section_metres``: kilometres as the standard says, metres where kilometres cannot be."""
    values.number(work, "section_metres", low=0.0001, high=100_000.0)
    length = work.frame["section_metres"]
    metres = length > LONGEST_KM
    work.flag("unit_guessed", int(metres.fill_null(value=False).sum()))
    work.put(
        pl.select(pl.when(metres).then(length).otherwise(length * 1_000).round(1))
        .to_series()
        .alias("section_metres")
    )


KIND = Kind(
    name="enforcement_camera",
    fields=fields(
        id=("무인교통단속카메라관리번호", "mnlssregltcameramanageno"),
        province=("시도명", "ctprvnnm"),
        district=("시군구명", "signgunm"),
        road_type=("도로종류", "roadknd"),
        road_number=("도로노선번호", "roadrouteno"),
        road=("도로노선명", "roadroutenm"),
        direction=("도로노선방향", "roadroutedrc"),
        name=("설치장소", "itlpc"),
        enforces=("단속구분", "regltse"),
        speed_kmh=("제한속도", "lmttve"),
        section_end=("단속구간위치구분", "regltsctnlcse"),
        section_metres=("과속단속구간길이", "ovrspdregltsctnlt"),
        zone=("보호구역구분", "prtcareatype"),
        installed=("설치연도", "설치년도", "installationyear"),
    ),
    needs=(frozenset({"id", "enforces"}), frozenset({"enforces", "speed_kmh", "lon", "lat"})),
    columns={
        "cameras": pl.Int64,
        "enforces": pl.String,
        "speed_kmh": pl.Int64,
        "road": pl.String,
        "road_type": pl.String,
        "direction": pl.String,
        "section_end": pl.String,
        "section_metres": pl.Float64,
        "zone": pl.String,
        "installed": pl.String,
    },
    unit="cameras",
    identifier="id",
    volatile=frozenset({"speed_kmh", "section_metres", "zone", "road_type", "direction"}),
    prepare=_prepare,
)
