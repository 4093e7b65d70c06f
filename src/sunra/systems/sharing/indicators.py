"""The indicators, defined as data: what is counted, by what it is divided, for which units, from where."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language

from sunra.core.indicators import UnitType

Interval = Literal["count", "mean", "whole"]
AREAS: tuple[UnitType, ...] = ("dong", "station", "district")
SMALL: frozenset[UnitType] = frozenset({"cell", "hour"})
"""Units that only staff see: a cell may hold one household, an hour one event."""
LIGHT_REACH, CAMERA_REACH = 30.0, 50.0
"""Metres within which a street counts as lit, or as seen by a camera."""
LIGHTS = ("security_light", "street_lamp")
CAMERAS = ("cctv",)
PATROL_KIND = "patrol"
"""The kind under which the planned stays of patrol teams are published as events."""
PATROL_SOURCE = "patrols"
"""What their sources begin with; each night of a district is a source of its own."""


def in_language(ko: str, en: str) -> str:
    """The word in the language of the page."""
    return en if (get_language() or "ko").startswith("en") else ko


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. ``value = factor × numerator / denominator``; without a denominator the numerator.

    ``numerator`` and ``denominator`` name facts of a run. ``interval``: "count" (exact Poisson), "mean"
    (Student), or "whole" (everything was counted, so there is none). ``timed``: whether it depends on the
    period chosen. ``needs`` is the code of what is missing when it cannot be made.
    """

    code: str
    name_ko: str
    name_en: str
    unit_ko: str
    unit_en: str
    numerator: str
    denominator: str
    factor: float
    interval: Interval
    units: tuple[UnitType, ...]
    timed: bool
    needs: str
    about_ko: str
    about_en: str
    digits: int = 1

    @property
    def name(self) -> str:
        """What people call it."""
        return in_language(self.name_ko, self.name_en)

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return in_language(self.unit_ko, self.unit_en)

    @property
    def about(self) -> str:
        """How it is computed and from what, in a sentence."""
        return in_language(self.about_ko, self.about_en)


INDICATORS: dict[str, Indicator] = {
    one.code: one
    for one in (
        Indicator(
            "events", "사건 수", "Events", "건", "events", "events", "", 1, "count",
            (*AREAS, "cell", "hour", "type"), timed=True, needs="no_events", digits=0,
            about_ko="게시된 112 신고와 교통사고를 발생 위치에 따라 셉니다.",
            about_en="Published 112 calls and traffic accidents, counted where they lie.",
        ),
        Indicator(
            "events_per_1000", "주민 1,000명당 연간 사건 수", "Events per 1,000 residents a year",
            "건/천 명·년", "per 1,000 a year", "events", "resident_years", 1000, "count", AREAS, timed=True,
            needs="no_residents",
            about_ko="사건 수를 주민 수와 기간(년)으로 나눕니다. 유동 인구는 반영되지 않습니다.",
            about_en="Events divided by residents and by the years of the period. Visitors are not counted.",
        ),
        Indicator(
            "response", "평균 출동 시간", "Mean response time", "분", "min", "response_sum", "response_n", 1,
            "mean", (*AREAS, "hour", "type"), timed=True, needs="no_response",
            about_ko="도착 시각이 있는 112 신고의 접수부터 도착까지 걸린 시간의 평균입니다.",
            about_en="Mean time from call to arrival of the 112 calls whose export gives the arrival.",
        ),
        Indicator(
            "facilities_per_km2", "면적(km²)당 안전시설 수", "Facilities per km²", "개/km²", "per km²",
            "facilities", "area_km2", 1, "whole", AREAS, timed=False, needs="no_facilities",
            about_ko="게시된 안전시설의 수량(카메라는 대수)을 법정동 면적으로 나눕니다.",
            about_en="Units of published facilities (cameras, not poles) divided by the area of the dongs.",
        ),
        Indicator(
            "facilities_per_1000", "주민 1,000명당 안전시설 수", "Facilities per 1,000 residents",
            "개/천 명", "per 1,000", "facilities", "residents", 1000, "whole", AREAS, timed=False,
            needs="no_residents",
            about_ko="게시된 안전시설의 수량을 주민 수로 나눕니다.",
            about_en="Units of published facilities divided by residents.",
        ),
        Indicator(
            "light_cover", "보안등 비춤 비율", "Light cover", "%", "%", "lit_m", "street_m", 100, "whole",
            AREAS, timed=False, needs="no_lights",
            about_ko="보안등이나 가로등에서 30 m 안에 있는 도로 길이의 비율입니다.",
            about_en="Share of street length within 30 m of a security light or street lamp.",
        ),
        Indicator(
            "camera_cover", "CCTV 가시 비율", "Camera cover", "%", "%", "seen_m", "street_m", 100, "whole",
            AREAS, timed=False, needs="no_cameras",
            about_ko="CCTV에서 50 m 안에 있는 도로 길이의 비율입니다. 방향과 가림은 반영되지 않습니다.",
            about_en="Share of street length within 50 m of a camera; not its direction, nor obstacles.",
        ),
        Indicator(
            "patrol_hours", "순찰 시간(계획)", "Planned patrol hours", "시간", "h", "patrol_hours", "", 1,
            "whole", (*AREAS, "hour"), timed=True, needs="no_patrols",
            about_ko="확정된 계획에서 각 조가 머물고 지나는 시간을 더합니다. 실제로 순찰한 시간이 아닙니다.",
            about_en="Hours that teams stay and pass through by confirmed plans, added up; not hours walked.",
        ),
    )
}  # fmt: skip

FAMILIES: dict[str, tuple[str, str]] = {
    "residential_intrusion": ("주거침입", "Residential intrusion"),
    "street_violence": ("거리 폭력", "Street violence"),
    "theft": ("절도", "Theft"),
    "disorder": ("무질서", "Disorder"),
    "nuisance": ("생활 불편", "Nuisance"),
    "traffic_accident": ("교통사고", "Traffic accidents"),
    "other": ("기타", "Other"),
}

UNITS: dict[UnitType, tuple[str, str]] = {
    "dong": ("법정동", "Legal dong"),
    "station": ("경찰서 관할", "Police station"),
    "district": ("자치구", "District"),
    "cell": ("격자 (100 m)", "Cell (100 m)"),
    "hour": ("시각", "Hour"),
    "type": ("유형", "Type"),
}


def family_name(code: str) -> str:
    """The word for a family of events; its code when there is none."""
    return in_language(*FAMILIES.get(code, (code, code)))


def unit_name(unit_type: UnitType) -> str:
    """The word for a kind of unit."""
    return in_language(*UNITS[unit_type])
