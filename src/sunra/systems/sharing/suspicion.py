"""What makes a vintage suspicious to whoever approves it: codes, whose words are in ``texts.SUSPICIONS``."""

from sunra.core.tables.oddities import is_cut
from sunra.systems.sharing.comparison import Comparison
from sunra.systems.sharing.models import Vintage

MANY_GONE = 0.2
MANY_MOVED = 0.2
MANY_CHANGED = 0.5
MUCH_ASIDE = 0.2
TWICE = 2.0


def suspicions(vintage: Vintage, base: Vintage | None, found: Comparison | None) -> list[str]:
    """Codes of what looks wrong, worst first; empty when nothing does."""
    codes = []
    if is_cut(vintage.rows):
        codes.append("rows_cut")
    if found is not None and found.before:
        share = {kind: found.count(kind) / found.before for kind in ("gone", "moved", "changed")}
        codes += [
            code
            for code, kind, limit in (
                ("many_gone", "gone", MANY_GONE),
                ("many_moved", "moved", MANY_MOVED),
                ("many_changed", "changed", MANY_CHANGED),
            )
            if share[kind] > limit
        ]
        if found.after > TWICE * found.before:
            codes.append("doubled")
        if found.table.is_empty():
            codes.append("no_change")
    if vintage.rows and vintage.quarantined / vintage.rows > MUCH_ASIDE:
        codes.append("much_aside")
    if vintage.accepted and vintage.elsewhere / vintage.accepted > 0.5:
        codes.append("other_place")
    dates = (vintage.reference_date, base.reference_date if base else None)
    if dates[0] is not None and dates[1] is not None and dates[0] < dates[1]:
        codes.append("older")
    return codes
