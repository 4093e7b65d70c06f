"""The app's addresses."""

from django.urls import path

from sunra.platform.agencies import pages

app_name = "agencies"
urlpatterns = [
    path("", pages.index, name="list"),
    path("new/", pages.add, name="add"),
    path("import/", pages.import_file, name="import"),
    path("export/", pages.export, name="export"),
    path("types/", pages.types, name="types"),
    path("<uuid:pk>/", pages.detail, name="detail"),
    path("<uuid:pk>/edit/", pages.edit, name="edit"),
]
