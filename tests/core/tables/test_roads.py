"""Streets from shapefiles, GeoJSON and link lists."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from sunra.core.tables import errors, read
from sunra.core.tables.vectors import _epsg
from tests.core.tables import made


def test_shapefile_without_prj_and_cpg(tmp_path: Path) -> None:
    """CP949 names come out right, metres become degrees, the system is verified by the district code."""
    paths = made.lines(20)
    result = read(made.shapefile(tmp_path, paths))
    assert (result.kind, result.crs, result.encoding, result.accepted) == ("road", 5179, "euc_kr", 20)
    first = result.table.row(0, named=True)
    assert (first["name"], first["level"], first["dong"][:5]) == ("가상0길", "길", "11290")
    assert np.allclose(first["geometry"], paths[0], atol=1e-6)
    assert first["precision"] == "point"


@pytest.mark.parametrize("epsg", [5174, 5186])
def test_shapefile_in_other_systems_keeps_its_shape(tmp_path: Path, epsg: int) -> None:
    """Streets in the old and the new middle belt land in their district too."""
    result = read(made.shapefile(tmp_path, made.lines(20), epsg=epsg))
    assert set(result.table["dong"].str.slice(0, 5)) == {"11290"}


def test_zipped_shapefile_is_read_with_its_parts(tmp_path: Path) -> None:
    """Agencies send the parts in one zip: same rows; the .shp alone lacks its index or names."""
    path = made.shapefile(tmp_path, made.lines(5))
    parts = {f"road{suffix}": path.with_suffix(suffix).read_bytes() for suffix in (".shp", ".shx", ".dbf")}
    zipped = made.save(tmp_path / "road.zip", made.packed("readme.md", b"x", **parts))
    assert read(zipped).table["name"].to_list() == read(path).table["name"].to_list()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.shp", path.read_bytes()[:50])
    with pytest.raises(errors.NotATable):
        read(made.save(tmp_path / "bad.zip", out.getvalue()))


def test_shapefile_without_attributes_is_read(tmp_path: Path) -> None:
    """Without .dbf the lines are still streets."""
    path = made.shapefile(tmp_path, made.lines(4))
    path.with_suffix(".dbf").unlink()
    result = read(path)
    assert (result.kind, result.accepted, result.encoding) == ("road", 4, None)


def test_walking_network_in_gzip(tmp_path: Path) -> None:
    """Links with equal attributes and geometry merge; one identifier on two lines is no key."""
    paths = made.lines(6)
    data = json.loads(made.geojson(paths))
    data["features"].append(data["features"][0])
    data["features"][2]["properties"]["link_id"] = "1"
    result = read(made.save(tmp_path / "11290_links.geojson.gz", made.gz(json.dumps(data).encode())))
    assert (result.kind, result.crs, result.rows, result.merged) == ("road", 4326, 7, 1)
    assert result.flags["repeated_ids"] == 2
    assert result.table["key"].is_unique().all()
    assert set(result.table["level"]) == {"보행자"}


def test_multi_lines_become_several_rows_of_one_feature(tmp_path: Path) -> None:
    """Each part is a street line; the feature is counted once."""
    parts = made.geojson([made.lines(2)], kind="MultiLineString")  # type: ignore[list-item]
    result = read(made.save(tmp_path / "a.geojson", parts))
    assert (result.accepted, result.table.height, result.units) == (1, 2, 1)
    assert result.table["key"].to_list() == [":0", ":0/2"]


def test_features_without_a_line_are_quarantined(tmp_path: Path) -> None:
    """No geometry, an empty one and coordinates beyond the world cost their feature only."""
    data = json.loads(made.geojson(made.lines(8)))
    data["features"][0]["geometry"] = None
    data["features"][1]["geometry"] = {"type": "Point", "coordinates": [127.0, 37.6]}
    data["features"][2]["geometry"]["coordinates"] = [[1e300, 0], [1e300, 1]]
    result = read(made.save(tmp_path / "a.geojson", json.dumps(data).encode()))
    assert (result.accepted, result.reasons) == (5, {"no_geometry": 3})


def test_links_with_two_end_points(tmp_path: Path) -> None:
    """'[lat, lon]' texts become lines whichever comes first; a broken end costs its row."""
    header = ["", "LINK_NO", "RN", "SP", "EP", "LUX"]
    rows = [
        ["0", "L0", "가상로", "[37.60, 127.01]", "[37.601, 127.011]", "1"],
        ["1", "L1", "가상로", "[]", "[37.6, 127.0]", "1"],
    ]
    result = read(made.save(tmp_path / "a.csv", made.text(header, rows)))
    assert result.table["geometry"].to_list() == [[[127.01, 37.60], [127.011, 37.601]]]
    assert result.reasons == {"no_geometry": 1}
    assert read(made.save(tmp_path / "b.csv", made.text(header, rows[1:]))).accepted == 0


def test_points_with_known_columns_take_their_place_from_the_geometry(tmp_path: Path) -> None:
    """A point layer is what its columns say; without known columns it is unknown."""
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [127.01, 37.6]}}
    known = {**feature, "properties": {"카메라대수": 3, "관리기관명": made.AGENCY}}
    unknown = {**feature, "properties": {"a": 1.5}}
    for properties, kind, accepted in ((known, "cctv", 1), (unknown, "unknown", 0)):
        text = json.dumps({"type": "FeatureCollection", "features": [properties]}, ensure_ascii=False)
        result = read(made.save(tmp_path / "a.geojson", text.encode()))
        assert (result.kind, result.accepted) == (kind, accepted)


def test_only_exactly_known_systems_are_believed() -> None:
    """A .prj without datum shift (KOSTAT 2013) is known by its numbers; another country's is left to the data."""
    bare = 'PROJCS["x",GEOGCS["GCS_x",DATUM["D_x",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",38],PARAMETER["central_meridian",127.002890277778],PARAMETER["scale_factor",1],PARAMETER["false_easting",200000],PARAMETER["false_northing",500000],UNIT["metre",1]]'
    assert [_epsg(crs) for crs in ("EPSG:5179", "EPSG:2193", bare, "nonsense", None)] == [
        5179,
        None,
        5174,
        None,
        None,
    ]


def test_layer_with_prj_is_taken_at_its_word(tmp_path: Path) -> None:
    """A known .prj needs no guess."""
    path = made.shapefile(tmp_path, made.lines(3))
    meta, _, geometry, columns = pyogrio.raw.read(path, encoding="CP949")
    pyogrio.raw.write(
        tmp_path / "b.shp", geometry, columns, list(meta["fields"]), geometry_type="LineString",
        driver="ESRI Shapefile", encoding="UTF-8", crs="EPSG:5179",
    )  # fmt: skip
    result = read(tmp_path / "b.shp")
    assert (result.crs, result.encoding, result.table["name"][0]) == (5179, "utf-8", "가상0길")
