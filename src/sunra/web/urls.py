"""Every address of the product, by app."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
