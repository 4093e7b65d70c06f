"""What every reader hands on: records of text, where each began, and what was noticed."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Raw:
    """One table as text.

    ``records`` are rows of cells, header rows included; ``lines[i]`` is the physical line (csv), sheet row
    (xlsx) or feature number (vector files) of record ``i``. Vector files carry one shapely geometry per
    record after the header, and ``epsg`` when the file says it. ``cut_line`` is the line of a last
    record that the file's end cut through (0 = none). ``notes`` counts warnings by code.
    """

    file: str
    records: list[list[str]]
    lines: list[int]
    encoding: str | None
    epsg: int | None = None
    geometry: NDArray[np.object_] | None = None
    cut_line: int = 0
    notes: Counter[str] = field(default_factory=Counter)
