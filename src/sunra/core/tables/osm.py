"""OpenStreetMap's own XML: ways with a highway tag as streets."""

from collections import Counter

import numpy as np
import shapely

from sunra.core.tables.errors import NotATable, TooLarge
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw

COLUMNS = ("osmid", "name", "highway", "oneway")
_SHORTEST = 2


class Streets:
    """Receives the elements of an OSM file one by one; `raw` gives the streets.

    Rows are the ways with a highway tag; other ways (houses, rivers) and relations are counted in the
    warning ``other_features``. A way whose nodes are not in the file has no line.
    """

    def __init__(self, file: str, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._nodes: dict[str, tuple[float, float]] = {}
        self._refs: list[str] | None = None
        self._tags: dict[str, str] = {}
        self._id = ""
        self._rows: list[list[str]] = []
        self._lines: list[list[str]] = []
        self._others = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "node":
            self._node(attributes)
        elif name == "way":
            self._refs, self._tags, self._id = [], {}, attributes.get("id", "")
        elif name == "nd" and self._refs is not None:
            self._refs.append(attributes.get("ref", ""))
        elif name == "tag" and self._refs is not None:
            self._tags[attributes.get("k", "")] = attributes.get("v", "")
        elif name == "relation":
            self._others += 1

    def _node(self, attributes: dict[str, str]) -> None:
        try:
            self._nodes[attributes["id"]] = float(attributes["lon"]), float(attributes["lat"])
        except (KeyError, ValueError):
            return

    def end(self, name: str) -> None:
        """An element ends."""
        if name != "way" or self._refs is None:
            return
        if "highway" in self._tags:
            if len(self._rows) >= self._limits.max_rows:
                raise TooLarge(self._file, f"over {self._limits.max_rows} ways")
            tags = [self._tags.get(column, "") for column in COLUMNS[1:]]
            self._rows.append([self._id, *tags])
            self._lines.append(self._refs)
        else:
            self._others += 1
        self._refs = None

    def raw(self, encoding: str) -> Raw:
        """The streets read so far. Raises `NotATable` when there are none."""
        if not self._rows:
            raise NotATable(self._file, "no streets")
        lines = np.full(len(self._lines), None, dtype=object)
        for index, refs in enumerate(self._lines):
            points = [self._nodes[ref] for ref in refs if ref in self._nodes]
            if len(points) >= _SHORTEST and np.isfinite(points).all():
                lines[index] = shapely.LineString(points)
        return Raw(
            file=self._file, records=[list(COLUMNS), *self._rows], lines=list(range(len(self._rows) + 1)),
            encoding=encoding, epsg=4326, geometry=lines,
            notes=Counter({"other_features": self._others} if self._others else {}),
        )  # fmt: skip
