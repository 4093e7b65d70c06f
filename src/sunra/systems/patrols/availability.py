"""When a volunteer can come: a few lines a person types, and whether a shift of a night lies within them.

A line names weekdays and hours, as in ``mon-fri 20-24`` or ``토,일 19-02``; hours past midnight belong to the
night that began before.
"""

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import get_language

Hours = list[list[int]]
"""``[weekday, from, until]``; Monday is 0; until, at most ``from + 24``, is the next morning beyond 24."""

_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KOREAN = "월화수목금토일"
_GROUPS = {"daily": range(7), "매일": range(7), "평일": range(5), "주말": range(5, 7)}
_DAYS = {name: day for names in (_ENGLISH, _KOREAN) for day, name in enumerate(names)}
_LINE = re.compile(r"^(?P<days>[^\d]+?)\s*(?P<from>\d{1,2})(?::00|시)?\s*[-~–]\s*(?P<to>\d{1,2})(?::00|시)?$")
MOST = 50
MORNING = 12
"""A shift that begins before this hour belongs to the night before."""


def parse(text: str) -> Hours:
    """The hours of lines apart by newline or ``;``, in order and without repetition; ``ValueError`` with the
    line that cannot be read.
    """
    found: set[tuple[int, int, int]] = set()
    for line in re.split(r"[;\n]", text.casefold()):
        if not line.strip():
            continue
        match = _LINE.match(line.strip())
        if match is None:
            raise ValueError(line.strip()[:40])
        begin, end = int(match["from"]), int(match["to"])
        days = _days(match["days"].replace("요일", ""))
        if not days or not 0 <= begin <= 23 or not 0 <= end <= 24:
            raise ValueError(line.strip()[:40])
        found |= {(day, begin, end if end > begin else end + 24) for day in days}
    if len(found) > MOST:
        raise ValueError(text.strip()[:40])
    return [list(one) for one in sorted(found)]


def _days(text: str) -> set[int]:
    """Weekdays of ``mon-fri``, ``월~금``, ``토,일``, ``토일``, ``daily``; nothing for anything else."""
    days: set[int] = set()
    for part in re.split(r"[,\s·/]+", text.strip()):
        if not part:
            continue
        ends = [one.strip() for one in re.split(r"[-~–]", part)]
        if part in _GROUPS:
            days |= set(_GROUPS[part])
        elif len(ends) == 2 and all(one in _DAYS for one in ends):
            first, last = _DAYS[ends[0]], _DAYS[ends[1]]
            days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
        elif part in _DAYS:
            days.add(_DAYS[part])
        elif all(sign in _KOREAN for sign in part):
            days |= {_KOREAN.index(sign) for sign in part}
        else:
            return set()
    return days


def show(hours: Iterable[Sequence[int]]) -> str:
    """The lines that ``parse`` reads again, one for each range of hours, in the reader's language."""
    names = _KOREAN if (get_language() or "ko").startswith("ko") else _ENGLISH
    by_range: dict[tuple[int, int], list[int]] = {}
    for day, begin, end in hours:
        by_range.setdefault((begin, end), []).append(day)
    return "\n".join(
        f"{','.join(names[day] for day in days)} {begin:02d}-{end if end <= 24 else end - 24:02d}"
        for (begin, end), days in sorted(by_range.items())
    )


def covers(hours: Iterable[Sequence[int]], weekday: int, begin: float, minutes: float) -> bool:
    """Whether a shift lies within one line: ``begin`` is its hour of the night (past 24 is the next morning).

    What is written for the next day's early hours counts as well.
    """
    end = begin + minutes / 60
    for day, since, until in hours:
        ahead = 24 * ((day - weekday) % 7) if (day - weekday) % 7 <= 1 else None
        if ahead is not None and since + ahead <= begin and end <= until + ahead:
            return True
    return False
