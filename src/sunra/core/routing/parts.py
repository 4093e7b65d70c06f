"""Makes a good plan better part by part: a few neighbouring teams' rounds are searched anew from nothing.

All other rounds stay, and so do the routes at hand where the new ones are no better. A small problem is
solved well in a moment, and one that begins from nothing can hand a whole round to another base, which no
chain of small changes does at a price that the search would pay (POPMUSIC; Taillard and Voss, 2002).
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle, pairwise

import numpy as np

from sunra.core.routing.arrays import FAR, Arrays, State, empty
from sunra.core.routing.packing import SHARE
from sunra.core.routing.problem import Clock, Ints
from sunra.core.routing.search import MANY, Search
from sunra.core.routing.walks import Legs

_MANY, _PAIRED = 5, 3
"""Teams from which parts of several are searched; and from which pairs are, where stops have windows."""
_SIZES, _PAIRS = (3, 4, 5), (2,)
_WHOLE, _WHOLE_OF_FEW = 0.25, 0.5
"""The share of the time that goes to the whole problem before its parts are searched."""
_STEPS, _LEAST = 75, 300
"""Steps of one search by stops on the routes that it begins anew, and at least."""
_SPARE, _FEWEST = 2, 30
"""Free stops offered to a part, by stops on its routes, and at least: those that pay best on the spot."""
_SLICE = 256
_PACKED_AT = (0.2, 0.5, 0.8, 2.0)
"""When the routes met in different parts are recombined on the way, by share of the time for the parts."""
WORTHWHILE = 10_000
"""Fewer steps in all are better spent on the whole."""


def share_of_whole(arrays: Arrays, clock: Clock) -> float:
    """How much of the time the search of the whole problem takes: all of it where there are no parts."""
    if not _sizes(arrays) or clock.stop.iterations < WORTHWHILE or arrays.usual <= 0:
        return 1.0
    return _WHOLE if len(arrays.kind) >= _MANY else _WHOLE_OF_FEW


def _sizes(arrays: Arrays) -> tuple[int, ...]:
    """How many teams the parts have, in turn. A few teams without windows gain nothing by it (measured)."""
    if len(arrays.kind) >= _MANY:
        return _SIZES
    return _PAIRS if len(arrays.kind) >= _PAIRED and not arrays.free_hours else ()


def improve(
    search: Search,
    state: State,
    clock: Clock,
    seed: int,
    progress: Callable[[float, float], None] | None,
) -> State:
    """``state`` after as many parts as the clock leaves time for; steps and prize go to ``search``."""
    arrays, random = search.arrays, np.random.default_rng(seed)
    teams = len(arrays.kind)
    sizes, order = cycle(_sizes(arrays)), list[int]()
    begun = clock.fraction(search.steps)
    end = 1.0 - (1.5 * SHARE if clock.paced and search.params.packings else 0.0)
    due = [begun + (end - begun) * share for share in _PACKED_AT]
    while (done := clock.fraction(search.steps)) < end and not clock.near(search.prize):
        if progress is not None:
            progress(done, search.prize)
        if search.params.packings and teams <= MANY and done > due[0]:
            due = due[1:]
            state = search.packed(state, clock)
        order = order or random.permutation(teams).tolist()
        near = _neighbours(arrays, state, order.pop())
        many = next(sizes)
        others = random.choice(near[1 : many + 2], many - 1, replace=False)
        _search_part(search, state, np.sort([near[0], *others]), clock, int(random.integers(2**31)))
    return search.packed(state, clock) if search.params.packings else state


def _search_part(search: Search, state: State, teams: Ints, clock: Clock, seed: int) -> None:
    """New rounds for ``teams`` go into ``state`` where they are better."""
    arrays = search.arrays
    own = [node for team in teams for node in state.nodes(team)]
    nodes = np.sort(np.concatenate([own, _offered(arrays, state, teams, own)]).astype(np.int64))
    part = _cut(arrays, state, teams, nodes)
    best, now = _within(state, teams, nodes, part), empty(part)
    inner, usual = Search(part, search.params, seed), arrays.usual
    steps = max(_LEAST, _STEPS * len(own))
    for begin in range(0, steps, _SLICE):
        end = min(begin + _SLICE, steps, begin + clock.stop.iterations - search.steps)
        heat = search.params.heat_at(begin / steps, usual), search.params.heat_at(end / steps, usual)
        inner.rounds(now, best, end - begin, heat=heat, noise=search.params.noise)
        search.steps += end - begin
        if clock.fraction(search.steps) >= 1.0:
            break
    _tell(search, inner, teams, nodes)
    state.team_of[own] = -1
    for row, team in enumerate(teams):
        line = [len(arrays.prize), *nodes[best.nodes(row)], len(arrays.prize) + 1]
        state.routes[team, : len(line)], state.lengths[team] = line, len(line)
        state.team_of[line[1:-1]] = team
    search.prize = search.worth(state)


def _tell(search: Search, inner: Search, teams: Ints, nodes: Ints) -> None:
    """What the part met, in the numbers of the whole: routes of different parts may fit together."""
    kinds, size = np.unique(search.arrays.kind[teams]), len(search.arrays.prize)
    for (kind, _), (minutes, line) in inner.met.items():
        search.meet(int(kinds[kind]), minutes, [size, *nodes[list(line[1:-1])].tolist(), size + 1])


def _neighbours(arrays: Arrays, state: State, team: int) -> Ints:
    """The team itself, then the others by the way between a stop of its round and theirs or their start."""
    size = len(arrays.prize)
    mine = state.nodes(team) or [size]
    travel = arrays.travel[arrays.kind[team]]
    least = travel[mine, :size].min(axis=0)
    away = np.full(len(arrays.kind), FAR)
    routed = np.flatnonzero(state.team_of >= 0)
    np.minimum.at(away, state.team_of[routed], least[routed])
    starts = arrays.travel[arrays.kind][:, size, [node for node in mine if node < size]]
    away = np.minimum(away, starts.min(axis=1, initial=FAR))
    away[team] = -1.0
    nearest: Ints = np.argsort(away, kind="stable")
    return nearest


def _offered(arrays: Arrays, state: State, teams: Ints, own: list[int]) -> Ints:
    """Free stops that pay most for their dwell and the way from the nearest point of the teams' rounds."""
    free = np.flatnonzero(state.team_of < 0)
    points = [*own, len(arrays.prize)]
    ways = arrays.travel[arrays.kind[teams]][:, points][:, :, free].min(axis=(0, 1), initial=FAR)
    ratio = arrays.prize[free] / np.maximum(arrays.dwell[free] + 2 * ways, 1e-9)
    many = max(_FEWEST, _SPARE * len(own))
    chosen: Ints = free[np.argsort(-ratio, kind="stable")[:many]]
    return chosen


