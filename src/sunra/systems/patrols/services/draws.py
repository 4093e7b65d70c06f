"""Tonight's plan by lot: what past nights ask of it, and the chances that are stored with it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from sunra.core.routing import Plan as Solved
from sunra.core.routing import Problem, Stop
from sunra.core.routing.lottery import Drawn, Night, Places, Policy, draw
from sunra.platform.base.time import SEOUL
from sunra.systems.patrols.models import EventKind, FieldEvent, Plan, PlanChance, PlanStop
from sunra.systems.patrols.night import NightRisk
from sunra.systems.patrols.selectors.lots import rules_of
from sunra.systems.patrols.selectors.plans import counted

POLICY = Policy(plans=24, tries=3)
"""Of the default rules fewer plans: a night must be planned while somebody waits."""


@dataclass(frozen=True, slots=True, eq=False)
class Lot:
    """A drawn plan with what is stored beside it."""

    solved: Solved
    about: dict[str, Any] = field(default_factory=dict)
    chances: tuple[PlanChance, ...] = ()


def policy_of(agency_id: UUID, pool: int = POLICY.plans) -> Policy:
    """The rules by which an agency's nights are drawn, from ``pool`` plans."""
    own = rules_of(agency_id)
    return replace(
        POLICY, plans=pool, loss=own.loss / 100, dong_share=own.dong_share / 100,
        cap=(own.visits, own.of_nights), nights=own.nights,
    )  # fmt: skip


def history(agency_id: UUID, risk: NightRisk, nights: int = POLICY.nights) -> tuple[Night, ...]:
    """The ``nights`` nights before, oldest first: of each the confirmed plan, else the newest, and what was
    walked by another plan of that night before it was planned again.
    """
    begin = risk.day - dt.timedelta(days=nights)
    found = Plan.objects.filter(
        agency_id=agency_id, district=risk.district, demo=risk.demo, day__gte=begin, day__lt=risk.day
    )
    last = counted(found)
    stops: dict[dt.date, list[tuple[int, int, str, int]]] = {day: [] for day in last}
    there = FieldEvent.objects.filter(kind=EventKind.CHECK_IN, stop__team__plan__in=found).values("stop_id")
    for day, east, north, dong, arrive in PlanStop.objects.filter(
        Q(team__plan_id__in=list(last.values())) | Q(pk__in=there)
    ).values_list("team__plan__day", "cell_e", "cell_n", "dong", "arrive"):
        zero = dt.datetime.combine(day, dt.time(risk.first_hour), tzinfo=SEOUL)
        stops[day].append((east, north, dong, int((arrive - zero).total_seconds() // 3600)))
    return tuple(_night(day, sorted(rows)) for day, rows in stops.items())


def _night(day: dt.date, rows: list[tuple[int, int, str, int]]) -> Night:
    east, north, dong, hour = zip(*rows, strict=True) if rows else ((), (), (), ())
    whole = [np.array(part, dtype=np.int64) for part in (east, north, hour)]
    return Night(whole[0], whole[1], whole[2], np.array(dong, dtype=np.str_), day.weekday())


def by_lot(
    problem: Problem,
    risk: NightRisk,
    chosen: NDArray[np.intp],
    past: tuple[Night, ...],
    policy: Policy,
    *,
    stop: Stop,
    each: Stop,
    seed: int,
    progress: Callable[[float], None] | None,
) -> tuple[Drawn, Places]:
    """The night's plan, drawn by the rules; stops given by hand are visited whatever the lot."""
    must = np.zeros(len(chosen), dtype=np.bool_)
    must[[row for rows in problem.fixed.values() for row in rows]] = True
    dong = np.array([risk.dong[row] for row in chosen.tolist()], dtype=np.str_)
    places = Places.at(risk.cell_e[chosen], risk.cell_n[chosen], dong, must)
    return draw(problem, places, past, policy, stop.half(), each=each, seed=seed, progress=progress), places


def stored(
    drawn: Drawn, places: Places, given: Mapping[str, tuple[int, ...]], solved: Solved, policy: Policy
) -> Lot:
    """What a plan keeps of its lot: its rules, in figures, and the chance of each cell.

    ``foreseen`` is the share of stops that one names who knows the chances themselves, stops by hand counted
    in full: more than any observer of past nights.
    """
    visited = {row for route in drawn.plan.routes for row in route.stop_ids}
    hand = sum(map(len, given.values()))
    total = max(len(visited), hand, 1)
    foreseen = (drawn.predictable * (total - hand) + hand) / total
    about = {
        "plans": drawn.plans, "loss": drawn.loss, "expected_loss": drawn.expected_loss, "price": drawn.price,
        "foreseen": foreseen, "by_lot": drawn.predictable, "by_hand": hand / total,
        "unserved": list(drawn.unserved), "policy": asdict(policy),
    }  # fmt: skip
    rows: dict[tuple[int, int], PlanChance] = {}
    for row, chance in enumerate(drawn.probability.tolist()):
        cell = int(places.cell_e[row]), int(places.cell_n[row])
        rows[cell] = PlanChance(
            cell_e=cell[0], cell_n=cell[1], dong=str(places.dong[row]),
            chance=min(max(chance, 0.0), 1.0), visited=row in visited,
        )  # fmt: skip
    return Lot(solved, about, tuple(rows.values()))
