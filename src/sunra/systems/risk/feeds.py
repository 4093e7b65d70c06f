"""Forecasts for other programs: CSV, and GPX for the navigation of a patrol car."""

import csv
import datetime as dt
import io
from xml.etree import ElementTree as ET

import polars as pl

from sunra.core.geo import cells as geo_cells
from sunra.systems.risk import selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.table import SLOTS, slot_column
from sunra.systems.risk.texts import DEMO, NO_GROUND

_GPX = "http://www.topografix.com/GPX/1/1"
MOST = 200
"""Points that a car's device takes without becoming slow."""


def csv_text(forecast: Forecast) -> str:
    """One row a cell and slot: ``cell cell_e cell_n dong lon lat slot expected naive grade``.

    ``slot`` counts two hours by the clock, 0 = 00-02. Ask ``selectors.forecast`` first.
    """
    figures = [
        slot_column(figure, slot) for figure in ("expected", "naive", "grade") for slot in range(SLOTS)
    ]
    frame = selectors.table(forecast, ["cell_e", "cell_n", "dong", *figures])
    lon, lat = geo_cells.center(frame["cell_e"].to_numpy(), frame["cell_n"].to_numpy())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("cell", "cell_e", "cell_n", "dong", "lon", "lat", "slot", "expected", "naive", "grade"))
    order = sorted(range(SLOTS), key=lambda slot: selectors.clock_slot(forecast, slot))
    for row, x, y in zip(frame.iter_rows(named=True), lon.tolist(), lat.tolist(), strict=True):
        place = (row["cell_e"], row["cell_n"])
        head = (geo_cells.format_cell(*place), *place, row["dong"], f"{x:.6f}", f"{y:.6f}")
        for clock, slot in enumerate(order):
            count, naive = (f"{row[slot_column(name, slot)]:.6g}" for name in ("expected", "naive"))
            writer.writerow((*head, clock, count, naive, row[slot_column("grade", slot)]))
    return out.getvalue()


def gpx(forecast: Forecast, *, clock: int, top: int = 30) -> bytes:
    """GPX 1.1: the ``top`` cells of a slot (by the clock) as waypoints, highest first."""
    ET.register_namespace("", _GPX)
    root = ET.Element(f"{{{_GPX}}}gpx", {"version": "1.1", "creator": "Sunra"})
    about = ET.SubElement(root, f"{{{_GPX}}}metadata")
    _text(about, "name", f"{forecast.district} {forecast.day} {2 * clock:02d}-{2 * clock + 2:02d}")
    _text(about, "desc", f"{DEMO}. {NO_GROUND}" if forecast.demo else str(NO_GROUND))
    _text(about, "time", forecast.updated.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    rows = selectors.cells(forecast, selectors.own_slot(forecast, clock)).head(max(1, min(top, MOST)))
    lon, lat = geo_cells.center(rows["cell_e"].to_numpy(), rows["cell_n"].to_numpy())
    for order, (row, x, y) in enumerate(_zip(rows, lon.tolist(), lat.tolist()), 1):
        point = ET.SubElement(root, f"{{{_GPX}}}wpt", {"lat": f"{y:.6f}", "lon": f"{x:.6f}"})
        number = geo_cells.format_cell(row["cell_e"], row["cell_n"])
        _text(point, "name", f"{order}. {number}")
        _text(point, "desc", f"{row['grade']}" if row["grade"] else f"#{row['rank']}")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _zip(rows: pl.DataFrame, lon: list[float], lat: list[float]) -> list[tuple[dict[str, int], float, float]]:
    return list(zip(rows.iter_rows(named=True), lon, lat, strict=True))


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_GPX}}}{tag}").text = text
