"""One night's plan: stops from the highest expected counts of the shifts, routes by team orienteering."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from sunra import __version__
from sunra.core.geo import cells
from sunra.core.routing import Plan as Solved
from sunra.core.routing import Problem, Route, RoutingError, Stop, Stops, check, draw_dwell
from sunra.core.routing import Team as SolverTeam
from sunra.core.routing.lottery import Night, Policy
from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.systems.patrols import crews as crew_book
from sunra.systems.patrols import ways as way_book
from sunra.systems.patrols.crews import Crew
from sunra.systems.patrols.models import Plan, PlanChance, PlanStatus, PlanStop, PlanTeam
from sunra.systems.patrols.night import NightRisk, candidates, request_prize
from sunra.systems.patrols.orders import SHARE, NightOrder, focus_of, given_rows, with_given
from sunra.systems.patrols.rules import CONFIRM, MAKE
from sunra.systems.patrols.services import draws
from sunra.systems.patrols.services.duty.shifts import open_shifts
from sunra.systems.patrols.services.hours import announce


@dataclass(frozen=True, slots=True)
class PlanParams:
    """Dials of a plan: minutes to stay at a stop (drawn between the two), and how long the search goes on.

    The search ends by iterations, so that the same question has the same answer on any machine; ``seconds``
    only keeps a crowded machine from searching on. Half of each goes to the best plan and half to the best
    one that keeps the rules; 10,000 steps are enough for the search by parts. ``pool`` is how many plans the
    lot is drawn from, ``each`` the steps of the search for one of them.
    """

    dwell_low: float = 11.0
    dwell_high: float = 15.0
    iterations: int = 20_000
    seconds: float = 60.0
    pool: int = draws.POLICY.plans
    each: int = 150


@dataclass(frozen=True, eq=False)
class Draft:
    """A solved plan that is not stored yet, or the stored one when the same question was answered before."""

    known: Plan | None
    values: dict[str, Any] = field(default_factory=dict)
    teams: tuple[tuple[PlanTeam, tuple[PlanStop, ...]], ...] = ()
    chances: tuple[PlanChance, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What the search is asked: where teams can stop (rows ``chosen`` of the night's cells), what each stop
    is worth, what is fixed by hand, the nights before, and the rules of the lot.
    """

    ways: way_book.Ways
    crews: Sequence[Crew]
    risk: NightRisk
    chosen: NDArray[np.intp]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    prize: NDArray[np.float64]
    fixed: dict[str, tuple[int, ...]]
    past: tuple[Night, ...]
    policy: Policy


def make_plan(
    *,
    actor: Actor,
    agency_id: UUID,
    risk: NightRisk,
    crews: Sequence[Crew] | None = None,
    params: PlanParams | None = None,
    seed: int | None = None,
) -> Plan:
    """Plan and store in one go; see ``compute`` and ``keep``."""
    draft = compute(actor=actor, agency_id=agency_id, risk=risk, crews=crews, params=params, seed=seed)
    return keep(actor=actor, draft=draft)


def compute(
    *,
    actor: Actor,
    agency_id: UUID,
    risk: NightRisk,
    crews: Sequence[Crew] | None = None,
    params: PlanParams | None = None,
    seed: int | None = None,
    order: NightOrder | None = None,
    progress: Callable[[float], None] | None = None,
) -> Draft:
    """Routes for tonight's crews over the cells where most is expected during their shifts; nothing is
    written. Of all plans that lose little a lot draws one, so that nobody foresees the night (``draws``).

    ``order`` is what was set by hand. ``progress`` is told the share of the search done; what it raises (a
    cancelled job) ends it. Distances follow real streets where they reach the stops, else the straight line
    × 1.3. Raises ``PermissionDenied``, ``UserError`` when stops given by hand cannot be served, and
    ``AssertionError`` when the independent check finds a route that breaks a rule.
    """
    require(actor, MAKE)
    if agency_id not in actor.scope:
        raise PermissionDenied
    params, order = params or PlanParams(), order or NightOrder()
    if crews is None:
        found, teams_source = crew_book.tonight(actor, agency_id, risk, only=order.teams)
        if order.under_way:
            found = crew_book.still_out(found, order.under_way)
            if not found:
                raise _nobody_left()
    else:
        found, teams_source = tuple(crews), crew_book.STORED
    seed = _seed(risk) if seed is None else seed
    shift = min(crew.begin for crew in found), max(crew.begin + crew.minutes for crew in found)
    value = risk.during(*shift)
    value += request_prize(value, risk.asked_during(*shift), risk.request_share, teams=len(found))
    near, why = focus_of(actor, order, risk)
    value += request_prize(value, near, SHARE if order.focus or order.spots else 0.0, teams=len(found))
    chosen = with_given(candidates(value, risk, teams=len(found)), risk, order)
    lon, lat = cells.center(risk.cell_e[chosen], risk.cell_n[chosen])
    ways, streets = way_book.choose(actor, risk.district, lon, lat)
    policy = draws.policy_of(agency_id, params.pool)
    past = draws.history(agency_id, risk, policy.nights)
    digest = _digest(risk, found, params, seed, streets, order, past, policy)
    known = Plan.objects.filter(agency_id=agency_id, digest=digest).first()
    if known:
        return Draft(known)
    reached = ways.covers(lon, lat)
    chosen, (lon, lat) = chosen[reached], ways.stand(lon[reached], lat[reached])
    fixed = given_rows(order, risk, chosen, [crew.name for crew in found])
    asked = Question(ways, found, risk, chosen, lon, lat, value[chosen], fixed, past, policy)
    asked, lot = (_solve_rest if order.under_way else _solve_night)(asked, params, seed, progress)
    found = tuple(asked.crews)
    solved = lot.solved
    values = {
        "agency_id": agency_id, "digest": digest, "district": risk.district, "day": risk.day,
        "forecast": risk.forecast_id, "event_source": risk.event_source, "graded": risk.graded, "seed": seed,
        "params": asdict(params) | {"why": ways.why, "candidates": len(chosen)} | _requests(risk)
        | {"lot": lot.about}
        | ({"order": order.plain()} if order.plain() else {}),
        "code_version": __version__,
        "distance_source": str(ways.source), "teams_source": teams_source, "objective": solved.prize,
        "demo": risk.demo,
    }  # fmt: skip
    ranks = {row: rank for rank, row in enumerate(chosen.tolist(), start=1)}
    teams = tuple(
        _team(place, crew, route, risk, chosen, lon, lat, ranks=ranks, why=why)
        for place, (crew, route) in enumerate(zip(found, solved.routes, strict=True))
    )
    return Draft(None, values, teams, lot.chances)


