"""Whether the effect of patrols is found as it is: simulated lotteries with a known effect, many times.

    python -m benchmarks.effects [--months 2000] [--seed 1] [--json]

Each month: 300 cells, 30 nights; a cell's level is gamma, its forecast is the level with an error that lasts
(log-normal, sigma 0.4), and the lot favours cells that had much the month before, so that plain before and
after shows a fall where nothing works (regression to the mean). About a seventh of the cell-nights are
patrolled, one plan a night, every plan drawn from a pool of 32, so that chances are exact as in the product.
For no effect and for -20 %: mean of the estimated log ratio against the truth, coverage of 90 % intervals
(target 85-95), their mean width, the naive comparisons, and how often "too few" was said.
The same for the weighted displacement difference with Poisson counts, and for the one weighed by the lot's
chances, which the monthly judgement uses (events for 100 visits; all, half or nothing of it moves next door).
"""

from typing import Any

import numpy as np
from tests.core.effects.simulated import month
from tests.core.effects.test_displaced import _month as month_with_belts

from benchmarks import machine
from sunra.core.effects import (
    Before,
    displacement_by_lot,
    effect,
    weighted_displacement_difference,
)


def lots(months: int, ratio: float, seed: int) -> dict[str, Any]:
    """Figures of so many simulated months."""
    rng = np.random.default_rng(seed)
    logs, hits, widths, naive, before_after, silent, tells = [], [], [], [], [], 0, 0
    for _ in range(months):
        data, fell = month(rng, ratio=ratio)
        found = effect(data)
        before_after.append(fell)
        if found.status:
            silent += 1
            continue
        logs.append(np.log(found.ratio))
        hits.append(found.low <= ratio <= found.high)
        widths.append(found.high - found.low)
        naive.append(found.naive)
        tells += found.tells
    return {
        "truth_percent": round(100 * (ratio - 1), 1),
        "estimate_percent": round(100 * float(np.exp(np.mean(logs)) - 1), 2),
        "estimate_error": round(100 * float(np.std(logs) / np.sqrt(len(logs))), 2),
        "coverage_percent": round(100 * float(np.mean(hits)), 1),
        "width_points": round(100 * float(np.mean(widths)), 1),
        "says_changed_percent": round(100 * tells / max(len(logs), 1), 1),
        "unweighted_percent": round(100 * float(np.mean(naive) - 1), 1),
        "before_after_percent": round(100 * float(np.mean(before_after) - 1), 1),
        "too_few": silent,
    }


def displaced(months: int, ratio: float, seed: int) -> dict[str, Any]:
    """Coverage of the weighted displacement difference: target 60 events, all fall by 5 % besides."""
    rng = np.random.default_rng(seed)
    means = np.array([60.0, 70.0, 40.0, 45.0])
    after = means * 0.95 * np.array([ratio, 1.0, 1.0, 1.0])
    truth = float((after - means) @ np.array([1, -1, 1, -1]))
    hits = []
    for _ in range(months):
        pairs = [Before(int(a), int(b)) for a, b in zip(rng.poisson(means), rng.poisson(after), strict=True)]
        found = weighted_displacement_difference(*pairs)
        hits.append(found.low <= truth <= found.high)
    return {"truth_events": round(truth, 2), "coverage_percent": round(100 * float(np.mean(hits)), 1)}


def moved_by_lot(months: int, gone: float, moved: float, seed: int) -> dict[str, Any]:
    """Bias and coverage of the displacement difference by lot: ``gone`` of a visited cell's events leave, and
    ``moved`` of those turn up next door.
    """
    rng = np.random.default_rng(seed)
    errors, truths, hits, tells = [], [], [], 0
    for _ in range(months):
        data, around = month_with_belts(rng, gone=gone, moved=moved)
        truth = -100 * gone * (1 - moved) * float(data.expected.mean())
        found = displacement_by_lot(data, around)
        truths.append(truth)
        errors.append(found.difference - truth)
        hits.append(found.low <= truth <= found.high)
        tells += found.tells
    return {
        "truth_events": round(float(np.mean(truths)), 2),
        "bias_events": round(float(np.mean(errors)), 2),
        "bias_error": round(float(np.std(errors) / np.sqrt(len(errors))), 2),
        "coverage_percent": round(100 * float(np.mean(hits)), 1),
        "says_changed_percent": round(100 * tells / len(hits), 1),
    }


def run(months: int, seed: int) -> dict[str, Any]:
    """All figures."""
    return {
        "no effect": lots(months, 1.0, seed),
        "-20 %": lots(months, 0.8, seed),
        "wdd, no effect": displaced(5 * months, 1.0, seed),
        "wdd, -20 %": displaced(5 * months, 0.8, seed),
        "by lot, no effect": moved_by_lot(months // 4, 0.0, 0.0, seed),
        "by lot, -50 %": moved_by_lot(months // 4, 0.5, 0.0, seed),
        "by lot, half moves": moved_by_lot(months // 4, 0.5, 0.5, seed),
        "by lot, all moves": moved_by_lot(months // 4, 0.5, 1.0, seed),
        "months": months,
    }


def main() -> None:
    """Measure and print."""
    arguments = machine.arguments(__doc__.splitlines()[0], months=2000, seed=1)
    machine.report(
        "effects", run(arguments.months, arguments.seed), seed=arguments.seed, as_json=arguments.as_json
    )


if __name__ == "__main__":
    main()
