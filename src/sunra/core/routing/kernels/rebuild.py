"""Ruin and recreate: what is taken out of a solution, and how free stops come back."""

import math

import numpy as np
from numba import njit

from sunra.core.routing.kernels.routes import BIG, SLACK, best_spot, insert, nearest_edge, times

MOVES = 6


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
