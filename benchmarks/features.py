"""OGC API – Features over 100,000 features: a page of 1,000 by box, through a real server.

    python -m benchmarks.features [--features 100000] [--requests 200] [--seed 0] [--json]

A fresh installation on SQLite, made facilities over Seoul, uvicorn on loopback, a program with a key (so
that its quota is counted too). Boxes are drawn so that each holds at least a page. Beside: the same query as
a plain ``json.dumps`` of the ORM's rows, without server, key, paging, links, exact box or dictionary; the
first page of everything, the page after 90,000 features by its link and by offset; all pages by OWSLib and by
GDAL, each row compared.
"""

import http.client
import json
import random
import shutil
import statistics
import subprocess
import sys
import time
from typing import Any

from tests.browser.server import Server

from benchmarks.machine import arguments, report

LIMIT_MS, PAGE = 150.0, 1_000
SETUP = """
import random
from datetime import timedelta
import numpy as np, polars as pl
from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.keys import new_key
from sunra.platform.accounts.models import MachineKey
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.time import now
from sunra.platform.places.services import publish
from sunra.systems.sharing.models import Dataset, Opening
from sunra.systems.sharing.opened.collection import columns_found
from sunra.systems.sharing.services.imports import source_of
draw = np.random.default_rng({seed})
kind, _made = AgencyType.objects.get_or_create(code="district", defaults={{"name_ko": "x", "name_en": "x"}})
agency = Agency.objects.create(type=kind, name="bench")
dataset = Dataset.objects.create(agency=agency, kind="cctv", title="bench")
n = {features}
lon, lat = draw.normal(126.99, 0.06, n).round(7), draw.normal(37.55, 0.04, n).round(7)
frame = pl.DataFrame({{
    "key": [f"k{{i}}" for i in range(n)], "name": [f"카메라 {{i}}" for i in range(n)], "lon": lon, "lat": lat,
    "dong": [f"11290{{i % 20 + 101:05d}}" for i in range(n)], "cameras": draw.integers(1, 5, n),
    "purpose": [("방범", "교통", "어린이보호")[i % 3] for i in range(n)],
    "address": [f"서울특별시 성북구 {{i}}" for i in range(n)],
    "agency": ["성북구청"] * n, "reference_date": ["2026-10-01"] * n, "precision": ["point"] * n,
}})
publish(actor=Actor.job(agency.id, "bench"), agency_id=agency.id, layer="facility", kind="cctv",
        source=source_of(dataset), frame=frame)
Opening.objects.create(agency=agency, dataset=dataset, form="features", licence="KOGL-1", title="bench",
                       columns=[one.name for one in columns_found(dataset)])
prefix, digest, full = new_key()
MachineKey.objects.create(agency=agency, name="bench", prefix=prefix, secret_hash=digest,
                          per_minute=6_000_000, permissions=["sharing.read_features"],
                          expires=now() + timedelta(days=1))
print(dataset.id, full)
"""
PLAIN = """
import json, sys, time
from sunra.platform.places.models import Facility
boxes = json.loads(sys.stdin.read())
took = []
for west, south, east, north in boxes:
    begun = time.perf_counter()
    rows = Facility.objects.filter(lon__range=(west, east), lat__range=(south, north)).order_by("id")
    json.dumps(list(rows.values()[:1000]), default=str)
    took.append((time.perf_counter() - begun) * 1000)
print(json.dumps(took))
"""
GDAL = """
import json, sys, time
import pyogrio
begun = time.perf_counter()
frame = pyogrio.read_dataframe("OAPIF:" + sys.argv[1], layer=sys.argv[2], PAGE_SIZE="10000")
columns = frame["key"], frame.geometry.x, frame.geometry.y, frame["count"], frame["purpose"]
rows = {key: [x, y, int(count), purpose] for key, x, y, count, purpose in zip(*columns, strict=True)}
print(json.dumps({"seconds": time.perf_counter() - begun, "rows": rows}))
"""


def boxes(count: int, seed: int) -> list[list[float]]:
    """Boxes around the middle of the city, about 2 to 6 km wide."""
    draw = random.Random(seed)
    found = []
    for _number in range(count):
        width, middle = draw.uniform(0.012, 0.035), (draw.gauss(126.99, 0.025), draw.gauss(37.55, 0.017))
        found.append([middle[0] - width, middle[1] - width, middle[0] + width, middle[1] + width])
    return found


