"""Values of person columns as pseudonyms, and points as cells: what stays useful and names nobody.

A pseudonym is the first 80 bits of HMAC-SHA256 under a key that is kept apart from the data (PIPA 28-4), in
base 32. With the key gone it is anonymous to everybody; with another controller's key it is another word,
so that sets of two controllers cannot be joined on it (PIPA 28-3).
"""

import base64
import hashlib
import hmac
import re
import unicodedata

import numpy as np

from sunra.core.geo import cells

LENGTH = 16
_LEAST_KEY = 32
_BLANKS = re.compile(r"[\s\-–·.]+")


def pseudonym(value: str, *, key: bytes, field: str) -> str:
    """The pseudonym of a value in one field; "" stays "". The same person is written in many ways, so blanks,
    hyphens, width and case make no difference. Raises ``ValueError`` for a key under 32 bytes.
    """
    if len(key) < _LEAST_KEY:
        raise ValueError("the key is too short")
    plain = _BLANKS.sub("", unicodedata.normalize("NFKC", value)).casefold()
    if not plain:
        return ""
    digest = hmac.new(key, f"{field}\x1f{plain}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode("ascii").lower()


def to_cells(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the 100 m cells in which points lie (degrees, (n,) each); NaN stays NaN."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.isfinite(lon) & np.isfinite(lat)
    east, north = np.full(lon.shape, np.nan), np.full(lat.shape, np.nan)
    if known.any():
        middle = cells.center(*cells.cell_of(lon[known], lat[known]))
        east[known], north[known] = middle
    return east, north
