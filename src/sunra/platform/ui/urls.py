"""The app's addresses."""

from django.urls import path

from sunra.platform.ui import pages

app_name = "ui"
urlpatterns = [
    path("preference/", pages.preference, name="preference"),
]
