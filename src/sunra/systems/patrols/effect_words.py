"""What patrols changed, in words and figures; a change never stands without its interval."""

from typing import Any

from django.utils.translation import gettext as _

from sunra.core.effects.lots import FEWEST_EVENTS, FEWEST_NIGHTS

Said = dict[str, Any]
PERCENT = 100.0


def verdict(span: Said) -> str:
    """One plain sentence on a month's or a year's figures."""
    night = span["night"]
    if night["status"]:
        return why_not(span)
    words = {"percent": percent(night["ratio"]), "range": between(night["low"], night["high"])}
    if night["high"] < 1:
        return (
            _(
                "On nights when patrols went there, about %(percent)s %% fewer events were reported than at "
                "the same kind of place on nights when the lot sent them elsewhere "
                "(90 %% interval: %(range)s)."
            )
            % words
        )
    if night["low"] > 1:
        return (
            _(
                "On nights when patrols went there, about %(percent)s %% more events were reported than at "
                "the same kind of place on nights when the lot sent them elsewhere "
                "(90 %% interval: %(range)s). "
                "Where people see a patrol, they may also report more."
            )
            % words
        )
    return _("No change can be told from chance (90 %% interval: %(range)s).") % words


def why_not(span: Said) -> str:
    """Why nothing can be said."""
    night = span["night"]
    if span["judged"] == 0:
        return _("It cannot be said yet: none of the confirmed nights can be judged so far.")
    if night["status"] == "too_few_nights":
        return _(
            "Too few nights to say: %(nights)d nights can be judged, and at least %(fewest)d are needed."
        ) % {"nights": night["nights"], "fewest": FEWEST_NIGHTS}
    if night["status"] == "too_few_events":
        return _(
            "Too few events to say: %(here)d where patrols went and %(there)d where the lot sent them "
            "elsewhere; at least %(fewest)d are needed on either side."
        ) % {
            "here": night["events_patrolled"], "there": night["events_other"], "fewest": FEWEST_EVENTS,
        }  # fmt: skip
    return _("It cannot be said: the lot decided nothing, every place was certain to be visited or not.")


def percent(ratio: float) -> str:
    """The size of a change without its direction: ``12`` for ratios of 0.88 and 1.12."""
    return f"{abs(PERCENT * (ratio - 1)):.0f}"


def size(ratio: float) -> str:
    """``12 % fewer``; a ratio of 1.05 is ``5 % more``."""
    words = _("%(percent)s %% fewer") if ratio < 1 else _("%(percent)s %% more")
    return words % {"percent": percent(ratio)}


def between(low: float, high: float) -> str:
    """``from 30 % fewer to 8 % more``."""
    return _("from %(low)s to %(high)s") % {"low": size(low), "high": size(high)}


def change(night: Said) -> str:
    """``-12 % (-30 to +8)``, or why there is no figure."""
    if night["status"]:
        return short(night["status"])
    ends = [signed(PERCENT * (night[end] - 1)) for end in ("ratio", "low", "high")]
    return f"{ends[0]} % ({ends[1]} ~ {ends[2]})"


def moved(displaced: Said) -> str:
    """Events for 100 visits with their interval, or why there is no figure."""
    if displaced["status"]:
        return short(displaced["status"])
    ends = [signed(displaced[end], 1) for end in ("difference", "low", "high")]
    return f"{ends[0]} ({ends[1]} ~ {ends[2]})"


def share(walked: Said) -> str:
    """``62 % (55 ~ 70)`` of the stops; without enough nights no figure."""
    if walked["status"]:
        return short(walked["status"])
    low, high = walked["share_interval"]
    return f"{PERCENT * walked['share']:.0f} % ({PERCENT * low:.0f} ~ {PERCENT * high:.0f})"


def risk(walked: Said) -> str:
    """Expected events an hour with their interval; without enough nights no figure."""
    if walked["status"]:
        return short(walked["status"])
    low, high = walked["risk_interval"]
    return f"{walked['risk_per_hour']:.3f} ({low:.3f} ~ {high:.3f})"


def short(status: str) -> str:
    """Why there is no figure, for a table."""
    return {
        "too_few_nights": _("too few nights"),
        "too_few_events": _("too few events"),
        "no_overlap": _("nothing by lot"),
        "nothing": _("no walks recorded"),
    }.get(status, "–")


def signed(value: float, digits: int = 0) -> str:
    """``+8``, ``-12`` with a real minus, ``0``."""
    text = f"{value:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def left_out(span: Said) -> list[tuple[str, int]]:
    """How many nights are not judged, by why."""
    words = {
        "late": _("confirmed only after the night had begun"),
        "no_lot": _("planned without a lot"),
        "lost": _("forecast no longer kept"),
        "waiting": _("events of the night have not all come in"),
    }
    return [(words[why], count) for why, count in span["left_out"].items() if why in words]
