"""Can the hidden figures of published tables be worked out? The suppression attack on linked tables.

    python -m benchmarks.disclosure [--dongs 6] [--families 3] [--slots 3] [--seed 0] [--json]

A made district: events by dong × family × month × slot of the day, Poisson with uneven dongs and families,
published with all its margins in three vintages: after four months, a month later with four counts of the
first corrected upwards, and a month after that. Then somebody with a linear program who has every published
table, and also knows which counts grew and which stayed the same, tries each hidden cell. The baseline is
primary suppression alone (counts from 1 to 4 hidden, nothing else).
"""

import time
from itertools import combinations

import numpy as np
import polars as pl

from benchmarks import machine
from sunra.core.disclosure import CountTable, Release, attack, links, split, suppress

DIMS = ["dong", "family", "month", "slot"]
MONTHS, VINTAGES, CORRECTED = 4, 3, 4
THRESHOLD = 5


def counts(shape: tuple[int, int, int, int], seed: int) -> np.ndarray:
    """Events by dong, family, month and slot: (dongs, families, months, slots)."""
    chance = np.random.default_rng(seed)
    dongs, families = chance.gamma(2.0, 1.0, shape[0]), chance.gamma(1.0, 1.0, shape[1])
    months, slots = 1 + 0.2 * chance.standard_normal(shape[2]), chance.gamma(3.0, 1 / 3, shape[3])
    mean = 3.0 * np.einsum("d,f,m,s->dfms", dongs, families, np.clip(months, 0.3, None), slots)
    return chance.poisson(mean)


def vintages(whole: np.ndarray, seed: int) -> list[list[CountTable]]:
    """The tables of each vintage: one month more each time, some earlier counts corrected upwards."""
    chance = np.random.default_rng(seed + 1)
    found, base = [], whole.copy()
    for number in range(VINTAGES):
        if number:
            for _correction in range(CORRECTED):
                base[
                    tuple(chance.integers(0, size) for size in (*base.shape[:2], MONTHS, base.shape[3]))
                ] += 1
        part = base[:, :, : MONTHS + number]
        found.append(split(_with_margins(part), DIMS, name=f"v{number}", vintage=str(number)))
    return found


def _with_margins(base: np.ndarray) -> pl.DataFrame:
    frames = []
    for size in range(len(DIMS) + 1):
        for kept in combinations(range(len(DIMS)), size):
            margin = np.asarray(base.sum(axis=tuple(a for a in range(len(DIMS)) if a not in kept)))
            index = np.indices(margin.shape).reshape(len(kept), margin.size)
            columns = {
                DIMS[axis]: [f"{DIMS[axis]}{at}" for at in index[place]] for place, axis in enumerate(kept)
            }
            frame = pl.DataFrame(columns | {"count": margin.ravel().astype(np.int64)})
            missing = [pl.lit(None, pl.String).alias(dim) for dim in DIMS if dim not in frame.columns]
            frames.append(frame.with_columns(missing).select(*DIMS, "count"))
    return pl.concat(frames)


def main() -> None:
    """Suppress vintage after vintage, attack all together, and attack primary suppression alone."""
    given = machine.arguments(__doc__ or "", dongs=6, families=3, slots=3, seed=0)
    whole = counts((given.dongs, given.families, MONTHS + VINTAGES - 1, given.slots), given.seed)
    published: list[Release] = []
    cells = primary = secondary = programs = refused = 0
    began = time.perf_counter()
    for tables in vintages(whole, given.seed):
        found = suppress(tables, THRESHOLD, earlier=published)
        cells += sum(len(table.cells) for table in tables)
        primary, secondary = primary + found.primary, secondary + found.secondary
        programs, refused = programs + found.programs, refused + found.refused
        if not found.refused:
            published += found.releases
    suppressing = time.perf_counter() - began
    began = time.perf_counter()
    known = links([one.table for one in published])
    intervals = attack([one.public() for one in published], known, enough=THRESHOLD)
    attacking = time.perf_counter() - began
    bare = [
        Release(one.table, frozenset(k for k, n in one.table.cells.items() if 0 < n < THRESHOLD))
        for one in published
    ]
    weak = attack([one.public() for one in bare], known, enough=THRESHOLD)
    above = [published[n].table.cells[key] for n, key in intervals.narrower(THRESHOLD)]
    figures = {
        "tables": len(published),
        "vintages": VINTAGES,
        "refused": refused,
        "cells": cells,
        "primary": primary,
        "complementary": secondary,
        "share_suppressed": round((primary + secondary) / max(cells, 1), 3),
        "cells_attacked": len(intervals.cells),
        "narrower_than_5_wide": len(intervals.tighter(THRESHOLD)),
        "not_from_0_to_5": len(above),
        "not_from_0_to_5_and_small": sum(count < THRESHOLD for count in above),
        "baseline_primary_only_pinned_down": len(weak.pinned()),
        "baseline_primary_only_not_from_0_to_5": len(weak.narrower(THRESHOLD)),
        "baseline_cells_attacked": len(weak.cells),
        "programs_suppressing": programs,
        "programs_attacking": intervals.programs,
        "seconds_suppressing": round(suppressing, 1),
        "seconds_attacking": round(attacking, 1),
    }
    machine.report("disclosure", figures, seed=given.seed, as_json=given.as_json)


if __name__ == "__main__":
    main()
