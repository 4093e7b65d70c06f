"""Sites of crime prevention by design (safetydata DSSP-IF-00090): EPSG:3857 and the national point number.

The clerks who entered and changed a record are in the file and not in the table.
"""

import numpy as np
import polars as pl

from sunra.core.geo import cells
from sunra.core.geo.errors import GeoError
from sunra.core.tables.kinds import values
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    values.wkt_point(work)
    values.text_as_is(work, "target", "design", "progress", "box", "point_number")
    station = work.text("station").str.replace(r"경찰서$", "")
    work.put(station.alias("station"))
    values.day(work, "designed")
    work.put((work.frame["target"] + " " + work.frame["design"]).str.strip_chars().alias("name"))


def _finish(work: Work) -> None:
    """Flags points in another cell than their national point number says (a neighbour is rounding)."""
    view = work.frame.filter(pl.col("lon").is_not_null() & (pl.col("point_number") != ""))
    if view.is_empty():
        return
    east, north = cells.cell_of(view["lon"].to_numpy(), view["lat"].to_numpy())
    said = [_cell(text) for text in view["point_number"].to_list()]
    known = np.array([cell is not None for cell in said])
    told = np.array([cell or (0, 0) for cell in said])
    apart = (np.abs(told[:, 0] - east) > 1) | (np.abs(told[:, 1] - north) > 1)
    work.flag("point_number_differs", int((known & apart).sum()))


def _cell(text: str) -> tuple[int, int] | None:
    """The 100 m cell of '다사544466' or '다사 5444 4663'."""
    bare = "".join(text.split())
    letters, digits = bare[:2], bare[2:]
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in {6, 8, 10}:
        return None
    half = len(digits) // 2
    try:
        east, north = cells.parse_cell(f"{letters} {digits[:3]} {digits[half : half + 3]}")
    except GeoError:
        return None
    return int(east), int(north)


KIND = Kind(
    name="cpted_site",
    fields=fields(
        target=("crimprvnenvrndesigndengtrgt", "범죄예방환경설계디자인대상"),
        design=("dengknd", "디자인종류"),
        progress=("prgrssitu", "진행상황"),
        designed=("dengymd", "디자인일자"),
        station=("polstnnm", "경찰서명"),
        box=("lpstnm", "지구대명"),
        point_number=("ntnbrnchno", "국가지점번호"),
        lot_address=("lotnoaddr", "지번주소"),
        wkt=("geom", "지오메트리"),
        lon=("xmapcrts", "x지도좌표"),
        lat=("ymapcrts", "y지도좌표"),
    ),
    needs=(frozenset({"target", "point_number"}), frozenset({"target", "designed", "lot_address"})),
    columns={
        "target": pl.String,
        "design": pl.String,
        "progress": pl.String,
        "designed": pl.Date,
        "station": pl.String,
        "box": pl.String,
        "point_number": pl.String,
    },
    volatile=frozenset({"progress", "designed", "station", "box"}),
    prepare=_prepare,
    finish=_finish,
)
