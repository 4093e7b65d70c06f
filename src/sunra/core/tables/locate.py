"""Which legal dong a row lies in, by its point, else by its address; and whether the two agree."""

import unicodedata

import numpy as np
import polars as pl

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.core.tables import coordinates
from sunra.core.tables.clean import map_unique
from sunra.core.tables.gazetteer import Gazetteer, gazetteer
from sunra.core.tables.work import Work

BORDER_METRES = 300.0
"""How far a point may lie outside the district of its address: borders, wide roads, coarse geocoding."""
ADDRESSES = ("lot_address", "address", "road_address")
_OWN = 0.9
_HEAD = 18


def place(work: Work, *, bordered: bool = True) -> None:
    """Adds lon, lat, dong and precision; rows that lie nowhere or wrongly go to the quarantine.

    Without ``bordered`` a point far outside its district, or at sea, is flagged and stays.
    """
    work.put(home_districts(work))
    coordinates.read_coordinates(work)
    _reject_abroad(work)
    _locate_points(work)
    _check_district(work, bordered=bordered)
    _place_by_address(work)


def home_districts(work: Work) -> pl.Series:
    """Five-digit district of each row's own address ("" unknown), else its agency's, else the file's."""
    home = _named(work, province="")
    provinces = home.filter(home != "").str.slice(0, 2).value_counts(sort=True)
    if provinces.height and provinces[0, "count"] >= _OWN * int(provinces["count"].sum()):
        # The whole file is of one province: 중구 alone then has one meaning.
        home = _coalesce(home, _named(work, province=str(provinces[0, 0])))
    return _coalesce(home, _like(home, _file_district(work, home))).alias("_home")


def _like(column: pl.Series, value: str) -> pl.Series:
    return pl.Series([value], dtype=pl.String).new_from_index(0, len(column))


def _coalesce(first: pl.Series, second: pl.Series) -> pl.Series:
    return first.zip_with(first != "", second)


def _named(work: Work, *, province: str) -> pl.Series:
    book = gazetteer()
    hint = work.text("province").str.replace(r"(?:남부|북부)?(?:지방경찰청|경찰청|청)$", "")
    home = work.text("district_code").str.extract(r"^(\d{5})", 1).fill_null("")
    for field in (*ADDRESSES, "agency"):
        if not work.has(field):
            continue
        # Twelve signs hold any province and district; fewer distinct heads are fewer look-ups.
        head = work.text(field).str.replace_all(r"[\s_,()]+", "").str.slice(0, _HEAD)
        keyed = hint + pl.Series(["|"]).new_from_index(0, len(head)) + head
        home = _coalesce(home, map_unique(keyed, lambda text: _district(book, text, province), pl.String))
    return home


def _district(book: Gazetteer, keyed: str, province: str) -> str:
    hint, _, head = keyed.partition("|")
    return book.district(head, (book.province(hint) if hint else "") or province) if head else ""


def _file_district(work: Work, home: pl.Series) -> str:
    """The district that nearly all rows name, else the one in the file's name, else ""."""
    counts = home.filter(home != "").value_counts(sort=True)
    if counts.height and counts[0, "count"] >= _OWN * int(counts["count"].sum()):
        return str(counts[0, 0])
    return gazetteer().district(unicodedata.normalize("NFC", work.file))


def _reject_abroad(work: Work) -> None:
    lon, lat = work.frame["lon"].to_numpy(), work.frame["lat"].to_numpy()
    abroad = np.isfinite(lon) & ~coordinates.in_korea(lon, lat)
    work.reject(abroad, field="lon", reason="outside_korea", value=_point(work))


def _point(work: Work) -> pl.Series:
    return work.frame.select(
        pl.concat_str(pl.col("lon").round(6), pl.col("lat").round(6), separator=",").fill_null("")
    ).to_series()


