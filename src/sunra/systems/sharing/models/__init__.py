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
from sunra.systems.sharing.models.vintages import ColumnMapping, Decision, DropOff, DroppedFile

__all__ = [
    "ColumnMapping",
    "Dataset",
    "Decision",
    "DongResidents",
    "DropOff",
    "DroppedFile",
    "Opening",
    "QuarantinedRow",
    "Report",
    "ReportPlan",
    "SavedView",
    "StatisticsRun",
    "Vintage",
]
