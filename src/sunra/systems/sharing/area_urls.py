"""The public address of the statistics."""

from django.urls import path

from sunra.systems.sharing.pages import area

app_name = "area"
urlpatterns = [path("", area.area, name="area")]
