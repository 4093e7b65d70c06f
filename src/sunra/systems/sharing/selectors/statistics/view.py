"""What the address bar asks of the statistics, and the same written back."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from sunra.core.indicators import UNIT_TYPES, UnitType
from sunra.systems.sharing.indicators import INDICATORS, Indicator

Grain = Literal["month", "week"]
_CODE = re.compile(r"[\w-]{0,40}")


@dataclass(frozen=True, slots=True)
class View:
    """One view: ``since``/``until`` are first days of months, both included; empty texts mean all.

    ``unit`` is the unit looked at closely (its series, its like areas).
    """

    indicator: str = "events"
    by: UnitType = "dong"
    since: dt.date | None = None
    until: dt.date | None = None
    family: str = ""
    kind: str = ""
    district: str = ""
    unit: str = ""
    grain: Grain = "month"

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> "View":
        """The view of an address or of a saved query; what is not understood falls back to the default."""
        indicator = INDICATORS.get(str(query.get("indicator", "")), INDICATORS["events"])
        by = str(query.get("by", ""))
        asked: UnitType = next((unit for unit in UNIT_TYPES if unit == by), "dong")
        found = cls(
            indicator=indicator.code,
            by=asked if asked in indicator.units else indicator.units[0],
            since=_month(query.get("since")),
            until=_month(query.get("until")),
            family=_code(query.get("family")),
            kind=_code(query.get("kind")),
            district=_code(query.get("district")),
            unit=_code(query.get("unit")),
            grain="week" if query.get("grain") == "week" else "month",
        )
        if found.since and found.until and found.since > found.until:
            return replace(found, since=found.until, until=found.since)
        return found

    @property
    def what(self) -> Indicator:
        """The indicator itself."""
        return INDICATORS[self.indicator]

    def query(self, **changes: str) -> dict[str, str]:
        """The view as address parameters, with ``changes``; what is empty is left out."""
        told = {
            "indicator": self.indicator,
            "by": self.by,
            "since": f"{self.since:%Y-%m}" if self.since else "",
            "until": f"{self.until:%Y-%m}" if self.until else "",
            "family": self.family,
            "kind": self.kind,
            "district": self.district,
            "unit": self.unit,
            "grain": self.grain if self.grain != "month" else "",
        }
        return {key: value for key, value in (told | changes).items() if value}

    def address(self, **changes: str) -> str:
        """The same as the part of an address after the question mark."""
        return urlencode(self.query(**changes))


def _month(value: Any) -> dt.date | None:
    """The first day of a month written 2026-11."""
    try:
        year, month = str(value or "").split("-")[:2]
        return dt.date(int(year), int(month), 1)
    except ValueError:
        return None


def _code(value: Any) -> str:
    text = str(value or "")
    return text if _CODE.fullmatch(text) else ""
