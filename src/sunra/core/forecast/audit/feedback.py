"""Where events come from, and what patrols that follow their own finds would do.

*Reported* events come to the police; *discovered* ones are met by a patrol, so there are more of them where
patrols are. A forecast that learns from them sends patrols where patrols were (Lum and Isaac, Significance
13, 2016; Ensign et al., FAT* 2018). Three policies:

    include     every event weighs 1
    exclude     discovered events weigh 0 (the default)
    reweight    a discovered event weighs mean presence / presence of its place (Ensign's correction: the
                inverse of the probability that a patrol was there to see it), at most ``MOST``

The simulation plays periods with the district's own settings: events fall by true rates, a share of them is
reported, patrols discover a share of the rest where cells are flagged, the next flags follow what was learnt.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.forecast.audit.flags import count_of, flag, table_of
from sunra.core.forecast.errors import BadEventsError, BadParamsError

INCLUDE: Final = "include"
EXCLUDE: Final = "exclude"
REWEIGHT: Final = "reweight"
POLICIES: Final = (INCLUDE, EXCLUDE, REWEIGHT)
Policy = Literal["include", "exclude", "reweight"]
MOST = 10.0
LEAST_PRESENCE = 0.01
SEEN = 8.0

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Provenance:
    """Of what an audit or a forecast was fed: events by origin and the policy; ``share`` discovered."""

    reported: float
    discovered: float
    policy: str

    @property
    def share(self) -> float:
        """Discovered events over all, nan without any."""
        total = self.reported + self.discovered
        return self.discovered / total if total > 0 else float("nan")


@dataclass(frozen=True)
class Loop:
    """Settings of the simulation: ``share`` flagged; ``periods``; ``reported`` share of the events;
    ``found`` share of the unreported ones that a patrol in the cell discovers; ``half_life`` of what
    was learnt, in periods; ``warm``: periods whose events the records hold at the start.
    """

    share: float = 0.05
    periods: int = 104
    reported: float = 0.5
    found: float = 0.5
    half_life: float = 104.0
    warm: float = 26.0

    def __post_init__(self) -> None:
        """Refuse settings without meaning with ``BadParamsError``."""
        shares = 0 < self.share <= 1 and 0 <= self.reported <= 1 and 0 <= self.found <= 1
        if not (shares and self.periods > 0 and self.half_life > 0 and self.warm > 0):
            raise BadParamsError("a setting is outside its meaning", name="loop")


@dataclass(frozen=True, eq=False)
class Feedback:
    """Share of all flags that falls on the marked area, per period: ``apparent`` (include), ``excluded``,
    ``reweighted`` float64 (periods,); ``true``: the share when flags follow the true rates;
    ``area``: share of the cells that is marked.
    """

    apparent: Numbers
    excluded: Numbers
    reweighted: Numbers
    true: float
    area: float

    def settled(self, name: str) -> float:
        """Mean of the last quarter of the periods of ``apparent``, ``excluded`` or ``reweighted``."""
        series = getattr(self, name)
        return float(series[-max(1, series.size // 4) :].mean())


def weights(discovered: ArrayLike, presence: ArrayLike, policy: Policy = EXCLUDE) -> Numbers:
    """What each event weighs.

    ``discovered`` bool (n,); ``presence`` (n,): share of the time in which a patrol was at the event's place,
    0-1 (looked at only by ``reweight``). Raises ``BadEventsError``, ``BadParamsError``.
    """
    met = np.asarray(discovered, dtype=bool)
    if policy not in POLICIES:
        raise BadParamsError("no such policy", name="policy")
    if policy == INCLUDE:
        return np.ones(met.size)
    if policy == EXCLUDE:
        return np.where(met, 0.0, 1.0)
    there = np.asarray(presence, dtype=np.float64)
    if there.shape != met.shape or not np.isfinite(there).all() or (there < 0).any() or (there > 1).any():
        raise BadEventsError("presence lies between 0 and 1", column="presence")
    inverse = 1 / np.maximum(there, LEAST_PRESENCE)
    mean = met.sum() / inverse[met].sum() if met.any() else 1.0
    return np.where(met, np.minimum(mean * inverse, MOST), 1.0)


def simulate_feedback(
    rate: ArrayLike,
    area: ArrayLike,
    *,
    loop: Loop | None = None,
    start: ArrayLike | None = None,
    seed: int = 0,
) -> Feedback:
    """Play the loop under each policy with the same events.

    ``rate`` (cells,): true events per cell and period; ``area`` bool (cells,): the area watched; ``start``
    (cells,): what the records held before the first period; absent: the true rates over ``warm`` periods.
    Raises ``BadEventsError``, ``BadParamsError``.
    """
    loop = loop or Loop()
    true = table_of(rate, "rate")[0]
    marked = np.asarray(area, dtype=bool)
    held = true * loop.warm if start is None else table_of(start, "start")[0]
    if not true.shape == marked.shape == held.shape:
        raise BadEventsError("rates, area and start do not fit")
    rng = np.random.default_rng(seed)
    happened = rng.poisson(true, (loop.periods, true.size))
    reported = rng.binomial(happened, loop.reported)
    would_find = rng.binomial(happened - reported, loop.found)
    series = {policy: _play(reported, would_find, held, marked, loop, policy, seed) for policy in POLICIES}
    return Feedback(
        apparent=series[INCLUDE],
        excluded=series[EXCLUDE],
        reweighted=series[REWEIGHT],
        true=float(_even(true, marked, loop)),
        area=float(marked.mean()),
    )


def _play(
    reported: NDArray[np.int64],
    would_find: NDArray[np.int64],
    start: Numbers,
    marked: NDArray[np.bool_],
    loop: Loop,
    policy: str,
    seed: int,
) -> Numbers:
    """Share of the flags on the marked cells in each period under one policy."""
    keep = 0.5 ** (1 / loop.half_life)
    cells = marked.size
    told, met, presence, span = start.astype(np.float64), np.zeros(cells), np.zeros(cells), 0.0
    shares = np.empty(loop.periods)
    for period in range(loop.periods):
        learnt = told + _counted(met, presence, span, policy)
        flagged = flag(learnt, loop.share, seed=seed + period)
        shares[period] = flagged[marked].sum() / flagged.sum()
        told = told * keep + reported[period]
        met = met * keep + would_find[period] * flagged
        presence, span = presence * keep + flagged, span * keep + 1.0
    return shares


def _counted(met: Numbers, presence: Numbers, span: float, policy: str) -> Numbers:
    """What the discovered events add under a policy, in all as many as were met.

    Reweighted: finds over presence, pulled to the mean by ``SEEN`` periods, so that a place where no patrol
    ever was is held for an average one and not for a quiet one; no weight can bring back what nobody saw.
    """
    if policy == EXCLUDE or span <= 0 or met.sum() <= 0:
        return np.zeros_like(met)
    if policy == INCLUDE:
        return met
    rate = (met + SEEN * met.sum() / presence.sum()) / (presence + SEEN)
    return np.asarray(rate * met.sum() / rate.sum(), dtype=np.float64)


def _even(true: Numbers, marked: NDArray[np.bool_], loop: Loop) -> float:
    """The marked share of the flags when they follow the true rates; ties shared out evenly."""
    number = count_of(loop.share, true.size)
    border = np.sort(true)[::-1][number - 1]
    above, tied = true > border, true == border
    left = number - above.sum()
    return float((marked[above].sum() + left * marked[tied].mean()) / number)
