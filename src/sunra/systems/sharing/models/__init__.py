"""Tables of sharing, one module a part."""

from sunra.systems.sharing.models.agreements import Agreement, Use
from sunra.systems.sharing.models.catalogue import Dataset, QuarantinedRow, Vintage
from sunra.systems.sharing.models.connectors import Connector, Pull
from sunra.systems.sharing.models.opendata import Opening
from sunra.systems.sharing.models.persons import PersonRule, Screening
from sunra.systems.sharing.models.releases import Release
from sunra.systems.sharing.models.statistics import (
    DongResidents,
    Report,
    ReportPlan,
    SavedView,
    StatisticsRun,
)
from sunra.systems.sharing.models.vintages import ColumnMapping, Decision, DropOff, DroppedFile

__all__ = [
    "Agreement",
    "ColumnMapping",
    "Connector",
    "Dataset",
    "Decision",
    "DongResidents",
    "DropOff",
    "DroppedFile",
    "Opening",
    "PersonRule",
    "Pull",
    "QuarantinedRow",
    "Release",
    "Report",
    "ReportPlan",
    "SavedView",
    "Screening",
    "StatisticsRun",
    "Use",
    "Vintage",
]
