"""Reads shapefiles and GeoJSON through GDAL, their attributes as text."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from sunra.core.geo.crs import transform
from sunra.core.tables.coordinates import in_korea
from sunra.core.tables.errors import BadEncoding, NotATable, TableError, TooLarge
from sunra.core.tables.files import Source, check_nesting
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw
from sunra.core.tables.sniff import encoding_of

_KNOWN = (4326, 3857, 2097, 5174, 5179, 5181, 5186)
_BESSEL, _GRS80 = 6_377_397.155, 6_378_137.0
_BELTS = {
    5174: (127.0028902777778, 500_000, 1.0, _BESSEL),
    2097: (127.0, 500_000, 1.0, _BESSEL),
    5181: (127.0, 500_000, 1.0, _GRS80),
    5186: (127.0, 600_000, 1.0, _GRS80),
    5179: (127.5, 2_000_000, 0.9996, _GRS80),
}
"""Central meridian, false northing, scale and semi-major axis of the systems in use."""
_BROKEN = (
    shapely.errors.ShapelyError, RuntimeError, ValueError, OSError, OverflowError, IndexError, TypeError,
)  # fmt: skip
"""What damaged files end in; pyogrio's own errors are of ``RuntimeError``."""
_DBF_HEADER_FIELDS = 8
Layer = tuple[dict[str, Any], list[NDArray[Any]], NDArray[np.object_]]
"""What GDAL says of a layer, its columns and its shapes."""
_DEGREES = 4326
_FARTHEST = 1e8
_SAMPLE = 300


