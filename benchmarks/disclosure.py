"""Can the hidden figures of published tables be worked out? The suppression attack on linked tables.

    python -m benchmarks.disclosure [--dongs 6] [--families 3] [--slots 3] [--seed 0] [--json]

A made district: events by dong × family × month × slot of the day, Poisson with uneven dongs and families,
published with all its margins in three vintages: after four months, a month later with four counts of the
first corrected upwards, and a month after that. Then somebody with a linear program who has every published
table, and also knows which counts grew and which stayed the same, tries each hidden cell.

``series``: each vintage published without knowing the next. ``block``: all three published together. Where
an interval of the series does not begin at 0, the cause is looked for: whether what was published before
says so already, and whether showing the cell would give a small count away with all else of its vintage
hidden.
``published``: tables of the kinds that do leave. ``before``: one way of hiding, nothing shown again. The
baseline is primary suppression alone (counts from 1 to 4 hidden, nothing else).
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from benchmarks import machine
from sunra.core.disclosure import CountTable, Release, attack, links, programs, split, suppress
from sunra.core.disclosure.state import Way
from sunra.core.disclosure.system import build
from sunra.core.disclosure.tables import Key

DIMS = ["dong", "family", "month", "slot"]
MONTHS, VINTAGES, CORRECTED = 4, 3, 4
THRESHOLD = 5
BEFORE = Way(2.0, smallest_first=False)
"""The one way of hiding that there was before others were tried and cells shown again."""


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
        found.append(linked(base[:, :, : MONTHS + number], DIMS, f"v{number}", str(number)))
    return found


def linked(base: np.ndarray, dims: list[str], name: str, vintage: str = "") -> list[CountTable]:
    """An array of counts as its table with all margins."""
    frames = []
    for size in range(len(dims) + 1):
        for kept in combinations(range(len(dims)), size):
            margin = np.asarray(base.sum(axis=tuple(a for a in range(len(dims)) if a not in kept)))
            index = np.indices(margin.shape).reshape(len(kept), margin.size)
            columns = {
                dims[axis]: [f"{dims[axis]}{at}" for at in index[place]] for place, axis in enumerate(kept)
            }
            frame = pl.DataFrame(columns | {"count": margin.ravel().astype(np.int64)})
            missing = [pl.lit(None, pl.String).alias(dim) for dim in dims if dim not in frame.columns]
            frames.append(frame.with_columns(missing).select(*dims, "count"))
    return split(pl.concat(frames), dims, name=name, vintage=vintage)


@dataclass
class Published:
    """Releases one after the other, and what making them took."""

    releases: list[Release] = field(default_factory=list)
    cells: int = 0
    primary: int = 0
    hidden: int = 0
    shown_again: int = 0
    refused: int = 0
    programs: int = 0
    seconds: float = 0.0
    above: dict[tuple[int, Key], float] = field(default_factory=dict)
    """(table, key) → where the interval begins, of hidden cells whose interval does not begin at 0."""

    def add(self, tables: Sequence[CountTable], **how: Any) -> None:
        """Protect tables jointly with what was published and publish them."""
        began = time.perf_counter()
        found = suppress(tables, THRESHOLD, earlier=self.releases, **how)
        self.seconds += time.perf_counter() - began
        self.cells += sum(len(table.cells) for table in tables)
        self.primary += found.primary
        self.hidden += found.primary + found.secondary
        self.shown_again += found.shown_again
        self.programs += found.programs
        self.refused += found.refused
        if not found.refused:
            self.releases += found.releases

    def figures(self) -> dict[str, Any]:
        """How much is hidden, and what the attacker finds."""
        began = time.perf_counter()
        known = links([one.table for one in self.releases])
        found = attack([one.public() for one in self.releases], known, enough=THRESHOLD)
        above = found.narrower(THRESHOLD)
        self.above = {cell: found.cells[cell][0] for cell in above}
        small = sum(self.releases[n].table.cells[key] < THRESHOLD for n, key in above)
        return {
            "tables": len(self.releases),
            "refused": self.refused,
            "cells": self.cells,
            "primary": self.primary,
            "complementary": self.hidden - self.primary,
            "share_suppressed": round(self.hidden / max(self.cells, 1), 3),
            "shown_again": self.shown_again,
            "cells_attacked": len(found.cells),
            "narrower_than_5_wide": len(found.tighter(THRESHOLD)),
            "not_from_0_to_5": len(above),
            "not_from_0_to_5_and_small": small,
            "programs_suppressing": self.programs,
            "programs_attacking": found.programs,
            "seconds_suppressing": round(self.seconds, 1),
            "seconds_attacking": round(time.perf_counter() - began, 1),
        }


def causes(published: Published) -> dict[str, int]:
    """Why intervals do not begin at 0, each cell by linear programs of its own.

    ``known_before``: with every cell of the own vintage hidden, what earlier vintages published leaves the
    same lowest value, so that no pattern of this vintage could lower it. ``hidden_in_any_pattern``: were the
    cell shown and all else of its vintage hidden, the interval of some count from 1 to 4 would no longer hold
    [0, 5]. ``hidden_in_this_pattern``: the others, hidden for the sake of complementary cells; no proof that
    another pattern could not show them.
    """
    found: Counter[str] = Counter()
    for vintage in sorted({one.table.vintage for one in published.releases}):
        cells = {
            place: low
            for place, low in published.above.items()
            if published.releases[place[0]].table.vintage == vintage
        }
        if cells:
            found += _causes(published.releases, vintage, cells)
    return dict(sorted(found.items()))


def _causes(releases: list[Release], vintage: str, cells: dict[tuple[int, Key], float]) -> Counter[str]:
    known = [one for one in releases if one.table.vintage <= vintage]
    system = build([one.table for one in known])
    shown = np.zeros(len(system.truth), dtype=bool)
    shown[system.known] = True
    own = np.zeros_like(shown)
    direct: set[tuple[tuple[str, ...], Key]] = set()
    for place, one in enumerate(known):
        for key in one.table.cells:
            node = system.node_of[place, key]
            if one.table.vintage == vintage:
                own[node] = True
            elif key not in one.hidden:
                shown[node] = True
                direct.add((one.table.dims, key))
    small = np.flatnonzero((system.truth > 0) & (system.truth < THRESHOLD) & ~shown)
    space = programs.free(system, shown)
    found: Counter[str] = Counter()
    for (place, key), low in cells.items():
        node = system.node_of[place, key]
        cost = (space.columns == node).astype(float)
        before = abs(float(programs.possible(space, cost) @ cost) - low) < 1e-5
        tells = _tells(system, shown | (np.arange(len(shown)) == node), small)
        table = known[place].table
        same = "the_cell_itself" if (table.dims, key) in direct else "its_parts"
        total = "over_all_months_so_far" if "month" not in table.dims else "of_a_corrected_month"
        found[f"{total}_{same}_published_before"] += before
        found["known_before"] += before
        found["hidden_in_any_pattern"] += tells
        found["hidden_in_this_pattern"] += not tells
        found["not_known_before"] += not before
    return found


def _tells(system: Any, shown: np.ndarray, small: np.ndarray) -> bool:
    """Whether some small count does not keep [0, 5] with exactly these nodes shown."""
    space = programs.free(system, shown)
    places = np.searchsorted(space.columns, small)
    low, high = np.zeros(len(small), dtype=bool), np.zeros(len(small), dtype=bool)

    def note(values: np.ndarray) -> None:
        np.logical_or(low, values[places] <= programs.EPSILON, out=low)
        np.logical_or(high, values[places] >= THRESHOLD - programs.EPSILON, out=high)

    note(programs.possible(space, np.isin(np.arange(len(space.columns)), places).astype(float)))
    note(programs.towards_five(space, places, THRESHOLD))
    for number, at in enumerate(places):
        cost, most = np.zeros(len(space.columns)), np.full(len(space.columns), np.inf)
        if not low[number]:
            cost[at] = 1.0
            note(programs.possible(space, cost))
        if not high[number]:
            cost[at], most[at] = -1.0, THRESHOLD
            note(programs.possible(space, cost, most))
        if not (low[number] and high[number]):
            return True
    return False


def made(shape: tuple[int, int], mean: float, dims: list[str], seed: int) -> list[CountTable]:
    """A table by two dimensions with its margins, uneven as areas and types are."""
    chance = np.random.default_rng(seed)
    rows, columns = chance.gamma(2.0, 0.5, shape[0]), chance.gamma(1.0, 1.0, shape[1])
    return linked(chance.poisson(mean * np.outer(rows, columns)), dims, "two-way")


PUBLISHED = {
    "dong_by_type": ((20, 7), 12.0, ["dong", "family"]),
    "district_by_month": ((25, 12), 25.0, ["district", "month"]),
}


def leaving(seed: int) -> dict[str, Any]:
    """The share hidden of tables as they leave, before and after, and of counts from 1 to 4 alone."""
    found = {}
    for name, (shape, mean, dims) in PUBLISHED.items():
        before, after = Published(), Published()
        before.add(made(shape, mean, dims, seed), ways=(BEFORE,), showing=0)
        after.add(made(shape, mean, dims, seed))
        figures = after.figures()
        found[name] = {
            "cells": after.cells,
            "share_small": round(after.primary / after.cells, 3),
            "share_suppressed_before": round(before.hidden / before.cells, 3),
            **{key: figures[key] for key in (
                "share_suppressed", "not_from_0_to_5", "narrower_than_5_wide", "seconds_suppressing"
            )},
        }  # fmt: skip
    return found


def weak(published: Published) -> dict[str, Any]:
    """What the attacker finds where small counts alone are hidden."""
    bare = [
        Release(one.table, frozenset(k for k, n in one.table.cells.items() if 0 < n < THRESHOLD))
        for one in published.releases
    ]
    found = attack([one.public() for one in bare], links([one.table for one in bare]), enough=THRESHOLD)
    return {
        "primary_only_pinned_down": len(found.pinned()),
        "primary_only_not_from_0_to_5": len(found.narrower(THRESHOLD)),
        "primary_only_cells_attacked": len(found.cells),
    }


def main() -> None:
    """Suppress vintage after vintage and all at once, attack both, and attack primary suppression alone."""
    given = machine.arguments(__doc__ or "", dongs=6, families=3, slots=3, seed=0)
    whole = counts((given.dongs, given.families, MONTHS + VINTAGES - 1, given.slots), given.seed)
    parts = vintages(whole, given.seed)
    before, series, block = Published(), Published(), Published()
    for tables in parts:
        before.add(tables, ways=(BEFORE,), showing=0)
        series.add(tables)
    block.add([table for tables in parts for table in tables])
    figures: dict[str, Any] = {"vintages": VINTAGES, "series": series.figures(), "block": block.figures()}
    figures["series"]["causes_of_not_from_0_to_5"] = causes(series)
    figures["before"] = before.figures()
    figures["published"] = leaving(given.seed)
    figures["baseline"] = weak(series)
    machine.report("disclosure", figures, seed=given.seed, as_json=given.as_json)


if __name__ == "__main__":
    main()
