"""All tables of patrols."""

from sunra.systems.patrols.models.after import Certificate, LogVersion, PatrolLog, ServedHours
from sunra.systems.patrols.models.calendar import CalendarDay, CalendarFeed, DayKind
from sunra.systems.patrols.models.dogs import DogPair, DogRules, DogScore, DogStage, DogStep
from sunra.systems.patrols.models.draws import PlanChance
from sunra.systems.patrols.models.duty import (
    Alarm,
    AlarmKind,
    DutyRules,
    EventKind,
    FieldEvent,
    Hazard,
    Message,
    Presence,
    ReportTo,
    Shift,
    ShiftInvitation,
    ShiftPass,
    ShiftStatus,
    WalkedCell,
)
from sunra.systems.patrols.models.effects import EffectMonth
from sunra.systems.patrols.models.equipment import Gear, GearCheck, GearIssue, GearKind
from sunra.systems.patrols.models.groups import Organisation, Team, TeamKind
from sunra.systems.patrols.models.hooks import Hook, HookMessage, HookState
from sunra.systems.patrols.models.lots import LotRules
from sunra.systems.patrols.models.people import (
    Member,
    MemberStep,
    Standing,
    Track,
    Training,
    TrainingKind,
)
from sunra.systems.patrols.models.plans import DistanceSource, Plan, PlanStatus, PlanStop, PlanTeam

__all__ = [
    "Alarm",
    "AlarmKind",
    "CalendarDay",
    "CalendarFeed",
    "Certificate",
    "DayKind",
    "DistanceSource",
    "DogPair",
    "DogRules",
    "DogScore",
    "DogStage",
    "DogStep",
    "DutyRules",
    "EffectMonth",
    "EventKind",
    "FieldEvent",
    "Gear",
    "GearCheck",
    "GearIssue",
    "GearKind",
    "Hazard",
    "Hook",
    "HookMessage",
    "HookState",
    "LogVersion",
    "LotRules",
    "Member",
    "MemberStep",
    "Message",
    "Organisation",
    "PatrolLog",
    "Plan",
    "PlanChance",
    "PlanStatus",
    "PlanStop",
    "PlanTeam",
    "Presence",
    "ReportTo",
    "ServedHours",
    "Shift",
    "ShiftInvitation",
    "ShiftPass",
    "ShiftStatus",
    "Standing",
    "Team",
    "TeamKind",
    "Track",
    "Training",
    "TrainingKind",
    "WalkedCell",
]
