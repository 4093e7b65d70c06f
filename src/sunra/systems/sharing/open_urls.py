"""Addresses of open data: for everybody, without an account."""

from django.urls import path

from sunra.systems.sharing.pages import counting, opendata, tiles

app_name = "open"
urlpatterns = [
    path("", opendata.catalogue, name="catalogue"),
    path("catalog.jsonld", opendata.jsonld, name="jsonld"),
    path("<uuid:dataset_id>/", opendata.dataset, name="dataset"),
    path("<uuid:dataset_id>/counts/", counting.counts, name="counts"),
    path("<uuid:dataset_id>/preview.geojson", opendata.preview, name="preview"),
    path("<uuid:dataset_id>/tiles.json", tiles.tilejson, name="tiles"),
    path("<uuid:dataset_id>/data.<str:ending>", opendata.file, name="file"),
]
