"""Stations of urban railways: the standard as CSV and as XLS, where every number is text."""

import polars as pl

from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    """Numbers of stations repeat between lines: the line belongs to the identifier."""
    values.text_as_is(work, "station_number", "line_number", "route")
    transfer = work.text("transfer").str.strip_chars()
    known = transfer.is_in(["환승역", "일반역"])
    work.put(pl.select(pl.when(known).then(transfer == "환승역")).to_series().alias("transfer"))
    number, line = work.frame["station_number"], work.frame["line_number"]
    joined = (line + "-" + number).zip_with(line != "", number)
    empty = pl.Series([""], dtype=pl.String).new_from_index(0, len(number))
    work.put(joined.zip_with(number != "", empty).alias("id"))


KIND = Kind(
    name="subway_station",
    fields=fields(
        station_number=("역번호", "역사id", "전철역코드"),
        name=("역사명", "역명", "전철역명"),
        line_number=("노선번호",),
        route=("노선명", "호선"),
        transfer=("환승역구분",),
        road_address=("역사도로명주소", "소재지도로명주소", "도로명주소", "rdnmadr"),
        lon=("역경도", "경도", "wgs84경도", "lon", "longitude", "lng", "x좌표"),
        lat=("역위도", "위도", "wgs84위도", "lat", "latitude", "y좌표"),
    ),
    needs=(frozenset({"station_number", "name", "lon", "lat"}), frozenset({"name", "route", "lon", "lat"})),
    columns={"station_number": pl.String, "route": pl.String, "transfer": pl.Boolean},
    identifier="id",
    volatile=frozenset({"transfer"}),
    prepare=_prepare,
)