class Program:
    """A client with a key, on one connection."""

    def __init__(self, server: Server, key: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port)
        self.headers = {"Authorization": f"Bearer {key}"}

    def ask(self, path: str) -> tuple[float, Any]:
        """Milliseconds until the whole answer is here, and the answer."""
        begun = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}: {body[:300]!r}")
        return took, json.loads(body)


def spread(took: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(statistics.quantiles(took, n=20)[18], 1),
    }


def measure(server: Server, options: Any) -> dict[str, Any]:
    """All figures of one installation."""
    dataset, key = server.python(SETUP.format(features=options.features, seed=options.seed)).split()
    server.start()
    program = Program(server, key)
    items = f"/api/v1/ogc/collections/{dataset}/items?limit={PAGE}"
    tried = boxes(options.requests * 2, options.seed)
    took, kept, matched = [], [], []
    for box in tried:
        if len(kept) == options.requests:
            break
        one, page = program.ask(f"{items}&bbox={','.join(map(str, box))}")
        if page["numberReturned"] == PAGE:
            took.append(one)
            kept.append(box)
            matched.append(page["numberMatched"])
    whole = "100,30,140,45"
    some = range(min(40, options.requests))
    deep = options.features * 9 // 10
    last = program.ask(f"{items.replace(f'limit={PAGE}', 'limit=1')}&offset={deep - 1}")[1]["features"][0][
        "id"
    ]
    figures: dict[str, Any] = {
        "box_page": spread(took) | {"requests": len(took), "matched_median": statistics.median(matched)},
        "whole_box_page": spread([program.ask(f"{items}&bbox={whole}")[0] for _n in some]),
        "wide_box_page": spread([program.ask(f"{items}&bbox=126.5,37.2,127.5,37.9")[0] for _n in some]),
        "property_page": spread([program.ask(f"{items}&purpose=%EB%B0%A9%EB%B2%94")[0] for _n in some]),
        "first_page": spread([program.ask(items)[0] for _n in some]),
        "deep_page_by_link": spread([program.ask(f"{items}&offset={deep}&after={last}")[0] for _n in some]),
        "deep_page_by_offset": spread([program.ask(f"{items}&offset={deep}")[0] for _n in some]),
    }
    line = [sys.executable, "-c", f"import django; django.setup()\n{PLAIN}"]
    done = subprocess.run(
        line, env=server.variables, input=json.dumps(kept), capture_output=True, text=True, check=True
    )
    figures["plain_json_dump_of_the_orm"] = spread(json.loads(done.stdout))
    return figures | clients(server, dataset, key, options.features)


def clients(server: Server, dataset: str, key: str, count: int) -> dict[str, Any]:
    """All features by two outside clients, each row compared with the database."""
    from owslib.ogcapi.features import Features

    root = f"{server.url}/api/v1/ogc"
    code = (
        "from sunra.platform.places.models import Facility\nimport json\n"
        "print(json.dumps({k: [x, y, c, a['purpose']] for k, x, y, c, a in "
        "Facility.objects.values_list('key', 'lon', 'lat', 'count', 'attrs')}))"
    )
    truth = json.loads(server.python(code))
    done = subprocess.run(
        [sys.executable, "-c", GDAL, root, dataset], capture_output=True, text=True, check=False
    )
    gdal = (
        json.loads(done.stdout)
        if done.returncode == 0
        else {"seconds": None, "rows": {}, "error": done.stderr}
    )
    api = Features(f"{root}/", headers={"Authorization": f"Bearer {key}"})
    begun, found = time.perf_counter(), {}
    for offset in range(0, count, 10_000):
        for one in api.collection_items(dataset, limit=10_000, offset=offset)["features"]:
            given, place = one["properties"], one["geometry"]["coordinates"]
            found[given["key"]] = [*place, given["count"], given["purpose"]]
    return {
        "gdal": {"seconds": gdal["seconds"], "rows": len(gdal["rows"]), "exact": gdal["rows"] == truth},
        "owslib": {
            "seconds": round(time.perf_counter() - begun, 1), "rows": len(found), "exact": found == truth,
        },
    }  # fmt: skip


def main() -> None:
    """Set up, serve, measure, compare."""
    options = arguments(__doc__ or "", features=100_000, requests=200, seed=0)
    server = Server()
    try:
        server.sunra("setup")
        figures = measure(server, options)
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)
    within = (
        figures["box_page"]["p95_ms"] <= LIMIT_MS and figures["gdal"]["exact"] and figures["owslib"]["exact"]
    )
    report(
        "features",
        {"features": options.features, **figures, "limit_ms": LIMIT_MS, "within": within},
        seed=options.seed,
        as_json=options.as_json,
    )


if __name__ == "__main__":
    main()
