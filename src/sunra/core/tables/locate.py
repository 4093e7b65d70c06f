"""Which legal dong a row lies in, by its point, else by its address; and whether the two agree."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.core.tables import addresses, coordinates
from sunra.core.tables.work import Work

BORDER_METRES = 300.0
"""How far a point may lie outside the district of its address: borders, wide roads, coarse geocoding."""
_WITNESSES = 5_000
_FEWEST = 5
_TRUSTED = 0.95


def place(work: Work, *, bordered: bool = True) -> None:
    """Adds lon, lat, dong and precision; rows that lie nowhere or wrongly go to the quarantine.

    Without ``bordered`` a point far outside its district, or at sea, is flagged and stays.
    """
    work.put(addresses.home_districts(work))
    coordinates.read_coordinates(work)
    _reject_abroad(work)
    _locate_points(work)
    _check_district(work, bordered=bordered)
    _place_by_address(work)


def _reject_abroad(work: Work) -> None:
    lon, lat = work.frame["lon"].to_numpy(), work.frame["lat"].to_numpy()
    abroad = np.isfinite(lon) & ~coordinates.in_korea(lon, lat)
    if abroad.any():
        shown = _shown(work, _metres(work, pl.Series(abroad)))
        work.reject(abroad, field="lon", reason="outside_korea", value=shown)


def _metres(work: Work, wanted: pl.Series) -> NDArray[np.float64]:
    """Distance of the wanted points to their own district, 0 for all others and where none is known."""
    metres = np.zeros(work.frame.height)
    view = work.frame.select("_home", "lon", "lat").with_row_index("row")
    for (home,), part in view.filter(wanted & (view["_home"] != "")).group_by("_home"):
        try:
            found = districts().near(str(home), part["lon"].to_numpy(), part["lat"].to_numpy())
        except GeoError:
            continue
        metres[part["row"].to_numpy()] = np.nan_to_num(found)
    return metres


def _shown(work: Work, metres: NDArray[np.float64]) -> pl.Series:
    """The point and its distance, as the quarantine names it."""
    far = pl.Series("metres", metres).round(0).cast(pl.Int64)
    return work.frame.select(
        pl.format("{}, {}", pl.col("lon").round(6), pl.col("lat").round(6))
        + pl.when(far > 0).then(pl.format(" ({} m)", far)).otherwise(pl.lit(""))
    ).to_series()


def _locate_points(work: Work) -> None:
    frame = work.frame
    dong = districts().locate(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    work.put(pl.Series("dong", dong, dtype=pl.String))


def _check_district(work: Work, *, bordered: bool) -> None:
    """Distance of every point that its own district does not hold; over the limit it is refused."""
    known, homeless, nowhere = pl.col("lon").is_not_nan(), pl.col("_home") == "", pl.col("dong") == ""
    view = work.frame.select(
        (known & ~homeless & (pl.col("dong").str.slice(0, 5) != pl.col("_home"))).alias("astray"),
        (known & homeless & nowhere).alias("lost"),
        (known & nowhere).alias("nowhere"),
    )
    metres = _metres(work, view["astray"])
    far = pl.Series(metres > BORDER_METRES)
    work.flag("outside_district_near", int(((metres > 0) & ~far.to_numpy()).sum()))
    if not bordered:
        work.flag("outside_district_far", int(far.sum()))
        return
    sea = view["lost"] | (view["nowhere"] & far)
    work.flag("outside_border_near", int((view["nowhere"] & ~sea).sum()))
    work.put(sea.alias("_sea"), far.alias("_far"), _shown(work, metres).alias("_shown"))
    work.reject(work.frame["_sea"], field="lon", reason="at_sea", value=work.frame["_shown"])
    work.reject(work.frame["_far"], field="lon", reason="outside_district", value=work.frame["_shown"])


def _place_by_address(work: Work) -> None:
    """Rows without a point get the legal dong that their address names, and nothing finer."""
    without = work.frame["lon"].is_nan()
    dong = work.frame["dong"]
    vague = pl.Series([False]).new_from_index(0, work.frame.height)
    if without.any():
        located = ~without
        found = addresses.named_dongs(work, without | (located & (located.cum_sum() <= _WITNESSES)))
        vague = without & found.is_in(_misused(found.filter(located), dong.filter(located)))
        dong = dong.zip_with(located | vague, found)
        work.put(dong)
        work.flag("placed_by_address", int((without & (dong != "")).sum()))
    precision = pl.when(pl.col("lon").is_not_nan()).then(pl.lit("point")).otherwise(pl.lit("dong"))
    work.put(precision.alias("precision"), pl.col("lon").fill_nan(None), pl.col("lat").fill_nan(None))
    lost = work.frame["lon"].is_null() & (work.frame["dong"] == "")
    bad = lost & work.frame["_badxy"]
    value = work.text("lot_address").zip_with(work.text("lot_address") != "", work.text("road_address"))
    value = value.zip_with(value != "", work.text("address"))
    work.put(value.alias("_value"), bad.alias("_bad"), lost.alias("_lost"), vague.alias("_vague"))
    work.reject(work.frame["_bad"], field="lat", reason="bad_coordinate", value=work.frame["_value"])
    work.reject(work.frame["_vague"], field="address", reason="ambiguous_dong", value=work.frame["_value"])
    work.reject(work.frame["_lost"], field="address", reason="no_location", value=work.frame["_value"])


def _misused(named: pl.Series, true: pl.Series) -> list[str]:
    """Legal dongs whose name this file gives to places in other dongs, by its own located rows.

    Many agencies write the administrative dong: 혜화동 then means five legal dongs.
    """
    seen = pl.DataFrame({"named": named, "right": named == true}).filter(pl.col("named") != "")
    judged = seen.group_by("named").agg(pl.len().alias("rows"), pl.col("right").mean())
    doubtful = judged.filter((pl.col("rows") >= _FEWEST) & (pl.col("right") < _TRUSTED))
    return [str(code) for code in doubtful["named"].to_list()]
