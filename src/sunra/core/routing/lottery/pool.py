"""The plans that the lot is drawn from: best answers to perturbed questions, kept when they lose little."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.lottery.history import lot_within
from sunra.core.routing.lottery.model import Floats, Places, Policy
from sunra.core.routing.planner import Progress, plan
from sunra.core.routing.problem import Plan, Problem, Stop, Stops
from sunra.core.routing.search import MANY, Params

_NEVER = -1e9
_WIDE = 45.0
_LEAST, _MOST = 0.02, 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Tonight's problem with what the rules ask: chances to sit out (n,), visits owed by 법정동."""

    problem: Problem
    places: Places
    absent: Floats
    owed: dict[str, int]

    def kept(self, found: Plan) -> bool:
        """Whether the plan gives each 법정동 what it is owed."""
        return not self.missing(found)

    def missing(self, found: Plan) -> tuple[str, ...]:
        """법정동 that get less than they are owed."""
        rows = [stop for route in found.routes for stop in route.stop_ids]
        dongs = self.places.dong[rows].tolist()
        return tuple(dong for dong, many in self.owed.items() if dongs.count(dong) < many)


def worth(problem: Problem, found: Plan) -> float:
    """What the plan's stops are worth in the unperturbed problem."""
    rows = [stop for route in found.routes for stop in route.stop_ids]
    return float(problem.stops.prize[rows].sum())


def best_by_rules(
    question: Question,
    stop: Stop,
    seed: int,
    progress: Progress | None = None,
    *,
    begin: Mapping[str, Sequence[int]] | None = None,
) -> Plan:
    """The best plan that keeps caps and minimums, without any lot: what is owed goes to the best stops."""
    stops, places = question.problem.stops, question.places
    rows = [
        row
        for dong, many in question.owed.items()
        for row in _best(np.where(places.dong == dong, stops.prize, -1.0), many)
    ]
    ruled = _rules(stops, question.absent >= 1.0, np.array([*rows, *np.flatnonzero(places.must)], np.intp))
    return plan(replace(question.problem, stops=ruled), stop, seed=seed, progress=progress, begin=begin)


def by_team(found: Plan) -> dict[str, tuple[int, ...]]:
    """The plan's stops by team."""
    return {route.team: route.stop_ids for route in found.routes}


def _best(prize: Floats, many: int) -> list[int]:
    return [int(row) for row in np.argsort(-prize, kind="stable")[:many] if prize[row] > 0]


def _rules(stops: Stops, shut: np.ndarray, wanted: np.ndarray) -> Stops:
    """Stops that are shut cannot be begun; those wanted are worth more than all others together."""
    shut = shut.copy()
    shut[wanted] = False
    prize = stops.prize.copy()
    prize[wanted] += prize.sum() + 1.0
    return replace(
        stops,
        prize=prize,
        open_min=np.where(shut, _NEVER, stops.open_min),
        close_min=np.where(shut, _NEVER, stops.close_min),
    )


def _appointed(problem: Problem, share: float, rng: np.random.Generator) -> Stops:
    """Some stops get an hour of their own, drawn from the shift of a team drawn for each."""
    stops, teams = problem.stops, problem.teams
    chosen = rng.random(len(stops)) < share
    team = rng.integers(len(teams), size=len(stops))
    begin = np.array([one.begin_min for one in teams])[team]
    length = np.array([one.shift_min for one in teams])[team]
    middle = begin + rng.random(len(stops)) * length
    low, high = np.maximum(stops.open_min, middle - _WIDE), np.minimum(stops.close_min, middle + _WIDE)
    chosen &= low <= high
    return replace(
        stops,
        open_min=np.where(chosen, low, stops.open_min),
        close_min=np.where(chosen, high, stops.close_min),
    )


def perturbed(
    question: Question,
    policy: Policy,
    scale: float,
    stop: Stop,
    rng: np.random.Generator,
    begin: Mapping[str, Sequence[int]] | None = None,
) -> Plan:
    """The answer to one perturbed question, timed by the real one; the search sets out from ``begin``.

    Prizes are multiplied by log-normal noise, some stops get appointments, cells near their cap sit out by
    lot, and what is owed goes to stops drawn within their 법정동, all the nearer to the best the smaller the
    ``scale``. Afterwards the order stays and the times
    are worked out without the appointments; stops that fit in what this frees come in besides.
    """
    problem, places = question.problem, question.places
    size = len(problem.stops)
    shut = rng.random(size) < question.absent
    wanted = np.union1d(
        lot_within(question.owed, places, problem.stops.prize, rng, scale), np.flatnonzero(places.must)
    )
    noise = np.exp(policy.noise * scale * rng.standard_normal(size))
    stops = _appointed(problem, min(0.9, policy.appointments * scale), rng)
    asked = _rules(replace(stops, prize=stops.prize * noise), shut, wanted.astype(np.intp))
    seed = int(rng.integers(2**31))
    dials = Params(packings=0) if len(problem.teams) > MANY else Params()
    first = plan(replace(problem, stops=asked), stop, dials, seed=seed, begin=begin)
    timed = _rules(problem.stops, shut, wanted.astype(np.intp))
    return plan(replace(problem, stops=timed, fixed=by_team(first)), Stop(iterations=0), seed=seed)


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Plans that lose little enough, what each is worth, and how many were tried for them."""

    plans: tuple[Plan, ...]
    worth: Floats
    tried: int


def gather(
    question: Question,
    policy: Policy,
    least: float,
    spare: Plan,
    stop: Stop,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Pool:
    """Plans worth at least ``least`` that give what is owed; the perturbation grows while plans pass.

    It shrinks after a plan that loses too much, so that it stays as wild as the loss allows. When nothing
    passes, the pool is ``spare``, the best plan that keeps the rules.
    """
    kept: list[Plan] = []
    scale, tried = 1.0, 0
    while len(kept) < policy.plans and tried < policy.plans * policy.tries:
        if progress is not None:
            share = max(len(kept) / policy.plans, tried / (policy.plans * policy.tries))
            progress(share, worth(question.problem, spare))
        tried += 1
        try:
            found = perturbed(question, policy, scale, stop, rng, by_team(spare))
        except RoutingError:  # rounding at the edge of a shift
            continue
        if worth(question.problem, found) >= least and question.kept(found):
            kept.append(found)
            scale = min(_MOST, scale * 1.10)
        else:
            scale = max(_LEAST, scale * 0.85)
    kept = kept or [spare]
    return Pool(tuple(kept), np.array([worth(question.problem, one) for one in kept]), tried)


def restated(problem: Problem, plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The plans with the prize of the real problem, no bound, and what must be served and is not."""
    result = []
    for one in plans:
        served = {stop for route in one.routes for stop in route.stop_ids}
        missing = tuple(row for row in np.flatnonzero(problem.stops.must).tolist() if row not in served)
        result.append(replace(one, prize=worth(problem, one), bound=math.inf, unserved=missing))
    return tuple(result)
