"""Addresses of the pages that are map and table."""

from django.urls import path

from sunra.platform.maps import facilities, streets

app_name = "maps"
urlpatterns = [
    path("facilities/", facilities.page, name="facilities"),
    path("maps/streets/<uuid:agency_id>.pmtiles", streets.serve, name="streets"),
]
