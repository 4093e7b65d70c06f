"""Joining lines into a graph, what ways cost, closed streets, and places that no street serves."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import cells, crs
from sunra.core.routing import RoutingError, StraightLine, StreetGraph, reach
from sunra.core.routing.network import cells_along, project
from sunra.core.routing.streets import NO_RETURN, NO_STREET, NOT_MAIN, joining, lines
from sunra.core.routing.streets.lines import KIND_ROW
from sunra.core.routing.streets.report import Source
from sunra.core.routing.streets.stored import dump, load

EAST, NORTH = 955000.0, 1950000.0


def lonlat(xy):
    """Longitude and latitude of metres beside a place in Seoul."""
    xy = np.asarray(xy, dtype=float).reshape(-1, 2)
    return np.column_stack(crs.transform(xy[:, 0] + EAST, xy[:, 1] + NORTH, 5179, 4326))


def graph(*polylines, **values):
    """A graph of lines in metres with values per line."""
    xy = np.vstack([np.asarray(line, float) for line in polylines]) + np.array([EAST, NORTH])
    begin = np.insert(np.cumsum([len(line) for line in polylines]), 0, 0)
    return StreetGraph.of(lines.make(xy, begin, **values), Source())


CROSS = ([(-100, 0), (100, 0)], [(0, -100), (0, 100)])


def test_levels_keep_a_bridge_apart_but_not_its_ramp():
    """What crosses on another level does not meet; a line that ends on a bridge does."""
    assert graph(*CROSS).report().components == 1
    assert graph(*CROSS, level=[0, 1]).report().components == 2
    ramp = graph(*CROSS, [(0, 50), (100, 50), (100, 0)], level=[0, 1, 0])
    assert ramp.report().components == 1
    assert ramp.matrix(lonlat((0, -100)), lonlat((-100, 0)))[0, 0] == pytest.approx(500, abs=0.5)


def test_a_touching_end_joins_the_street_it_touches():
    """An end within 0.1 m of another street's middle is a junction; one a metre away is not."""
    assert graph([(-100, 0), (100, 0)], [(10, 0.05), (10, 90)]).report().components == 1
    assert graph([(-100, 0), (100, 0)], [(10, 1.0), (10, 90)]).report().components == 2


def test_lines_over_each_other_count_once_in_junctions():
    """A street drawn twice, cut differently, is still one way through."""
    report = graph([(0, 0), (100, 0)], [(0, 0), (40, 0), (100, 0)]).report()
    assert (report.components, report.junctions, report.dead_ends) == (1, 0, 2)


def test_a_file_where_everything_touches_is_refused(monkeypatch):
    """Pairs are counted before they fill the memory."""
    monkeypatch.setattr(joining, "_DENSE", -1_000_000)
    with pytest.raises(RoutingError) as refused:
        graph(*CROSS)
    assert refused.value.code == "too_dense"


def test_stated_lengths_replace_drawn_ones():
    """A file's own metres are kept, however the line is drawn and cut."""
    report = graph([(0, 0), (60, 0), (100, 0)], [(100, 0), (200, 0)], metres=[150, np.nan]).report()
    assert report.kilometres == pytest.approx(0.25)


def test_cars_keep_one_way_streets_and_leave_stairs_to_walkers():
    """A one-way ring is walked both ways and driven one way; stairs are long on foot and closed to wheels."""
    ring = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    streets = graph(ring, oneway=[1])
    a, b = lonlat((0, 0)), lonlat((100, 0))
    assert streets.matrix(a, b, "drive")[0, 0] == pytest.approx(100, abs=0.5)
    assert streets.matrix(b, a, "drive")[0, 0] == pytest.approx(300, abs=0.5)
    assert streets.matrix(b, a)[0, 0] == pytest.approx(100, abs=0.5)
    assert streets.report().oneway_kilometres == pytest.approx(0.4, abs=1e-3)
    way = streets.path(b, a, "drive")
    assert np.hypot(*np.diff(project(way), axis=0).T).sum() == pytest.approx(300, abs=0.5)
    steps = graph(ring[:2], ring[1:], kind=[KIND_ROW["steps"], 0])
    assert steps.matrix(a, b)[0, 0] == pytest.approx(200, abs=0.5)
    assert steps.matrix(a, b, "wheelchair")[0, 0] == pytest.approx(300, abs=0.5)
    assert steps.matrix(a, b, "drive")[0, 0] == pytest.approx(300, abs=0.5)
    assert steps.matrix(a, b, by="minutes")[0, 0] == pytest.approx(3.0, abs=0.01)
    assert steps.report().stairs_kilometres == pytest.approx(0.1, abs=1e-3)


def test_darkness_lengthens_and_speed_shortens():
    """A dark street counts 2.5 times on foot and the same by car, whose minutes follow its speed."""
    streets = graph([(0, 0), (100, 0)], kmh=[30])
    a, b = lonlat((0, 0)), lonlat((100, 0))
    dark = streets.darkened(1.0)
    assert dark.matrix(a, b)[0, 0] == pytest.approx(250, abs=0.5)
    assert dark.matrix(a, b, "drive")[0, 0] == pytest.approx(100, abs=0.5)
    assert dark.matrix(a, b, "drive", by="minutes")[0, 0] == pytest.approx(0.2, abs=0.01)
    with pytest.raises(RoutingError):
        streets.darkened(1.5)
    with pytest.raises(RoutingError):
        streets.matrix(a, b, "swim")