def _cut(arrays: Arrays, state: State, teams: Ints, nodes: Ints) -> Arrays:
    """The problem of these teams and nodes alone."""
    size = len(arrays.prize)
    kinds, kind = np.unique(arrays.kind[teams], return_inverse=True)
    rows = np.concatenate([nodes, [size, size + 1]])
    place = {int(node): row for row, node in enumerate(nodes)}
    return Arrays(
        kind=kind.astype(np.int64),
        travel=np.ascontiguousarray(arrays.travel[np.ix_(kinds, rows, rows)]),
        dwell=arrays.dwell[nodes],
        opens=arrays.opens[nodes],
        closes=arrays.closes[nodes],
        firsts=arrays.firsts[teams],
        lasts=arrays.lasts[teams],
        allowed=np.ascontiguousarray(arrays.allowed[np.ix_(teams, nodes)]),
        pinned=arrays.pinned[nodes],
        prize=arrays.prize[nodes],
        fixed=tuple(tuple(place[node] for node in arrays.fixed[team]) for team in teams),
        legs=_cut_legs(arrays, state, teams, kinds, rows),
    )


def _cut_legs(arrays: Arrays, state: State, teams: Ints, kinds: Ints, rows: Ints) -> Legs:
    """What passing is still worth where the other teams have passed."""
    legs = arrays.legs
    if not len(legs.prize):
        return Legs.none()
    passed = np.zeros(len(legs.prize))
    for team in set(range(len(arrays.kind))) - set(teams.tolist()):
        line = state.routes[team, : state.lengths[team]]
        for a, b in pairwise(line):
            leg = legs.of[arrays.kind[team], a, b]
            if leg >= 0:
                passed[legs.cells[legs.starts[leg] : legs.starts[leg + 1]]] += 1
    of = np.ascontiguousarray(legs.of[np.ix_(kinds, rows, rows)])
    return replace(legs, of=of, prize=legs.prize * legs.decay**passed)


def _within(state: State, teams: Ints, nodes: Ints, part: Arrays) -> State:
    """The routes at hand as a solution of the part."""
    now, size = empty(part), len(nodes)
    for row, team in enumerate(teams):
        line = np.array([size, *np.searchsorted(nodes, state.nodes(team)), size + 1])
        now.routes[row, : len(line)], now.lengths[row] = line, len(line)
        now.team_of[line[1:-1]] = row
    return now
