"""Which legal dong a row lies in, by its point, else by its address; and whether the two agree."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.core.tables import addresses, coordinates, evidence
from sunra.core.tables.gazetteer import Gazetteer
from sunra.core.tables.result import ADMIN_DONG
from sunra.core.tables.work import Work

BORDER_METRES = 300.0
"""How far a point may lie outside the district of its address: borders, wide roads, coarse geocoding."""


def place(work: Work, *, bordered: bool = True, learnt: Gazetteer | None = None) -> None:
    """Adds lon, lat, dong and precision; rows that lie nowhere or wrongly go to the quarantine.

    ``learnt`` helps to place rows that have an address and no point; it never gives a point.

    Without ``bordered`` a point far outside its district, or at sea, is flagged and stays.
    """
    work.put(addresses.home_districts(work))
    coordinates.read_coordinates(work)
    _reject_abroad(work)
    _locate_points(work)
    _check_district(work, bordered=bordered)
    _place_by_address(work, learnt or Gazetteer.of([]))


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


def _place_by_address(work: Work, learnt: Gazetteer) -> None:
    """Rows without a point get the dong that their address names, legal or administrative, and nothing finer.

    What the file's own located rows say counts beside ``learnt``: many agencies write the administrative
    dong, and 혜화동 then means six legal ones.
    """
    without = work.frame["lon"].is_nan()
    dong = work.frame["dong"]
    vague = pl.Series([False]).new_from_index(0, work.frame.height)
    precision = pl.select(pl.when(without).then(pl.lit("dong")).otherwise(pl.lit("point"))).to_series()
    if work.has_any(*evidence.FIELDS):
        texts = evidence.gather(work)
        work.witness = evidence.witnesses(texts.filter(~without), dong.filter(~without))
        if without.any():
            # One part of a file must not be judged by what lies in that part alone.
            own = work.witness.clear() if work.facts else work.witness
            offices = work.facts.offices if work.facts else None
            found = evidence.placed(texts, without, learnt.beside(own, texts["_home"]), offices)
            vague = _where(without, found["reason"] == "ambiguous_dong", vague)
            dong = _where(without, found["dong"], dong)
            precision = _where(without, found["precision"], precision)
            work.flag("placed_by_admin", int((found["precision"] == ADMIN_DONG).sum()))
            work.flag("placed_by_road", int(found["via"].is_in(["road", "lot"]).sum()))
            work.flag("placed_by_address", int((found["dong"] != "").sum()))
    work.put(dong.alias("dong"), precision.alias("precision"))
    work.put(pl.col("lon").fill_nan(None), pl.col("lat").fill_nan(None))
    _reject_lost(work, vague)


def _reject_lost(work: Work, vague: pl.Series) -> None:
    """Rows that lie nowhere are refused, each with what kept it from being placed."""
    lost = work.frame["lon"].is_null() & (work.frame["dong"] == "")
    bad = lost & ~vague & work.frame["_badxy"]
    value = work.text("lot_address").zip_with(work.text("lot_address") != "", work.text("road_address"))
    value = value.zip_with(value != "", work.text("address"))
    work.put(value.alias("_value"), bad.alias("_bad"), lost.alias("_lost"), vague.alias("_vague"))
    work.reject(work.frame["_bad"], field="lat", reason="bad_coordinate", value=work.frame["_value"])
    work.reject(work.frame["_vague"], field="address", reason="ambiguous_dong", value=work.frame["_value"])
    work.reject(work.frame["_lost"], field="address", reason="no_location", value=work.frame["_value"])


def _where(chosen: pl.Series, values: pl.Series, others: pl.Series) -> pl.Series:
    """``others`` with the chosen rows replaced by ``values``, in order."""
    whole = others.to_numpy().astype(object)
    whole[chosen.to_numpy()] = values.to_numpy()
    return pl.Series(others.name, whole.tolist(), dtype=others.dtype)
