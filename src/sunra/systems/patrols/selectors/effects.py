"""What is needed to say whether patrols changed anything, and what was said."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Min, Q, QuerySet
from numpy.typing import NDArray

from sunra.core.effects import Walked
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.systems.patrols.models import (
    EffectMonth,
    EventKind,
    FieldEvent,
    Plan,
    PlanChance,
    PlanStatus,
    PlanStop,
    Shift,
    WalkedCell,
)
from sunra.systems.patrols.rules import JUDGE, VIEW_EFFECT
from sunra.systems.patrols.selectors.plans import LEAST_MINUTES


@dataclass(frozen=True, slots=True, eq=False)
class LotNight:
    """A confirmed night: what its lot could have chosen, and what was walked (None: no phone was begun).

    ``begins`` is when its first team leaves, ``early`` whether it was confirmed before.
    """

    plan_id: UUID
    forecast: UUID
    day: dt.date
    begins: dt.datetime
    early: bool
    cell_e: NDArray[np.int64]
    cell_n: NDArray[np.int64]
    chance: NDArray[np.float64]
    visited: NDArray[np.bool_]
    walked: Walked | None


def effect_months(actor: Actor) -> QuerySet[EffectMonth]:
    """Judged months of the actor's agencies, and of districts in which the actor has a jurisdiction."""
    require(actor, VIEW_EFFECT)
    districts = {dong[:5] for dong in actor.dongs}
    return EffectMonth.objects.select_related("agency").filter(
        Q(agency_id__in=actor.scope) | Q(district__in=districts)
    )


def planned_months(actor: Actor) -> dict[tuple[UUID, str, bool], list[dt.date]]:
    """By agency, district and demonstration the months (first days) with a confirmed plan, oldest first."""
    require(actor, JUDGE)
    found: dict[tuple[UUID, str, bool], set[dt.date]] = defaultdict(set)
    rows = Plan.objects.filter(agency_id__in=actor.scope, status=PlanStatus.CONFIRMED)
    for agency_id, district, demo, day in rows.order_by().values_list("agency_id", "district", "demo", "day"):
        found[agency_id, district, demo].add(day.replace(day=1))
    return {key: sorted(months) for key, months in sorted(found.items())}


def lot_nights(
    actor: Actor, agency_id: UUID, district: str, *, demo: bool, since: dt.date, until: dt.date
) -> list[LotNight]:
    """The confirmed nights in [``since``, ``until``), oldest first.

    Tracks of phones are not opened: check-ins, and the sums that stay of tracks, say what was walked.
    """
    require(actor, JUDGE)
    plans = list(
        Plan.objects.filter(
            agency_id=agency_id, agency_id__in=actor.scope, district=district, demo=demo,
            status=PlanStatus.CONFIRMED, day__gte=since, day__lt=until,
        ).annotate(begins=Min("teams__starts")).filter(begins__isnull=False).order_by("day")
    )  # fmt: skip
    ids = [one.id for one in plans]
    chances, walked = _chances(ids), _walked(plans)
    found = []
    for one in plans:
        east, north, chance, visited = chances.get(one.id, _NONE)
        early = one.confirmed_at is not None and one.confirmed_at <= one.begins
        found.append(
            LotNight(
                one.id, one.forecast, one.day, one.begins, early, east, north, chance, visited,
                walked.get(one.id),
            )
        )  # fmt: skip
    return found


_Chances = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]
_NONE: _Chances = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_))


def _chances(ids: list[UUID]) -> dict[UUID, _Chances]:
    rows: dict[UUID, list[tuple[int, int, float, bool]]] = defaultdict(list)
    found = PlanChance.objects.filter(plan_id__in=ids).order_by("plan_id", "cell_e", "cell_n")
    for plan_id, *row in found.values_list("plan_id", "cell_e", "cell_n", "chance", "visited"):
        rows[plan_id].append(tuple(row))  # type: ignore[arg-type]
    return {plan_id: _arrays(one) for plan_id, one in rows.items()}


def _arrays(rows: list[tuple[int, int, float, bool]]) -> _Chances:
    east, north, chance, visited = zip(*rows, strict=True)
    return (
        np.array(east, np.int64), np.array(north, np.int64), np.array(chance, np.float64),
        np.array(visited, np.bool_),
    )  # fmt: skip


def _walked(plans: Iterable[Plan]) -> dict[UUID, Walked]:
    """Of nights on which a phone was begun: stops planned and walked, and the hours of the teams."""
    nights = {one.id: one for one in plans}
    hours: dict[UUID, float] = defaultdict(float)
    for plan_id, begun, ended, ends in Shift.objects.filter(
        plan_id__in=list(nights), begun_at__isnull=False
    ).values_list("plan_id", "begun_at", "ended_at", "ends"):
        if plan_id is not None and begun is not None:
            hours[plan_id] += max(((ended or ends) - begun).total_seconds(), 0.0) / 3600
    checked = set(
        FieldEvent.objects.filter(
            kind=EventKind.CHECK_IN, stop__team__plan_id__in=list(hours)
        ).values_list("stop_id", flat=True)
    )  # fmt: skip
    cells = _walked_cells([nights[plan_id] for plan_id in hours])
    planned, there = dict.fromkeys(hours, 0), dict.fromkeys(hours, 0)
    expected = dict.fromkeys(hours, 0.0)
    for pk, plan_id, east, north, value in PlanStop.objects.filter(team__plan_id__in=list(hours)).values_list(
        "pk", "team__plan_id", "cell_e", "cell_n", "expected"
    ):
        planned[plan_id] += 1
        if pk in checked or (nights[plan_id].day, east, north) in cells:
            there[plan_id] += 1
            expected[plan_id] += max(value, 0.0)
    return {one: Walked(planned[one], there[one], expected[one], hours[one]) for one in hours}


def _walked_cells(plans: list[Plan]) -> set[tuple[dt.date, int, int]]:
    """Days and cells in which teams were, of the sums that stay when tracks are forgotten."""
    if not plans:
        return set()
    one, days = plans[0], [plan.day for plan in plans]
    found = WalkedCell.objects.filter(
        agency_id=one.agency_id, district=one.district, demo=one.demo, day__range=(min(days), max(days)),
        minutes__gte=LEAST_MINUTES,
    )  # fmt: skip
    return set(found.values_list("day", "cell_e", "cell_n"))
