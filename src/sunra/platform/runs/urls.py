"""The address of the engine's runs."""

from django.urls import path

from sunra.platform.runs import pages

app_name = "runs"
urlpatterns = [path("", pages.run_list, name="list")]
