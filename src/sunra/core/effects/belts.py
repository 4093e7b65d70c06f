"""The belt around places: neighbours that are none themselves, each shared out among those it touches."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]
Shares = Mapping[Cell, tuple[int, ...]]


def belts(cell_e: NDArray[np.integer], cell_n: NDArray[np.integer]) -> Shares:
    """By neighbouring cell (eight around each place) the rows of the places it touches; places left out.

    An event in such a cell counts 1 / len(rows) for each of its rows, so that none counts twice.
    """
    places = list(zip(cell_e.tolist(), cell_n.tolist(), strict=True))
    taken = set(places)
    found: dict[Cell, list[int]] = {}
    for row, (east, north) in enumerate(places):
        for cell in ((east + i, north + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            if cell not in taken:
                found.setdefault(cell, []).append(row)
    return {cell: tuple(rows) for cell, rows in found.items()}
