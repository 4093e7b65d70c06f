"""Addresses of patrols."""

from django.urls import path

from sunra.systems.patrols import intake, pages

app_name = "patrols"
urlpatterns = [
    path("", pages.latest, name="plan"),
    path("<uuid:plan_id>/", pages.plan, name="plan_detail"),
    path("<uuid:plan_id>/confirm/", pages.confirm, name="confirm"),
    path("<uuid:plan_id>/plan.geojson", pages.geojson, name="geojson"),
    path("<uuid:plan_id>/plan.gpx", pages.gpx, name="gpx"),
    path("<uuid:plan_id>/plan.pdf", pages.pdf, name="pdf"),
    path("organisations/", pages.organisations, name="organisations"),
    path("organisations/import/", intake.intake, name="intake"),
    path("organisations/template.csv", intake.template, name="template"),
    path("organisations/export.csv", intake.export, name="export"),
    path("organisations/<uuid:organisation_id>/", pages.organisation, name="organisation"),
]
