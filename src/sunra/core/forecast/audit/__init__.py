"""The forecast before its judges: scored beside the naive count, audited for whom it flags.

score(expected, naive, observed, shares=, seed=) -> Score       one period; ``add``, ``compare`` pool them
flag(expected, share) -> bool; repeats(flagged) -> Repeats      same cells again? Jaccard, never flagged
by_area(flagged, observed, area, population) -> Fairness        shares of flags, events, residents
cap_repeats(expected, observed, share=, most=, window=)         a cap on repeats and its cost in hits
weights(discovered, presence, policy) -> float64                reported or discovered by patrol
simulate_feedback(rate, area, loop=, start=, seed=) -> Feedback apparent, reweighted and true share of flags
alarms(scores, fairness, bounds) -> tuple[Alarm, ...]           drift, calibration, concentration, naive
"""

from sunra.core.forecast.audit.alarms import (
    CALIBRATION,
    CONCENTRATION,
    DRIFT,
    KINDS,
    NAIVE,
    Alarm,
    Bounds,
    alarms,
)
from sunra.core.forecast.audit.fairness import AreaRow, Fairness, by_area
from sunra.core.forecast.audit.feedback import (
    EXCLUDE,
    INCLUDE,
    POLICIES,
    REWEIGHT,
    Feedback,
    Loop,
    Provenance,
    simulate_feedback,
    weights,
)
from sunra.core.forecast.audit.flags import Capped, Repeats, cap_repeats, flag, repeats
from sunra.core.forecast.audit.scoring import SHARES, Compared, Hits, Score, add, compare, pit, score

__all__ = [
    "CALIBRATION",
    "CONCENTRATION",
    "DRIFT",
    "EXCLUDE",
    "INCLUDE",
    "KINDS",
    "NAIVE",
    "POLICIES",
    "REWEIGHT",
    "SHARES",
    "Alarm",
    "AreaRow",
    "Bounds",
    "Capped",
    "Compared",
    "Fairness",
    "Feedback",
    "Hits",
    "Loop",
    "Provenance",
    "Repeats",
    "Score",
    "add",
    "alarms",
    "by_area",
    "cap_repeats",
    "compare",
    "flag",
    "pit",
    "repeats",
    "score",
    "simulate_feedback",
    "weights",
]
