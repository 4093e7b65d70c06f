"""How a map finds the vector tiles of an open dataset: TileJSON 3.0.0 over the PMTiles file.

The tiles lie in one file that is read by byte range, so there is no address of a single tile and no claim of
OGC API – Tiles; what reads ``pmtiles://`` addresses (MapLibre, QGIS, GDAL) draws them.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from pmtiles.reader import MmapSource, Reader

from sunra.platform.accounts.access import public
from sunra.platform.accounts.limits import guarded
from sunra.systems.sharing.opened import files
from sunra.systems.sharing.opened.collection import of_opening
from sunra.systems.sharing.opened.licences import licence
from sunra.systems.sharing.selectors import opendata as selectors


@public
@guarded("open", "PUBLIC_CALLS")
def tilejson(request: HttpRequest, dataset_id: UUID) -> JsonResponse:
    """The description of the tiles; 404 without any."""
    opening = selectors.opening(dataset_id)
    path = files.path_of(opening.id, "pmtiles")
    if not path.exists():
        raise Http404
    url = request.build_absolute_uri(reverse("open:file", args=[dataset_id, "pmtiles"]))
    terms = licence(opening.licence)
    body: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": opening.title,
        "description": opening.description,
        "attribution": f"{opening.agency.name}, {terms.name}",
        "tiles": [f"pmtiles://{url}/{{z}}/{{x}}/{{y}}"],
        **_reach(path),
        "vector_layers": [
            {
                "id": "features",
                "fields": {column.name: column.meaning_ko for column in of_opening(opening).columns},
            }
        ],
    }
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _reach(path: Path) -> dict[str, Any]:
    """Smallest and largest zoom, and the box, as the file's own header says."""
    with path.open("rb") as file:
        header = Reader(MmapSource(file)).header()
    corners = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
    bounds = [header[name] / 1e7 for name in corners]
    return {"minzoom": header["min_zoom"], "maxzoom": header["max_zoom"], "bounds": bounds}
