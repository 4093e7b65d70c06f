"""The map's component, its tiles and the parts of a file."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader

from sunra.core.geo import polygons
from sunra.platform.maps import Layer, Map, basemap, borders, ranges, tiles
from tests.platform.ui.test_components import shown


def example(**options: object) -> Map:
    """A map with cells and points."""
    layers = [
        Layer("risk", "/r.json", "cell", "위험 등급", slots=True),
        Layer("p", "/p.json", "point", "거점"),
    ]
    return Map(**({"title": "지도", "layers": layers, "table_id": "table-main"} | options))


def test_the_page_says_everything_the_script_needs() -> None:
    """If this fails, the script has texts of its own, in one language."""
    config = example(slot=3).config()
    assert config["slots"][11] == "22-24시"
    assert config["texts"]["NavigationControl.ZoomIn"] == "확대"
    assert config["layers"][0]["kind"] == "cell"
    json.dumps(config)


def test_the_map_is_words_and_tools_without_the_script() -> None:
    """If this fails, a reader without JavaScript sees an empty box."""
    text = shown("{% map m %}", m=example())
    assert "<noscript>" in text
    assert 'type="range"' in text
    assert text.count('type="checkbox"') == 2
    assert "grade-10" in text
    assert " style=" not in text


def test_a_map_without_slots_or_cells_has_no_slider_or_grades() -> None:
    """If this fails, tools stand there that do nothing."""
    made = example(layers=[Layer("p", "/p.json", "point", "거점")])
    assert not made.slots
    assert not made.graded
    assert 'type="range"' not in shown("{% map m %}", m=made)


def test_tiles_of_streets(tmp_path: Path) -> None:
    """If this fails, a district's streets cannot be drawn."""
    line = {"type": "LineString", "coordinates": [[127.0, 37.59], [127.02, 37.6]]}
    source = tmp_path / "streets.geojson"
    feature = {"type": "Feature", "geometry": line, "properties": {"name": "보국문로"}}
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    out = tiles.build({"streets": source}, tmp_path / "out" / "streets.pmtiles", max_zoom=12)
    with out.open("rb") as file:
        reader = Reader(MmapSource(file))
        assert reader.header()["max_zoom"] == 12
        meta = reader.metadata()
    assert [layer["id"] for layer in meta["vector_layers"]] == ["streets"]
    assert str(tmp_path) not in json.dumps(meta)
    assert [path.name for path in out.parent.iterdir()] == ["streets.pmtiles"]


def test_tiles_of_nonsense_are_an_error_with_a_remedy(tmp_path: Path) -> None:
    """If this fails, a broken file shows as a trace or leaves half a map."""
    source = tmp_path / "streets.geojson"
    source.write_text("no json", encoding="utf-8")
    with pytest.raises(tiles.TilesError) as caught:
        tiles.build({"streets": source}, tmp_path / "out.pmtiles")
    assert caught.value.remedy
    assert not (tmp_path / "out.pmtiles").exists()


def test_the_base_map_holds_names_and_borders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the map has no districts or no Korean names."""
    whole = polygons.layer("emd")
    few = np.flatnonzero([code.startswith(("11290", "11305", "28")) for code in whole.codes])
    part = SimpleNamespace(
        codes=[whole.codes[number] for number in few], polygons=lambda rows: whole.polygons(few[rows])
    )
    monkeypatch.setattr(polygons, "layer", lambda _name: part)
    lines = list(basemap._areas())
    assert {name for name, _line in lines} == {"border", "names", "district", "province"}
    assert any("성북동" in line for name, line in lines if name == "names")
    monkeypatch.setattr(basemap, "target", lambda: tmp_path / "korea.pmtiles")
    basemap.run()
    with (tmp_path / "korea.pmtiles").open("rb") as file:
        assert Reader(MmapSource(file)).header()["max_zoom"] == basemap.MAX_ZOOM


def test_a_shared_border_is_drawn_once() -> None:
    """If this fails, every border on the map is a double line."""
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1.0001, 0, 2, 1)
    lines = borders.once([left, right], 0.001)
    assert sum(line.length for line in lines) == pytest.approx(4 + 3 - 0.0002, abs=0.01)
    assert borders.once([left], 0.001, [left.boundary]) == []


CONTENT = bytes(range(256)) * 4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of 1,024 bytes."""
    path = tmp_path / "x.pmtiles"
    path.write_bytes(CONTENT)
    return path


def ask(path: Path, wanted: str) -> object:
    """The answer to a ``Range`` header."""
    headers = {"Range": wanted} if wanted else {}
    return ranges.respond(RequestFactory().get("/", headers=headers), path)


@pytest.mark.parametrize(
    ("wanted", "part", "shown_range"),
    [
        ("bytes=0-9", CONTENT[:10], "bytes 0-9/1024"),
        ("bytes=1000-", CONTENT[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", CONTENT[-24:], "bytes 1000-1023/1024"),
        ("bytes=1000-9999", CONTENT[1000:], "bytes 1000-1023/1024"),
        ("bytes=-5000", CONTENT, "bytes 0-1023/1024"),
    ],
)
def test_a_part_of_the_file(file: Path, wanted: str, part: bytes, shown_range: str) -> None:
    """If this fails, the map reads the wrong tiles."""
    answer = ask(file, wanted)
    assert answer.status_code == 206
    assert answer.content == part
    assert answer["Content-Range"] == shown_range


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5-2", "bytes=-0"])
def test_a_part_outside_the_file_is_refused(file: Path, wanted: str) -> None:
    """If this fails, a wrong range gets a wrong answer instead of 416."""
    answer = ask(file, wanted)
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("wanted", ["", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_without_one_plain_range_the_whole_file_comes(file: Path, wanted: str) -> None:
    """If this fails, a browser that asks differently gets nothing."""
    answer = ask(file, wanted)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == CONTENT
    assert answer["Cache-Control"].startswith("private")


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(1, 1500))
def test_a_range_never_leaves_the_file(first: int, last: int, size: int) -> None:
    """If this fails, bytes that are not there are promised."""
    start, end = ranges.span(str(first), str(last), size)
    assert start == first
    assert end < size
    start, end = ranges.span("", str(last), size)
    assert start >= 0
    assert end < size
