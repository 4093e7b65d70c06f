"""Writes the generated rows in the shapes and encodings in which agencies deliver them."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sunra.journeys.demo.streets import Streets
from sunra.journeys.demo.surface import Town

Row = Sequence[object]


def write_csv(path: Path, header: Row, rows: Iterable[Row], encoding: str) -> int:
    """Write a CSV with CRLF; returns the number of rows. The bytes depend on the rows alone."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    path.write_bytes(buffer.getvalue().encode(encoding))
    return count


def write_streets(path: Path, town: Town, net: Streets) -> int:
    """Write the streets as a GeoJSON of LineStrings that share their crossings' vertices."""
    wide = {"main": (25.0, "3"), "middle": (10.0, "4"), "lane": (5.0, "4")}
    features: list[dict[str, Any]] = []
    for number, street in enumerate(net.streets, start=1):
        width, klass = wide[street.level]
        properties = {
            "RDS_MAN_NO": number,
            "SIG_CD": town.code,
            "RN": street.name,
            "ROAD_BT": width,
            "ROA_CLS_SE": klass,
            "level": street.level,
        }
        line = net.lonlat[list(street.nodes)].tolist()
        geometry = {"type": "LineString", "coordinates": line}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    whole = {"type": "FeatureCollection", "name": "demo_road", "features": features}
    path.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    return len(features)
