"""One route: its times, where a stop fits into it, and what all routes are worth together."""

from numba import njit

TINY = 1e-7
SLACK = 1e-6
BIG = 1e18


@njit(cache=True, fastmath=False)
def times(route, length, travel, dwell, opens, closes, first, last, size, begin, latest):
    """Fill ``begin`` and ``latest`` of one route; False when it breaks a window or the shift."""
    begin[0] = first
    for spot in range(1, length):
        before, node = route[spot - 1], route[spot]
        at = begin[spot - 1] + travel[before, node]
        if before < size:
            at += dwell[before]
        if node < size:
            at = max(at, opens[node])
            if at > closes[node] + SLACK:
                return False
        begin[spot] = at
    if begin[length - 1] > last + SLACK:
        return False
    latest[length - 1] = last
    for spot in range(length - 2, -1, -1):
        node, after = route[spot], route[spot + 1]
        until = latest[spot + 1] - travel[node, after]
        if node < size:
            until = min(closes[node], until - dwell[node])
        latest[spot] = until
    return True


@njit(cache=True)
def best_spot(stop, route, length, travel, dwell, opens, closes, size, begin, latest):
    """The cheapest place for ``stop`` in a route: (added minutes, position before it), or (BIG, -1)."""
    least, where = BIG, -1
    stay, open_at, close_at = dwell[stop], opens[stop], closes[stop]
    for spot in range(length - 1):
        node, after = route[spot], route[spot + 1]
        there = travel[node, stop]
        at = begin[spot] + there
        if node < size:
            at += dwell[node]
        wait = 0.0
        if at < open_at:
            wait = open_at - at
            at = open_at
        if at > close_at + SLACK:
            continue
        on = travel[stop, after]
        if at + stay + on > latest[spot + 1] + SLACK:
            continue
        added = there + wait + stay + on - travel[node, after]
        if added < least:
            least, where = added, spot
    return least, where


@njit(cache=True)
def insert(route, length, spot, stop):
    """Put ``stop`` behind position ``spot``; the new length."""
    for place in range(length, spot + 1, -1):
        route[place] = route[place - 1]
    route[spot + 1] = stop
    return length + 1


@njit(cache=True)
def nearest_edge(stop, route, length, matrix):
    """The edge of a route where ``stop`` adds the least: (added, node before it)."""
    least, before = BIG, -1
    for spot in range(length - 1):
        node, after = route[spot], route[spot + 1]
        added = matrix[node, stop] + matrix[stop, after] - matrix[node, after]
        if added < least:
            least, before = added, node
    return least, before


@njit(cache=True)
def take_out(route, length, team_of, size):
    """Drop the stops whose ``team_of`` was set to -1; the new length."""
    write = 0
    for spot in range(length):
        node = route[spot]
        if node >= size or team_of[node] >= 0:
            route[write] = node
            write += 1
    return write


@njit(cache=True)
def total(routes, lengths, team_of, kind_of, travel, dwell, opens, firsts, prize):
    """Prize and minutes of all routes."""
    size = len(prize)
    worth = 0.0
    for stop in range(size):
        if team_of[stop] >= 0:
            worth += prize[stop]
    minutes = 0.0
    for team in range(routes.shape[0]):
        matrix, now = travel[kind_of[team]], firsts[team]
        for spot in range(1, lengths[team]):
            before, node = routes[team, spot - 1], routes[team, spot]
            now += matrix[before, node]
            if before < size:
                now += dwell[before]
            if node < size:
                now = max(now, opens[node])
        minutes += now - firsts[team]
    return worth, minutes


@njit(cache=True)
def walked(routes, lengths, kind_of, legs):
    """Prize of all cells passed; ``legs``: table of legs, their starts, their cells, prizes, decay, scratch.

    The scratch (cells) is zero before and after.
    """
    leg_of, starts, cells, cell_prize, decay, passes = legs
    worth = 0.0
    if len(cell_prize) == 0:
        return worth
    for team in range(routes.shape[0]):
        for spot in range(lengths[team] - 1):
            leg = leg_of[kind_of[team], routes[team, spot], routes[team, spot + 1]]
            if leg < 0:
                continue
            for at in range(starts[leg], starts[leg + 1]):
                worth += cell_prize[cells[at]] * decay ** passes[cells[at]]
                passes[cells[at]] += 1
    passes[:] = 0
    return worth