def test_closed_streets_by_id_polygon_and_point():
    """A closed side of a block sends everyone round it, however it was named; unknown rows are refused."""
    streets = graph([(0, 0), (100, 0)], [(100, 0), (100, 100), (0, 100), (0, 0)], name=["7", "8"])
    a, b = lonlat((0, 0)), lonlat((100, 0))
    middle = lonlat((50, 0))[0]
    area = shapely.Polygon(lonlat([(40, -5), (60, -5), (60, 5), (40, 5)]))
    for closed in (streets.named(["7"]), streets.inside([area]), streets.near(*middle, 5)):
        assert streets.without(closed).matrix(a, b)[0, 0] == pytest.approx(300, abs=0.5)
    assert streets.matrix(a, b)[0, 0] == pytest.approx(100, abs=0.5)
    with pytest.raises(RoutingError) as refused:
        streets.without([10_000])
    assert refused.value.code == "bad_edges"
    with pytest.raises(RoutingError) as nothing:
        streets.without(np.arange(len(streets.edges)))
    assert nothing.value.code == "no_streets"


def test_unserved_places_are_named_and_nothing_is_infinite():
    """No street, a piece apart, a one-way street that leads nowhere back: each has its name and a number."""
    streets = graph(
        *CROSS, [(500, 500), (520, 500)], [(100, 0), (300, 0)], [(100, 0), (100, 9)], oneway=[0, 0, 0, 1, 0]
    )
    places = lonlat([(10, 10), (900, 0), (510, 500), (300, 0)])
    found = reach(streets, *places.T, 50, "drive")
    assert found.why.tolist() == ["", NO_STREET, NOT_MAIN, NO_RETURN]
    assert found.rows(NO_RETURN).tolist() == [3]
    assert found.served.tolist() == [True, False, False, False]
    assert np.isfinite(found.metres).all()
    assert np.isfinite(streets.matrix(places, places, "drive")).all()
    assert reach(streets, *places.T, 50).why.tolist() == ["", NO_STREET, NOT_MAIN, ""]
    with pytest.raises(RoutingError):
        streets.nearest(np.nan, 1.0)


def test_a_limit_cuts_the_search():
    """Beyond a limit that was asked for, and only then, distances are infinite."""
    streets, (a, b) = graph(*CROSS), lonlat([(-100, 0), (0, 100)])
    assert np.isinf(streets.matrix(a, b, limit=150)).all()
    assert streets.matrix(a, b, limit=250)[0, 0] == pytest.approx(200, abs=0.5)


def test_many_ways_are_the_single_ways():
    """Ways found together are those found one by one, a way to itself included."""
    streets, places = graph(*CROSS), lonlat([(-100, 0), (0, 100), (60, 0)])
    for way, (a, b) in zip(
        streets.paths(places[[0, 0, 1, 2]], places[[1, 2, 2, 2]]),
        [(0, 1), (0, 2), (1, 2), (2, 2)],
        strict=True,
    ):
        assert np.array_equal(way, streets.path(places[a], places[b]))


def test_cells_on_the_way_are_the_cells_of_its_points():
    """The way's cells are those of points every metre along it, in order; on straight lines too."""
    streets = graph([(20, 30), (370, 30)], [(370, 30), (370, 345)])
    a, b = lonlat([(20, 30), (370, 345)])
    for network in (streets, StraightLine()):
        way = shapely.LineString(project(network.path(a, b)))
        fine = shapely.get_coordinates(shapely.line_interpolate_point(way, np.arange(0.5, way.length)))
        e, n = cells.cell_of(*crs.transform(fine[:, 0], fine[:, 1], 5179, 4326))
        assert set(zip(*(side.tolist() for side in network.cells(a, b)), strict=True)) == set(
            zip(e.tolist(), n.tolist(), strict=True)
        )
    e, n = cells_along(np.vstack([a, b, a]))
    assert (e[0], n[0]) == (e[-1], n[-1])
    assert len(cells_along(np.vstack([a, a]))[0]) == 1


def test_a_stored_graph_is_the_same_graph():
    """What is kept as bytes answers as before; other bytes are refused."""
    streets, places = graph(*CROSS, name=["a", "b"]), lonlat([(-100, 0), (0, 100)])
    again = load(dump(streets))
    assert np.array_equal(again.matrix(places, places), streets.matrix(places, places))
    assert again.report() == streets.report()
    for bad in (b"", b"PK\x03\x04", dump(streets)[:-40]):
        with pytest.raises(RoutingError) as refused:
            load(bad)
        assert refused.value.code == "bad_store"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=6, max_size=12, unique=True))
def test_joining_agrees_with_shapely(points):
    """Length and connectedness are those of the plane union of all lines (shapely), and ways are as long as
    the matrix says.
    """
    drawn = [points[i : i + 2] for i in range(0, len(points) - 1, 2)]
    streets = graph(*drawn)
    union = shapely.union_all([shapely.LineString(line) for line in drawn], grid_size=1e-6)
    pieces = shapely.get_parts(shapely.union_all(shapely.buffer(shapely.get_parts(union), 0.05)))
    report = streets.report()
    assert report.components == len(pieces)
    if union.length > sum(shapely.LineString(line).length for line in drawn) - 0.01:
        assert report.kilometres * 1000 == pytest.approx(union.length, abs=1)
    places = lonlat(drawn[0])
    metres = streets.matrix(places, places)
    way = np.hypot(*np.diff(project(streets.path(*places)), axis=0).T).sum()
    assert way == pytest.approx(metres[0, 1], abs=1e-3)
