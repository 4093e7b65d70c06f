"""Areas, surfaces and safe routes: what a layer is, and in which coordinate system it truly lies."""
# ruff: noqa: E501 - attribute tables stay on one line

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from sunra.core.geo.crs import transform
from sunra.core.geo.districts import districts
from sunra.core.tables import read
from sunra.core.tables.vectors import _epsg
from tests.core.tables import made
from tests.shared import shared_data

DISTRICTS = ("11290", "11305", "11320")
KOSTAT = 'PROJCS["Bessel_1841_Transverse_Mercator",GEOGCS["GCS_Bessel_1841",DATUM["D_Bessel_1841",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",38],PARAMETER["central_meridian",{}],PARAMETER["scale_factor",1],PARAMETER["false_easting",200000],PARAMETER["false_northing",500000],UNIT["Meter",1]]'


def moved(shape: Any, source: int, target: int) -> Any:
    """A shape in another system."""
    return shapely.transform(shape, lambda xy: np.column_stack(transform(xy[:, 0], xy[:, 1], source, target)))


def layer(
    path: Path, shapes: list[Any], columns: dict[str, list[str]], *, prj: str = "", kind: str = "Polygon"
) -> Path:
    """A shapefile in CP949 with this .prj, or none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        pyogrio.raw.write(
            path, shapely.to_wkb(np.array(shapes, dtype=object)), [np.array(v, dtype=object) for v in columns.values()], list(columns),
            geometry_type=kind, driver="ESRI Shapefile", encoding="CP949", crs=None,
        )  # fmt: skip
    path.with_suffix(".cpg").unlink(missing_ok=True)
    path.with_suffix(".prj").unlink(missing_ok=True)
    if prj:
        path.with_suffix(".prj").write_text(prj)
    return path


def areas(path: Path, epsg: int, *, prj: str = "", shift: float = 0.0) -> Path:
    """Three districts of Seoul in a system."""
    shapes = [
        shapely.transform(moved(districts().district(code).polygon, 4326, epsg), lambda xy: xy + shift)
        for code in DISTRICTS
    ]
    names = [districts().district(code).name for code in DISTRICTS]
    return layer(path, shapes, {"SIG_CD": list(DISTRICTS), "SIG_KOR_NM": names}, prj=prj)


@pytest.mark.parametrize("epsg", [2097, 5174, 5179, 5181, 5186])
def test_areas_without_prj_tell_their_system_by_their_outlines(tmp_path: Path, epsg: int) -> None:
    """Systems 250 m apart keep a district's middle in the district: only its outline tells which one is true."""
    result = read(areas(tmp_path / "a.shp", epsg))
    assert (result.kind, result.crs, result.encoding, result.accepted) == ("boundary", epsg, "euc_kr", 3)
    assert result.table.select("code", "level", "name").row(0) == ("11290", "district", "성북구")
    assert set(result.table["dong"].str.slice(0, 5)) == set(DISTRICTS)
    true = districts().district("11290").polygon
    read_back = shapely.from_wkb(result.table["wkb"][0])
    assert shapely.area(shapely.intersection(true, read_back)) / shapely.area(true) > 0.999
    assert 20 < result.table["km2"][0] < 30
    assert result.flags == {}


def test_a_prj_that_is_wrong_is_not_believed(tmp_path: Path) -> None:
    """It says 2097, the outlines say 5174: the outlines are right. It says a place off Korea: likewise."""
    wrong = read(areas(tmp_path / "a.shp", 5174, prj=KOSTAT.format("127.0")))
    assert (wrong.crs, wrong.flags) == (5174, {"crs_differs": 1})
    far = read(made.save(tmp_path / "b.geojson", json.dumps({
        "type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5186"}},
        "features": [{"type": "Feature", "properties": {"SIG_CD": "11290"}, "geometry": shapely.geometry.mapping(moved(districts().district("11290").polygon, 4326, 5179))}],
    }).encode()))  # fmt: skip
    assert (far.crs, far.flags) == (5179, {"crs_differs": 1})


