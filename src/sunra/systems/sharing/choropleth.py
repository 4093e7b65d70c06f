"""A map of figures as SVG made on the server: it needs no script, prints, and goes into the PDF as it is."""

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sunra.core.geo import cells as geo_cells
from sunra.core.geo import crs
from sunra.core.geo.districts import districts
from sunra.systems.sharing.selectors.statistics.figures import Figure, Shown
from sunra.systems.sharing.selectors.statistics.grouping import groups
from sunra.systems.sharing.statistics_texts import number

WIDTH = 640
CLASSES = 5
SIMPLIFY = 15.0
"""Metres by which an outline may be simplified; one pixel is about 10 m in a district."""
PAPER = ("#eef3f8", "#c3d7ea", "#8fb4d6", "#4f86b8", "#1f5688")
NONE = "#f4f5f6"


def draw(
    shown: Shown, *, values: Mapping[str, float] | None = None, page: bool = True, chosen: str = ""
) -> SafeString | str:
    """The map of a view; "" for units that have no place. ``values`` replaces what is drawn (withheld out).

    On a page colours are classes and each area leads to itself; on paper colours are written in.
    """
    known = (
        values if values is not None else {row.unit: row.value for row in shown.rows if row.value is not None}
    )
    shapes = _shapes(shown)
    if not shapes:
        return ""
    frame = _Frame(_outline(shown.dongs))
    edges = steps(known.values())
    parts = [
        _area(row, frame.path(shapes[row.unit]), known, edges, shown, page=page, chosen=chosen)
        for row in shown.rows
        if row.unit in shapes
    ]
    backdrop = format_html(
        '<path class="backdrop" d="{}" fill="{}" stroke="#b1b8be" stroke-width="1"></path>',
        frame.path(frame.outline),
        NONE,
    )
    body = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="areas" viewBox="0 0 {} {}" role="group"'
        ' aria-label="{}">{}{}</svg>',
        WIDTH,
        frame.height,
        shown.view.what.name,
        backdrop if shown.view.by == "cell" else "",
        body,
    )


def legend(shown: Shown) -> list[tuple[int, str]]:
    """(class, its range) of the colours used, lowest first."""
    known = [row.value for row in shown.rows if row.value is not None]
    edges = steps(known)
    digits = shown.view.what.digits
    whole = all(float(value).is_integer() for value in known)
    found = []
    for place, (low, high) in enumerate(pairwise(edges)):
        last = place == len(edges) - 2
        if whole:  # each whole number in one class: an edge belongs to the class that it begins
            low, high = math.ceil(low), math.floor(high) if last else math.ceil(high) - 1  # noqa: PLW2901
        found.append((place + 1, _range(low, high, digits)))
    return found


def _range(low: float, high: float, digits: int) -> str:
    """2–10, or one number where the class holds one."""
    first, second = number(low, digits), number(high, digits)
    return first if first == second else f"{first}–{second}"


def steps(values: Any) -> list[float]:
    """Edges of at most five classes with about the same number of areas, each edge once."""
    found = np.asarray(sorted(values), dtype=np.float64)
    if not len(found):
        return []
    edges = np.unique(np.quantile(found, np.linspace(0, 1, CLASSES + 1)))
    return [float(edge) for edge in edges] if len(edges) > 1 else [float(edges[0]), float(edges[0])]


def class_of(value: float, edges: list[float]) -> int:
    """The class 1-5 of a value."""
    return int(np.clip(np.searchsorted(edges[1:-1], value, side="right") + 1, 1, CLASSES))


def _area(
    row: Figure,
    path: str,
    known: Mapping[str, float],
    edges: list[float],
    shown: Shown,
    *,
    page: bool,
    chosen: str,
) -> SafeString:
    """One area: its outline in the colour of its class, on a page a link to itself."""
    value = known.get(row.unit)
    place = class_of(value, edges) if value is not None else 0
    if not page:
        colour = PAPER[place - 1] if place else NONE
        return format_html('<path d="{}" fill="{}" stroke="#ffffff" stroke-width="1.2"></path>', path, colour)
    label = f"{row.name} {number(value, shown.view.what.digits)} {shown.view.what.unit}"
    mark = " chosen" if row.unit == chosen else ""
    return format_html(
        '<a href="?{}" tabindex="-1" aria-label="{}"><path class="area area-{}{}" d="{}"><title>{}</title>'
        "</path></a>",
        shown.view.address(unit=row.unit),
        label,
        place,
        mark,
        path,
        label,
    )


class _Frame:
    """Metres to the drawing: north up, the outline fills the width."""

    def __init__(self, outline: Any) -> None:
        self.outline = outline
        west, south, east, north = outline.bounds
        self._west, self._north = west, north
        self._scale = (WIDTH - 8) / max(east - west, 1.0)
        self.height = round((north - south) * self._scale + 8)

    def path(self, shape: Any) -> str:
        """The outline as SVG writes it."""
        parts = []
        for polygon in shapely.get_parts(shape):
            for ring in (polygon.exterior, *polygon.interiors):
                xy = shapely.get_coordinates(ring)[:-1]
                x = np.round((xy[:, 0] - self._west) * self._scale + 4, 1)
                y = np.round((self._north - xy[:, 1]) * self._scale + 4, 1)
                points = " ".join(f"{a:g},{b:g}" for a, b in zip(x, y, strict=True))
                parts.append(f"M{points}Z")
        return "".join(parts)


def _shapes(shown: Shown) -> dict[str, Any]:
    """The outline of each unit in metres."""
    by = shown.view.by
    if by == "dong":
        return {dong: _dong(dong) for dong in shown.dongs}
    if by in {"station", "district"}:
        return {code: _union(members) for code, members in groups(by, shown.dongs).members.items()}
    if by == "cell":
        return {row.unit: _cell(row.unit) for row in shown.rows}
    return {}


def _cell(unit: str) -> Any:
    east, north = (int(part) * geo_cells.METRES for part in unit.split("-"))
    return shapely.box(east, north, east + geo_cells.METRES, north + geo_cells.METRES)


@lru_cache(maxsize=512)
def _union(members: frozenset[str]) -> Any:
    """Several dongs as one, without the slivers between them."""
    whole = shapely.union_all([_dong(dong, exact=True) for dong in members])
    closed = shapely.buffer(shapely.buffer(whole, 20), -20)
    return shapely.simplify(closed, SIMPLIFY)


def _outline(dongs: tuple[str, ...]) -> Any:
    return _union(frozenset(dongs))


@lru_cache(maxsize=8192)
def _dong(code: str, *, exact: bool = False) -> Any:
    """One dong in EPSG:5179 metres."""
    found = _polygons(code[:5])[code]
    return found if exact else shapely.simplify(found, SIMPLIFY)


@lru_cache(maxsize=64)
def _polygons(district: str) -> dict[str, Any]:
    def metric(lonlat: Any) -> Any:
        return np.column_stack(crs.transform(lonlat[:, 0], lonlat[:, 1], 4326, 5179))

    return {dong.code: shapely.transform(dong.polygon, metric) for dong in districts().dongs(district)}
