"""Reads Seoul's walking network (OA-21208): pages of its interface (JSON) or link files made of it (GeoJSON).

The interface's pages overlap and miss rows from call to call: links are taken once by id, the announced
total is kept beside the distinct count, and the connectivity is reported, never assumed. Links join where
their points coincide: the network has nodes wherever one can change over, so crossings without one are
bridges or underpasses. Link codes say who may pass (1000 walkers, 0100 cars); stairs are not told.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from sunra.core.routing.streets import lines
from sunra.core.routing.streets.errors import Limits, StreetFileError, Watch
from sunra.core.routing.streets.files import json_of
from sunra.core.routing.streets.graph import StreetGraph
from sunra.core.routing.streets.lines import KIND_ROW
from sunra.core.routing.streets.places import outside, to_metres
from sunra.core.routing.streets.report import Source

_SERVICE = "TbTraficWlkNet"
_WALKERS, _CARS = "보행자", "차량"
_REASONS = {"crosswalk": "crossing", "building_inside": "indoor"}
_POINT = 2


class _Links:
    """Links by id, the first of each, with the counts of what was seen."""

    def __init__(self) -> None:
        self.shapes: list[Any] = []
        self.kinds: list[int] = []
        self.levels: list[int] = []
        self.foot: list[bool] = []
        self.drive: list[bool] = []
        self.names: dict[str, None] = {}
        self.rows = self.lost = self.announced = 0

    def add(self, name: str, shape: object, *, foot: bool, drive: bool, kind: str, level: int = 0) -> None:
        self.rows += 1
        if not name or shape is None:
            self.lost += 1
            return
        if name in self.names:
            return
        self.names[name] = None
        self.shapes.append(shape)
        self.kinds.append(KIND_ROW[kind])
        self.levels.append(level)
        self.foot.append(foot)
        self.drive.append(drive)


def read_seoul_walking(paths: Sequence[Path] | Path, *, limits: Limits | None = None) -> StreetGraph:
    """The graph of one or more files (.json, .geojson, also .gz).

    Raises `StreetFileError` ("unreadable", "too_large", "too_deep", "too_slow", "not_a_street_file",
    "no_streets").
    """
    limits = limits or Limits()
    files = [paths] if isinstance(paths, Path) else list(paths)
    links = _Links()
    for path in files:
        watch = Watch(path.name, limits)
        document = json_of(path, watch)
        try:
            _take(document, links, path.name)
        except (AttributeError, TypeError, KeyError) as error:
            raise StreetFileError("not_a_street_file", path.name, row=links.rows + 1) from error
        watch.rows(links.rows)
        watch.still()
    return _graph(links, files[0].name if files else "", limits)


def _take(document: dict[str, Any], links: _Links, file: str) -> None:
    if isinstance(document.get("features"), list):
        for feature in document["features"]:
            _feature(feature, links)
        return
    answer = document.get(_SERVICE)
    if not isinstance(answer, dict) or not isinstance(answer.get("row"), list):
        raise StreetFileError("not_a_street_file", file)
    for row in answer["row"]:
        if str(row.get("NODE_TYPE", "")).upper() == "LINK":
            _row(row, links)
    total = answer.get("list_total_count", 0)
    if isinstance(total, int) and len(answer["row"]) and all(_is_link(row) for row in answer["row"]):
        links.announced = max(links.announced, total)


def _is_link(row: dict[str, Any]) -> bool:
    return str(row.get("NODE_TYPE", "")).upper() == "LINK"


def _feature(feature: dict[str, Any], links: _Links) -> None:
    values, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
    if geometry.get("type") != "LineString":
        return
    allowed = str(values.get("link_type_label") or _WALKERS)
    reason = str(values.get("network_include_reason") or "")
    links.add(
        str(values.get("link_id") or ""), _coordinates(geometry.get("coordinates")),
        foot=_WALKERS in allowed, drive=_CARS in allowed, kind=_kind(reason, cars=_CARS in allowed),
        level=int(reason == "bridge"),
    )  # fmt: skip


def _coordinates(points: object) -> np.ndarray | None:
    try:
        line = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    fine = line.ndim == _POINT and len(line) > 1 and line.shape[1] >= _POINT
    return line[:, :_POINT] if fine else None


def _row(row: dict[str, Any], links: _Links) -> None:
    """A link of the interface; flags are "1" where true."""
    shape = shapely.from_wkt(str(row.get("LNKG_WKT") or ""), on_invalid="ignore")
    fine = shape is not None and shape.geom_type == "LineString" and not shape.is_empty
    code = str(row.get("LNKG_TYPE_CD") or "").zfill(4)
    flag = {name: str(row.get(name) or "0") == "1" for name in ("BRG", "TNL", "OVRP", "CRSWK", "BLDG")}
    reason = "crosswalk" if flag["CRSWK"] else "building_inside" if flag["BLDG"] else ""
    links.add(
        str(row.get("LNKG_ID") or ""), shapely.get_coordinates(shape) if fine else None,
        foot=code[0] == "1", drive=code[1] == "1", kind=_kind(reason, cars=code[1] == "1"),
        level=int(flag["BRG"] or flag["OVRP"]) - int(flag["TNL"]),
    )  # fmt: skip


def _kind(reason: str, *, cars: bool) -> str:
    return _REASONS.get(reason, "residential" if cars else "path")


def _graph(links: _Links, file: str, limits: Limits) -> StreetGraph:
    if not links.shapes:
        raise StreetFileError("no_streets", file)
    points = np.vstack(links.shapes)
    Watch(file, limits).rows(len(links.shapes), len(points))
    begin = np.concatenate([[0], np.cumsum([len(shape) for shape in links.shapes])])
    xy = to_metres(points, 4326)
    found = lines.make(
        xy, begin, kind=links.kinds, level=links.levels, foot=links.foot, drive=links.drive,
        name=list(links.names), planar=False,
    )  # fmt: skip
    away = np.logical_or.reduceat(outside(xy), begin[:-1])
    if away.any():
        found = lines.pick(found, ~away)
    lost = links.lost + int(away.sum())
    source = Source("seoul_walking", links.rows, len(links.names), lost, links.announced, levels=True)
    return StreetGraph.of(found, source)
