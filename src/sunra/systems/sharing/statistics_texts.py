"""Words for statistics: what is missing, what a figure means, how a period and a source read."""

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.base.errors import Text
from sunra.systems.sharing import texts
from sunra.systems.sharing.indicators import family_name, unit_name
from sunra.systems.sharing.selectors.statistics.figures import Figure, Shown

DEMO = gettext_lazy("Demonstration data: invented, not for decisions")

MISSING: dict[str, Text] = {
    "no_events": gettext_lazy("No events are published yet."),
    "no_residents": gettext_lazy("No residents by dong are known, so nothing can be divided by them."),
    "no_response": gettext_lazy(
        "No published 112 export gives the time of arrival, so there is no response time."
    ),
    "no_facilities": gettext_lazy("No facilities are published yet."),
    "no_streets": gettext_lazy("No streets are published, so there is no street length to divide by."),
    "no_lights": gettext_lazy("No security lights or street lamps are published beside streets."),
    "no_cameras": gettext_lazy("No cameras are published beside streets."),
    "no_patrols": gettext_lazy("No patrol plan is confirmed yet, so there are no patrol hours."),
}

INTERNAL = gettext_lazy("Internal: small counts are in it. Do not pass it on; there is a version for others.")

LAYERS: dict[str, Text] = {
    "event": gettext_lazy("Events"),
    "facility": gettext_lazy("Facilities"),
    "street": gettext_lazy("Streets"),
    "residents": gettext_lazy("Residents"),
    "patrol": gettext_lazy("Planned patrols"),
}

FEATURES: dict[str, Text] = {
    "residents": gettext_lazy("residents"),
    "density": gettext_lazy("residents per km²"),
    "facilities": gettext_lazy("facilities per km²"),
}

FACT_UNITS: dict[str, Text] = {
    "events": gettext_lazy("events"),
    "response_sum": gettext_lazy("minutes"),
    "facilities": gettext_lazy("pieces"),
    "lit_m": "m",
    "seen_m": "m",
    "street_m": "m",
    "residents": gettext_lazy("persons"),
    "resident_years": gettext_lazy("person-years"),
    "area_km2": "km²",
    "patrol_hours": gettext_lazy("hours"),
    "response_n": gettext_lazy("calls"),
}

WITHHELD_FAMILIES = gettext_lazy(
    "Domestic, child, sexual and stalking cases and suicides are in none of these figures."
)


def heading(shown: Shown) -> str:
    """What is shown, by which unit."""
    return f"{shown.view.what.name}: {unit_name(shown.view.by)}"


def period(shown: Shown) -> str:
    """The months that the figures stand for; nothing for what stands rather than happens."""
    if not shown.view.what.timed or shown.since is None or shown.until is None:
        return ""
    if shown.since == shown.until:
        return month(shown.since)
    return f"{month(shown.since)} – {month(shown.until)}"


def month(day: Any) -> str:
    """2026. 11."""
    return f"{day.year}. {day.month}."


def subtitle(shown: Shown) -> str:
    """Unit, period, family and district of a view in one line."""
    parts = [shown.view.what.unit, period(shown)]
    if shown.view.family:
        parts.append(family_name(shown.view.family))
    if shown.view.kind:
        parts.append(str(texts.kind(shown.view.kind)))
    return " · ".join(part for part in parts if part)


def notes(shown: Shown, *, internal: bool = False, protected: bool = False) -> list[Text]:
    """What a reader must know: intervals, withheld families, units seen in part, hidden figures."""
    found: list[Text] = []
    if shown.missing:
        found.append(MISSING[shown.missing])
    if shown.view.what.interval == "count":
        found.append(
            _(
                "The interval (95 %) says how far chance alone could move a figure; where intervals overlap, "
                "no order is proved."
            )
        )
        found.append(WITHHELD_FAMILIES)
    if shown.view.what.interval == "mean":
        found.append(_("The interval (95 %) is that of the mean."))
    if shown.partial:
        found.append(
            _("Not shown, because your jurisdiction covers only a part of it: %(names)s")
            % {"names": ", ".join(shown.partial)}
        )
    if shown.silent and not shown.missing:
        found.append(
            _("Nothing is published for these districts, so they are not shown: %(names)s")
            % {"names": ", ".join(districts().district(code).name for code in shown.silent)}
        )
    if shown.beyond:
        fact = {"response_sum": "response_n"}.get(shown.view.what.numerator, shown.view.what.numerator)
        found.append(
            _(
                "%(count)s %(unit)s are known only to an administrative dong that reaches beyond one of "
                "these areas; they count for the district alone."
            )
            % {"count": number(shown.beyond, 0), "unit": fact_unit(fact)}
        )
    if shown.unrated:
        found.append(
            _("No rate, because residents are known only together with those of other areas: %(names)s")
            % {"names": ", ".join(shown.unrated)}
        )
    if internal:
        found.append(INTERNAL)
    if protected:
        found.append(_("Counts below five, and others from which they could be computed, are withheld (–)."))
    return found


def columns(shown: Shown) -> list[tuple[str, bool]]:
    """Heads of a report's table and whether they hold numbers."""
    what = shown.view.what
    return [
        (_("Kind of unit"), False),
        (_("Code"), False),
        (unit_name(shown.view.by), False),
        (f"{what.name} ({what.unit})", True),
        (_("Lower bound"), True),
        (_("Upper bound"), True),
        (_("Made from"), True),
        (_("Divided by"), True),
    ]


def plain(value: Any) -> str:
    """A value of a report as text."""
    if value is None:
        return "–"
    return number(value) if isinstance(value, int | float) else str(value)


def number(value: float | None, digits: int = 1) -> str:
    """A figure with at most ``digits`` decimals."""
    if value is None:
        return "–"
    rounded = round(value, digits)
    if rounded == float("inf"):
        return "∞"
    whole = rounded == int(rounded)
    return str(number_format(rounded, 0 if whole else digits, use_l10n=True, force_grouping=True))


def interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """12.3–18.9, or a dash when everything was counted."""
    return "–" if low is None or high is None else f"{number(low, digits)}–{number(high, digits)}"


def fact_unit(code: str) -> Text:
    """The unit in which a fact of a run is counted."""
    return FACT_UNITS.get(code, "")


def layer(code: str) -> Text:
    """The word for a layer of places."""
    return LAYERS.get(code, code)


def title(one: dict[str, Any]) -> str:
    """What a source is called; the plans of all nights are one source, without a file."""
    return str(LAYERS["patrol"]) if one["layer"] == "patrol" else str(one["title"])


def figure_words(figure: Figure, digits: int) -> dict[str, str]:
    """A figure's value, interval and parts as text."""
    return {
        "value": number(figure.value, digits),
        "interval": interval(figure.low, figure.high, digits),
        "numerator": number(figure.numerator),
        "denominator": number(figure.denominator),
    }


def source_line(one: dict[str, Any]) -> str:
    """One source in one line: title, file, day, rows used."""
    parts = [
        str(LAYERS.get(one["layer"], one["layer"])),
        title(one),
        one["file"],
        one["reference_date"],
        _("%(used)s rows used") % {"used": number(one["used"], 0)},
    ]
    return " · ".join(part for part in parts if part)
