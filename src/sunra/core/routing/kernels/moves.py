"""Moves that shorten a route: 2-opt, and stretches of up to three stops taken elsewhere."""

from numba import njit

from sunra.core.routing.kernels.routes import TINY, times


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
