"""The street graph: joined, measured, honest; and the straight line that stands in for it."""

import gzip
import json

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import crs
from sunra.core.routing import RoutingError, StraightLine, StreetGraph
from sunra.core.routing.network import project
from tests.shared import shared_data


def _lonlat(xy, east=955000.0, north=1950000.0):
    """Longitude and latitude of metres beside a place in Seoul."""
    xy = np.asarray(xy, dtype=float)
    return np.column_stack(crs.transform(xy[:, 0] + east, xy[:, 1] + north, 5179, 4326))


def _cross():
    """Two streets of 200 m that cross without a shared vertex, and one that hangs apart."""
    return StreetGraph.from_lines(
        [_lonlat([(-100, 0), (100, 0)]), _lonlat([(0, -100), (0, 100)]), _lonlat([(500, 500), (550, 500)])]
    )


def test_crossings_join_streets():
    """Streets that cross without a common vertex meet there, and the report counts what hangs apart."""
    report = _cross().report()
    assert (report.lines, report.junctions, report.dead_ends, report.components) == (3, 1, 6, 2)
    assert report.kilometres == pytest.approx(0.45, abs=1e-3)
    assert report.largest_share == pytest.approx(400 / 450, abs=1e-3)


def test_distances_and_paths_follow_streets():
    """Round the corner it is 200 m, not 141, and the path is as long as the distance says."""
    streets = _cross()
    a, b = _lonlat([(-100, 0), (0, 100)])
    metres = streets.matrix([a, b], [a, b])
    assert metres == pytest.approx(np.array([[0, 200], [200, 0]]), abs=0.3)
    path = streets.path(a, b)
    assert np.array_equal(path[0], a)
    assert np.array_equal(path[-1], b)
    assert np.hypot(*np.diff(project(path), axis=0).T).sum() == pytest.approx(metres[0, 1], abs=1e-6)
    assert np.hypot(*(project(path) - project(_lonlat([(0, 0)]))).T).min() < 0.2
    assert np.array_equal(streets.path(a, a), [a, a])


def test_snapping_states_its_distance():
    """A point snaps to the nearest street of the main part, with its distance."""
    streets = _cross()
    beside, far = _lonlat([(50, 30), (525, 500)])
    near = streets.nearest([beside[0], far[0]], [beside[1], far[1]])
    assert near.metres[0] == pytest.approx(30, abs=0.3)
    assert near.metres[1] > 500
    assert streets.covers([beside[0], far[0]], [beside[1], far[1]], 50).tolist() == [True, False]
    assert bool(streets.covers(beside[0], beside[1], 20)) is False
    assert streets.turns


@pytest.mark.parametrize(
    "lines", [[], [[(127.0, 37.5)]], [[(127.0, 37.5), (127.0, 37.5)]], [[(np.nan, 1), (1, 1)]]]
)
def test_lines_without_length_are_refused(lines):
    """Nothing, a point or a line without numbers is no street graph."""
    with pytest.raises(RoutingError) as refused:
        StreetGraph.from_lines(lines)
    assert refused.value.code == "no_streets"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=6, max_size=14, unique=True))
def test_street_distances_are_a_metric(points):
    """Distances are symmetric, keep the triangle inequality and never undercut the straight line."""
    lines = [_lonlat(points[i : i + 2]) for i in range(len(points) - 1)]
    streets = StreetGraph.from_lines(lines)
    places = _lonlat(points)
    metres = streets.matrix(places, places)
    assert np.isfinite(metres).all()
    assert np.allclose(metres, metres.T, atol=1e-6)
    assert (metres[:, None, :] <= metres[:, :, None] + metres[None, :, :] + 1e-6).all()
    assert (metres >= StraightLine(1.0).matrix(places, places) - 0.5).all()


def test_straight_line_has_the_same_interface():
    """Without streets: the straight line by its factor, no turns, and no place counts as covered."""
    a, b = _lonlat([(0, 0), (300, 400)])
    line = StraightLine()
    assert line.matrix([a, b], [b]) == pytest.approx(np.array([[650], [0]]), abs=1e-3)
    assert np.array_equal(line.path(a, b), [a, b])
    assert not line.turns
    assert not line.covers([a[0]], [a[1]], 1e9).any()


def _gangnam():
    path = shared_data("korea", "roads_gangnam_juso", "TL_SPRD_MANAGE.shp")
    _, _, geometry, _ = pyogrio.raw.read(path, columns=[])
    parts = shapely.get_parts(shapely.from_wkb(geometry))
    for part in parts:
        xy = shapely.get_coordinates(part)
        yield np.column_stack(crs.transform(xy[:, 0], xy[:, 1], 5179, 4326))


@pytest.mark.real_data
def test_gangnam_hangs_together():
    """The real centrelines of Gangnam give one graph of 466 km, nearly all of it connected."""
    streets = StreetGraph.from_lines(_gangnam())
    report = streets.report()
    assert report.kilometres == pytest.approx(466, abs=2)
    assert report.largest_share > 0.95
    assert 3000 < report.junctions < 4000
    stations = np.array([(127.0276, 37.4979), (127.0637, 37.5089), (127.0471, 37.5046)])
    metres = streets.matrix(stations, stations)
    straight = StraightLine(1.0).matrix(stations, stations)
    apart = ~np.eye(3, dtype=bool)
    assert ((metres / np.where(apart, straight, 1))[apart] < 1.6).all()
    assert streets.covers(*stations.T, 100).all()


@pytest.mark.real_data
def test_gyeongju_walk_is_connected():
    """The real walking network of Gyeongju gives about 800 km with 97 % or more in one piece."""
    path = shared_data("roads", "gyeongju_walk", "gyeongju_walking_graph.json.gz")
    data = json.loads(gzip.decompress(path.read_bytes()))
    place = {node[0]: (node[2], node[1]) for node in data["nodes"]}
    edges = {tuple(sorted(edge[:2])) for edge in data["edges"]}
    report = StreetGraph.from_lines([place[a], place[b]] for a, b in edges).report()
    assert report.kilometres == pytest.approx(797, rel=0.05)
    assert report.largest_share > 0.97
