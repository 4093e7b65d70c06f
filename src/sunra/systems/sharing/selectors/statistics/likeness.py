"""Like areas: which are alike, why, and how one stands beside them."""

from dataclasses import dataclass

import numpy as np

from sunra.core.indicators import Features, Measure, Peer, Standing, alike, regroup, standing
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.selectors.statistics.facts import Facts, facts
from sunra.systems.sharing.selectors.statistics.grouping import groups
from sunra.systems.sharing.selectors.statistics.view import View

FEWEST = 4
"""Areas with residents below which none is "like" another."""
PEERS = 5


@dataclass(frozen=True, eq=False)
class Likeness:
    """The like areas of a unit, the features of all by unit, and the standing of the unit among them."""

    unit: str
    peers: tuple[Peer, ...]
    features: dict[str, dict[str, float]]
    standing: Standing


def likeness(actor: Actor, run: StatisticsRun, view: View) -> Likeness | None:
    """How the events of ``view.unit`` stand beside those of like dongs or districts of the same kind.

    None when no unit is chosen, the kind of unit has no residents, or there are too few to compare.
    """
    if not view.unit or view.by not in {"dong", "district", "station"}:
        return None
    found = facts(actor, run, view)
    measures = _measures(found, view)
    residents = measures["residents"]
    counts = residents.as_dict()
    members = {dong: frozenset({dong}) for dong in found.dongs}
    if view.by != "dong":
        members = groups(view.by, found.dongs).members
    lived = tuple(
        unit for unit in sorted(members) if counts.get(unit, 0) > 0 and not found.lived_in_part(members[unit])
    )
    if view.unit not in lived or len(lived) < FEWEST:
        return None
    area = measures["area"]
    features = {
        "residents": residents.at(lived),
        "density": residents.at(lived) / np.maximum(area.at(lived), 1e-6),
        "facilities": measures["facilities"].at(lived) / np.maximum(area.at(lived), 1e-6),
    }
    table = Features(view.by, lived, tuple(features), np.column_stack(list(features.values())))
    peers = alike(table, view.unit, count=min(PEERS, len(lived) - 1))
    stands = standing(measures["events"], residents, view.unit, [peer.unit for peer in peers])
    by_unit = {
        unit: {name: float(values[place]) for name, values in features.items()}
        for place, unit in enumerate(lived)
    }
    return Likeness(view.unit, peers, by_unit, stands)


def _measures(found: Facts, view: View) -> dict[str, Measure]:
    """Residents, area, facilities and events by the view's kind of unit."""
    by_dong = {
        "residents": found.stock("residents"),
        "area": found.stock("area_km2"),
        "facilities": found.stock("facilities"),
        "events": found.measure("events", view),
    }
    if view.by == "dong":
        return by_dong
    sets = groups(view.by, found.dongs, found.coarse)
    return {name: regroup(measure, sets.members, view.by).measure for name, measure in by_dong.items()}
