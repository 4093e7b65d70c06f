"""Addresses of sharing."""

from django.urls import path

from sunra.systems.sharing import pages

app_name = "sharing"
urlpatterns = [
    path("", pages.catalogue, name="catalogue"),
    path("drop-off/", pages.drop_off, name="drop_off"),
    path("<uuid:dataset_id>/", pages.dataset, name="dataset"),
    path("vintages/<uuid:vintage_id>/", pages.vintage, name="vintage"),
]
