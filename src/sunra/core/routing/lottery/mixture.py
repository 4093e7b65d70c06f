"""How likely each plan of the pool is drawn: so that nobody foresees (cell, hour) stops.

With x_mj = 1 when plan m visits pair j = (cell, hour) and f_j how often the pair was visited lately:

    minimise    Σ_j q_j² / 2 + memory · Σ_j f_j q_j      over w ≥ 0, Σ_m w_m = 1,  q = wᵀx

The square is what someone foresees who knows q and bets in proportion to it; the second term is what one
foresees who only counted past nights. Convex; solved by exponentiated gradients (Kivelson and Warmuth's
multiplicative steps), then mixed with the even lot so that no plan is impossible.
"""

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing.lottery.model import Floats

_STEPS = 400


def weigh(atoms: NDArray[np.float64], past: Floats, *, memory: float, floor: float) -> Floats:
    """Probabilities of the plans, (m,), from who visits what, (m, pairs), and the pairs' past, (pairs,)."""
    size = len(atoms)
    gram, lean = atoms @ atoms.T, memory * (atoms @ past)
    stops = max(float(gram.diagonal().mean()), 1e-9)
    weights = np.full(size, 1.0 / size)
    for step in range(_STEPS):
        slope = (gram @ weights + lean) / stops
        weights = weights * np.exp(-4.0 / np.sqrt(1.0 + step / 20) * (slope - slope.min()))
        weights /= weights.sum()
    mixed: Floats = (1 - floor) * weights + floor / size
    return mixed


def foreseen(chance: Floats, sizes: Floats, weights: Floats) -> float:
    """The share of stops that one foresees who knows the chance of each pair and names the likeliest.

    He names as many pairs as a plan has: the mean of ``sizes`` over the lot.
    """
    mean = float(weights @ sizes)
    if mean <= 0:
        return 0.0
    order = np.sort(chance)[::-1]
    whole = int(mean)
    hits = float(order[:whole].sum())
    if whole < len(order):
        hits += (mean - whole) * float(order[whole])
    return hits / mean
