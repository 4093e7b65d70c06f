"""Tables of sharing, one module a part."""

from sunra.systems.sharing.models.catalogue import Dataset, QuarantinedRow, Vintage
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
    "QuarantinedRow",
    "Report",
    "ReportPlan",
    "SavedView",
    "StatisticsRun",
    "Vintage",
]
