"""Grids over boundaries and hulls, in metres and in feet, and the refusal of what is too large."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from sunra.core import forecast as fc
from sunra.core.forecast import layout

KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = (
    "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon></Placemark>"
)
WEST = [(127.00, 37.50), (127.01, 37.50), (127.01, 37.51), (127.00, 37.51), (127.00, 37.50)]
EAST = [(lon + 0.01, lat) for lon, lat in WEST]


def kml(path: Path) -> Path:
    """Two squares that touch, packed."""
    rings = [" ".join(f"{lon},{lat},0" for lon, lat in ring) for ring in (WEST, EAST)]
    path.write_bytes(gzip.compress(KML.format("".join(map(PLACEMARK.format, rings))).encode()))
    return path


def geojson(path: Path) -> Path:
    """The same two squares."""
    shapes = [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
              for ring in (WEST, EAST)]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}), "utf-8")
    return path


def test_a_boundary_is_the_union_of_its_polygons_in_any_format(tmp_path: Path) -> None:
    """If this fails, a packed KML and a GeoJSON of one town give different grids, or a seam has no cells."""
    one = layout.boundary(kml(tmp_path / "town.kml.gz"), target=5179)
    other = layout.boundary(geojson(tmp_path / "town.geojson"), target=5179)
    assert shapely.get_num_geometries(one) == 1
    assert one.symmetric_difference(other).area < 1
    laid = layout.lay(cell=100, area=one)
    assert abs(len(laid.grid) - one.area / 1e4) < 12
    middle = layout.project([127.01], [37.505], 4326, 5179)
    east, north = laid.cells_of(*middle)
    held = set(zip(laid.grid.cell_e.tolist(), laid.grid.cell_n.tolist(), strict=True))
    assert (int(east[0]), int(north[0])) in held


def test_a_cell_belongs_when_its_centre_does() -> None:
    """If this fails, the reference grid of 9,691 cells has others."""
    area = shapely.box(0, 0, 250, 120)
    laid = layout.lay(cell=100, origin=(0, 0), shape=(4, 4), area=area)
    assert sorted(zip(laid.grid.cell_e.tolist(), laid.grid.cell_n.tolist(), strict=True)) == [(0, 0), (1, 0)]
    assert len(layout.lay(cell=100, origin=(0, 0), shape=(4, 4)).grid) == 16


def test_a_hull_gives_one_point_a_square() -> None:
    """If this fails, a town with all events in one place has no grid."""
    laid = layout.lay(cell=250, area=layout.hull(np.array([1000.0]), np.array([2000.0]), 250.0))
    east, north = laid.cells_of([1000.0, np.float64(1e300)], [2000.0, 0.0])
    assert (int(east[0]), int(north[0])) in set(
        zip(laid.grid.cell_e.tolist(), laid.grid.cell_n.tolist(), strict=True)
    )
    with pytest.raises(fc.BadGridError):
        layout.hull(np.zeros(0), np.zeros(0), 250.0)


def test_feet_are_told_from_metres() -> None:
    """If this fails, kernels measured in metres are three times too wide on a grid in feet."""
    assert layout.unit_metres(5179) == 1
    assert layout.unit_metres(2913) == pytest.approx(0.3048)
    assert layout.lay(cell=600, unit_m=0.3048, origin=(0, 0), shape=(2, 2)).grid.size_m == pytest.approx(
        182.88
    )


@pytest.mark.parametrize(
    "options",
    [
        {"cell": 0.0, "origin": (0, 0), "shape": (2, 2)},
        {"cell": 10.0},
        {"cell": 10.0, "origin": (0, 0)},
        {"cell": 10.0, "origin": (0, 0), "shape": (0, 2)},
        {"cell": 1.0, "area": shapely.box(0, 0, 5000, 2000)},
        {"cell": 10.0, "origin": (0, 0), "shape": (2, 2), "area": shapely.box(900, 900, 950, 950)},
    ],
)
def test_impossible_grids_are_refused(options: dict[str, object]) -> None:
    """If this fails, a grid of ten million cells fills the memory, or an empty one is forecast on."""
    with pytest.raises(fc.BadGridError):
        layout.lay(**options)  # type: ignore[arg-type]


def test_bad_boundaries_and_systems_are_refused(tmp_path: Path) -> None:
    """If this fails, a text, a point or an unknown EPSG code ends in a trace."""
    text = tmp_path / "town.geojson"
    text.write_text("no boundary", "utf-8")
    point = tmp_path / "point.geojson"
    point.write_text('{"type": "Point", "coordinates": [127, 37]}', "utf-8")
    for path in (text, point):
        with pytest.raises(fc.BadGridError):
            layout.boundary(path, target=5179)
    with pytest.raises(fc.BadGridError):
        layout.unit_metres(4326)
    with pytest.raises(fc.BadGridError):
        layout.project([1.0], [1.0], 4326, 999999)
    assert np.isnan(layout.project([np.nan], [1.0], 4326, 5179)[0]).all()
