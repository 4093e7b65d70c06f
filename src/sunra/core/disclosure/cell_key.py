"""Noise for counts that anybody may ask for freely: the same cell always gets the same noise.

The cell-key method (B. Fraser, J. Wooton, "A proposed method for confidentialising tabular output", UNECE/
Eurostat 2005; used by the ABS and recommended by Eurostat for the 2021 census): every record has a random
key; the key of a cell is the sum of its records' keys modulo 1; a table (ptable) turns count and cell key
into a change. Asking again, or in other words, gives the same answer, so noise cannot be averaged away.

The ptable here: for a count n ≥ ``LARGEST`` the change is d in −4 … 4 with the probabilities of
:func:`distribution`, the discrete distribution of largest entropy with mean 0 and variance ``VARIANCE``;
for smaller n, d ≥ −n and no result of 1 or 2 is given, with the mean still 0.
"""

import hashlib
import hmac
from collections.abc import Sequence
from functools import cache

import numpy as np
import scipy

WIDEST = 4
VARIANCE = 2.0
SMALLEST_SHOWN = 3
"""Perturbed counts are 0 or at least this."""
LARGEST = SMALLEST_SHOWN + WIDEST
_SCALE = 2**32


def record_keys(ids: Sequence[str], secret: bytes) -> np.ndarray:
    """One uint32 key per record: the first bytes of HMAC-SHA256 of its id. Returns (n,)."""
    found = (hmac.new(secret, value.encode(), hashlib.sha256).digest()[:4] for value in ids)
    return np.frombuffer(b"".join(found), dtype=">u4").astype(np.uint32)


def cell_keys(keys: np.ndarray, cell: np.ndarray, cells: int) -> np.ndarray:
    """The key of each cell in [0, 1): ``keys`` (n,) uint32 and the cell number of each record (n,)."""
    sums = np.zeros(cells, dtype=np.uint64)
    np.add.at(sums, cell, keys.astype(np.uint64))
    return np.asarray((sums % _SCALE).astype(np.float64) / _SCALE)


def perturb(counts: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Counts as they may be told: ``counts`` (n,) ≥ 0 and the key of each cell (n,) in [0, 1).

    A zero stays zero; every other count moves by at most ``WIDEST``, on average by nothing, and never to 1
    or 2. The result depends on count and key alone. Raises ``ValueError`` for negative counts or keys
    outside [0, 1).
    """
    given, key = np.asarray(counts, dtype=np.int64), np.asarray(keys, dtype=np.float64)
    if given.shape != key.shape or (given < 0).any() or ((key < 0) | (key >= 1)).any():
        raise ValueError("counts from 0 and one key in [0, 1) for each")
    steps = np.cumsum(ptable(), axis=1)
    steps[:, -1] = 1.0
    row = np.minimum(given, LARGEST)
    change = (key[:, None] >= steps[row]).sum(axis=1) - WIDEST
    return np.asarray(given + change)


@cache
def ptable() -> np.ndarray:
    """Probabilities of a change by −4 … 4 (columns) for counts 0 … ``LARGEST`` (rows; the last is for all
    larger ones). Each row sums to 1 and has mean 0. Returns (8, 9).
    """
    table = np.array([distribution(count) for count in range(LARGEST + 1)])
    table.flags.writeable = False
    return table


@cache
def distribution(count: int) -> tuple[float, ...]:
    """The probabilities of the changes for one count.

    Maximise the entropy −Σ p log p over p ≥ 0 with Σ p = 1, Σ d p = 0, Σ d² p = VARIANCE (or the nearest
    variance that the allowed results leave), p = 0 where count + d is negative, 1 or 2.
    """
    change = np.arange(-WIDEST, WIDEST + 1)
    if count == 0:
        return tuple(np.where(change == 0, 1.0, 0.0).tolist())
    result = count + change
    allowed = (result == 0) | (result >= SMALLEST_SHOWN)
    d = change[allowed].astype(float)
    variance = min(max(VARIANCE, _variance(d, smallest=True)), _variance(d, smallest=False))
    found = _most_entropy(d, variance)
    whole = np.zeros(len(change))
    whole[allowed] = np.clip(found, 0.0, 1.0)
    return tuple(whole.tolist())


def _variance(d: np.ndarray, *, smallest: bool) -> float:
    """The least or largest variance of a distribution on ``d`` with mean 0."""
    sign = 1 if smallest else -1
    done = scipy.optimize.linprog(
        sign * d**2, A_eq=np.vstack([np.ones_like(d), d]), b_eq=[1.0, 0.0], bounds=(0, 1), method="highs"
    )
    return float(sign * done.fun)


def _most_entropy(d: np.ndarray, variance: float) -> np.ndarray:
    """p ∝ exp(a d + b d²) by its convex dual; at the edge of what is possible the linear program's answer."""

    def dual(ab: np.ndarray) -> float:
        power = ab[0] * d + ab[1] * (d**2 - variance)
        top = power.max()
        return float(top + np.log(np.exp(power - top).sum()))

    done = scipy.optimize.minimize(dual, np.zeros(2), method="BFGS", options={"gtol": 1e-12})
    power = done.x[0] * d + done.x[1] * (d**2 - variance)
    found = np.exp(power - power.max())
    found /= found.sum()
    # The last digits: the nearest point on the three conditions, or the program's corner.
    rows = np.vstack([np.ones_like(d), d, d**2])
    fixed = found - np.linalg.pinv(rows) @ (rows @ found - np.array([1.0, 0.0, variance]))
    if (fixed > -1e-12).all() and abs(fixed - found).max() < 1e-3:
        return np.asarray(np.clip(fixed, 0.0, 1.0))
    corner = scipy.optimize.linprog(
        np.zeros(len(d)), A_eq=rows, b_eq=[1.0, 0.0, variance], bounds=(0, 1), method="highs"
    )
    if corner.status != 0:
        corner = scipy.optimize.linprog(d**2, A_eq=rows[:2], b_eq=[1.0, 0.0], bounds=(0, 1), method="highs")
    return np.asarray(corner.x)
