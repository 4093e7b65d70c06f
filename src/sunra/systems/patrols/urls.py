"""Addresses of patrols."""

from django.urls import path

from sunra.systems.patrols import intake
from sunra.systems.patrols.pages import groups, plans

app_name = "patrols"
urlpatterns = [
    path("", plans.latest, name="plan"),
    path("<uuid:plan_id>/", plans.plan, name="plan_detail"),
    path("<uuid:plan_id>/confirm/", plans.confirm, name="confirm"),
    path("<uuid:plan_id>/plan.geojson", plans.geojson, name="geojson"),
    path("<uuid:plan_id>/plan.gpx", plans.gpx, name="gpx"),
    path("<uuid:plan_id>/plan.pdf", plans.pdf, name="pdf"),
    path("organisations/", groups.organisations, name="organisations"),
    path("organisations/import/", intake.intake, name="intake"),
    path("organisations/template.csv", intake.template, name="template"),
    path("organisations/export.csv", intake.export, name="export"),
    path("organisations/<uuid:organisation_id>/", groups.organisation, name="organisation"),
]
