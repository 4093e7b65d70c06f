"""The rest of a night that a team dropped out of: who walks on, from where, and what is still open."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.systems.patrols.models import (
    Alarm,
    AlarmKind,
    EventKind,
    FieldEvent,
    Plan,
    PlanStatus,
    PlanStop,
    Shift,
    ShiftStatus,
)
from sunra.systems.patrols.orders import MOST_SPOTS, Cell, NightOrder, UnderWay, order_of
from sunra.systems.patrols.selectors.duty import OPEN, shift_of

LEAST = dt.timedelta(minutes=30)
"""A team with less time left finishes what it has: a stop takes a quarter of an hour, and it must go home."""
AHEAD = dt.timedelta(minutes=5)
"""Until the new plan is made and confirmed the teams go on with the old one."""


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """A team that walks on: from ``begins`` at ``cell`` (None: where it starts); ``next`` it walks to now."""

    shift: Shift
    begins: dt.datetime
    cell: Cell | None
    next: PlanStop | None

    @property
    def minutes(self) -> int:
        """Minutes left of its shift."""
        return int((self.shift.ends - self.begins).total_seconds() // 60)


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What is left of a night without the team of ``out``; ``open`` are the stops that it leaves."""

    out: Shift
    plan: Plan
    open: Sequence[PlanStop]
    teams: Sequence[Left]
    visited: frozenset[Cell]

    def order(self, zero: dt.datetime) -> NightOrder:
        """The order that plans it; ``zero`` is the moment of the plan's minute 0.

        Stops by hand stay with their teams; those of the team that is gone become places to look at.
        """
        before = order_of(self.plan.params.get("order", {}))
        kept: dict[str, tuple[Cell, ...]] = {}
        taken: set[Cell] = set()
        for team in self.teams:
            given = [(team.next.cell_e, team.next.cell_n)] if team.next else []
            given += before.kept.get(team.shift.name, ())
            own = dict.fromkeys(cell for cell in given if cell not in self.visited and cell not in taken)
            kept[team.shift.name] = tuple(own)
            taken.update(own)
        left = [cell for cell in before.kept.get(self.out.name, ()) if cell not in self.visited]
        spots = dict.fromkeys([*before.spots, *((cell, self.out.name[:60]) for cell in left)])
        without = [cell for cell in (*before.without, *sorted(self.visited)) if cell not in taken]
        return replace(
            before,
            kept={name: cells for name, cells in kept.items() if cells},
            spots=tuple(spots)[:MOST_SPOTS],
            without=tuple(dict.fromkeys(without)),
            under_way={
                team.shift.name: UnderWay(
                    _minutes(team.begins, zero), _minutes(team.shift.ends, zero), team.cell
                )
                for team in self.teams
            },
        )


def rest_of(actor: Actor, shift_id: UUID, moment: dt.datetime | None = None) -> Rest:
    """What is left of the night of a shift whose team dropped out.

    Raises ``Http404`` beyond reach; ``UserError``: ``not_dropped_out``, ``no_plan_to_change``,
    ``nobody_left``.
    """
    out = shift_of(actor, shift_id)
    at = (moment or now()) + AHEAD
    if not Alarm.objects.filter(shift=out, kind=AlarmKind.DROP_OUT).exists():
        raise UserError(
            "not_dropped_out",
            _("This team has not dropped out."),
            _("Ask the team; it can drop out on its phone."),
        )
    plan = out.plan
    if plan is None or plan.status != PlanStatus.CONFIRMED:
        raise UserError(
            "no_plan_to_change",
            _("The plan of this team is no longer the night's."),
            _("Look at the night's plan; it may have been planned again already."),
        )
    same = Shift.objects.filter(agency_id=out.agency_id, district=out.district, day=out.day)
    teams = (
        same.filter(status__in=OPEN, ends__gte=at + LEAST, recalled_at=None, plan_team__isnull=False)
        .exclude(pk=out.pk)
        .exclude(alarms__kind=AlarmKind.DROP_OUT)
        .select_related("plan_team")
    )
    visits = FieldEvent.objects.filter(shift__in=same, kind=EventKind.CHECK_IN, stop__isnull=False)
    found = list(visits.order_by("at").values_list("shift_id", "stop__cell_e", "stop__cell_n"))
    visited = frozenset((int(east), int(north)) for _shift, east, north in found)
    last = {shift: (int(east), int(north)) for shift, east, north in found}
    left = [_left(team, at, last.get(team.pk), visited) for team in teams.order_by("starts", "name")]
    if not left:
        raise UserError(
            "nobody_left",
            _("No team is left that could take a stop before its shift ends."),
            _("Let the teams finish what they have, or call them back."),
        )
    return Rest(out, plan, _unvisited(out, visited), left, visited)


def _left(shift: Shift, at: dt.datetime, cell: Cell | None, visited: frozenset[Cell]) -> Left:
    walking = shift.status == ShiftStatus.ON_PATROL
    coming = _unvisited(shift, visited)[:1] if walking else []
    return Left(shift, max(at, shift.starts), cell, coming[0] if coming else None)


def _unvisited(shift: Shift, visited: frozenset[Cell]) -> list[PlanStop]:
    stops = PlanStop.objects.filter(team_id=shift.plan_team_id).order_by("order")
    return [stop for stop in stops if (stop.cell_e, stop.cell_n) not in visited]


def _minutes(at: dt.datetime, zero: dt.datetime) -> float:
    return round((at - zero).total_seconds() / 60, 2)
