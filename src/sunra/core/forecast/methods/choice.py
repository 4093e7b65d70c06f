"""Which method a district gets: the one that would have served it best on its own past.

Two trials follow each other: the stack learns its weights in the first, and all methods are judged in the
second, which none has seen. A method is fit for use when its hit rates over the shares that patrols can
cover are on the whole not below the naive count's by more than a standard error, and among those the highest
likelihood wins. If none is fit, or none is likelier, the count itself is used, and the choice says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import calibrate
from sunra.core.forecast.history import History
from sunra.core.forecast.methods import stack, trial
from sunra.core.forecast.methods.bayes import EmpiricalBayes
from sunra.core.forecast.methods.calibrated import Bent
from sunra.core.forecast.methods.naive import Naive
from sunra.core.forecast.methods.shape import Shaped

LEAST_TRIAL_DAYS = 56
LEAST_TRIAL_EVENTS = 300.0
BEST, NAIVE_WON, TOO_LITTLE = "best_in_trial", "naive_won", "too_little_to_choose"

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """What a method did in the trial.

    ``likelihood``: log-likelihood gain per event over an even spread. ``hit_rate``: at ``trial.SHARES``.
    ``gain``: (difference, standard error) of the hit rate to the naive count's, at each share.
    ``gain_all``: the same for the mean over the shares.
    """

    likelihood: float
    hit_rate: tuple[float, ...]
    gain: tuple[tuple[float, float], ...]
    gain_all: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Choice:
    """The chosen method, trained on the whole past and calibrated; ``expected(past)`` is the forecast.

    ``name``: the method; ``reason``: one of ``BEST``, ``NAIVE_WON``, ``TOO_LITTLE``; ``scores``: by method;
    ``weights``: the stack's; ``events``: those that the trial was judged by.
    """

    name: str
    reason: str
    trained: Shaped
    scores: Mapping[str, Score]
    weights: Mapping[str, float]
    events: float

    def expected(self, past: History) -> Numbers:
        """Expected count (cells,) in the period right after ``past``."""
        return self.trained.expected(past)


@dataclass(frozen=True)
class Chosen:
    """The choice as a method of its own: chooses anew each time it is trained."""

    name: str = "sunra"

    def train(self, past: History, *, seed: int) -> Choice:
        """Choose on the past and train the winner on all of it."""
        return choose(past, seed=seed)


def choose(past: History, *, seed: int) -> Choice:
    """Try the methods on the past's last two parts and train the winner; deterministic by the seed."""
    held = stack.held_out(past)
    cuts = (past.periods - 2 * held, past.periods - held)
    if held * past.period_days < LEAST_TRIAL_DAYS or past.counts[cuts[0] :].sum() < 2 * LEAST_TRIAL_EVENTS:
        return Choice(EmpiricalBayes().name, TOO_LITTLE, EmpiricalBayes().train(past, seed=seed), {}, {}, 0.0)
    first, second = (
        trial.ask(
            past,
            {**stack.learn(past.before(cut), seed=seed), Naive().name: Naive()},
            span=range(cut, cut + held),
        )
        for cut in cuts
    )
    judged = second.with_shapes("stack", stack.mix(second.shapes, stack.weigh(first)))
    scores = {name: score(judged, name, seed=seed) for name in judged.shapes}
    name = best(scores)
    both = first.and_then(second)
    weights = stack.weigh(both)
    members = stack.learn(past, seed=seed)
    options: dict[str, Shaped] = {**members, "stack": stack.Pool(members, weights), Naive().name: Naive()}
    shapes = stack.mix(both.shapes, weights) if name == "stack" else both.shapes[name]
    curve = calibrate.learn(shapes.ravel(), both.came.ravel())
    return Choice(
        name=name,
        reason=NAIVE_WON if name == Naive().name else BEST,
        trained=Bent(options[name], curve),
        scores=scores,
        weights=weights,
        events=second.events,
    )


def best(scores: Mapping[str, Score]) -> str:
    """The likeliest of those whose hit rates are not clearly below the count's, or the count."""
    fit = [name for name, one in scores.items() if one.gain_all[0] >= -one.gain_all[1]]
    return max(fit, key=lambda name: scores[name].likelihood)


def score(tried: trial.Trial, name: str, *, seed: int) -> Score:
    """One method beside the naive count."""
    mine, theirs = (tried.hits(one, seed=seed) for one in (name, Naive().name))
    total = tried.came.sum(1)
    return Score(
        likelihood=trial.likelihood(trial.floored(tried.shapes[name]), tried.came),
        hit_rate=tuple((mine.sum(0) / total.sum()).tolist()),
        gain=tuple(trial.paired(mine[:, i], theirs[:, i], total) for i in range(mine.shape[1])),
        gain_all=trial.paired(mine.mean(1), theirs.mean(1), total),
    )