def _locate_points(work: Work) -> None:
    frame = work.frame
    dong = districts().locate(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    work.put(pl.Series("dong", dong, dtype=pl.String))


def _check_district(work: Work, *, bordered: bool) -> None:
    """Distance of every point that its own district does not hold; over the limit it is refused."""
    metres = np.zeros(work.frame.height)
    known, homeless = pl.col("lon").is_not_nan(), pl.col("_home") == ""
    elsewhere = pl.col("dong").str.slice(0, 5) != pl.col("_home")
    view = work.frame.select(
        (known & ~homeless & elsewhere).alias("astray"),
        (known & homeless & (pl.col("dong") == "")).alias("nowhere"),
        *("_home", "lon", "lat"),
    )
    rows = view.with_row_index("row").filter("astray")
    for (home,), part in rows.group_by("_home"):
        try:
            metres[part["row"].to_numpy()] = districts().near(
                str(home), part["lon"].to_numpy(), part["lat"].to_numpy()
            )
        except GeoError:
            continue
    far = pl.Series(metres > BORDER_METRES)
    sea = (work.frame["dong"] == "") & (view["nowhere"] | far)
    work.put(pl.Series("_metres", metres).round(0).cast(pl.Int64))
    work.flag("outside_district_near", int(((metres > 0) & ~far.to_numpy()).sum()))
    if not bordered:
        work.flag("outside_district_far", int(far.sum()))
        return
    work.put(sea.alias("_sea"), far.alias("_far"))
    work.reject(work.frame["_sea"], field="lon", reason="at_sea", value=_point(work))
    distance = work.frame["_metres"].cast(pl.String) + " m"
    work.reject(work.frame["_far"], field="lon", reason="outside_district", value=distance)
    lost = work.frame.select((pl.col("lon").is_not_nan() & (pl.col("dong") == "")).sum()).item()
    work.flag("outside_border_near", int(lost))


def _place_by_address(work: Work) -> None:
    """Rows without a point get the legal dong that their address names, and nothing finer."""
    without = work.frame["lon"].is_nan()
    dong = work.frame["dong"]
    if without.any():
        found = _dong_of_address(work, without)
        dong = dong.zip_with(~without, found)
        work.put(dong)
        work.flag("placed_by_address", int((without & (dong != "")).sum()))
    precision = pl.when(pl.col("lon").is_not_nan()).then(pl.lit("point")).otherwise(pl.lit("dong"))
    work.put(precision.alias("precision"), pl.col("lon").fill_nan(None), pl.col("lat").fill_nan(None))
    lost = work.frame["lon"].is_null() & (work.frame["dong"] == "")
    bad = lost & work.frame["_badxy"]
    value = work.text("lot_address").zip_with(work.text("lot_address") != "", work.text("road_address"))
    value = value.zip_with(value != "", work.text("address"))
    work.put(value.alias("_value"), bad.alias("_bad"), lost.alias("_lost"))
    work.reject(work.frame["_bad"], field="lat", reason="bad_coordinate", value=work.frame["_value"])
    work.reject(work.frame["_lost"], field="address", reason="no_location", value=work.frame["_value"])


def _dong_of_address(work: Work, wanted: pl.Series) -> pl.Series:
    book = gazetteer()
    found = np.full(work.frame.height, "", dtype=object)
    view = work.frame.select("_home", *[field for field in ADDRESSES if work.has(field)]).with_row_index(
        "row"
    )
    for (home,), part in view.filter(wanted & (view["_home"] != "")).group_by("_home"):
        pattern, codes = book.pattern(str(home)), book.dongs(str(home))
        if not pattern:
            continue
        rows = part["row"].to_numpy()
        for field in part.columns[2:]:
            # "면목동1길" is a street that carries the dong's name, not a place in it.
            texts = part[field].str.replace_all(r"[가-힣]+\d+[가-힣]?길", "길")
            names = (
                texts.str.extract(pattern, 1)
                .fill_null("")
                .replace_strict(codes, default="", return_dtype=pl.String)
            )
            found[rows] = np.where(found[rows] == "", names.to_numpy(), found[rows])
    return pl.Series("dong", found.astype(str), dtype=pl.String)
