"""Addresses of sharing."""

from django.urls import path

from sunra.systems.sharing.pages import (
    catalogue,
    connectors,
    drop_off,
    lineage,
    mapping,
    opendata,
    saved_views,
    statistics,
    vintages,
)

app_name = "sharing"
urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("drop-off/", drop_off.drop_off, name="drop_off"),
    path("receipts/", drop_off.all_receipts, name="receipts"),
    path("receipts/<uuid:drop_off_id>/", drop_off.receipt, name="receipt"),
    path("receipts/<uuid:drop_off_id>/pdf/", drop_off.receipt_pdf, name="receipt_pdf"),
    path("receipts/<uuid:drop_off_id>/put-aside/", drop_off.receipt_quarantine, name="receipt_quarantine"),
    path("lineage/", lineage.lineage, name="lineage"),
    path("<uuid:dataset_id>/", catalogue.dataset, name="dataset"),
    path("<uuid:dataset_id>/edit/", catalogue.dataset_edit, name="dataset_edit"),
    path("vintages/<uuid:vintage_id>/", vintages.vintage, name="vintage"),
    path("vintages/<uuid:vintage_id>/approve/", vintages.approve, name="vintage_approve"),
    path("vintages/<uuid:vintage_id>/reject/", vintages.reject, name="vintage_reject"),
    path("vintages/<uuid:vintage_id>/roll-back/", vintages.roll_back, name="vintage_roll_back"),
    path("vintages/<uuid:vintage_id>/changes/", vintages.changes, name="vintage_changes"),
    path("vintages/<uuid:vintage_id>/put-aside/", vintages.quarantine, name="vintage_quarantine"),
    path("vintages/<uuid:vintage_id>/columns/", mapping.mapping, name="mapping"),
    path("decisions/<uuid:decision_id>/undo/", vintages.undo, name="undo"),
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
    path("connectors/", connectors.connectors, name="connectors"),
    path("connectors/new/", connectors.add, name="connector_add"),
    path("connectors/<uuid:connector_id>/", connectors.connector, name="connector"),
]
