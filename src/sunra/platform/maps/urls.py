"""Addresses of the pages that are map and table."""

from django.urls import path

from sunra.platform.maps import facilities

app_name = "maps"
urlpatterns = [path("facilities/", facilities.page, name="facilities")]
