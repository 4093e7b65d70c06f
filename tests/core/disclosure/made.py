"""Made tables with all their margins."""

from itertools import combinations

import numpy as np
import polars as pl


def with_margins(base: np.ndarray, dims: list[str]) -> pl.DataFrame:
    """Every cell of ``base`` and every sum over some of its axes (null = total)."""
    rows: list[dict] = []
    for size in range(len(dims) + 1):
        for kept in combinations(range(len(dims)), size):
            margin = np.asarray(base.sum(axis=tuple(a for a in range(len(dims)) if a not in kept)))
            for index in np.ndindex(*margin.shape):
                row: dict = dict.fromkeys(dims)
                row |= {dims[axis]: f"{dims[axis]}{at}" for axis, at in zip(kept, index, strict=True)}
                rows.append(row | {"count": int(margin[index])})
    return pl.DataFrame(rows, schema=dict.fromkeys(dims, pl.String) | {"count": pl.Int64})
