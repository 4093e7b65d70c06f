"""Street files: what each kind gives, and how damaged or hostile ones are refused."""

import gzip
import json

import numpy as np
import pyogrio
import pytest
import shapely

from sunra.core.geo import crs
from sunra.core.routing import (
    Limits,
    StreetFileError,
    read_edges,
    read_juso,
    read_osm,
    read_seoul_walking,
)
from sunra.core.routing.streets.tags import way_of
from tests.core.routing.test_streets_joining import EAST, NORTH, lonlat
from tests.shared import shared_data

PLACES = lonlat([(-100, 0), (0, 0), (100, 0), (0, -100), (0, 100)])


def osm(ways, extra="", nodes=PLACES):
    """An OSM text: five nodes and ways of (node numbers, tags)."""
    text = "".join(f'<node id="{i}" lon="{lon}" lat="{lat}"/>' for i, (lon, lat) in enumerate(nodes, 1))
    for number, (refs, tags) in enumerate(ways, 1):
        inside = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inside += "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        text += f'<way id="{number}">{inside}</way>'
    return f'<?xml version="1.0"?>{extra}<osm version="0.6">{text}</osm>'


def written(folder, name, content):
    """A file with this text or these bytes."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(act):
    """The code, row and field of the refusal."""
    with pytest.raises(StreetFileError) as error:
        act()
    return error.value.code, error.value.row, error.value.field


def test_osm_joins_at_common_nodes_only(tmp_path):
    """A crossing without a common node is a bridge; one with it is a junction; houses are no streets."""
    streets, house = {"highway": "residential"}, {"building": "yes"}
    apart = read_osm(written(tmp_path, "a.osm", osm([((1, 3), streets), ((4, 5), streets), ((1, 5), house)])))
    assert apart.report().components == 2
    assert apart.report().source.levels
    together = osm([((1, 2, 3), streets), ((4, 2, 5), streets)])
    report = read_osm(written(tmp_path, "b.osm.gz", gzip.compress(together.encode()))).report()
    assert (report.components, report.junctions, report.lines) == (1, 1, 2)


def test_osm_ways_end_where_the_extract_ends(tmp_path):
    """A node that is not in the file cuts its way and is counted."""
    path = written(
        tmp_path, "a.osm", osm([((1, 2, 99, 3), {"highway": "path"}), ((4, 2, 5), {"highway": "path"})])
    )
    report = read_osm(path).report()
    assert report.source.left_out == 1
    assert report.kilometres == pytest.approx(0.3, abs=1e-3)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "steps"}, (True, False, 0, 0)),
        ({"highway": "motorway"}, (False, True, 1, 0)),
        ({"highway": "primary", "oneway": "-1", "bridge": "yes"}, (True, True, -1, 1)),
        ({"highway": "residential", "layer": "-2", "tunnel": "yes", "foot": "no"}, (False, True, 0, -2)),
        ({"highway": "service", "access": "private", "foot": "yes"}, (True, False, 0, 0)),
        ({"highway": "tertiary", "junction": "roundabout"}, (True, True, 1, 0)),
        ({"highway": "secondary", "tunnel": "yes", "oneway": "no"}, (True, True, 0, -1)),
    ],
)
def test_osm_tags_say_who_may_pass(tags, expected):
    """Each tag that closes, turns or lifts a street is kept."""
    way = way_of(tags)
    assert (way.foot, way.drive, way.oneway, way.level) == expected


@pytest.mark.parametrize("tags", [{}, {"highway": "proposed"}, {"highway": "service", "access": "no"}])
def test_osm_leaves_out_what_is_no_open_street(tags):
    """What does not exist or is closed to all is not in the graph."""
    assert way_of(tags) is None


def test_osm_keeps_stated_speeds_within_reason():
    """Three quarters of a stated limit; nonsense counts as not stated."""
    speeds = [way_of({"highway": "road", "maxspeed": text}).kmh for text in ("40", "60 km/h", "9999", "²")]
    assert speeds == [30, 45, 0, 0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (osm([((1, 2), {"highway": "road"})], extra='<!DOCTYPE osm [<!ENTITY a "b">]>'), "xml_entities"),
        ("<osm>" + "<a>" * 20, "too_deep"),
        ("<net></net>", "not_a_street_file"),
        ("<osm><node", "not_a_street_file"),
        ("<osm></osm>", "no_streets"),
        ('<osm><node id="1" lon="x" lat="2"/></osm>', "bad_number"),
        ('<osm><node id="one" lon="1" lat="2"/></osm>', "bad_number"),
        (osm([((1, 2), {"highway": "road"})], nodes=np.ones((2, 2))), "no_streets"),
        (osm([((1, 2), {"highway": "road"})]).replace('id="2"', 'id="1"'), "repeated_node"),
        (b"\x1f\x8bnot gzip", "unreadable"),
    ],
)
def test_osm_refusals(tmp_path, text, code):
    """Entities, depth, wrong roots, broken XML, no streets, no numbers, no gzip: each by its name."""
    assert refused(lambda: read_osm(written(tmp_path, "x.osm", text)))[0] == code


def test_limits_hold_on_unpacked_bytes_points_and_time(tmp_path):
    """A bomb stops at the limit of what it unpacks to; points and seconds have theirs."""
    bomb = written(tmp_path, "bomb.osm.gz", gzip.compress(b"<osm>" + b" " * 5_000_000))
    path = written(tmp_path, "a.osm", osm([((1, 2, 3), {"highway": "road"})]))
    assert refused(lambda: read_osm(bomb, limits=Limits(max_bytes=1_000_000)))[0] == "too_large"
    assert refused(lambda: read_osm(path, limits=Limits(max_points=2)))[0] == "too_large"
    assert refused(lambda: read_osm(path, limits=Limits(max_seconds=-1)))[0] == "too_slow"
    assert refused(lambda: read_osm(tmp_path / "none.osm"))[0] == "unreadable"


NODES = "id,lon,lat\n" + "".join(f"n{i},{lon},{lat}\n" for i, (lon, lat) in enumerate(PLACES, 1))
EDGES = """u,v,length,oneway,stairs,level,kind,id
n1,n2,150,0,0,0,road,a
n2,n5,100,1,1,0,road,b
n3,n2,100,-1,0,1,path,c
"""


def edges(folder, nodes=NODES, pairs=EDGES, **options):
    """The graph of two texts."""
    return read_edges(written(folder, "n.csv", nodes), written(folder, "e.csv", pairs), **options)


def test_plain_files_keep_lengths_stairs_and_levels(tmp_path):
    """Lengths come from the file, nodes join by id, stairs and one-way values are kept."""
    streets = edges(tmp_path)
    assert streets.report().kilometres == pytest.approx(0.35)
    assert streets.report().stairs_kilometres == pytest.approx(0.1)
    assert streets.report().source.levels
    assert streets.matrix(PLACES[0], PLACES[2])[0, 0] == pytest.approx(250, abs=0.5)
    assert len(streets.named(["a"])) == 4
    assert edges(tmp_path, pairs="from,to\nn1,n2\nn2,n1\n", directed=True).matrix(
        PLACES[1], PLACES[0], "drive"
    )[0, 0] == pytest.approx(100, abs=0.5)


@pytest.mark.parametrize(
    ("nodes", "pairs", "expected"),
    [
        (NODES, EDGES.replace("n5", "n9"), ("unknown_node", 3, "v")),
        (NODES, EDGES.replace("150", "far"), ("bad_number", 2, "metres")),
        (NODES, EDGES.replace("150", "-1"), ("bad_number", 2, "metres")),
        (NODES, EDGES.replace("u,v", "u,w"), ("missing_field", 1, "v")),
        (NODES, "u,v\nn1,\n", ("missing_field", 2, "v")),
        (NODES, "u,v\n", ("no_streets", 0, "")),
        (NODES, "", ("not_a_street_file", 0, "")),
        (NODES, b"\xff\xff\xff", ("bad_encoding", 0, "")),
        (NODES.replace("n2", "n1"), EDGES, ("repeated_node", 3, "id")),
        ("id,lon,lat\na,1,2\n", EDGES, ("bad_place", 2, "lon, lat")),
        ("id,lon,lat\na,inf,2\n", EDGES, ("bad_number", 2, "lon")),
    ],
)
def test_plain_file_refusals_name_row_and_field(tmp_path, nodes, pairs, expected):
    """Every refusal says where: row and field as a spreadsheet shows them."""
    assert refused(lambda: edges(tmp_path, nodes, pairs)) == expected


def shapefile(folder, levels=("0", "1"), name="roads.shp"):
    """Two streets that cross, in EPSG:5179, with road class and a level each."""
    drawn = [[(-100, 0), (100, 0)], [(0, -100), (0, 100)]]
    shapes = [shapely.LineString(np.array(line) + np.array([EAST, NORTH])) for line in drawn]
    path = folder / name
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(shapes)), [np.array(["4", "1"]), np.array(levels, dtype=object)],
        ["ROA_CLS_SE", "LV"], geometry_type="LineString", crs="EPSG:5179",
    )  # fmt: skip
    return path


def test_juso_joins_crossings_unless_levels_are_named(tmp_path):
    """Without a level column a bridge joins what it crosses, and the report says so; with one it does not."""
    path = shapefile(tmp_path)
    flat, raised = read_juso(path), read_juso(path, level="LV")
    assert (flat.report().components, flat.report().source.levels) == (1, False)
    assert (raised.report().components, raised.report().source.levels) == (2, True)
    assert not flat.edges.foot.all()


def test_juso_refusals(tmp_path):
    """A missing column, a level that is none, places outside Korea, other formats under the name .shp."""
    path = shapefile(tmp_path)
    assert refused(lambda: read_juso(path, level="X")) == ("missing_field", 1, "X")
    assert refused(lambda: read_juso(path, epsg=5186))[:2] == ("bad_place", 2)
    bad = shapefile(tmp_path, ("0", "up"), "bad.shp")
    assert refused(lambda: read_juso(bad, level="LV")) == ("bad_level", 3, "LV")
    assert refused(lambda: read_juso(path, limits=Limits(max_rows=1)))[0] == "too_large"
    vrt = written(tmp_path, "link.shp", "<OGRVRTDataSource></OGRVRTDataSource>" + " " * 100)
    assert refused(lambda: read_juso(vrt))[0] == "not_a_street_file"
    assert refused(lambda: read_juso(tmp_path / "none.shp"))[0] == "unreadable"
    cut = written(tmp_path, "cut.shp", path.read_bytes()[:100])
    assert refused(lambda: read_juso(cut))[0] in {"not_a_street_file", "no_streets"}


def page(rows, total):
    """A page of the interface."""
    return json.dumps({"TbTraficWlkNet": {"list_total_count": total, "row": rows}}, ensure_ascii=False)


def link(number, a, b, code="1000", **flags):
    """A link of the interface between two of the places."""
    wkt = shapely.LineString(PLACES[[a, b]]).wkt
    return {"NODE_TYPE": "LINK", "LNKG_ID": number, "LNKG_WKT": wkt, "LNKG_TYPE_CD": code, **flags}


def test_seoul_pages_are_counted_against_the_announced_total(tmp_path):
    """Rows repeated over pages count once, and what the pages lack is told."""
    one = written(tmp_path, "1.json", page([link("1", 0, 1), link("2", 1, 2, "1100", CRSWK="1")], 4))
    two = written(
        tmp_path,
        "2.json",
        page([link("2", 1, 2), link("3", 3, 4, OVRP="1"), link("4", 0, 0) | {"LNKG_WKT": ""}], 4),
    )
    report = read_seoul_walking([one, two]).report()
    source = report.source
    assert (source.rows, source.distinct, source.left_out, source.announced, source.missing) == (
        5,
        3,
        1,
        4,
        1,
    )
    assert report.components == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "not_a_street_file"), ("[]", "not_a_street_file"), ("{}", "not_a_street_file"),
        ("[" * 100_000, "too_deep"), ('{"features": []}', "no_streets"),
        ('{"features": [3]}', "not_a_street_file"),
    ],
)  # fmt: skip
def test_seoul_refusals(tmp_path, text, code):
    """Broken, deep, foreign or empty documents have their names."""
    assert refused(lambda: read_seoul_walking(written(tmp_path, "x.json", text)))[0] == code


@pytest.mark.real_data
def test_real_seoul_walking_network_is_reported_in_pieces():
    """Gangbuk's published links: repeated ids, and 40 % in the largest part, as measured before."""
    report = read_seoul_walking(shared_data("roads", "seoul_walk_OA21208", "11090_links.geojson.gz")).report()
    assert (report.source.rows, report.source.distinct) == (9406, 7706)
    assert report.components > 300
    assert report.largest_share < 0.5


@pytest.mark.real_data
def test_real_osm_file_is_driven_one_way():
    """Songpa's drive roads: nearly all in one piece, one-way streets kept, ways out and back differ."""
    streets = read_osm(shared_data("roads", "songpa", "asanH.osm"))
    report = streets.report()
    assert report.largest_share > 0.95
    assert report.oneway_kilometres > 10
    part = streets.layer("drive")
    places = streets.lonlat[part.node[:: len(part.node) // 20]]
    metres = streets.matrix(places, places, "drive")
    assert np.isfinite(metres).all()
    assert not np.allclose(metres, metres.T)
    east, north = crs.transform(*places.T, 4326, 5179)
    assert (metres >= np.hypot(east[:, None] - east, north[:, None] - north) - 0.5).all()
