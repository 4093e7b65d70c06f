"""Poisson regression on few factors and many cells: penalised to choose, unpenalised to tell.

Elastic net (Zou and Hastie, JRSS B 67, 2005; Friedman, Hastie and Tibshirani, J. Stat. Software 33, 2010):

    minimise  sum_i v_i (mu_i - y_i eta_i) / sum v + l (m |b|_1 + (1 - m) |b|_2^2 / 2),
    eta = offset + a + X b,  mu = exp(eta)

by repeated weighted least squares with coordinate descent on the Gram matrix; v are resampling weights, m the
share of the L1 part. Coefficients may be held at zero or above ("aggravating factors only", as RTMDx does).
The refit is Newton's method; its covariance is the cluster-robust sandwich (Liang and Zeger, Biometrika 73,
1986), A^-1 (sum over blocks of u u') A^-1 with A = X' M X, u = X_g'(y_g - mu_g), because neighbouring cells
share what no factor tells.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Numbers = NDArray[np.float64]
FEW, ROUNDS, SWEEPS = 1e-9, 40, 200
MOST_ETA = 25.0


@dataclass(frozen=True, eq=False)
class Refit:
    """Unpenalised fit: ``coefficient`` with the intercept first, its ``covariance`` (robust), ``bic``,
    ``loglik``.
    """

    coefficient: Numbers
    covariance: Numbers
    loglik: float
    bic: float


def highest_penalty(x: Numbers, y: Numbers, offset: Numbers, weight: Numbers, mix: float) -> float:
    """The penalty from which on every coefficient is zero."""
    mu = _null(y, offset, weight)
    gradient = x.T @ (weight * (y - mu)) / weight.sum()
    return float(np.abs(gradient).max(initial=0.0)) / max(mix, 1e-3)


def path(
    x: Numbers,
    y: Numbers,
    offset: Numbers,
    weight: Numbers,
    penalties: Numbers,
    *,
    mix: float,
    positive: bool,
) -> Numbers:
    """Coefficients (penalties, 1 + factors), the intercept first, along falling penalties, each from the
    last.

    ``x`` (n, factors) standardised by the caller; ``offset`` (n,) log exposure; ``weight`` (n,) ≥ 0.
    """
    b = np.zeros(x.shape[1] + 1)
    total = weight.sum()
    b[0] = np.log(max((weight * y).sum(), FEW) / (weight * np.exp(offset)).sum())
    full = np.column_stack((np.ones(x.shape[0]), x))
    found = np.empty((penalties.size, b.size))
    for row, penalty in enumerate(penalties):
        for _ in range(ROUNDS):
            mu = np.exp(np.minimum(offset + full @ b, MOST_ETA))
            working = weight * mu / total
            gram = full.T @ (full * working[:, None])
            target = gram @ b + full.T @ (weight * (y - mu)) / total
            after = _descend(gram, target, b, penalty * mix, penalty * (1 - mix), positive=positive)
            moved = float(np.abs(after - b).max())
            b = after
            if moved < 1e-6:
                break
        found[row] = b
    return found


def refit(
    x: Numbers, y: Numbers, offset: Numbers, block: NDArray[np.int64] | None, weight: Numbers | None = None
) -> Refit:
    """Maximum likelihood by Newton's method with an intercept; robust covariance over ``block`` (n,).

    BIC counts the cells: (factors + 1) log(n) - 2 loglik.
    """
    full = np.column_stack((np.ones(y.size), x))
    given = np.ones(y.size) if weight is None else weight
    b = np.zeros(full.shape[1])
    b[0] = np.log(max((given * y).sum(), FEW) / (given * np.exp(offset)).sum())
    for _ in range(ROUNDS):
        mu = np.exp(np.minimum(offset + full @ b, MOST_ETA))
        information = full.T @ (full * (given * mu)[:, None])
        step = np.linalg.lstsq(information, full.T @ (given * (y - mu)), rcond=None)[0]
        b = b + np.clip(step, -5.0, 5.0)
        if float(np.abs(step).max()) < 1e-12:
            break
    eta = np.minimum(offset + full @ b, MOST_ETA)
    mu = np.exp(eta)
    loglik = float((given * (y * eta - mu - gammaln(y + 1))).sum())
    covariance = np.full((b.size, b.size), np.nan)
    if block is not None:
        inverse = np.linalg.pinv(full.T @ (full * (given * mu)[:, None]))
        score = np.zeros((int(block.max()) + 1, b.size))
        np.add.at(score, block, full * (given * (y - mu))[:, None])
        covariance = inverse @ (score.T @ score) @ inverse
    return Refit(b, covariance, loglik, b.size * np.log(given.sum()) - 2 * loglik)


def deviance(y: Numbers, mu: Numbers) -> float:
    """Poisson deviance, summed."""
    ratio = np.where(y > 0, y / np.maximum(mu, 1e-300), 1.0)
    return float(2 * (y * np.log(ratio) - (y - mu)).sum())


def _null(y: Numbers, offset: Numbers, weight: Numbers) -> Numbers:
    exposure = np.exp(offset)
    return np.asarray(exposure * (weight * y).sum() / (weight * exposure).sum(), dtype=np.float64)


def _descend(gram: Numbers, target: Numbers, b: Numbers, l1: float, l2: float, *, positive: bool) -> Numbers:
    """Coordinate descent for b' G b / 2 - t' b + l1 |b| + l2 b² / 2; the first coordinate is free."""
    b = b.copy()
    diagonal = np.diag(gram)
    for _ in range(SWEEPS):
        largest = 0.0
        for j in range(b.size):
            if diagonal[j] <= FEW**2:
                continue
            pull = float(target[j] - gram[j] @ b + diagonal[j] * b[j])
            if j == 0:
                new = pull / diagonal[0]
            elif positive:
                new = max(pull - l1, 0.0) / (diagonal[j] + l2)
            else:
                new = float(np.sign(pull)) * max(abs(pull) - l1, 0.0) / (diagonal[j] + l2)
            largest = max(largest, abs(new - b[j]))
            b[j] = new
        if largest < 1e-9:
            break
    return b
