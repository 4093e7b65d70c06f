"""Addresses of scores, audits, factors and hot spots."""

from django.urls import path

from sunra.systems.risk.pages import factors, fairness, honesty

urlpatterns = [
    path("honesty/", honesty.honesty, name="honesty"),
    path("fairness/", fairness.fairness, name="fairness"),
    path("fairness/compute/", fairness.compute, name="fairness_compute"),
    path("fairness/open/", fairness.open_fairness, name="fairness_open"),
    path("factors/", factors.factors, name="factors"),
    path("factors/compute/", factors.compute, name="factors_compute"),
    path("hotspots/", factors.hotspots, name="hotspots"),
    path("hotspots/cells.geojson", factors.hotspots_cells, name="hotspots_cells"),
]
