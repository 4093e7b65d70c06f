"""Outside clients read the features through a real server: OWSLib and GDAL, every row exactly."""

import json
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import cache
from owslib.ogcapi.features import Features

from sunra.platform.places.models import Facility
from sunra.systems.sharing.models import Dataset
from tests.systems import nights
from tests.systems.sharing import opening as made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"], transaction=True)
_GDAL = """
import json, sys
import pyogrio
pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": 20, "OAPIF_PAGE_SIZE": 7})
source, layer, bounds = "OAPIF:" + sys.argv[1], sys.argv[2], tuple(map(float, sys.argv[3].split(",")))
frame = pyogrio.read_dataframe(source, layer=layer, PAGE_SIZE="7")
box = pyogrio.read_dataframe(source, layer=layer, bbox=bounds)
xy = lambda point: None if point is None else [point.x, point.y]
rows = [
    [row["key"], row["count"], row["purpose"], xy(row.geometry)]
    for _index, row in frame.iterrows()
]
print(json.dumps({"rows": rows, "fids": [int(one) for one in frame.index], "box": sorted(box["key"])}))
"""


@pytest.fixture
def dataset() -> Dataset:
    """Forty open cameras."""
    cache.clear()
    found = made.cameras(nights.office())
    made.opened(found)
    return found


def test_owslib_lists_describes_and_pages(live_server: Any, dataset: Dataset) -> None:
    """If this fails, the commonest Python client of the standard cannot use the API."""
    api = Features(f"{live_server.url}/api/v1/ogc/")
    assert api.feature_collections() == [str(dataset.id)]
    assert api.collection(str(dataset.id))["title"] == made.WORDS.title
    assert any(one.endswith("conf/geojson") for one in api.conformance()["conformsTo"])
    assert api.api()["openapi"].startswith("3.0")
    first = api.collection_items(str(dataset.id), limit=25)
    second = api.collection_items(str(dataset.id), limit=25, offset=25)
    assert (first["numberMatched"], len(first["features"]), len(second["features"])) == (40, 25, 15)
    rows = {row.id: row for row in Facility.objects.all()}
    for one in first["features"] + second["features"]:
        row = rows.pop(one["id"])
        assert one["properties"]["key"] == row.key
        assert one["geometry"] is None or one["geometry"]["coordinates"] == [row.lon, row.lat]
    assert rows == {}
    single = api.collection_item(str(dataset.id), str(first["features"][1]["id"]))
    assert single["properties"] == first["features"][1]["properties"]


def test_gdal_reads_every_row_exactly(live_server: Any, dataset: Dataset) -> None:
    """If this fails, QGIS and everything else on GDAL loses rows, digits or properties on the way."""
    rows = list(Facility.objects.order_by("id"))
    west, east = rows[10].lon, rows[20].lon
    box = f"{min(west, east)},35.0,{max(west, east)},35.2"
    done = subprocess.run(
        [sys.executable, "-c", _GDAL, f"{live_server.url}/api/v1/ogc", str(dataset.id), box],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["rows"]) == 40
    for row, (key, count, purpose, place) in zip(rows, found["rows"], strict=True):
        assert (key, count, purpose) == (row.key, row.count, row.attrs["purpose"])
        if row.lon is None:
            assert place is None
        else:
            assert place == pytest.approx([row.lon, row.lat], abs=1e-9)
    inside = Facility.objects.filter(lon__range=sorted((west, east)))
    assert found["box"] == sorted(inside.values_list("key", flat=True))
