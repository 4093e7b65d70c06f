"""Addresses of sharing."""

from django.urls import path

from sunra.systems.sharing.pages import catalogue

app_name = "sharing"
urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("drop-off/", catalogue.drop_off, name="drop_off"),
    path("<uuid:dataset_id>/", catalogue.dataset, name="dataset"),
    path("vintages/<uuid:vintage_id>/", catalogue.vintage, name="vintage"),
]
