"""Sets of two-hour slots and of days of the week as masks, and which of them a forecast's own slot is."""

import datetime as dt
from collections.abc import Iterable

SLOTS, DAYS = 12, 7
ALL_SLOTS, ALL_DAYS = (1 << SLOTS) - 1, (1 << DAYS) - 1


def mask(numbers: Iterable[int]) -> int:
    """The mask of some numbers."""
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def numbers(held: int) -> tuple[int, ...]:
    """The numbers in a mask, ascending."""
    return tuple(number for number in range(held.bit_length()) if held >> number & 1)


def clock_slots(day: dt.date, first_hour: int) -> list[tuple[dt.date, int]]:
    """The calendar day and the slot by the clock (0 = 00-02) of each own slot of a night that begins at
    ``first_hour`` of ``day``.
    """
    start = dt.datetime.combine(day, dt.time(first_hour))
    moments = [start + dt.timedelta(hours=2 * slot) for slot in range(SLOTS)]
    return [(moment.date(), moment.hour // 2) for moment in moments]
