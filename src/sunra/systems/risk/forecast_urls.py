"""Addresses of the forecast itself: map, changes, areas, what is missing, the brief, feeds, weights."""

from django.urls import path

from sunra.systems.risk.pages import areas, brief, cell, compare, feeds, shortage, weights
from sunra.systems.risk.pages import map as pages

urlpatterns = [
    path("", pages.risk_map, name="map"),
    path("make/", pages.make, name="make"),
    path("compare/", compare.compare, name="compare"),
    path("compare/changes.geojson", compare.changes, name="changes"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<str:kind>/<str:code>/", areas.area, name="area"),
    path("public/", areas.around_here, name="public"),
    path("shortage/", shortage.shortage, name="shortage"),
    path("weights/", weights.weights, name="weights"),
    path("brief.pdf", brief.pdf, name="brief"),
    path("<uuid:forecast_id>/cells.geojson", pages.cells, name="cells"),
    path("<uuid:forecast_id>/cells.csv", feeds.csv, name="cells_csv"),
    path("<uuid:forecast_id>/cells.gpx", feeds.gpx, name="cells_gpx"),
    path("<uuid:forecast_id>/cells/<int:cell_e>-<int:cell_n>/", cell.cell, name="cell"),
]
