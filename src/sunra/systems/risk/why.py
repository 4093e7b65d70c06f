"""Why a cell stands where it stands, in sentences with numbers from the data."""

from django.utils.translation import gettext as _

from sunra.platform.base.errors import Text
from sunra.systems.risk.selectors.cells import PAST_YEARS, RADIUS, WANTED, Cell
from sunra.systems.risk.texts import FAMILIES, KINDS


def reasons(found: Cell) -> list[str]:
    """Why the cell stands where it stands: sentences, each with a number from the data."""
    said = []
    if found.forecast.event_source == "events":
        total = sum(found.past.values())
        named = ", ".join(
            f"{FAMILIES.get(code, code)} {_whole(count)}" for code, count in list(found.past.items())[:3]
        )
        said.append(
            _("%(count)s events were reported here in the last %(years)s years (%(named)s).")
            % {"count": _whole(total), "years": PAST_YEARS, "named": named}
            if total
            else _("No event was reported here in the last %(years)s years.") % {"years": PAST_YEARS}
        )
        if found.own_share + found.near_share:
            shares = {"own": round(found.own_share * 100), "near": round(found.near_share * 100)}
            said.append(
                _("%(own)s %% of the expectation comes from the cell's own past, %(near)s %% from around it.")
                % shares
            )
    if found.around:
        listed = ", ".join(
            f"{one.name or KINDS.get(one.kind, one.kind)} {one.units:,}" for one in found.around
        )
        said.append(
            _("Within %(metres)s m stand: %(listed)s.") % {"metres": f"{RADIUS:.0f}", "listed": listed}
        )
    if found.spacing is not None:
        said.append(_("Security lights stand %(metres)s m apart here.") % {"metres": f"{found.spacing:.0f}"})
    return said


def in_short(found: Cell) -> str:
    """The same for one line of the brief: ``지난 2년 신고 34건 · 유흥주점 12 · 보안등 간격 61 m``."""
    parts = []
    if found.past:
        count = {"years": PAST_YEARS, "count": _whole(sum(found.past.values()))}
        parts.append(_("%(count)s reports in %(years)s years") % count)
    premises = [one for one in found.around if one.kind == "licence"][:1]
    parts += [f"{one.name or KINDS['licence']} {one.units:,}" for one in premises]
    if found.spacing is not None:
        parts.append(_("lights %(metres)s m apart") % {"metres": f"{found.spacing:.0f}"})
    parts += [
        _("nearest %(kind)s %(metres)s m") % {"kind": KINDS[kind], "metres": f"{found.nearest[kind]:,.0f}"}
        for kind in found.missing
    ]
    return " · ".join(parts)


def missing(found: Cell) -> list[tuple[Text, str, str]]:
    """What is known and too far: (kind, metres to the nearest, metres within which it is wanted)."""
    return [(KINDS[kind], f"{found.nearest[kind]:,.0f}", f"{WANTED[kind]:.0f}") for kind in found.missing]


def _whole(count: float) -> str:
    return f"{count:,.0f}" if count == round(count) else f"{count:,.1f}"
