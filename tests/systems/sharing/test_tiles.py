"""The vector tiles of an open dataset hold its features, and the collection leads to them."""

import gzip
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pmtiles.reader import MmapSource, Reader, all_tiles

from sunra.platform.places.models import Facility
from sunra.systems.sharing.opened import files
from tests.systems import nights
from tests.systems.sharing import opening as made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_the_tiles_hold_the_features_and_name_their_source() -> None:
    """If this fails, a map of the open data is empty or does not say whose data it shows."""
    opening = made.opened(made.cameras(nights.office()), made=True)
    with files.path_of(opening.id, "pmtiles").open("rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        metadata: dict[str, Any] = reader.metadata()
        deepest = reader.header()["max_zoom"]
        tiles = [gzip.decompress(data) for (zoom, _x, _y), data in all_tiles(source) if zoom == deepest]
    assert [layer["id"] for layer in metadata["vector_layers"]] == ["features"]
    assert {"key", "purpose"} <= metadata["vector_layers"][0]["fields"].keys()
    assert opening.agency.name in metadata["attribution"]
    together = b"".join(tiles)
    assert all(row.key.encode() in together for row in Facility.objects.exclude(lon=None))


def test_the_collection_leads_to_the_tiles() -> None:
    """If this fails, a program cannot find the tiles from the API."""
    cache.clear()
    opening = made.opened(made.cameras(nights.office()), made=True)
    links = Client().get(f"/api/v1/ogc/collections/{opening.dataset_id}").json()["links"]
    tiles = next(link for link in links if link["type"] == "application/vnd.pmtiles")
    answer = Client().get(tiles["href"], headers={"Range": "bytes=0-6"})
    assert answer.content == b"PMTiles"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Range" in Client().options(tiles["href"]).get("Access-Control-Allow-Headers", "Range")


def test_the_collection_says_how_to_draw_the_tiles() -> None:
    """The TileJSON names file, zooms and box as the file's header does; without tiles there is none."""
    cache.clear()
    opening = made.opened(made.cameras(nights.office()), made=True)
    links = Client().get(f"/api/v1/ogc/collections/{opening.dataset_id}").json()["links"]
    described = next(link for link in links if link["href"].endswith("/tiles.json"))
    told = Client().get(described["href"]).json()
    with files.path_of(opening.id, "pmtiles").open("rb") as file:
        header = Reader(MmapSource(file)).header()
    assert (told["minzoom"], told["maxzoom"]) == (header["min_zoom"], header["max_zoom"])
    corners = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    assert told["bounds"] == [header[name] / 1e7 for name in corners]
    assert told["tiles"][0].startswith("pmtiles://http")
    assert told["vector_layers"][0]["id"] == "features"
    files.path_of(opening.id, "pmtiles").unlink()
    assert Client().get(described["href"]).status_code == 404


def test_rows_without_a_place_have_no_tiles() -> None:
    """If this fails, an empty file is offered as a map."""
    dataset = made.cameras(nights.office())
    Facility.objects.update(lon=None, lat=None, cell_e=None, cell_n=None)
    opening = made.opened(dataset, made=True)
    assert set(opening.files) == {"csv", "geojson", "parquet"}