def test_the_prj_without_datum_shift_is_known(tmp_path: Path) -> None:
    """KOSTAT's 2013 .prj names neither system nor shift; its meridian says 5174, and the outlines confirm it."""
    result = read(areas(tmp_path / "a.shp", 5174, prj=KOSTAT.format("127.002890277778")))
    assert (result.crs, result.flags) == (5174, {})
    assert [
        _epsg(KOSTAT.format(meridian)) for meridian in ("127.002890277778", "127", "125.002890277778")
    ] == [5174, 2097, None]
    grs80 = KOSTAT.replace("6377397.155,299.1528128", "6378137,298.257222101").replace("Bessel_1841", "GRS80")
    assert [_epsg(grs80.format(127)), _epsg(grs80.replace("500000", "600000").format(127))] == [5181, 5186]


def test_areas_that_were_converted_wrongly_are_flagged(tmp_path: Path) -> None:
    """Outlines 200 m beside the true ones in every system: read, but doubtful."""
    prj = 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    result = read(areas(tmp_path / "a.shp", 4326, prj=prj, shift=0.002))
    assert (result.crs, result.accepted, result.flags["crs_doubtful"]) == (4326, 3, 1)


def test_dongs_that_leave_gaps_in_their_district_are_flagged(tmp_path: Path) -> None:
    """A file of dongs that lacks one of them leaves a hole: flagged, district by district."""
    dongs = districts().dongs("11305")
    whole = layer(
        tmp_path / "a.shp",
        [dong.polygon for dong in dongs],
        {"EMD_CD": [dong.code[:8] for dong in dongs], "EMD_NM": [dong.name for dong in dongs]},
    )
    assert read(whole).flags == {}
    largest = max(range(len(dongs)), key=lambda index: dongs[index].polygon.area)
    rest = [dong for index, dong in enumerate(dongs) if index != largest]
    path = layer(
        tmp_path / "b.shp",
        [dong.polygon for dong in rest],
        {"EMD_CD": [dong.code[:8] for dong in rest], "EMD_NM": [dong.name for dong in rest]},
    )
    result = read(path)
    assert (result.crs, set(result.table["level"])) == (4326, {"dong"})
    assert result.flags.get("outline_gaps", result.flags.get("crs_doubtful")) == 1


def test_areas_of_no_district_and_broken_ones(tmp_path: Path) -> None:
    """Areas of other kinds stay where they are said to be; features without an area cost themselves only."""
    square = {
        "type": "Polygon",
        "coordinates": [[[127.01, 37.59], [127.02, 37.59], [127.02, 37.6], [127.01, 37.59]]],
    }
    bow = {
        "type": "Polygon",
        "coordinates": [[[127.01, 37.59], [127.02, 37.6], [127.02, 37.59], [127.01, 37.6], [127.01, 37.59]]],
    }
    features = [
        {"type": "Feature", "properties": {"hotspotNm": "가상 거리"}, "geometry": shape}
        for shape in (square, bow, None, {"type": "Point", "coordinates": [127, 37]})
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    result = read(made.save(tmp_path / "a.geojson", text.encode()))
    assert (result.kind, result.crs, result.accepted, result.reasons) == ("boundary", 4326, 2, {"no_area": 2})
    assert set(result.table["level"]) == {"area"}
    nothing = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {"a": 1}, "geometry": None}],
        }
    )
    assert read(made.save(tmp_path / "b.geojson", nothing.encode())).kind == "unknown"


