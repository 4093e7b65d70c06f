"""Addresses of stored files."""

from django.urls import path

from sunra.platform.files import pages

app_name = "files"
urlpatterns = [path("<uuid:file_id>/", pages.download, name="download")]
