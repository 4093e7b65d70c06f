"""Tables of counts as they are published: dimensions, cells, what is hidden, and how tables hang together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

Key = tuple[str, ...]


class BadTable(ValueError):  # noqa: N818 - reads as what it is
    """A table without dimensions, with a cell twice, or with counts that are no counts."""


@dataclass(frozen=True, eq=False)
class CountTable:
    """Counts by ``dims``: ``cells`` maps the values of the dimensions to a count; a missing cell is a zero
    that everybody knows.

    Tables with the same ``vintage`` count the same things at the same time; what they have in common must
    agree.
    """

    name: str
    dims: Key
    cells: Mapping[Key, int]
    vintage: str = ""

    def margin(self, dims: Key) -> dict[Key, int]:
        """The counts by some of the dimensions, in the order of ``dims``."""
        places = [self.dims.index(name) for name in dims]
        found: dict[Key, int] = {}
        for key, count in self.cells.items():
            part = tuple(key[place] for place in places)
            found[part] = found.get(part, 0) + count
        return found


@dataclass(frozen=True, eq=False)
class PublishedTable:
    """What everybody sees of a table: the count of a cell, or None where it was hidden."""

    name: str
    dims: Key
    shown: Mapping[Key, int | None]
    vintage: str = ""


@dataclass(frozen=True, eq=False)
class Release:
    """A table and the cells of it that are hidden."""

    table: CountTable
    hidden: frozenset[Key]

    def public(self) -> PublishedTable:
        """The table without what is hidden."""
        shown = {k: None if k in self.hidden else n for k, n in self.table.cells.items()}
        return PublishedTable(self.table.name, self.table.dims, shown, self.table.vintage)


@dataclass(frozen=True, slots=True)
class Link:
    """What may be known between two published tables (by their places in a list) about a common margin.

    ``lower`` counts no more than ``upper`` in the cell ``key`` of the dimensions ``dims``; the same when
    ``equal``.
    """

    lower: int
    upper: int
    dims: Key
    key: Key
    equal: bool


def split(frame: pl.DataFrame, dims: Sequence[str], *, name: str, vintage: str = "") -> list[CountTable]:
    """The tables in one frame with a column ``count``: a null in a dimension means its total, so that rows
    with totals are tables of fewer dimensions. Raises :class:`BadTable`.
    """
    if "count" not in frame.columns or any(dim not in frame.columns for dim in dims) or "count" in dims:
        raise BadTable("the frame needs its dimensions and a column count")
    counts = frame["count"].cast(pl.Int64, strict=False)
    if counts.null_count() or (len(counts) and int(counts.min()) < 0):  # type: ignore[arg-type]
        raise BadTable("counts are whole numbers from 0")
    found: dict[Key, dict[Key, int]] = {}
    texts = frame.select(pl.col(dim).cast(pl.String) for dim in dims)
    for values, count in zip(texts.iter_rows(), counts, strict=True):
        kept = tuple(dim for dim, value in zip(dims, values, strict=True) if value is not None)
        key = tuple(value for value in values if value is not None)
        cells = found.setdefault(kept, {})
        if key in cells:
            raise BadTable(f"a cell occurs twice: {', '.join(kept)}")
        cells[key] = int(count)
    return [CountTable(name, kept, cells, vintage) for kept, cells in found.items()]


def links(tables: Sequence[CountTable]) -> list[Link]:
    """Everything that could be known between tables: which common margins are equal, which one is larger.

    More than anybody knows from outside: whoever withstands an attacker with these links withstands one who
    guesses that counts only grow, or that nothing changed between two vintages.
    """
    found = []
    for j, later in enumerate(tables):
        for i, earlier in enumerate(tables[:j]):
            common = tuple(sorted(set(earlier.dims) & set(later.dims)))
            first, second = earlier.margin(common), later.margin(common)
            for key in _both(first, second):
                lower, upper = (i, j) if first[key] <= second[key] else (j, i)
                found.append(Link(lower, upper, common, key, first[key] == second[key]))
    return found


def _both(first: Mapping[Key, int], second: Mapping[Key, int]) -> Iterable[Key]:
    return sorted(first.keys() & second.keys())
