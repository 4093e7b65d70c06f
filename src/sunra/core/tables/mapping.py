"""A table whose column names nobody knows: a proposal what it holds, and reading it as a person said.

`propose` scores every kind by header similarity (Dice coefficient of letter pairs: L. R. Dice, Ecology 26,
1945) and by what the cells look like; `Mapping` is the answer of a person, handed to `read`.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from sunra.core.tables.clean import date_of, month_of
from sunra.core.tables.errors import TableError
from sunra.core.tables.headers import normal
from sunra.core.tables.kinds import KINDS, Recognised
from sunra.core.tables.kinds.base import COMMON, Kind
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw


class BadMapping(TableError):  # noqa: N818
    """The mapping names a kind, a header row or columns that this table does not have."""

    code = "bad_mapping"


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a table holds: its ``kind``, the record that is its header, canonical field → column index."""

    kind: str
    columns: Pairs[str, int] = field(default_factory=dict)
    header: int = 0


def recognised(raw: Raw, mapping: Mapping) -> Recognised:
    """The table as the mapping says; raises `BadMapping` when it does not fit the file."""
    kind = next((kind for kind in KINDS if kind.name == mapping.kind), None)
    if kind is None or not 0 <= mapping.header < len(raw.records):
        raise BadMapping(raw.file, f"kind {mapping.kind}, header {mapping.header}")
    width = len(raw.records[mapping.header])
    strange = set(mapping.columns) - set(kind.fields)
    if strange or not all(0 <= index < width for index in mapping.columns.values()):
        raise BadMapping(raw.file, "columns")
    return Recognised(kind=kind, header=mapping.header, columns=dict(mapping.columns))


SEEN = 200
"""Rows looked at for a proposal."""
SHOWN = 10
_TITLE_ROWS = 10
_ENOUGH = 0.45
_LOOKS: dict[str, str] = {
    "lat": "lat", "lon": "lon", "lot_address": "lot", "road_address": "street", "address": "address",
    "reference_date": "date", "day": "date", "cameras": "count", "lamps": "count", "bells": "count",
    "count": "count", "installed": "month", "time": "clock",
}  # fmt: skip
_ALONE = frozenset({"lat", "lon", "lot", "street", "address"})
"""Looks that are proof by themselves; a date or a small number may be anything."""
_HINTS: dict[str, str] = {
    "cctv": r"cctv|카메라|감시|방범",
    "security_light": r"보안등|조명|light",
    "street_lamp": r"가로등|lamp",
    "emergency_bell": r"비상벨|안심벨|bell",
    "police_office": r"경찰|지구대|파출소|치안",
    "enforcement_camera": r"단속",
    "child_zone": r"어린이|보호구역",
    "school": r"학교|school",
    "subway_station": r"지하철|역사|도시철도",
    "bus_stop": r"정류|버스",
    "park": r"공원|park",
    "call112": r"112|신고",
    "accident_event": r"사고|accident",
    "safe_house": r"지킴이",
    "locker": r"택배",
}
_NUMBER = re.compile(r"^-?\d+(?:,\d{3})*(?:\.\d+)?$")
_LOT = re.compile(r"[가-힣\d](?:동|리|가|읍|면)\s*산?\s*\d")
_STREET = re.compile(r"[가-힣\d](?:로|길)\s*\d")
_REGION = re.compile(r"특별시|광역시|[가-힣]+도 |[가-힣]+[시군구] ")
_CLOCK = re.compile(r"^\d{1,2}:\d{2}(?::\d{2})?$|^(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?$")


@dataclass(frozen=True, slots=True)
class Guess:
    """A column proposed for a field: its index, how sure (0-1), and whether its name or its cells say so."""

    column: int
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A kind that the table may be: how well it fits (0-1) and the columns of its fields."""

    kind: str
    score: float
    columns: dict[str, Guess]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an unknown table may hold: ``candidates`` best first, its header and the first rows below it.

    ``fingerprint`` is the same for every table with these column names in this order.
    """

    file: str
    header_row: int
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    fingerprint: str
    candidates: tuple[Candidate, ...]

    def best(self) -> Mapping:
        """The mapping of the best candidate."""
        first = self.candidates[0]
        columns = {name: guess.column for name, guess in first.columns.items()}
        return Mapping(first.kind, columns, self.header_row)


def propose(source: Raw | str | Path, *, limits: Limits | None = None) -> Proposal:
    """For every kind the best columns of a table; raises `TableError` when the file is no table at all."""
    raw = source if isinstance(source, Raw) else _parsed(Path(source), limits or Limits())
    row = header_row(raw)
    header = raw.records[row] if raw.records else []
    body = [record for record in raw.records[row + 1 : row + 1 + SEEN] if len(record) >= len(header)]
    columns = [[record[index].strip() for record in body] for index in range(len(header))]
    looks = [_looks([cell for cell in column if cell]) for column in columns]
    shaped = raw.geometry is not None
    found = [
        _candidate(kind, header, looks, raw.file, placed=shaped)
        for kind in KINDS
        if kind.name != "road" or shaped
    ]
    return Proposal(
        file=raw.file,
        header_row=row,
        header=tuple(cell.strip() for cell in header),
        sample=tuple(tuple(record[: len(header)]) for record in raw.records[row + 1 : row + 1 + SHOWN]),
        lines=tuple(raw.lines[row + 1 : row + 1 + SHOWN]),
        fingerprint=_fingerprint(header),
        candidates=tuple(sorted(found, key=lambda candidate: -candidate.score)),
    )


