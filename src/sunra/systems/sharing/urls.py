"""Addresses of sharing."""

from django.urls import path

from sunra.systems.sharing.pages import catalogue, opendata, saved_views, statistics

app_name = "sharing"
urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("drop-off/", catalogue.drop_off, name="drop_off"),
    path("<uuid:dataset_id>/", catalogue.dataset, name="dataset"),
    path("vintages/<uuid:vintage_id>/", catalogue.vintage, name="vintage"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/compute/", statistics.compute, name="statistics_compute"),
    path("statistics/report/", saved_views.report, name="statistics_report"),
    path("statistics/runs/<uuid:run_id>/", statistics.run, name="statistics_run"),
    path("statistics/views/", saved_views.views, name="statistics_views"),
    path("statistics/views/<uuid:view_id>/", saved_views.view, name="statistics_view"),
    path("statistics/views/<uuid:view_id>/delete/", saved_views.delete, name="statistics_view_delete"),
    path("statistics/views/<uuid:view_id>/plan/", saved_views.plan, name="statistics_view_plan"),
    path("statistics/views/<uuid:view_id>/report/", saved_views.make, name="statistics_view_report"),
    path("<uuid:dataset_id>/open/", opendata.decide, name="open_decide"),
    path("<uuid:dataset_id>/open/close/", opendata.close, name="open_close"),
]
