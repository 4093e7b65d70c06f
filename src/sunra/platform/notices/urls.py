"""Addresses of the notices."""

from django.urls import path

from sunra.platform.notices import pages

app_name = "notices"
urlpatterns = [
    path("", pages.listed, name="list"),
    path("stream/", pages.news, name="stream"),
    path("read/", pages.read_all, name="read_all"),
    path("preference/", pages.preference, name="preference"),
    path("<int:notice_id>/read/", pages.read, name="read"),
]
