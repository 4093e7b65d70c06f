"""GeoJSON for the gallery's map."""

from django.http import HttpRequest, JsonResponse

from sunra.platform.base.access import public


def _collection(features: list[dict]) -> JsonResponse:
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _feature(kind: str, coordinates: list, **properties: object) -> dict:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


@public
def cells(_request: HttpRequest) -> JsonResponse:
    """A block of cells with twelve grades each."""
    made = []
    for row in range(24):
        for column in range(24):
            west, south = 127.0 + column * 0.00113, 37.59 + row * 0.0009
            ring = [
                [west, south],
                [west + 0.00113, south],
                [west + 0.00113, south + 0.0009],
                [west, south + 0.0009],
                [west, south],
            ]
            grades = [1 + (row + column * 2 + slot * 3) // 7 % 10 for slot in range(12)]
            made.append(
                _feature(
                    "Polygon",
                    [ring],
                    id=f"c{row}-{column}",
                    label=f"다사 {544 + column} {466 + row}",
                    grades=grades,
                )
            )
    return _collection(made)


@public
def points(_request: HttpRequest) -> JsonResponse:
    """The first sixty stops of the table."""
    return _collection(
        [
            _feature(
                "Point",
                [127.0 + n % 8 * 0.0033, 37.59 + n // 8 * 0.0026],
                id=f"s{n}",
                label=f"순찰 거점 {n}",
                short=str(n),
                series=n % 4 + 1,
            )
            for n in range(1, 61)
        ]
    )


@public
def lines(_request: HttpRequest) -> JsonResponse:
    """Two routes."""
    return _collection(
        [
            _feature(
                "LineString",
                [[127.0033, 37.59], [127.0231, 37.5926], [127.0099, 37.5978]],
                id="r1",
                label="1조 경로",
                series=1,
            ),
            _feature(
                "LineString",
                [[127.0, 37.6004], [127.0198, 37.603], [127.0264, 37.6082]],
                id="r2",
                label="2조 경로",
                series=2,
            ),
        ]
    )
