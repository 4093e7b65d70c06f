"""What an officer sets for a night: who goes out, what the night looks at, and stops given by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from sunra.core.geo import cells
from sunra.core.geo.errors import NotACell
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.places import selectors as places
from sunra.systems.patrols.night import NightRisk

Cell = tuple[int, int]
SCHOOL_ROUTES, WAYS_HOME, OFFICES = "school_routes", "ways_home", "offices"
FOCUS: dict[str, Any] = {
    SCHOOL_ROUTES: _("Ways home from schools and study rooms"),
    WAYS_HOME: _("Ways home from stations and bus stops"),
    OFFICES: _("Police boxes and complaint offices"),
}
_KINDS = {
    SCHOOL_ROUTES: ("school", "child_zone"),
    WAYS_HOME: ("subway_station", "bus_stop"),
    OFFICES: ("police_office",),
}
MOST_SPOTS, MOST_KEPT = 20, 60
SHARE = 0.3
"""Of what a plan can gain, the part that all places of the focus hold together."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Where a team stands when the rest of a night is planned: minutes after the plan's zero from which and
    until which it walks, and the cell it is in (None: where it starts).
    """

    begin: float
    until: float
    cell: Cell | None = None

    def plain(self) -> list[float | None]:
        """Values for JSON."""
        return [self.begin, self.until, *(self.cell or (None, None))]


@dataclass(frozen=True, slots=True)
class NightOrder:
    """Everything set by hand; nothing set means every team goes out and the risk alone decides.

    ``teams`` are ids. ``spots`` are cells named for this night (a festival, a complaint office). ``kept``
    gives cells to a team by its name, in the order of visit; ``without`` are cells left out.
    ``under_way``: the rest of a night that has begun is planned for these teams alone, by name.
    """

    teams: tuple[UUID, ...] = ()
    focus: tuple[str, ...] = ()
    spots: tuple[tuple[Cell, str], ...] = ()
    kept: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    without: tuple[Cell, ...] = ()
    under_way: Mapping[str, UnderWay] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not set(self.focus) <= set(FOCUS) or len(self.spots) > MOST_SPOTS:
            raise ValueError(self.focus)

    @property
    def given(self) -> int:
        """How many stops were given by hand."""
        return sum(len(found) for found in self.kept.values())

    def plain(self) -> dict[str, Any]:
        """Values for a job's arguments and for the plan; only what is set."""
        found = {
            "teams": [str(one) for one in self.teams],
            "focus": list(self.focus),
            "spots": [[*cell, name] for cell, name in self.spots],
            "kept": {name: [list(cell) for cell in given] for name, given in self.kept.items() if given},
            "without": [list(cell) for cell in self.without],
            "under_way": {name: one.plain() for name, one in self.under_way.items()},
        }
        return {key: value for key, value in found.items() if value}


def order_of(plain: Mapping[str, Any]) -> NightOrder:
    """The order of ``plain`` values."""
    return NightOrder(
        teams=tuple(UUID(one) for one in plain.get("teams", ())),
        focus=tuple(plain.get("focus", ())),
        spots=tuple(((int(east), int(north)), str(name)) for east, north, name in plain.get("spots", ())),
        kept={
            name: tuple((int(east), int(north)) for east, north in given)
            for name, given in plain.get("kept", {}).items()
        },
        without=tuple((int(east), int(north)) for east, north in plain.get("without", ())),
        under_way={
            name: UnderWay(
                float(begin), float(until), None if east is None or north is None else (int(east), int(north))
            )
            for name, (begin, until, east, north) in plain.get("under_way", {}).items()
        },
    )


def spots_of(text: str) -> tuple[tuple[Cell, str], ...]:
    """Places written one a line: a national cell number and a name.

    Raises ``UserError`` with the line that is wrong.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        words = line.split()
        for count in (3, 1):
            try:
                cell = cells.parse_cell(" ".join(words[:count]))
            except NotACell:
                continue
            found.append((cell, " ".join(words[count:])[:60]))
            break
        else:
            raise UserError(
                "not_a_cell",
                _("Line %(line)s names no place: %(text)s") % {"line": number, "text": line.strip()[:40]},
                _("Begin each line with a national place number, as in 다사 5444 4663."),
            )
    if len(found) > MOST_SPOTS:
        raise UserError(
            "too_many_spots",
            _("At most %(count)s places can be added.") % {"count": MOST_SPOTS},
            _("Leave out those that matter least."),
        )
    return tuple(found)


def focus_of(actor: Actor, order: NightOrder, risk: NightRisk) -> tuple[NDArray[np.float64], list[set[str]]]:
    """How much each cell belongs to the focus: places within its neighbourhood, and the words for why."""
    weight, why = np.zeros(len(risk.cell_e)), [set[str]() for _row in risk.cell_e]
    at = {(int(e), int(n)): row for row, (e, n) in enumerate(zip(risk.cell_e, risk.cell_n, strict=True))}
    marks: list[tuple[Cell, str]] = [(cell, name or "spot") for cell, name in order.spots]
    for focus in order.focus:
        found = places.facilities(actor, district=risk.district, kinds=list(_KINDS[focus]))
        if not risk.demo:
            found = found.filter(demo=False)
        rows = found.filter(cell_e__isnull=False).values_list("cell_e", "cell_n").distinct()
        marks += [((east or 0, north or 0), focus) for east, north in rows]
    for (east, north), word in marks:
        for row in (at.get((east + i, north + j)) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            if row is not None:
                weight[row] += 1.0
                why[row].add(word)
    return weight, why


def with_given(chosen: NDArray[np.intp], risk: NightRisk, order: NightOrder) -> NDArray[np.intp]:
    """The candidates, with the cells given by hand and without those left out."""
    at = {(int(e), int(n)): row for row, (e, n) in enumerate(zip(risk.cell_e, risk.cell_n, strict=True))}
    given = [cell for found in order.kept.values() for cell in found]
    beyond = [cell for cell in given if cell not in at]
    if beyond:
        raise UserError(
            "stop_elsewhere",
            _("A stop lies outside the district: %(cell)s") % {"cell": cells.format_cell(*beyond[0])},
            _("Give numbers of places in this district."),
        )
    left_out = {at[cell] for cell in order.without if cell in at and cell not in given}
    rows = [row for row in chosen.tolist() if row not in left_out]
    rows += [at[cell] for cell in given if at[cell] not in set(rows)]
    return np.array(rows, dtype=np.intp)


def given_rows(
    order: NightOrder, risk: NightRisk, chosen: NDArray[np.intp], teams: Sequence[str]
) -> dict[str, tuple[int, ...]]:
    """Rows of the candidates that are given to each team; teams that do not go out tonight hold none.

    Raises ``UserError`` for a place that no way reaches.
    """
    at = {(int(risk.cell_e[row]), int(risk.cell_n[row])): rank for rank, row in enumerate(chosen.tolist())}
    found = {}
    for name, given in order.kept.items():
        missing = [cell for cell in given if cell not in at]
        if missing:
            raise UserError(
                "stop_not_reached",
                _("No way leads to %(cell)s.") % {"cell": cells.format_cell(*missing[0])},
                _("Choose a place beside a street."),
            )
        if name in teams and given:
            found[name] = tuple(at[cell] for cell in given)
    return found
