"""Addresses of the map layers."""

from django.urls import path

from sunra.platform.places import pages

app_name = "places"
urlpatterns = [
    path("facilities.geojson", pages.facilities, name="facilities"),
    path("streets.geojson", pages.streets, name="streets"),
    path("areas.geojson", pages.areas, name="areas"),
    path("events.geojson", pages.events, name="events"),
]
