"""Addresses of risk."""

from django.urls import path

from sunra.systems.risk import forecast_urls, judged_urls
from sunra.systems.risk.pages import overrides, requests

app_name = "risk"
urlpatterns = [
    *forecast_urls.urlpatterns,
    *judged_urls.urlpatterns,
    path("requests/", requests.requests, name="requests"),
    path("requests/share/", requests.share, name="request_share"),
    path("requests/cells.geojson", requests.request_cells, name="request_cells"),
    path("requests/<uuid:request_id>/", requests.detail, name="request"),
    path("requests/<uuid:request_id>/accept/", requests.accept, name="request_accept"),
    path("requests/<uuid:request_id>/decline/", requests.decline, name="request_decline"),
    path("requests/<uuid:request_id>/merge/", requests.merge, name="request_merge"),
    path("requests/<uuid:request_id>/undo/", requests.undo, name="request_undo"),
    path("overrides/", overrides.overrides, name="overrides"),
    path("overrides/new/", overrides.add, name="override_add"),
    path("overrides/<uuid:override_id>/", overrides.override, name="override"),
    path("overrides/<uuid:override_id>/withdraw/", overrides.withdraw, name="override_withdraw"),
    path("<uuid:forecast_id>/overrides.geojson", overrides.override_cells, name="override_cells"),
]