def header_row(raw: Raw) -> int:
    """The record that looks like column names: many cells, all different, none a number."""
    if raw.geometry is not None:
        return 0
    widest = max((_filled(record) for record in raw.records[: _TITLE_ROWS + 5]), default=0)
    for index, record in enumerate(raw.records[:_TITLE_ROWS]):
        names = [cell.strip() for cell in record if cell.strip()]
        different = len(set(names)) == len(names)
        if len(names) >= max(1, 0.6 * widest) and different and not any(map(_NUMBER.match, names)):
            return index
    return 0


def fingerprint(path: str | Path, *, limits: Limits | None = None) -> str:
    """The fingerprint of a file's column names; raises `TableError`."""
    raw = _parsed(Path(path), limits or Limits())
    return _fingerprint(raw.records[header_row(raw)] if raw.records else [])


def _parsed(path: Path, limits: Limits) -> Raw:
    from sunra.core.tables.reading import parse  # reading stands on Mapping, above

    return parse(path, limits, opening=True)


def _fingerprint(header: list[str]) -> str:
    return hashlib.sha256("\x1f".join(normal(cell) for cell in header).encode("utf-8", "replace")).hexdigest()


def _filled(record: list[str]) -> int:
    return sum(1 for cell in record if cell.strip())


def _looks(cells: list[str]) -> dict[str, float]:
    """For each look the share of the filled cells that have it; nothing for an empty column."""
    if not cells:
        return {}
    numbers = [float(cell.replace(",", "")) for cell in cells if _NUMBER.match(cell)]
    counted = {
        "lon": sum(124.0 <= value <= 132.0 or 100_000 < value < 1_500_000 for value in numbers),
        "lat": sum(33.0 <= value <= 39.0 or 100_000 < value < 2_200_000 for value in numbers),
        "count": sum(value == int(value) and 0 <= value <= 1_000 for value in numbers),
        "date": sum(date_of(cell) is not None for cell in cells),
        "month": sum(bool(month_of(cell)) for cell in cells),
        "clock": sum(bool(_CLOCK.match(cell)) for cell in cells),
        "lot": sum(bool(_LOT.search(cell)) and not _STREET.search(cell) for cell in cells),
        "street": sum(bool(_STREET.search(cell)) for cell in cells),
        "address": sum(bool(_REGION.search(cell) or _LOT.search(cell)) for cell in cells),
    }
    return {look: count / len(cells) for look, count in counted.items()}


def likeness(first: str, second: str) -> float:
    """Dice coefficient of the letter pairs of two names (0-1); a name inside the other counts as near."""
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    pairs = [Counter(pairwise(name)) for name in (first, second)]
    total = sum(pairs[0].values()) + sum(pairs[1].values())
    dice = 2 * sum((pairs[0] & pairs[1]).values()) / total if total else 0.0
    inside = min(len(first), len(second)) >= 2 and (first in second or second in first)
    return max(dice, 0.75 if inside else 0.0)


def _candidate(
    kind: Kind, header: list[str], looks: list[dict[str, float]], file: str, *, placed: bool
) -> Candidate:
    """The best column of each field of one kind, and how well all of it fits."""
    names = [normal(cell) for cell in header]
    scored = [
        (guess.score, field_name, guess)
        for field_name, aliases in kind.fields.items()
        for index, name in enumerate(names)
        if (guess := _guess(field_name, aliases, name, index, looks[index])).score >= _ENOUGH
    ]
    columns: dict[str, Guess] = {}
    for _score, field_name, guess in sorted(scored, key=lambda item: (-item[0], item[2].column)):
        if field_name not in columns and all(guess.column != other.column for other in columns.values()):
            columns[field_name] = guess
    own = [guess.score for field_name, guess in columns.items() if field_name not in COMMON]
    points = placed or {"lon", "lat"} <= columns.keys()
    addressed = columns.keys() & {"lot_address", "road_address", "address"}
    where = 0.4 if points else 0.25 if addressed else 0.0
    hint = _HINTS.get(kind.name)
    named = bool(hint and re.search(hint, " ".join([file, *names]), re.IGNORECASE))
    needed = kind.fits({name: guess.column for name, guess in columns.items()}, "")
    score = where + 0.25 * named + 0.2 * min(1.0, sum(own)) + 0.15 * needed
    return Candidate(kind.name, round(score, 3), columns)


def _guess(
    field_name: str, aliases: tuple[str, ...], name: str, index: int, looks: dict[str, float]
) -> Guess:
    """How well one column serves one field, by its name and by its cells."""
    by_name = max(
        (likeness(name, alias) for alias in aliases if len(alias) > 1 or name == alias), default=0.0
    )
    look = _LOOKS.get(field_name)
    if look is None:
        return Guess(index, by_name if by_name >= 0.6 else 0.0, "name")
    share = looks.get(look, 0.0)
    if looks and share < 0.3:
        return Guess(index, 0.0, "cells")
    if by_name >= 0.6:
        return Guess(index, 0.6 * by_name + 0.4 * share, "name")
    alone = 0.55 * share + 0.2 * by_name if look in _ALONE else 0.3 * share + 0.3 * by_name
    return Guess(index, alone, "cells")
