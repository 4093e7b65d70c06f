"""Addresses of what crosses several systems; the home page stands at the root."""

from django.urls import path

from sunra.journeys import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("tonight/", pages.tonight, name="tonight"),
]