def parse(source: Source, limits: Limits) -> Raw:
    """Attributes and geometries of the first layer. The header record holds the attribute names.

    Text of a dbf without .cpg is decoded here by its own bytes: what GDAL assumes (Latin-1) is wrong in
    Korea. Raises `TableError` subclasses only.
    """
    if source.container == "shp":
        with _on_disk(source) as path:
            _check_size(path, source.file, limits)
            encoding = _dbf_encoding(path, source.file)
            # A damaged header claims millions of records: twelve bytes are the least that one takes.
            most = min(limits.max_rows, len(source.data) // 12) + 1
            meta, columns, geometry = _read(source.file, str(path), limits, most, encoding="ISO-8859-1")
        texts = [[_decoded(value, encoding) for value in column] for column in columns]
    else:
        encoding = encoding_of(source.data, file=source.file)
        meta, columns, geometry = _geojson(source, encoding, limits)
        texts = [[_text(value) for value in column] for column in columns]
    epsg, notes = _epsg(meta["crs"]), Counter[str]()
    if source.container == "shp" and not len(meta["fields"]):
        notes["no_columns"] = 1
    if epsg is not None and not _holds(geometry, epsg):
        epsg, notes["crs_differs"] = None, 1
    names = [str(name) for name in meta["fields"]]
    rows = [list(row) for row in zip(*texts, strict=True)] if texts else [[] for _ in geometry]
    return Raw(
        file=source.file, records=[names, *rows], lines=[0, *range(1, len(geometry) + 1)], encoding=encoding,
        epsg=epsg, geometry=geometry, notes=notes,
    )  # fmt: skip


def _geojson(source: Source, encoding: str, limits: Limits) -> Layer:
    if len(source.data) > limits.max_json:
        raise TooLarge(source.file, f"{len(source.data)} bytes of JSON, limit {limits.max_json}")
    check_nesting(source.data, source.file, limits)
    # GDAL takes every GeoJSON for UTF-8.
    data = source.data if encoding == "utf-8" else source.data.decode(encoding).encode("utf-8", "replace")
    # Room is made for as many features as are asked for; the shortest takes seventeen bytes.
    most = min(limits.max_rows, len(data) // 16) + 1
    with TemporaryDirectory(prefix="sunra-") as folder:
        path = Path(folder) / "layer.geojson"
        path.write_bytes(data)
        # The driver is named: left to guess by content, GDAL has some that fetch what a file points to.
        return _read(source.file, f"GeoJSON:{path}", limits, most)


@contextmanager
def _on_disk(source: Source) -> Iterator[Path]:
    """Where the .shp lies; what came in a zip is written beside its parts for as long as it is read."""
    if source.path.suffix.lower() == ".shp":
        yield source.path
        return
    if ".shp" not in source.parts:
        raise NotATable(source.file, "a shapefile without its parts")
    with TemporaryDirectory(prefix="sunra-") as folder:
        for suffix, data in source.parts.items():
            (Path(folder) / f"layer{suffix}").write_bytes(data)
        yield Path(folder) / "layer.shp"


def _read(file: str, target: str, limits: Limits, most: int, **options: str) -> Layer:
    import pyogrio  # GDAL: only who reads a vector file loads it

    try:
        with warnings.catch_warnings():
            # What GDAL warns of (a feature without geometry) is counted and quarantined later.
            warnings.simplefilter("ignore")
            meta, _, wkb, columns = pyogrio.raw.read(target, max_features=most, **options)
            geometry = shapely.from_wkb(wkb, on_invalid="ignore") if wkb is not None else None
    except MemoryError:
        raise TooLarge(file, "more than the memory holds") from None
    except _BROKEN as error:
        raise NotATable(file, f"vector file cannot be read: {type(error).__name__}") from None
    if geometry is None:
        raise NotATable(file, "no geometry")
    if len(geometry) > limits.max_rows:
        raise TooLarge(file, f"over {limits.max_rows} features")
    if len(columns) > limits.max_columns:
        raise TooLarge(file, f"{len(columns)} columns, limit {limits.max_columns}")
    return dict(meta), list(columns), shapely.force_2d(geometry)


def _check_size(path: Path, file: str, limits: Limits) -> None:
    """The parts beside the .shp are bounded like the file itself."""
    for suffix in (".dbf", ".shx"):
        part = path.with_suffix(suffix)
        if part.is_file() and part.stat().st_size > limits.max_bytes:
            raise TooLarge(file, f"{suffix} over {limits.max_bytes} bytes")


def _dbf_encoding(path: Path, file: str) -> str | None:
    """The name in .cpg when it is one Python knows, else sniffed from the records of the .dbf."""
    cpg = path.with_suffix(".cpg")
    dbf = path.with_suffix(".dbf")
    if not dbf.is_file():
        return None
    if cpg.is_file() and cpg.stat().st_size < 64:
        name = cpg.read_bytes().decode("ascii", "ignore").strip().lower()
        if name in {"utf-8", "utf8"}:
            return "utf-8"
    data = dbf.read_bytes()
    start = int.from_bytes(data[_DBF_HEADER_FIELDS : _DBF_HEADER_FIELDS + 2], "little")
    body = data[start:].replace(b"\x00", b" ").rstrip(b"\x1a")
    try:
        return encoding_of(body or b"ascii", file=file)
    except BadEncoding:
        return "cp949"  # fields cut in the middle of a character: decoded with replacement
    except TableError:
        return None


def _decoded(value: object, encoding: str | None) -> str:
    if isinstance(value, str) and encoding:
        return value.encode("latin-1", "replace").decode(encoding, "replace").strip()
    return _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value).strip()


def _holds(geometry: NDArray[np.object_], epsg: int) -> bool:
    """False when most coordinates cannot be meant in the system that the file names."""
    bounds = shapely.bounds(geometry[:: max(1, len(geometry) // _SAMPLE)])
    bounds = bounds[np.isfinite(bounds).all(axis=1) & (np.abs(bounds) < _FARTHEST).all(axis=1)]
    if not len(bounds):
        return True
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    if epsg == _DEGREES:
        return bool(np.mean((np.abs(x) <= 360) & (np.abs(y) <= 360)) > 0.5)
    return bool(np.mean(in_korea(*transform(x, y, epsg, _DEGREES))) > 0.5)


def _epsg(crs: str | None) -> int | None:
    """The EPSG number of a system we know: named exactly, or told by the numbers of its projection.

    A .prj that lacks the datum shift (KOSTAT 2013) or calls itself Bessel_1841_Transverse_Mercator names no
    system, but only one has its meridian, origin and ellipsoid; `outlines` verifies it where it can.
    """
    if not crs:
        return None
    try:
        system = pyproj.CRS.from_user_input(crs)
        found = system.to_epsg(min_confidence=90)
        if found in _KNOWN:
            return int(found)
        return _by_numbers(system)
    except pyproj.exceptions.CRSError:
        return None


def _by_numbers(system: pyproj.CRS) -> int | None:
    with warnings.catch_warnings():
        # That the short form drops what we do not ask for is no news.
        warnings.simplefilter("ignore")
        numbers = system.to_dict()
    radius = system.ellipsoid.semi_major_metre if system.ellipsoid else 0.0
    if numbers.get("proj") != "tmerc" or numbers.get("units", "m") != "m":
        return None
    for epsg, (meridian, north, scale, axis) in _BELTS.items():
        told = (
            numbers.get("lon_0", 0.0),
            numbers.get("y_0", 0.0),
            numbers.get("k", numbers.get("k_0", 1.0)),
            radius,
        )
        close = zip(told, (meridian, north, scale, axis), (1e-6, 1, 1e-6, 1), strict=True)
        if numbers.get("lat_0") == 38 and all(abs(said - true) < slack for said, true, slack in close):
            return epsg
    return None
