"""Addresses of what crosses several systems; the home page stands at the root."""

from django.urls import path

from sunra.journeys import again, pages, planning, unwalked

urlpatterns = [
    path("", pages.home, name="home"),
    path("tonight/", pages.tonight, name="tonight"),
    path("tonight/again/<uuid:shift_id>/", again.again, name="tonight_again"),
    path("tonight/<uuid:plan_id>/change/", planning.change, name="tonight_change"),
    path("tonight/<uuid:plan_id>/compare/", planning.compare, name="tonight_compare"),
    path("tonight/<uuid:plan_id>/unwalked/", unwalked.page, name="tonight_unwalked"),
    path("tonight/<uuid:plan_id>/unwalked.geojson", unwalked.shapes, name="tonight_unwalked_shapes"),
]
