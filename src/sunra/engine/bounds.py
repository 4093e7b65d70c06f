"""Whether a join condition keeps two rows within the halo of each other.

What a condition measures must be the declared position itself: expressions are followed from the table's
columns through projections and aliases, and anything computed on the way no longer counts as a position.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sunra.engine.plan import pure, split
from sunra.engine.query import METRES, At, Query

_METRES_A_DEGREE: Final = 111_900
"""No degree of longitude or latitude in Korea is longer, with the projection's own stretch."""
_NUMBER = re.compile(r"^(?:Int|UInt|Float)(?:8|16|32|64)\((-?[\d.eE+-]+)\)$")
_TOUCHING: Final = {
    "st_intersects", "st_contains", "st_within", "st_covers", "st_coveredby", "st_touches", "st_crosses",
    "st_overlaps", "st_equals",
}  # fmt: skip
_COLUMN = re.compile(r"(\w+)\.\w+")


@dataclass(frozen=True, slots=True)
class Place:
    """A position as expressions name it: the columns ``x`` and ``y``, or one geometry column in ``x``."""

    x: str
    y: str = ""

    def spelled(self) -> frozenset[str]:
        """The expressions that are this position."""
        if self.y:
            return frozenset({f"st_point({self.x}, {self.y})"})
        return frozenset({self.x, f"st_geomfromwkb({self.x})"})

    def mapped(self, names: dict[str, str]) -> "Place | None":
        """The place under new column names, nothing when a column did not come along."""
        if self.x not in names or (self.y and self.y not in names):
            return None
        return Place(names[self.x], names[self.y] if self.y else "")


def at_scan(at: At | None) -> frozenset[Place]:
    """The place of a table as its own scan names it."""
    if at is None:
        return frozenset()
    place = Place(at.geometry) if at.geometry else Place(at.x, at.y)
    return frozenset({Place(f"?table?.{place.x}", f"?table?.{place.y}" if place.y else "")})


def renamed(places: Iterable[Place], alias: str) -> frozenset[Place]:
    """The places of a subquery under its alias."""
    return frozenset(
        Place(f"{alias}.{_bare(place.x)}", f"{alias}.{_bare(place.y)}" if place.y else "") for place in places
    )


def _bare(column: str) -> str:
    return column.rpartition(".")[2]


def projected(places: Iterable[Place], expressions: Iterable[str]) -> frozenset[Place]:
    """The places that a projection passes on: columns as they are or renamed, and points made of them."""
    names: dict[str, str] = {}
    made: set[Place] = set()
    kept = list(places)
    spelled = {text for place in kept for text in place.spelled()}
    for expression in expressions:
        first, name = pure(expression), split(expression, " AS ")[-1]
        names.setdefault(first, name)
        if first in spelled and "(" in first:
            made.add(Place(name))
    moved = (place.mapped(names) for place in kept)
    return frozenset({place for place in moved if place is not None} | made)


def same_cell(keys: str, ours: Iterable[Place], theirs: Iterable[Place]) -> bool:
    """Whether an equi-join compares both numbers of the cell."""
    pairs = {frozenset(key.split(" = ")) for key in split(keys, ", ")}
    return any(
        {frozenset({mine.x, other.x}), frozenset({mine.y, other.y})} <= pairs
        for mine in ours
        for other in theirs
    )


def within(condition: str, ours: Iterable[Place], theirs: Iterable[Place], query: Query) -> bool:
    """Whether ``condition`` holds only for pairs whose positions are at most the halo apart."""
    condition, *names = split(condition, " AS ") or [""]
    if len(split(condition, " OR ")) != 1:
        return False
    named = {_close(part) for name in names for part in split(name, " AND ")}
    ours_spelled = {text for place in ours for text in place.spelled()}
    theirs_spelled = {text for place in theirs for text in place.spelled()}
    crs = query.at[query.partition].crs
    for part in split(condition, " AND "):
        found = _distance(part)
        if found is None or (named and _close(part) not in named):  # an alias may cover more than it seems
            continue
        distance, first, second = found
        pair = (first in ours_spelled and second in theirs_spelled) or (
            second in ours_spelled and first in theirs_spelled
        )
        if pair and distance >= 0 and _metres(distance, crs) <= query.halo:
            return True
    return False


def _close(text: str) -> str:
    """A condition without blanks, as the plan's names write it."""
    return text.replace(" ", "")


def _metres(distance: float, crs: int) -> float:
    """An upper bound in metres of EPSG:5179."""
    if distance == 0 or crs == METRES:
        return distance
    return distance * (_METRES_A_DEGREE if crs == 4326 else 1.01)


def _distance(part: str) -> tuple[float, str, str] | None:
    """How far apart a condition lets two expressions be, with both; nothing for other conditions."""
    name, _bracket, rest = part.partition("(")
    if name == "st_distance":
        inside, less, bound = rest.partition(") <")
        arguments = split(inside, ", ")
        number = _NUMBER.match(bound.removeprefix("=").strip())
        if less and number and len(arguments) == 2:
            return float(number.group(1)), arguments[0], arguments[1]
        return None
    if not rest.endswith(")"):
        return None
    arguments = split(rest[:-1], ", ")
    if name in _TOUCHING and len(arguments) == 2:
        return 0.0, arguments[0], arguments[1]
    if name == "st_dwithin" and len(arguments) == 3 and (number := _NUMBER.match(arguments[2])):
        return float(number.group(1)), arguments[0], arguments[1]
    return None


def asks_for(condition: str, ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether in every ``ST_KNN`` our rows ask for their nearest among ``theirs`` (aliases)."""
    for part in split(condition, " AND "):
        if "st_knn(" not in part:
            continue
        if not (part.startswith("st_knn(") and part.endswith(")")):
            return False
        asking, asked = split(part.removeprefix("st_knn(")[:-1], ", ")[:2]
        who, whom = set(_COLUMN.findall(asking)), set(_COLUMN.findall(asked))
        if not (who and whom and who <= ours and whom <= theirs):
            return False
    return len(split(condition, " OR ")) == 1
