"""Addresses of risk."""

from django.urls import path

from sunra.systems.risk.pages import map as pages

app_name = "risk"
urlpatterns = [
    path("", pages.risk_map, name="map"),
    path("<uuid:forecast_id>/cells.geojson", pages.cells, name="cells"),
    path("<uuid:forecast_id>/cells/<int:cell_e>-<int:cell_n>/", pages.cell, name="cell"),
]
