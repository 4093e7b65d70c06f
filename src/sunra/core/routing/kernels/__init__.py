"""The compiled inner loops of the search: ruin and recreate on flat arrays.

Node numbers: stops 0..n-1, then each team's start and end as n and n+1 of its own travel matrix. A team's
route is a row of node numbers with its length; ``begin`` holds when the visit of each position begins,
``latest`` the latest beginning that keeps the rest in time, so that an insertion is judged in constant time.
Teams of the same ``kind_of`` share one travel matrix ``travel[kind]`` (minutes).

Everything here is plain Python to numba: tests run the same functions uncompiled. Their cache tells only
whether a function's own file changed: after an edit run ``make setup``, which empties it.
"""

from sunra.core.routing.kernels.loop import search, seed_random
from sunra.core.routing.kernels.routes import walked

__all__ = ["search", "seed_random", "walked"]
