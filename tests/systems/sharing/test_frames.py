"""Every kind of place that is read can be published, with what its standard says beside the place."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyogrio
import pytest
import shapely

from sunra.core.tables import TableRead, read
from sunra.platform.places import frames as places
from sunra.systems.sharing import frames
from tests.core.tables.test_kinds_shapes import SHAPES, table


def published(result: TableRead) -> dict[str, dict[str, Any]]:
    """The rows of a layer that a table of Seongbuk becomes."""
    sorted_ = frames.sort(result, district="11290")
    assert sorted_.layer is not None
    assert (sorted_.published, sorted_.elsewhere, sorted_.withheld) == (result.accepted, 0, 0)
    return places.rows(sorted_.layer, sorted_.frame)


@pytest.mark.parametrize(("shape", "kind", "row", "expected"), SHAPES, ids=[shape for shape, *_ in SHAPES])
def test_every_facility_is_published(
    tmp_path: Path, shape: str, kind: str, row: dict[str, str], expected: dict[str, Any]
) -> None:
    """Each shape becomes one facility whose attributes hold the fields that its standard is about."""
    names = {
        "cctv Geumcheon": "금천_CCTV.csv",
        "light numbered": "보안등.csv",
        "locker Seoul": "여성안심택배함.csv",
    }
    result = table(tmp_path, [row], names.get(shape, "성북구.csv"))
    (facility,) = published(result).values()
    assert frames.layer_of(kind) == "facility"
    told = {**facility, **facility["attrs"]}
    kept = {field: value for field, value in expected.items() if value not in {None, ""}}
    counts = {"cameras", "lamps", "bells", "count"}
    assert {field: told.get(field) for field in kept if field not in counts} == {
        field: value for field, value in kept.items() if field not in counts
    }
    assert facility["count"] == next((kept[field] for field in counts if field in kept), 1)


def layer(path: Path, shapes: list[Any], columns: dict[str, list[str]]) -> TableRead:
    """Shapes in WGS84 written as GeoJSON and read again."""
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        field_data=[np.array(values, dtype=object) for values in columns.values()],
        fields=np.array(list(columns)),
        crs="EPSG:4326",
        geometry_type=shapes[0].geom_type,
        driver="GeoJSON",
    )
    return read(path)


def test_boundaries_are_published_as_areas(tmp_path: Path) -> None:
    """A polygon arrives with its outline, its code and its size."""
    box = shapely.box(127.005, 37.590, 127.030, 37.605)
    result = layer(tmp_path / "a.geojson", [box], {"adm_nm": ["정릉동"], "adm_cd2": ["1129065500"]})
    (area,) = published(result).values()
    assert result.kind == "boundary"
    assert area["geometry"]["type"] == "Polygon"
    assert area["attrs"]["code"] == "1129065500"
    assert area["attrs"]["km2"] > 3


def test_safe_routes_count_once_whatever_stands_along_them(tmp_path: Path) -> None:
    """A route with thirteen cameras is one route, and no streets that others would walk twice."""
    line = shapely.linestrings([[127.01, 37.595], [127.02, 37.6]])
    columns = {
        "ASG_ID": ["1129013300_01"],
        "ASG_NM": ["가상안심01"],
        "LINK_LEN": ["305"],
        "CCTV_CNT": ["13"],
        "BELL_CNT": ["4"],
    }
    result = layer(tmp_path / "a.geojson", [line], columns)
    (route,) = published(result).values()
    assert (result.kind, frames.layer_of(result.kind), route["count"]) == ("safe_return", "facility", 1)
    assert (route["attrs"]["route_cameras"], route["attrs"]["route_bells"]) == (13, 4)


def test_an_empty_area_layer_has_its_columns() -> None:
    """Taking back a dataset of areas publishes nothing, as a frame that the layer accepts."""
    assert isinstance(frames.nothing("area"), pl.DataFrame)
    assert places.rows("area", frames.nothing("area")) == {}
