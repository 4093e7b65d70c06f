"""Days on which a town lives differently: Seollal, Chuseok, other public holidays, the entrance exam."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import holidays

SEOLLAL, CHUSEOK, HOLIDAY, EXAM = "seollal", "chuseok", "public_holiday", "exam"
KINDS: Final = (SEOLLAL, CHUSEOK, HOLIDAY, EXAM)
_NAMES: Final = {"설날": SEOLLAL, "추석": CHUSEOK}

Special = Mapping[str, frozenset[dt.date]]


@dataclass(frozen=True)
class ExamDays:
    """The exam's days with where they come from; outside the validity none is known."""

    source: str
    valid_from: dt.date
    valid_until: dt.date
    days: frozenset[dt.date]


@lru_cache(maxsize=1)
def exam_days() -> ExamDays:
    """The table that comes with the program."""
    found = tomllib.loads(Path(__file__).with_name("exam_days.toml").read_text(encoding="utf-8"))
    return ExamDays(found["source"], found["valid_from"], found["valid_until"], frozenset(found["days"]))


@lru_cache(maxsize=8)
def _named(first: int, last: int) -> tuple[tuple[dt.date, str], ...]:
    rows = holidays.country_holidays("KR", years=range(first, last + 1), language="ko")
    return tuple(sorted(rows.items()))


def public_holidays(first: int, last: int) -> frozenset[dt.date]:
    """Every public holiday of these years, substitutes among them."""
    return frozenset(day for day, _name in _named(first, last))


def special_days(first: int, last: int) -> dict[str, frozenset[dt.date]]:
    """By kind, all days of these years; no day is of two kinds, and a kind without a day is absent.

    Seollal and Chuseok are each the day itself with the one before, the one after and their substitute.
    """
    found: dict[str, set[dt.date]] = {kind: set() for kind in KINDS}
    for day, name in _named(first, last):
        kind = next((code for word, code in _NAMES.items() if word in name), HOLIDAY)
        found[kind].add(day)
    found[EXAM] = {day for day in exam_days().days if first <= day.year <= last}
    return {kind: frozenset(days) for kind, days in found.items() if days}


def kinds_of(special: Special, days: Iterable[dt.date]) -> tuple[str, ...]:
    """The kinds that any of these days is of, in a fixed order."""
    asked = set(days)
    return tuple(kind for kind in KINDS if special.get(kind, frozenset()) & asked)
