"""Distances, durations and small counts as people say them, not as a program stores them."""

import math

from django.utils.formats import number_format
from django.utils.translation import gettext as _

RARE = 3650
"""Nights, about ten years: beyond them a figure for one place would claim more than is known."""


def show_distance(metres: float) -> str:
    """``850 m`` to the nearest ten metres, from one kilometre on ``12.7 km``."""
    whole = round(metres / 10) * 10
    if whole < 1000:
        return f"{whole if metres >= 10 else round(metres)} m"
    return f"{_number(metres / 1000, 1)} km"


def show_duration(minutes: float) -> str:
    """``3시간 57분``, ``45분``, ``4시간``."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def nights_between(expected: float) -> int | None:
    """One night with an event in this many, 1 / (1 - exp(-expected)) of a Poisson count; ``None`` when it
    would be more than ten years.
    """
    chance = -math.expm1(-expected)
    return round(1 / chance) if chance > 1 / RARE else None


def show_rarity(expected: float | None) -> str:
    """An expected count of a night as ``158일에 한 번``; from one event on, as ``하루 1.4건``."""
    if expected is None:
        return "–"
    if expected >= 1:
        return _("%(count)s a night") % {"count": _number(expected, 1)}
    return show_nights(nights_between(expected))


def show_nights(nights: int | None) -> str:
    """``158일에 한 번``; ``None`` is rarer than once in ten years."""
    if nights is None:
        return _("less than once in ten years")
    if nights <= 1:
        return _("nearly every night")
    return _("once in %(nights)s nights") % {"nights": _number(nights, 0)}


def show_expected(value: float | None) -> str:
    """A small expected count with two figures that count, never in exponents: ``0.0063``."""
    if not value:
        return "0" if value == 0 else "–"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return _number(value, digits)


def _number(value: float, digits: int) -> str:
    # Django cuts digits off where people round.
    return str(number_format(round(value, digits), digits, use_l10n=True, force_grouping=True))
