"""The ledger's addresses."""

from django.urls import path

from sunra.platform.ledger import pages

app_name = "ledger"
urlpatterns = [path("", pages.search_page, name="search")]
