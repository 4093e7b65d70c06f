"""From two columns of numbers to longitude and latitude: axes, missing values, coordinate system."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.geo import crs
from sunra.core.geo.districts import districts
from sunra.core.tables import clean
from sunra.core.tables.work import Work

KOREA = (124.5, 33.0, 132.0, 38.7)
"""West, south, east, north of everything that stands on Korean ground, in degrees."""
PROJECTED = (5179, 5174, 5181, 5186, 2097, 3857)
ENOUGH = 0.5
_SAMPLE = 400

Floats = NDArray[np.float64]


def in_korea(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Inside the bounding box; False for NaN."""
    west, south, east, north = KOREA
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return np.asarray(inside, dtype=np.bool_)


def read_coordinates(work: Work) -> None:
    """Fills ``lon`` and ``lat`` with WGS84 degrees (NaN where none), ``_badxy`` where text was no number.

    Zero is what forms write for "none". Needs the column ``_home`` (see `locate`) to verify a projection;
    sets ``work.crs``. Rows whose numbers fit no system are rejected as ``unknown_crs``.
    """
    texts = work.text("lon"), work.text("lat")
    x, y = _floats(texts[0]), _floats(texts[1])
    said = np.array([~_missing(text) for text in texts])
    bad = (said[0] & np.isnan(x)) | (said[1] & np.isnan(y))
    none = (x == 0) | (y == 0) | np.isnan(x) | np.isnan(y)
    x, y = np.where(none, np.nan, x), np.where(none, np.nan, y)
    if work.crs not in (None, 4326):
        x, y = crs.transform(x, y, work.crs or 4326, 4326)
    elif _is_projected(x, y):
        x, y = _project(work, x, y)
    else:
        x, y = _exchange(work, x, y)
        work.crs = 4326 if np.isfinite(x).any() else work.crs
    work.put(pl.Series("lon", x), pl.Series("lat", y), pl.Series("_badxy", bad))
    if work.crs is None and np.isfinite(x).any():
        work.reject(pl.Series(np.isfinite(x)), field="lon", reason="unknown_crs")


def _floats(texts: pl.Series) -> Floats:
    values = texts.cast(pl.Float64) if texts.dtype.is_numeric() else clean.numbers(texts)
    return values.fill_null(float("nan")).to_numpy().astype(np.float64)


def _missing(texts: pl.Series) -> NDArray[np.bool_]:
    if texts.dtype.is_numeric():
        return np.asarray((texts.is_null() | texts.is_nan()).fill_null(value=True).to_numpy(), dtype=np.bool_)
    return np.asarray(clean.is_missing(texts).to_numpy(), dtype=np.bool_)


def _is_projected(x: Floats, y: Floats) -> bool:
    known = np.isfinite(x)
    return bool(known.any()) and float(np.mean((np.abs(x[known]) > 360) | (np.abs(y[known]) > 360))) > ENOUGH


def _exchange(work: Work, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Korea's longitudes (124-132) and latitudes (33-39) never overlap: the range tells which is which."""
    swapped = in_korea(y, x)
    work.flag("swapped_axes", int(swapped.sum()))
    return np.where(swapped, y, x), np.where(swapped, x, y)


def _project(work: Work, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The system and axis order under which most sampled points fall into the district of their own address.

    Without addresses: the one that puts most points on Korean ground, the first of equals, flagged.
    """
    known = np.flatnonzero(np.isfinite(x))
    sample = known[:: max(1, len(known) // _SAMPLE)][:_SAMPLE]
    homes = work.frame["_home"].to_numpy().astype(str)[sample]
    addressed = homes != ""
    verified = bool(addressed.sum() >= max(1, len(sample) // 10))
    best: tuple[float, int, bool] = (0.0, 0, False)
    for swap in (False, True):
        for epsg in PROJECTED:
            lon, lat = crs.transform(*((y, x) if swap else (x, y)), epsg, 4326)
            lon, lat = lon[sample], lat[sample]
            inside = in_korea(lon, lat)
            found = districts().locate(np.where(inside, lon, np.nan), np.where(inside, lat, np.nan))
            if verified:
                hits = [
                    dong[:5] == home for dong, home in zip(found[addressed], homes[addressed], strict=True)
                ]
            else:
                hits = [dong != "" for dong in found]
            # A tenth of a percent of slack keeps the order of candidates decisive between near equals.
            if (share := float(np.mean(hits))) > best[0] + 0.001:
                best = (share, epsg, swap)
    share, epsg, swap = best
    if share < ENOUGH:
        return x, y
    work.crs = epsg
    if swap:
        work.flag("swapped_axes", len(known))
    if not verified:
        work.flag("crs_guessed", len(known))
    return crs.transform(*((y, x) if swap else (x, y)), epsg, 4326)
