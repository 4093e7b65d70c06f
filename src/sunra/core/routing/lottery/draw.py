"""One night's plan by lot.

1. The best plan of tonight's problem (its minutes and beginnings drawn first) gives the yardstick; the
   best that keeps the rules gives their price.
2. A pool of plans: answers to perturbed questions (``pool``), none below (1 - loss) of the yardstick.
3. The lot among them is weighed so that past and distribution tell as little as can be (``mixture``).
4. One plan is drawn. The pool comes from one stream of random numbers and the draw from another, so given the
   pool each stop's chance of being visited is known exactly; it is stored before anybody walks, and weighting
   by it later needs no model of why a place was patrolled.

Pita et al. (2008), Deployed ARMOR protection, AAMAS; Jain et al. (2010), Software assistants for randomized
patrol planning, Interfaces 40; Shieh et al. (2012), PROTECT, AAMAS. These weigh strategies against an
attacker's payoffs; here nobody's payoffs are guessed, the lot is only made hard to foresee.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sunra.core.routing.lottery.history import left_out, owed, remembered
from sunra.core.routing.lottery.known import Known, with_ways
from sunra.core.routing.lottery.mixture import foreseen, weigh
from sunra.core.routing.lottery.model import (
    Drawn,
    Floats,
    Night,
    Places,
    Policy,
    Rows,
    secret_seed,
    visits,
)
from sunra.core.routing.lottery.pool import (
    Pool,
    Question,
    best_by_rules,
    by_team,
    gather,
    restated,
    worth,
)
from sunra.core.routing.planner import Progress, plan
from sunra.core.routing.problem import Plan, Problem, Stop

EACH = Stop(iterations=150)


def draw(
    problem: Problem,
    places: Places,
    history: Sequence[Night],
    policy: Policy | None = None,
    stop: Stop | None = None,
    *,
    each: Stop = EACH,
    seed: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Drawn:
    """A plan by lot, the same for the same seed when ``stop`` and ``each`` end by iterations.

    ``history`` are past nights, oldest first; ``stop`` ends the search for the best plan and ``each`` that
    for one plan of the pool. Without ``seed`` a secret one is drawn. Raises ``RoutingError`` as ``plan``
    does.
    """
    policy = policy or Policy()
    stop = stop or Stop(iterations=1000)
    seed = secret_seed() if seed is None else seed
    pool_stream, lot_stream, tonight_stream = np.random.default_rng(seed).spawn(3)
    known = replace(problem, network=Known(problem))
    tonight = _tonight(known, policy, tonight_stream)
    best = plan(tonight, stop, seed=int(pool_stream.integers(2**31)), progress=_part(progress, 0.0, 0.3))
    absent = left_out(history, places, policy, tonight_stream)
    most = sum(len(route.stop_ids) for route in best.routes)
    question = Question(tonight, places, absent, owed(history, places, problem.stops.prize, most, policy))
    seed_ruled = int(pool_stream.integers(2**31))
    ruled = best_by_rules(question, stop, seed_ruled, _part(progress, 0.3, 0.6), begin=by_team(best))
    yardstick = max(worth(problem, best), worth(problem, ruled), 1e-12)
    price = 1 - worth(problem, ruled) / yardstick
    allowed = max(policy.loss, price + policy.loss / 2)
    if not question.kept(ruled):
        question = replace(question, owed=_possible(question, ruled))
    pool = gather(
        question, policy, (1 - allowed) * yardstick, ruled, each, pool_stream, _part(progress, 0.6, 1.0)
    )
    whole = replace(question.problem, network=problem.network)
    drawn = _lot(whole, places, history, policy, pool, lot_stream)
    yardstick = max(yardstick, float(pool.worth.max()))
    losses = 1 - pool.worth / yardstick
    row, weights, chance, first, predictable = drawn
    total = chance.sum(axis=1)
    effective = float(1 / (weights**2).sum())
    return Drawn(
        plan=with_ways(whole, restated(whole, pool.plans)[row]),
        problem=whole,
        seed=seed,
        loss=float(losses[row]),
        expected_loss=float(weights @ losses),
        price=price,
        probability=total,
        by_hour=chance,
        first_hour=first,
        error=np.sqrt(total * (1 - np.minimum(total, 1.0)) / effective),
        predictable=predictable,
        plans=len(pool.plans),
        effective=effective,
        tried=pool.tried,
        owed=owed(history, places, problem.stops.prize, most, policy),
        unserved=_unserved(question, ruled),
    )


def _part(progress: Callable[[float], None] | None, begin: float, end: float) -> Progress | None:
    """A stretch of the whole, for one of the searches."""
    if progress is None:
        return None
    return lambda done, _best: progress(begin + (end - begin) * done)


def _possible(question: Question, ruled: Plan) -> dict[str, int]:
    """What is owed, cut to what the best plan that tries can give."""
    rows = [stop for route in ruled.routes for stop in route.stop_ids]
    dongs = question.places.dong[rows].tolist()
    return {dong: min(many, dongs.count(dong)) for dong, many in question.owed.items() if dongs.count(dong)}


def _unserved(question: Question, ruled: Plan) -> tuple[str, ...]:
    return question.missing(ruled)


def _tonight(problem: Problem, policy: Policy, rng: np.random.Generator) -> Problem:
    """Tonight's minutes at each stop and beginnings, drawn where the policy says so."""
    stops, teams = problem.stops, problem.teams
    if policy.dwell is not None:
        stops = replace(stops, dwell_min=rng.uniform(*policy.dwell, len(stops)))
    if policy.late_min > 0:
        late = [min(float(rng.uniform(0, policy.late_min)), team.shift_min / 4) for team in teams]
        teams = tuple(
            replace(team, begin_min=team.begin_min + minutes, shift_min=team.shift_min - minutes)
            for team, minutes in zip(teams, late, strict=True)
        )
    return replace(problem, stops=stops, teams=teams)


def _lot(
    problem: Problem,
    places: Places,
    history: Sequence[Night],
    policy: Policy,
    pool: Pool,
    rng: np.random.Generator,
) -> tuple[int, Floats, Floats, int, float]:
    """The plan drawn, the chances of all, the chance of each stop and hour, the first hour, the bound."""
    seen: list[tuple[Rows, Rows]] = [visits(problem, one) for one in pool.plans]
    hours = np.concatenate([hour for _, hour in seen])
    first, last = (int(hours.min()), int(hours.max())) if hours.size else (0, 0)
    width = last - first + 1
    cells = list(zip(places.cell_e.tolist(), places.cell_n.tolist(), strict=True))
    unique = {cell: number for number, cell in enumerate(dict.fromkeys(cells))}
    column = np.array([unique[cell] for cell in cells], dtype=np.int64)
    atoms = np.zeros((len(seen), len(unique) * width))
    stops = np.zeros((len(seen), len(places.must), width))
    for number, (rows, hour) in enumerate(seen):
        atoms[number, column[rows] * width + (hour - first)] = 1.0
        stops[number, rows, hour - first] = 1.0
    pairs = {
        (*cell, hour + first): number * width + hour
        for cell, number in unique.items()
        for hour in range(width)
    }
    past = remembered(history[-policy.nights :], pairs, atoms.shape[1])
    weights = weigh(atoms, past, memory=policy.memory, floor=policy.floor)
    row = int(rng.choice(len(weights), p=weights))
    chance = np.tensordot(weights, stops, axes=1)
    predictable = foreseen(weights @ atoms, atoms.sum(axis=1), weights)
    return row, weights, chance, first, predictable
