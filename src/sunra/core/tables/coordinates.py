"""From two columns of numbers to longitude and latitude: axes, missing values, coordinate system."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.geo import crs
from sunra.core.geo.districts import districts
from sunra.core.tables import addresses, clean
from sunra.core.tables.work import Facts, Work

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

    Zero is what forms write for "none". Needs the column ``_home`` (see `addresses`) to verify a projection;
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
    elif work.facts and work.facts.crs not in (None, 4326):
        x, y = _as_told(work, work.facts, x, y)
    elif not (work.facts and work.facts.crs) and _is_projected(x, y):
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


def _as_told(work: Work, facts: Facts, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The system that the whole file was found to use."""
    known = int(np.isfinite(x).sum())
    work.crs = facts.crs
    work.flag("swapped_axes", known if facts.turned else 0)
    work.flag("crs_guessed", known if facts.guessed else 0)
    return crs.transform(*((y, x) if facts.turned else (x, y)), facts.crs or 4326, 4326)


def _project(work: Work, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The system and axis order that put most sampled points into the district and dong of their own address.

    Systems differ by 250 m and more: inside one district only the dong tells them apart. Without addresses
    the one that puts most points on Korean ground is taken, the first of equals, and flagged.
    """
    known = np.flatnonzero(np.isfinite(x))
    sample = known[:: max(1, len(known) // _SAMPLE)][:_SAMPLE]
    homes, dongs = _addressed(work, sample)
    verified = bool((homes != "").sum() >= max(1, len(sample) // 10))
    best: tuple[float, float, int, bool] = (0.0, 0.0, 0, False)
    for swap in (False, True):
        for epsg in PROJECTED:
            lon, lat = crs.transform(*((y, x) if swap else (x, y)), epsg, 4326)
            share, score = _score(lon[sample], lat[sample], homes, dongs)
            # A tenth of a percent of slack keeps the order of candidates decisive between near equals.
            if score > best[1] + 0.001:
                best = (share, score, epsg, swap)
    share, _, epsg, swap = best
    if share < ENOUGH:
        return x, y
    work.crs = epsg
    work.flag("swapped_axes", len(known) if swap else 0)
    work.flag("crs_guessed", 0 if verified else len(known))
    return crs.transform(*((y, x) if swap else (x, y)), epsg, 4326)


def _addressed(work: Work, sample: NDArray[np.intp]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """District and legal dong that the sampled rows' own addresses name."""
    wanted = np.zeros(work.frame.height, dtype=bool)
    wanted[sample] = True
    dongs = addresses.named_dongs(work, pl.Series(wanted)).to_numpy().astype(str)
    return work.frame["_home"].to_numpy().astype(str)[sample], dongs[sample]


def _score(lon: Floats, lat: Floats, homes: NDArray[np.str_], dongs: NDArray[np.str_]) -> tuple[float, float]:
    """Share of points in their own district (on Korean ground without addresses), and that plus dongs."""
    inside = in_korea(lon, lat)
    found = districts().locate(np.where(inside, lon, np.nan), np.where(inside, lat, np.nan))
    addressed, named = homes != "", dongs != ""
    if addressed.sum() < max(1, len(homes) // 10):
        share = float(np.mean(found != ""))
    else:
        share = float(np.mean(found[addressed].astype("U5") == homes[addressed]))
    return share, share + (float(np.mean(found[named] == dongs[named])) if named.any() else 0.0)
