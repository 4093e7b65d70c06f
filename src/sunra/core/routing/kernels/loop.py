"""The search itself: rounds of ruin, recreate, shorten and accept."""

import math

import numpy as np
from numba import njit

from sunra.core.routing.kernels.moves import shorten
from sunra.core.routing.kernels.rebuild import fill, fill_free, ruin
from sunra.core.routing.kernels.routes import BIG, TINY, take_out, times, total, walked


@njit(cache=True)
def seed_random(seed):
    """Seed the generator that the compiled functions draw from."""
    np.random.seed(seed)


@njit(cache=True)
def search(
    routes, lengths, team_of, best_routes, best_lengths, best_team_of, kind_of, travel, dwell, opens, closes,
    firsts, lasts, allowed, pinned, prize, near, free_hours, heat_from, heat_to, steps, share, most, noise,
    salt, pool, pool_lengths, pool_teams, pool_minutes, pool_keys, legs,
):  # fmt: skip
    """``steps`` rounds of ruin, recreate, shorten and accept; the two solutions change in place.

    ``legs`` tells what passing through cells is worth (``routes.walked``). Routes of good solutions go into
    ``pool`` once each (by a hash of team kind and stops). Returns (prize now, minutes now, best prize, best
    minutes, routes in the pool).
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
    now_prize += walked(routes, lengths, kind_of, legs)
    top_prize, top_minutes = total(
        best_routes, best_lengths, best_team_of, kind_of, travel, dwell, opens, firsts, prize
    )
    top_prize += walked(best_routes, best_lengths, kind_of, legs)
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
        new_prize += walked(new_routes, new_lengths, kind_of, legs)
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
