"""The compiled inner loops of the search: ruin and recreate on flat arrays.

Node numbers: stops 0..n-1, then each team's start and end as n and n+1 of its own travel matrix. A team's
route is a row of node numbers with its length; ``begin`` holds when the visit of each position begins,
``latest`` the latest beginning that keeps the rest in time, so that an insertion is judged in constant time.
Teams of the same ``kind_of`` share one travel matrix ``travel[kind]`` (minutes).

Everything here is plain Python to numba: tests run the same functions uncompiled (``function.py_func``).
"""

import math

import numpy as np
from numba import njit

TINY = 1e-7
SLACK = 1e-6
BIG = 1e18
MOVES = 6


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
def shorten(
    route, length, travel, dwell, opens, closes, first, last, size, begin, latest, free_hours, scratch
):
    """2-opt and moves of up to three neighbouring stops within a route, until neither shortens it.

    ``free_hours`` says that no stop has a window: distances alone decide then.
    """
    changed = False
    again = True
    while again:
        again = False
        for i in range(length - 3):
            a, b = route[i], route[i + 1]
            for j in range(i + 2, length - 1):
                c, d = route[j], route[j + 1]
                gain = travel[a, b] + travel[c, d] - travel[a, c] - travel[b, d]
                if gain <= TINY:
                    continue
                left, right = i + 1, j
                while left < right:
                    route[left], route[right] = route[right], route[left]
                    left += 1
                    right -= 1
                if free_hours or times(
                    route, length, travel, dwell, opens, closes, first, last, size, begin, latest
                ):
                    again = True
                    a, b = route[i], route[i + 1]
                else:
                    left, right = i + 1, j
                    while left < right:
                        route[left], route[right] = route[right], route[left]
                        left += 1
                        right -= 1
        for many in range(1, 4):
            for i in range(1, length - many):
                j = i + many - 1
                if j >= length - 1:
                    break
                before, head, tail, after = route[i - 1], route[i], route[j], route[j + 1]
                saved = travel[before, head] + travel[tail, after] - travel[before, after]
                if saved <= TINY:
                    continue
                best, place = TINY, -1
                for k in range(length - 1):
                    if i - 1 <= k <= j:
                        continue
                    gain = saved - (
                        travel[route[k], head] + travel[tail, route[k + 1]] - travel[route[k], route[k + 1]]
                    )
                    if gain > best:
                        best, place = gain, k
                if place < 0:
                    continue
                for k in range(length):
                    scratch[k] = route[k]
                write = 0
                for k in range(length):
                    if i <= k <= j:
                        continue
                    route[write] = scratch[k]
                    write += 1
                    if k == place:
                        for m in range(i, j + 1):
                            route[write] = scratch[m]
                            write += 1
                if free_hours or times(
                    route, length, travel, dwell, opens, closes, first, last, size, begin, latest
                ):
                    again = True
                else:
                    for k in range(length):
                        route[k] = scratch[k]
        changed = changed or again
    return changed


