"""Tables of sharing, one module a part."""

from sunra.systems.sharing.models.catalogue import Dataset, QuarantinedRow, Vintage
from sunra.systems.sharing.models.opendata import Opening
from sunra.systems.sharing.models.statistics import (
    DongResidents,
    Report,
    ReportPlan,
    SavedView,
    StatisticsRun,
)

__all__ = [
    "Dataset",
    "DongResidents",
    "Opening",
    "QuarantinedRow",
    "Report",
    "ReportPlan",
    "SavedView",
    "StatisticsRun",
    "Vintage",
]
