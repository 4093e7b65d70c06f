"""Everything that writes statistics: the nightly run, residents, saved views, reports."""

from sunra.systems.sharing.services.statistics.computing import Draft, compute, keep, make
from sunra.systems.sharing.services.statistics.reports import documents, due, make_due, make_report
from sunra.systems.sharing.services.statistics.residents import keep_residents
from sunra.systems.sharing.services.statistics.views import delete_view, plan_report, save_view, stop_report

__all__ = [
    "Draft",
    "compute",
    "delete_view",
    "documents",
    "due",
    "keep",
    "keep_residents",
    "make",
    "make_due",
    "make_report",
    "plan_report",
    "save_view",
    "stop_report",
]