@njit(cache=True)
def fill(
    routes, lengths, team_of, begin, latest, kind_of, travel, dwell, opens, closes, firsts, lasts, allowed,
    weight, least, where, stale, touched,
):  # fmt: skip
    """Insert free stops by the best ratio of weight to added minutes until none fits anywhere.

    ``least`` and ``where`` (teams, n) keep each stop's cheapest place; ``stale`` rows are worked out anew.
    """
    teams, size = routes.shape[0], len(dwell)
    for team in range(teams):
        if stale[team]:
            for stop in range(size):
                if team_of[stop] < 0 and allowed[team, stop] and weight[stop] > 0:
                    least[team, stop], where[team, stop] = best_spot(
                        stop, routes[team], lengths[team], travel[kind_of[team]], dwell, opens, closes, size,
                        begin[team], latest[team],
                    )  # fmt: skip
                else:
                    least[team, stop] = BIG
            stale[team] = False
    while True:
        best, chosen, into = 0.0, -1, -1
        for team in range(teams):
            row = least[team]
            for stop in range(size):
                if row[stop] < BIG and team_of[stop] < 0:
                    ratio = weight[stop] / max(row[stop], 1e-4)
                    if ratio > best:
                        best, chosen, into = ratio, stop, team
        if chosen < 0:
            return
        kind = kind_of[into]
        lengths[into] = insert(routes[into], lengths[into], where[into, chosen], chosen)
        team_of[chosen] = into
        touched[into] = True
        times(
            routes[into], lengths[into], travel[kind], dwell, opens, closes, firsts[into], lasts[into], size,
            begin[into], latest[into],
        )  # fmt: skip
        for stop in range(size):
            if team_of[stop] >= 0 or least[into, stop] >= BIG:
                continue
            least[into, stop], where[into, stop] = best_spot(
                stop, routes[into], lengths[into], travel[kind], dwell, opens, closes, size, begin[into],
                latest[into],
            )  # fmt: skip


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
def fill_free(
    routes, lengths, team_of, kind_of, travel, dwell, slack, allowed, weight, least, where, stale, touched
):
    """``fill`` where no stop has a window: an insertion is judged by its edge and the team's ``slack`` alone.

    ``where`` holds the node before the cheapest edge. An insertion changes one edge into two, so other stops
    look at those two only, unless their own edge went.
    """
    teams, size = routes.shape[0], len(dwell)
    for team in range(teams):
        if stale[team]:
            matrix = travel[kind_of[team]]
            for stop in range(size):
                if team_of[stop] < 0 and allowed[team, stop] and weight[stop] > 0:
                    added, before = nearest_edge(stop, routes[team], lengths[team], matrix)
                    least[team, stop], where[team, stop] = added + dwell[stop], before
                else:
                    least[team, stop] = BIG
            stale[team] = False
    while True:
        best, chosen, into = 0.0, -1, -1
        for team in range(teams):
            row, left = least[team], slack[team] + SLACK
            for stop in range(size):
                if row[stop] <= left and team_of[stop] < 0:
                    ratio = weight[stop] / max(row[stop], 1e-4)
                    if ratio > best:
                        best, chosen, into = ratio, stop, team
        if chosen < 0:
            return
        matrix, row, length = travel[kind_of[into]], least[into], lengths[into]
        a, spot = where[into, chosen], 0
        while routes[into, spot] != a:
            spot += 1
        b = routes[into, spot + 1]
        lengths[into] = insert(routes[into], length, spot, chosen)
        slack[into] -= row[chosen]
        team_of[chosen] = into
        touched[into] = True
        for stop in range(size):
            if team_of[stop] >= 0 or row[stop] >= BIG:
                continue
            if where[into, stop] == a:
                added, before = nearest_edge(stop, routes[into], lengths[into], matrix)
                row[stop], where[into, stop] = added + dwell[stop], before
                continue
            via = (
                matrix[stop, chosen] if matrix[stop, chosen] < matrix[chosen, stop] else matrix[chosen, stop]
            )
            if via >= row[stop]:
                continue
            added = matrix[a, stop] + matrix[stop, chosen] - matrix[a, chosen] + dwell[stop]
            if added < row[stop]:
                row[stop], where[into, stop] = added, a
            added = matrix[chosen, stop] + matrix[stop, b] - matrix[chosen, b] + dwell[stop]
            if added < row[stop]:
                row[stop], where[into, stop] = added, chosen


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
def ruin(routes, lengths, team_of, near, pinned, prize, travel, kind_of, share, most):
    """Mark stops of some routes as free: stretches, a neighbourhood, scattered ones, poor ones."""
    teams, size = routes.shape[0], len(prize)
    routed = 0
    for stop in range(size):
        if team_of[stop] >= 0 and not pinned[stop]:
            routed += 1
    if routed == 0:
        return
    bound = max(1, min(most, math.ceil(share * routed)))
    count = np.random.randint(1, bound + 1)
    move = np.random.randint(MOVES)
    if move == 0 or move == 1:
        each = count if move == 0 else max(1, count // teams)
        only = np.random.randint(teams)
        for team in range(teams):
            if move == 0 and team != only:
                continue
            inner = lengths[team] - 2
            if inner <= 0:
                continue
            take = min(each, inner)
            start = 1 + np.random.randint(inner - take + 1)
            for spot in range(start, start + take):
                stop = routes[team, spot]
                if not pinned[stop]:
                    team_of[stop] = -1
        return
    if move == 2 or move == 5:
        centre = np.random.randint(size)
        taken = 0
        for rank in range(size):
            stop = near[centre, rank]
            if team_of[stop] >= 0 and not pinned[stop]:
                if move == 5 and np.random.random() < 0.3:
                    continue
                team_of[stop] = -1
                taken += 1
                if taken == count:
                    return
        return
    if move == 3:
        taken = 0
        for _attempt in range(8 * count):
            stop = np.random.randint(size)
            if team_of[stop] >= 0 and not pinned[stop]:
                team_of[stop] = -1
                taken += 1
                if taken == count:
                    return
        return
    score = np.full(size, BIG)
    for team in range(teams):
        matrix = travel[kind_of[team]]
        for spot in range(1, lengths[team] - 1):
            stop = routes[team, spot]
            if pinned[stop]:
                continue
            before, after = routes[team, spot - 1], routes[team, spot + 1]
            saved = matrix[before, stop] + matrix[stop, after] - matrix[before, after]
            score[stop] = prize[stop] / max(saved, 1e-4) * math.exp(0.6 * np.random.randn())
    order = np.argsort(score)
    for rank in range(min(count, size)):
        if score[order[rank]] < BIG:
            team_of[order[rank]] = -1


@njit(cache=True)
def seed_random(seed):
    """Seed the generator that the compiled functions draw from."""
    np.random.seed(seed)


@njit(cache=True)
def search(
    routes, lengths, team_of, best_routes, best_lengths, best_team_of, kind_of, travel, dwell, opens, closes,
    firsts, lasts, allowed, pinned, prize, near, free_hours, heat_from, heat_to, steps, share, most, noise,
    salt, pool, pool_lengths, pool_teams, pool_minutes, pool_keys,
):  # fmt: skip
    """``steps`` rounds of ruin, recreate, shorten and accept; the two solutions change in place.

    Routes of good solutions go into ``pool`` once each (by a hash of team kind and stops). Returns (prize
    now, minutes now, best prize, best minutes, routes in the pool).
    """
    teams, width = routes.shape
    size = len(prize)
    begin, latest = np.zeros((teams, width)), np.zeros((teams, width))
    new_routes, new_lengths, new_team_of = routes.copy(), lengths.copy(), team_of.copy()
    least, where = np.full((teams, size), BIG), np.zeros((teams, size), np.int64)
    stale, scratch = np.ones(teams, np.bool_), np.zeros(width, np.int64)
    touched, slack = np.zeros(teams, np.bool_), np.zeros(teams)
    weight = np.zeros(size)
    ordered = np.zeros(teams, np.bool_)
    for stop in range(size):
        if pinned[stop]:
            ordered[team_of[stop]] = True
    held = 0
    table = len(pool_keys)
    now_prize, now_minutes = total(routes, lengths, team_of, kind_of, travel, dwell, opens, firsts, prize)
    top_prize, top_minutes = total(
        best_routes, best_lengths, best_team_of, kind_of, travel, dwell, opens, firsts, prize
    )
    for step in range(steps):
        heat = heat_from * (heat_to / heat_from) ** (step / steps)
        for team in range(teams):
            new_lengths[team] = lengths[team]
            for spot in range(lengths[team]):
                new_routes[team, spot] = routes[team, spot]
        new_team_of[:] = team_of
        ruin(new_routes, new_lengths, new_team_of, near, pinned, prize, travel, kind_of, share, most)
        spread = noise * np.random.random() if noise > 0 else 0.0
        power = 0.7 + 0.8 * np.random.random() if noise > 0 else 1.0
        for stop in range(size):
            if prize[stop] <= 0:
                weight[stop] = 0.0
            elif spread > 0:
                weight[stop] = prize[stop] ** power * math.exp(spread * np.random.randn())
            else:
                weight[stop] = prize[stop] ** power
        for team in range(teams):
            length = take_out(new_routes[team], new_lengths[team], new_team_of, size)
            touched[team] = length != new_lengths[team]
            new_lengths[team] = length
            if not times(
                new_routes[team], length, travel[kind_of[team]], dwell, opens, closes, firsts[team],
                lasts[team], size, begin[team], latest[team],
            ):  # fmt: skip
                # Only where a detour is shorter than the direct way, or that way is closed: all come back.
                length = lengths[team]
                new_lengths[team], touched[team] = length, False
                for spot in range(length):
                    new_routes[team, spot] = routes[team, spot]
                    if routes[team, spot] < size:
                        new_team_of[routes[team, spot]] = team
                times(
                    new_routes[team], length, travel[kind_of[team]], dwell, opens, closes, firsts[team],
                    lasts[team], size, begin[team], latest[team],
                )  # fmt: skip
            slack[team] = lasts[team] - begin[team, length - 1]
            stale[team] = True
        while True:
            if free_hours:
                fill_free(
                    new_routes, new_lengths, new_team_of, kind_of, travel, dwell, slack, allowed, weight,
                    least, where, stale, touched,
                )  # fmt: skip
            else:
                fill(
                    new_routes, new_lengths, new_team_of, begin, latest, kind_of, travel, dwell, opens,
                    closes, firsts, lasts, allowed, weight, least, where, stale, touched,
                )  # fmt: skip
            again = False
            for team in range(teams):
                if not touched[team]:
                    continue
                touched[team] = False
                if not ordered[team] and shorten(
                    new_routes[team], new_lengths[team], travel[kind_of[team]], dwell, opens, closes,
                    firsts[team], lasts[team], size, begin[team], latest[team], free_hours, scratch,
                ):  # fmt: skip
                    again = True
                    stale[team] = True
                times(
                    new_routes[team], new_lengths[team], travel[kind_of[team]], dwell, opens, closes,
                    firsts[team], lasts[team], size, begin[team], latest[team],
                )  # fmt: skip
                slack[team] = lasts[team] - begin[team, new_lengths[team] - 1]
            if not again:
                break
        new_prize, new_minutes = total(
            new_routes, new_lengths, new_team_of, kind_of, travel, dwell, opens, firsts, prize
        )
        if new_prize >= 0.97 * top_prize and held < len(pool):
            for team in range(teams):
                key = (kind_of[team] + 1) * 1000003
                for spot in range(1, new_lengths[team] - 1):
                    key += salt[new_routes[team, spot]]
                slot = key % table
                while pool_keys[slot] != 0 and pool_keys[slot] != key:
                    slot = (slot + 1) % table
                if pool_keys[slot] == 0 and held < len(pool) and new_lengths[team] > 2:
                    pool_keys[slot] = key
                    pool_teams[held] = team
                    pool_lengths[held] = new_lengths[team]
                    pool_minutes[held] = begin[team, new_lengths[team] - 1] - firsts[team]
                    for spot in range(new_lengths[team]):
                        pool[held, spot] = new_routes[team, spot]
                    held += 1
        better = new_prize > now_prize + TINY
        if not better and new_prize > now_prize - TINY:
            better = new_minutes <= now_minutes or np.random.random() < 0.3
        if better or np.random.random() < math.exp((new_prize - now_prize) / heat):
            for team in range(teams):
                lengths[team] = new_lengths[team]
                for spot in range(new_lengths[team]):
                    routes[team, spot] = new_routes[team, spot]
            team_of[:] = new_team_of
            now_prize, now_minutes = new_prize, new_minutes
            if now_prize > top_prize + TINY or (
                now_prize > top_prize - TINY and now_minutes < top_minutes - TINY
            ):
                best_routes[:] = routes
                best_lengths[:] = lengths
                best_team_of[:] = team_of
                top_prize, top_minutes = now_prize, now_minutes
    return now_prize, now_minutes, top_prize, top_minutes, held


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
