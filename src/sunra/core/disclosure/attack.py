"""Somebody who has every published table and a linear program: how closely can each hidden cell be known?

Written apart from the suppression and from the public side alone: the unknowns are the cells of the joint
table of each vintage, every published count is one equation over them, x ≥ 0, and each hidden cell is made
as small and as large as the equations allow (scipy's HiGHS).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sunra.core.disclosure.tables import Key, Link, PublishedTable

ATOM_LIMIT = 200_000
"""A joint table larger than this is attacked table by table, held together by common margins."""
_TINY = 1e-7

Row = tuple[dict[int, float], float]


@dataclass(frozen=True, eq=False)
class Intervals:
    """What a hidden cell can be: ``cells[(table, key)] = (lowest, highest)``, the highest may be infinite."""

    cells: dict[tuple[int, Key], tuple[float, float]]
    programs: int

    def narrower(self, threshold: float = 5, *, slack: float = 1e-6) -> list[tuple[int, Key]]:
        """Hidden cells whose interval does not hold [0, threshold]."""
        return [cell for cell, (low, high) in self.cells.items() if low > slack or high < threshold - slack]

    def tighter(self, width: float = 5, *, slack: float = 1e-6) -> list[tuple[int, Key]]:
        """Hidden cells whose interval is less than ``width`` wide."""
        return [cell for cell, (low, high) in self.cells.items() if high - low < width - slack]

    def pinned(self) -> list[tuple[int, Key]]:
        """Hidden cells that are known exactly."""
        return [cell for cell, (low, high) in self.cells.items() if high - low < 1e-6]


class Contradiction(ValueError):  # noqa: N818
    """The tables cannot all be true."""


@dataclass(eq=False)
class _Unknowns:
    """Each table's cells as sums of unknowns: ``parts[table][key]`` names them."""

    parts: list[dict[Key, list[int]]]
    size: int = 0
    equal: list[Row] = field(default_factory=list)
    least: list[Row] = field(default_factory=list)


def attack(
    published: Sequence[PublishedTable], links: Sequence[Link] = (), *, enough: float | None = None
) -> Intervals:
    """The interval of every hidden cell, given all published tables and what is known between them.

    With ``enough`` a cell is not looked at further once some possible world shows it at its lowest and
    another one ``enough`` or more above that: its interval is then at least what is told, and exact where it
    is narrower. Raises :class:`Contradiction`.
    """
    unknowns = _unknowns(published)
    hidden: dict[tuple[int, Key], list[int]] = {}
    for number, table in enumerate(published):
        for key, count in table.shown.items():
            parts = unknowns.parts[number].get(key, [])
            if count is None:
                hidden[number, key] = parts
            else:
                unknowns.equal.append((dict.fromkeys(parts, 1.0), float(count)))
    for link in links:
        _know(unknowns, published, link)
    return _Search(unknowns, hidden, enough).run()


def _unknowns(published: Sequence[PublishedTable]) -> _Unknowns:
    found = _Unknowns([{} for _table in published])
    by_vintage: dict[str, list[int]] = defaultdict(list)
    for number, table in enumerate(published):
        by_vintage[table.vintage].append(number)
    for numbers in by_vintage.values():
        if not _jointly(found, published, numbers):
            _apart(found, published, numbers)
    return found


def _jointly(found: _Unknowns, published: Sequence[PublishedTable], numbers: list[int]) -> bool:
    """One unknown per combination that no table leaves out; False when they are too many."""
    dims: Key = ()
    rows: list[Key] = [()]
    for number in sorted(numbers, key=lambda n: -len(published[n].dims)):
        table = published[number]
        shared = [place for place, name in enumerate(table.dims) if name in dims]
        fresh = [place for place, name in enumerate(table.dims) if name not in dims]
        at = [dims.index(table.dims[place]) for place in shared]
        tails: dict[Key, list[Key]] = defaultdict(list)
        for key in table.shown:
            tails[tuple(key[p] for p in shared)].append(tuple(key[p] for p in fresh))
        rows = [row + tail for row in rows for tail in tails.get(tuple(row[p] for p in at), ())]
        dims += tuple(table.dims[place] for place in fresh)
        if len(rows) > ATOM_LIMIT:
            return False
    for number in numbers:
        at = [dims.index(name) for name in published[number].dims]
        parts: dict[Key, list[int]] = defaultdict(list)
        for offset, row in enumerate(rows):
            parts[tuple(row[p] for p in at)].append(found.size + offset)
        found.parts[number] = parts
    found.size += len(rows)
    return True


def _apart(found: _Unknowns, published: Sequence[PublishedTable], numbers: list[int]) -> None:
    """Each table its own unknowns, equal on what two tables have in common."""
    for number in numbers:
        keys = list(published[number].shown)
        found.parts[number] = {key: [found.size + at] for at, key in enumerate(keys)}
        found.size += len(keys)
    for place, first in enumerate(numbers):
        for second in numbers[place + 1 :]:
            common = tuple(sorted(set(published[first].dims) & set(published[second].dims)))
            one, two = (_margin(found, published, number, common) for number in (first, second))
            for key in one.keys() | two.keys():
                row = dict.fromkeys(one.get(key, []), 1.0) | dict.fromkeys(two.get(key, []), -1.0)
                found.equal.append((row, 0.0))


def _margin(
    found: _Unknowns, published: Sequence[PublishedTable], number: int, dims: Key
) -> dict[Key, list[int]]:
    at = [published[number].dims.index(name) for name in dims]
    sums: dict[Key, list[int]] = defaultdict(list)
    for key, parts in found.parts[number].items():
        if key in published[number].shown:
            sums[tuple(key[p] for p in at)].extend(parts)
    return sums


