"""Public team orienteering files (Chao; Solomon and Cordeau with time windows) as problems on a plane.

A file's point k is its row k, counted from 0: the start is row 0, stop i is row i + 1. Chao's last row is
the end; files with windows come back to row 0. Distances are travel times: one unit is one minute.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats, as_points
from sunra.core.routing.problem import Problem, Stops, Team

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
MOST_TEAMS = 100
_ONE_PER_MINUTE = 0.06


@dataclass(frozen=True, slots=True)
class Plane:
    """Euclidean distances between raw coordinates, cut after ``decimals`` where given (never rounded)."""

    decimals: int | None = None

    @property
    def turns(self) -> bool:
        """No streets, no turns."""
        return False

    def matrix(self, sources: ArrayLike, targets: ArrayLike) -> Floats:
        """Distances, (n, m)."""
        a, b = as_points(sources), as_points(targets)
        exact: Floats = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
        if self.decimals is None:
            return exact
        unit = 10.0**self.decimals
        cut: Floats = np.floor(exact * unit + 1e-9) / unit
        return cut

    def path(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """The two points."""
        return np.vstack([as_points(start), as_points(end)])

    def covers(self, lon: ArrayLike, lat: ArrayLike, metres: float) -> NDArray[np.bool_]:  # noqa: ARG002
        """Everything."""
        return np.ones(np.broadcast(lon, lat).shape, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class _Lines:
    """A file's lines as numbers, each with what to say when it is wrong."""

    file: str
    lines: tuple[str, ...]

    def bad(self, line: int, reason: str) -> RoutingError:
        """The error at a line, counted from 1."""
        return RoutingError("bad_file", file=self.file, line=line, reason=reason)

    def numbers(self, line: int, words: list[str]) -> list[float]:
        """Finite numbers, or the error at this line."""
        try:
            values = [float(word) for word in words]
        except ValueError:
            raise self.bad(line, "not_a_number") from None
        if not all(math.isfinite(value) and abs(value) <= 1e9 for value in values):
            raise self.bad(line, "number_out_of_range")
        return values

    def rows(self, start: int) -> list[tuple[int, list[float]]]:
        """Lines from ``start`` (0-based) that hold something."""
        kept = [(at + 1, line.split()) for at, line in enumerate(self.lines) if at >= start and line.strip()]
        if len(kept) > MOST_ROWS:
            raise self.bad(kept[MOST_ROWS][0], "too_many_rows")
        return [(at, self.numbers(at, words)) for at, words in kept]


def read_instance(path: Path, *, teams: int | None = None) -> Problem:
    """The problem of a file, Chao's when it begins with ``n``, else Solomon's or Cordeau's.

    ``teams`` stands for the file's own number. Raises ``RoutingError("bad_file")`` with ``file``, ``line``
    (from 1) and ``reason``: unreadable, too_large, not_text, too_short, not_a_number, number_out_of_range,
    too_few_columns, negative_prize, negative_service, window, teams, too_many_rows.
    """
    name = path.name
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as cause:
        raise RoutingError("bad_file", file=name, line=0, reason="unreadable") from cause
    if len(raw) > MOST_BYTES:
        raise RoutingError("bad_file", file=name, line=0, reason="too_large")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise RoutingError("bad_file", file=name, line=0, reason="not_text") from cause
    lines = _Lines(name, tuple(text.splitlines()))
    if len(lines.lines) < 2:
        raise lines.bad(len(lines.lines), "too_short")
    return _chao(lines, teams) if lines.lines[0].split()[:1] == ["n"] else _windows(lines, teams)


def _count(lines: _Lines, value: float, line: int, teams: int | None) -> int:
    wanted = teams if teams is not None else value
    if wanted != int(wanted) or not 1 <= wanted <= MOST_TEAMS:
        raise lines.bad(line, "teams")
    return int(wanted)


def _chao(lines: _Lines, teams: int | None) -> Problem:
    """``n N``, ``m P``, ``tmax T``, then ``x y prize``: start first, end last."""
    head = []
    for at, key in enumerate(("n", "m", "tmax")):
        words = lines.lines[at].split() if at < len(lines.lines) else []
        if len(words) != 2 or words[0] != key:
            raise lines.bad(at + 1, "header")
        head.append(lines.numbers(at + 1, words[1:])[0])
    rows = lines.rows(3)
    if len(rows) < 2 or len(rows) != head[0]:
        raise lines.bad(len(lines.lines), "too_short")
    for at, row in rows:
        if len(row) < 3:
            raise lines.bad(at, "too_few_columns")
        if row[2] < 0:
            raise lines.bad(at, "negative_prize")
    if head[2] < 0:
        raise lines.bad(3, "number_out_of_range")
    table = np.array([row[:3] for _at, row in rows])
    start, end = ((float(table[at, 0]), float(table[at, 1])) for at in (0, -1))
    stops = Stops.at(table[1:-1, 0], table[1:-1, 1], table[1:-1, 2], dwell_min=0.0)
    crew = _crew(_count(lines, head[1], 2, teams), start, end, head[2])
    return Problem(stops, crew, Plane())


def _windows(lines: _Lines, teams: int | None) -> Problem:
    """``k v N t``, a line of limits, then ``i x y service prize … open close``: row 0 is start and end.

    Distances are cut after one decimal (Solomon) or two (Cordeau, whose coordinates have three decimals).
    """
    head = lines.numbers(1, lines.lines[0].split())
    if len(head) < 3:
        raise lines.bad(1, "header")
    rows = lines.rows(2)
    if not rows:
        raise lines.bad(len(lines.lines), "too_short")
    for at, row in rows:
        if len(row) < 7:
            raise lines.bad(at, "too_few_columns")
        if row[3] < 0:
            raise lines.bad(at, "negative_service")
        if row[4] < 0:
            raise lines.bad(at, "negative_prize")
        if not row[-2] <= row[-1]:
            raise lines.bad(at, "window")
    table = np.array([[*row[:5], row[-2], row[-1]] for _at, row in rows])
    depot = (float(table[0, 1]), float(table[0, 2]))
    rest = table[1:]
    stops = Stops.at(
        rest[:, 1], rest[:, 2], rest[:, 4], dwell_min=rest[:, 3], open_min=rest[:, 5], close_min=rest[:, 6]
    )
    if table[0, 6] < 0:
        raise lines.bad(rows[0][0], "window")
    crew = _crew(_count(lines, head[1], 1, teams), depot, depot, float(table[0, 6]))
    fine = bool((np.abs(table[:, 1:3] * 100 - np.round(table[:, 1:3] * 100)) > 1e-6).any())
    return Problem(stops, crew, Plane(decimals=2 if fine else 1))


def _crew(count: int, start: tuple[float, float], end: tuple[float, float], limit: float) -> tuple[Team, ...]:
    return tuple(Team(f"t{at}", "foot", start, end, limit, speed_kmh=_ONE_PER_MINUTE) for at in range(count))