def test_surfaces_of_roads_are_outlines_and_say_so(tmp_path: Path) -> None:
    """juso's TL_SPRD_RW holds areas: their outlines come as lines of level surface, and the file is flagged."""
    shapes = [
        shapely.buffer(shapely.LineString(np.column_stack(transform(*np.array(path).T, 4326, 5179))), 4)
        for path in made.lines(5)
    ]
    result = read(
        layer(tmp_path / "TL_SPRD_RW.shp", shapes, {"RW_SN": list("12345"), "SIG_CD": ["11290"] * 5})
    )
    assert (result.kind, result.crs, result.accepted) == ("road", 5179, 5)
    assert (set(result.table["level"]), result.flags["road_surfaces"]) == ({"surface"}, 5)


def test_safe_routes_are_lines_with_what_stands_along_them(tmp_path: Path) -> None:
    """Seoul's safe-return routes: bells, lamps and signs by route; a count that is none is flagged."""
    shapes = [shapely.LineString(path) for path in made.lines(3)]
    columns = {
        "LINK_LEN": ["120.5", "80", "60"], "SGG_CODE": ["11290"] * 3, "SGG_NM": ["성북구"] * 3, "BELL_CNT": ["1", "0", "x"], "LAMP_CNT": ["9", "2", ""],
        "ASG_ID": ["1129013300_01", "1129013300_02", "1129013300_03"], "ASG_NM": ["가상 귀갓길"] * 3,
    }  # fmt: skip
    result = read(layer(tmp_path / "a.shp", shapes, columns, kind="LineString"))
    assert (result.kind, result.crs, result.accepted, result.flags["bad_value"]) == (
        "safe_return",
        4326,
        3,
        1,
    )
    row = result.table.row(0, named=True)
    assert (row["bells"], row["lamps"], row["route_id"], row["length"], row["name"]) == (
        1,
        9,
        "1129013300_01",
        120.5,
        "가상 귀갓길",
    )
    assert len(row["geometry"]) == 3


def test_streets_in_pieces_are_counted(tmp_path: Path) -> None:
    """Lines that share a vertex hang together; the number of pieces is said."""
    a, b = (127.01, 37.60), (127.011, 37.60)
    joined = [[a, b], [b, (127.012, 37.60)]]
    assert read(made.save(tmp_path / "a.geojson", made.geojson(joined))).flags == {}
    apart = [*joined, [(127.02, 37.60), (127.021, 37.60)]]
    assert read(made.save(tmp_path / "b.geojson", made.geojson(apart))).flags == {"graph_in_pieces": 2}


def test_a_layer_without_attributes_says_so(tmp_path: Path) -> None:
    """A shapefile without .dbf holds places and nothing about them."""
    path = layer(tmp_path / "a.shp", [shapely.Point(127, 37)], {"x": ["1"]}, kind="Point")
    path.with_suffix(".dbf").unlink()
    assert read(path).flags == {"no_columns": 1}


@pytest.mark.parametrize(
    ("parts", "crs", "flags"),
    [
        (("kostat", "2013", "shp", "original", "seoul_municipalities.shp"), 5174, set()),
        (("kostat", "2013", "shp", "original", "seoul_submunicipalities.shp"), 5174, set()),
        (("kostat", "2013", "shp", "seoul_submunicipalities.shp"), 4326, {"crs_doubtful"}),
        (("juso", "2015", "shp", "seoul_neighborhoods.shp"), 4326, set()),
    ],
)
def test_real_outlines(parts: tuple[str, ...], crs: int, flags: set[str]) -> None:
    """KOSTAT's original is 5174; its published WGS84 twin, converted without the shift, is doubtful."""
    result = read(shared_data("korea", "boundaries", "seoul-maps", *parts))
    assert (result.kind, result.crs, result.quarantined) == ("boundary", crs, 0)
    assert set(result.flags) - {"outline_gaps"} == flags


def test_the_holes_of_a_real_file() -> None:
    """The 2025 dongs of Seoul lack 오류2동 (구로구) and 강일동 (강동구): two districts have gaps."""
    result = read(shared_data("korea", "boundaries", "HangJeongDong_20250401_seoul.geojson"))
    assert (result.rows, result.accepted, result.flags) == (424, 424, {"outline_gaps": 2})