def _know(unknowns: _Unknowns, published: Sequence[PublishedTable], link: Link) -> None:
    """Add what is known between two tables."""
    upper = _margin(unknowns, published, link.upper, link.dims).get(link.key, [])
    lower = _margin(unknowns, published, link.lower, link.dims).get(link.key, [])
    row: dict[int, float] = defaultdict(float)
    for part in upper:
        row[part] += 1.0
    for part in lower:
        row[part] -= 1.0
    row = {part: sign for part, sign in row.items() if sign}
    if row:
        (unknowns.equal if link.equal else unknowns.least).append((row, 0.0))


@dataclass(eq=False)
class _Search:
    """The programs, one connected part of the unknowns at a time."""

    unknowns: _Unknowns
    hidden: dict[tuple[int, Key], list[int]]
    enough: float | None
    programs: int = 0

    def run(self) -> Intervals:
        """Both ends of every hidden cell."""
        nothing = self._settled()
        equal, least = (self._cut(rows, nothing) for rows in (self.unknowns.equal, self.unknowns.least))
        hidden = {cell: [p for p in parts if p not in nothing] for cell, parts in self.hidden.items()}
        found = {cell: (0.0, 0.0) for cell, parts in hidden.items() if not parts}
        for columns, same, order, cells in self._parts(equal, least, hidden):
            found |= self._intervals(columns, same, order, {cell: hidden[cell] for cell in cells})
        return Intervals({cell: found[cell] for cell in self.hidden}, self.programs)

    def _settled(self) -> frozenset[int]:
        """Unknowns under a sum of zero."""
        zero = [row for row, total in self.unknowns.equal if total == 0 and min(row.values(), default=1) > 0]
        return frozenset(part for row in zero for part in row)

    @staticmethod
    def _cut(rows: list[Row], nothing: frozenset[int]) -> list[Row]:
        found: dict[tuple[tuple[int, float], ...], float] = {}
        for row, total in rows:
            kept = tuple(sorted((part, sign) for part, sign in row.items() if part not in nothing))
            if kept:
                if found.setdefault(kept, total) != total:
                    raise Contradiction
            elif total != 0:
                raise Contradiction
        return [(dict(row), total) for row, total in found.items()]

    def _parts(
        self, equal: list[Row], least: list[Row], hidden: dict[tuple[int, Key], list[int]]
    ) -> Iterator[tuple[np.ndarray, list[Row], list[Row], list[tuple[int, Key]]]]:
        """The unknowns that hang together, with their rows and the hidden cells among them."""
        chains = [list(row) for row, _total in [*equal, *least]] + list(hidden.values())
        ends = [pair for chain in chains for pair in pairwise(chain)]
        one, two = (np.array([pair[side] for pair in ends], dtype=np.int64) for side in (0, 1))
        size = self.unknowns.size
        graph = csr_array((np.ones(len(ends)), (one, two)), shape=(size, size))
        _count, part = connected_components(graph, directed=False)
        same, order, cells = (defaultdict(list) for _ in range(3))
        for row, total in equal:
            same[part[next(iter(row))]].append((row, total))
        for row, total in least:
            order[part[next(iter(row))]].append((row, total))
        for cell, parts in hidden.items():
            if parts:
                cells[part[parts[0]]].append(cell)
        for number, inside in cells.items():
            yield np.flatnonzero(part == number), same[number], order[number], inside

    def _intervals(
        self,
        columns: np.ndarray,
        same: list[Row],
        order: list[Row],
        hidden: dict[tuple[int, Key], list[int]],
    ) -> dict[tuple[int, Key], tuple[float, float]]:
        place = {int(column): number for number, column in enumerate(columns)}
        given: dict[str, object] = {"bounds": (0, None), "method": "highs"}
        if same:
            given["A_eq"], given["b_eq"] = _matrix(same, place)
        if order:
            matrix, rest = _matrix(order, place)
            given["A_ub"], given["b_ub"] = -matrix, -rest
        sums, _zero = _matrix([(dict.fromkeys(parts, 1.0), 0.0) for parts in hidden.values()], place)
        low, high = np.full(len(hidden), np.inf), np.full(len(hidden), -np.inf)
        found: dict[tuple[int, Key], tuple[float, float]] = {}
        for number, cell in enumerate(hidden):
            cost = sums[[number]].toarray()[0]
            lowest, highest = low[number], high[number]
            if self.enough is None or lowest > _TINY:
                lowest = self._solve(cost, given, sums, low, high)
            if self.enough is None or high[number] < lowest + self.enough:
                highest = self._solve(-cost, given, sums, low, high)
            else:
                highest = high[number]
            found[cell] = (float(lowest), float(highest))
        return found

    def _solve(
        self, cost: np.ndarray, given: dict[str, object], sums: csr_array, low: np.ndarray, high: np.ndarray
    ) -> float:
        self.programs += 1
        done = scipy.optimize.linprog(cost, **given)
        if done.status == 3:
            return np.inf
        if done.status != 0:
            raise Contradiction(done.message)
        seen = sums @ done.x
        np.minimum(low, seen, out=low)
        np.maximum(high, seen, out=high)
        return abs(float(done.fun))


def _matrix(rows: list[Row], place: dict[int, int]) -> tuple[csr_array, np.ndarray]:
    pointers = np.cumsum([0, *(len(row) for row, _total in rows)])
    columns = np.fromiter((place[part] for row, _total in rows for part in row), np.int64)
    values = np.fromiter((sign for row, _total in rows for sign in row.values()), float)
    totals = np.array([total for _row, total in rows])
    return csr_array((values, columns, pointers), shape=(len(rows), len(place))), totals