@transaction.atomic
def keep(*, actor: Actor, draft: Draft) -> Plan:
    """Store a solved plan; the same question twice stays one plan, which becomes the newest."""
    require(actor, MAKE)
    if draft.known:
        draft.known.save(update_fields=["updated"])
        return draft.known
    stored, made = Plan.objects.get_or_create(
        agency_id=draft.values["agency_id"], digest=draft.values["digest"], defaults=draft.values
    )
    if made:
        for team, stops in draft.teams:
            team.plan = stored
            team.save()
            for stop in stops:
                stop.team = team
            PlanStop.objects.bulk_create(stops)
        for chance in draft.chances:
            chance.plan = stored
        PlanChance.objects.bulk_create(draft.chances)
    return stored


@transaction.atomic
def confirm(*, actor: Actor, plan_id: UUID) -> Plan:
    """Show the plan to those who walk it and to the agencies it touches; confirming twice changes nothing.

    A plan confirmed before for the same night steps back to draft, and its hours with it; each team gets its
    shift. Raises
    ``PermissionDenied``, ``Http404``.
    """
    require(actor, CONFIRM)
    found = get_visible(Plan.objects.select_for_update(), actor, id=plan_id)
    if found.status == PlanStatus.CONFIRMED:
        return found
    Plan.objects.filter(
        agency_id=found.agency_id, district=found.district, day=found.day, status=PlanStatus.CONFIRMED
    ).update(status=PlanStatus.DRAFT, confirmed_at=None, confirmed_by="")
    found.status, found.confirmed_at, found.confirmed_by = PlanStatus.CONFIRMED, now(), actor.label[:120]
    found.save(update_fields=["status", "confirmed_at", "confirmed_by", "updated"])
    open_shifts(found)
    announce(found)
    return found


def _solve_night(
    asked: Question, params: PlanParams, seed: int, progress: Callable[[float], None] | None
) -> tuple[Question, draws.Lot]:
    try:
        return asked, _solve(asked, params, seed, progress=progress)
    except RoutingError as error:
        if error.code != "fixed_too_long":
            raise
        raise UserError(
            "too_much_given",
            _("%(team)s cannot serve all stops given to it within its shift.") % error.params,
            _("Give some of them to another team, or leave them out."),
        ) from error


def _solve_rest(
    asked: Question, params: PlanParams, seed: int, progress: Callable[[float], None] | None
) -> tuple[Question, draws.Lot]:
    """The same for teams under way: nobody is at hand to take a stop back, so a team that can't serve what
    it was walking to is let go of it, and one that can only just go home goes home.
    """
    while True:
        try:
            return asked, _solve(asked, params, seed, progress=progress)
        except RoutingError as error:
            name = error.params.get("team")
            if error.code not in ("shift_too_short", "fixed_too_long"):
                raise
            free = {team: rows for team, rows in asked.fixed.items() if team != name}
            crews = list(asked.crews)
            if error.code == "shift_too_short" or len(free) == len(asked.fixed):
                crews = [crew for crew in crews if crew.name != name]
            if not crews:
                raise _nobody_left() from error
            asked = replace(asked, crews=crews, fixed=free)


def _nobody_left() -> UserError:
    return UserError(
        "nobody_left",
        _("No team is left that could take a stop before its shift ends."),
        _("Let the teams finish what they have, or call them back."),
    )


def _solve(
    asked: Question, params: PlanParams, seed: int, *, progress: Callable[[float], None] | None
) -> draws.Lot:
    """The routes that the lot drew, checked by the independent checker."""
    # Prizes of the order of one, whatever the district's level: the solver's tolerances expect that.
    prize = asked.prize
    scale = float(prize.max()) if len(prize) else 1.0
    dwell = draw_dwell(len(prize), low=params.dwell_low, high=params.dwell_high, seed=seed)
    problem = Problem(
        Stops.at(asked.lon, asked.lat, prize / scale, dwell_min=dwell),
        tuple(
            SolverTeam(
                crew.name, crew.kind, crew.place or (crew.lon, crew.lat),  # type: ignore[arg-type]
                (crew.lon, crew.lat), crew.minutes, crew.speed_kmh, crew.begin,
            )
            for crew in asked.crews
        ),
        asked.ways.network,
        asked.fixed,
    )  # fmt: skip
    drawn, places = draws.by_lot(
        problem, asked.risk, asked.chosen, asked.past, asked.policy,
        stop=Stop(seconds=params.seconds, iterations=params.iterations),
        each=Stop(iterations=params.each), seed=seed, progress=progress,
    )  # fmt: skip
    solved = drawn.plan
    broken = check(drawn.problem, solved)
    if broken:
        message = f"the plan breaks its own rules: {broken[:3]}"
        raise AssertionError(message)
    whole = Solved(solved.routes, solved.prize * scale, solved.iterations, solved.seconds)
    return draws.stored(drawn, places, asked.fixed, whole, asked.policy)


def _team(
    order: int,
    crew: Crew,
    route: Route,
    risk: NightRisk,
    chosen: NDArray[np.intp],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    ranks: dict[int, int],
    why: list[set[str]],
) -> tuple[PlanTeam, tuple[PlanStop, ...]]:
    """The rows of one route."""
    team = PlanTeam(
        team_id=crew.team_id, group_id=crew.group_id, order=order, name=crew.name, kind=crew.kind,
        start_name=crew.start_name, starts=_at(risk, crew.begin), minutes=route.minutes, metres=route.metres,
        line=[[round(float(x), 6), round(float(y), 6)] for x, y in route.line],
    )  # fmt: skip
    expected = risk.during(crew.begin, crew.begin + crew.minutes)
    asked = risk.asked_during(crew.begin, crew.begin + crew.minutes)
    stops = []
    for place, stop_id in enumerate(route.stop_ids):
        row = int(chosen[stop_id])
        east, north = int(risk.cell_e[row]), int(risk.cell_n[row])
        arrive, leave = route.arrive_min[place], route.leave_min[place]
        stops.append(
            PlanStop(
                order=place, cell_e=east, cell_n=north, number=cells.format_cell(east, north),
                dong=risk.dong[row],
                lon=float(lon[stop_id]), lat=float(lat[stop_id]), arrive=_at(risk, arrive), leave=_at(risk,
                leave),
                expected=float(expected[row]), grade=int(risk.grade[row, risk.slot_at(arrive)]),
                reason={"events": float(risk.count[row]), "rank": ranks[row], "source": risk.event_source}
                | ({"asked": int(asked[row])} if asked[row] and risk.request_share else {})
                | ({"focus": sorted(why[row])} if why[row] else {}),
            )
        )  # fmt: skip
    return team, tuple(stops)


def _at(risk: NightRisk, minutes: float) -> dt.datetime:
    """The moment of a minute of the plan, to the second."""
    return (risk.zero + dt.timedelta(seconds=round(minutes * 60))).astimezone(dt.UTC)


def _seed(risk: NightRisk) -> int:
    """The same for the same night here, and not to be guessed by those who watch the patrols."""
    text = f"{settings.SECRET_KEY}|patrols|{risk.district}|{risk.day}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")


def _digest(
    risk: NightRisk,
    crews: Sequence[Crew],
    params: PlanParams,
    seed: int,
    streets: str,
    order: NightOrder,
    past: tuple[Night, ...],
    policy: Policy,
) -> str:
    """Names everything that decides the plan."""
    parts = {
        "forecast": risk.forecast_id, "crews": [crew.plain() for crew in crews], "params": asdict(params),
        "seed": seed, "streets": streets, "code": __version__, **_requests(risk),
        "past": [[part.tolist() for part in (night.cell_e, night.cell_n, night.hour)] for night in past],
        **({"order": order.plain()} if order.plain() else {}),
        **({"lot": asdict(policy)} if policy != replace(draws.POLICY, plans=policy.plans) else {}),
    }  # fmt: skip
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _requests(risk: NightRisk) -> dict[str, Any]:
    """How much residents' requests count, and which ones did; nothing where there is none."""
    if risk.asked is None or not risk.asked.any() or not risk.request_share:
        return {}
    rows, slots = np.nonzero(risk.asked)
    named = np.column_stack((risk.cell_e[rows], risk.cell_n[rows], slots, risk.asked[rows, slots]))
    return {
        "request_share": risk.request_share,
        "requested_cells": len(set(rows.tolist())),
        "requests": hashlib.sha256(np.ascontiguousarray(named, dtype=np.float64).tobytes()).hexdigest(),
    }
