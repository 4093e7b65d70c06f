"""The nights of one district as work that can run anywhere: Arrow in, Arrow out, no database.

``engine.map_partitions`` hands ``part`` the rows of one district; here, in processes of this machine and on
the executors of a cluster the same code gives the same numbers.
"""

import dataclasses
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from sunra.core import forecast as method
from sunra.core.forecast import (
    Covariates,
    Events,
    Forecast,
    Grid,
    Horizon,
    NoEventsError,
    Params,
    StationCount,
)
from sunra.core.geo import cells as geo_cells
from sunra.core.geo.districts import districts
from sunra.systems.risk import table, trained
from sunra.systems.risk.special_days import Special, kinds_of

FIRST_HOUR = 12
"""A night is asked for as noon to noon, so that no shift is cut at midnight."""
TASK, EVENT, PLACE, TRAINED = "task", "event", "place", "trained"
SPECIAL = "special_day"
"""The code of the note that names a special day."""
ROWS = pa.schema(
    [
        ("district", pa.string()), ("role", pa.string()), ("name", pa.string()), ("cell_e", pa.int32()),
        ("cell_n", pa.int32()), ("day", pa.date32()), ("hour", pa.int8()), ("value", pa.float64()),
        ("content", pa.large_binary()),
    ]
)  # fmt: skip
"""What travels: ``name`` is an event's family, a place's kind, a trained method's family or the task as JSON;
``value`` a weight, ``content`` a trained method (``trained.pack``).
"""
NIGHTS = pa.schema(
    [("district", pa.string()), ("day", pa.string()), ("about", pa.string()), ("cells", pa.large_binary())]
)
"""What comes back: a night each, ``cells`` the wide table (``table.frame``) as an Arrow file."""


@dataclass(frozen=True)
class Task:
    """What is asked of a district: nights (day, seed) in order, and all that decides the answer."""

    district: str
    nights: tuple[tuple[dt.date, int], ...]
    params: Params
    holidays: frozenset[dt.date] = frozenset()
    stations: tuple[StationCount, ...] = ()
    special: Special = field(default_factory=dict)

    def as_json(self) -> str:
        """As text, to travel among the rows."""
        return json.dumps(
            {
                "district": self.district,
                "nights": [(str(day), seed) for day, seed in self.nights],
                "params": plain(values_of(self.params)),
                "holidays": sorted(map(str, self.holidays)),
                "stations": [(one.family, one.count, one.days) for one in self.stations],
                "special": {kind: sorted(map(str, days)) for kind, days in sorted(self.special.items())},
            }
        )

    @classmethod
    def of_json(cls, text: str) -> "Task":
        """The task again."""
        found = json.loads(text)
        return cls(
            found["district"],
            tuple((dt.date.fromisoformat(day), seed) for day, seed in found["nights"]),
            params_of(found["params"]),
            frozenset(map(dt.date.fromisoformat, found["holidays"])),
            tuple(StationCount(*one) for one in found["stations"]),
            {kind: frozenset(map(dt.date.fromisoformat, days)) for kind, days in found["special"].items()},
        )


@dataclass(frozen=True, eq=False)
class Night:
    """One forecast night: its cells, and what is worth keeping about it (JSON-ready)."""

    day: dt.date
    cells: pl.DataFrame
    about: Mapping[str, Any]


def grid_of(district: str) -> Grid:
    """The district's cells in a fixed order; raises ``UnknownDistrict``."""
    cell_e, cell_n = districts().grid(district)
    order = np.lexsort((cell_n, cell_e))
    return Grid(cell_e[order], cell_n[order])


def solve(
    task: Task,
    grid: Grid,
    events: Events,
    covariates: Covariates,
    methods: Mapping[str, bytes] | None = None,
) -> list[Night]:
    """Each night by events where the district has any, else by the stated prior; all rest on what was known
    before the first. ``methods``: by family one that was trained before (``trained.pack``); of the others
    ``task.params.methods`` names the one to train.
    """
    lon, lat = geo_cells.center(grid.cell_e, grid.cell_n)
    dongs = [str(code) for code in districts().locate(lon, lat)]
    return [
        Night(result.horizon.day, table.frame(result, dongs), _about(result))
        for result in _results(task, grid, events, covariates, methods or {})
    ]


def _results(
    task: Task, grid: Grid, events: Events, covariates: Covariates, methods: Mapping[str, bytes]
) -> Sequence[Forecast]:
    horizons = [
        Horizon(day=day, first_hour=FIRST_HOUR, holidays=task.holidays, special=task.special)
        for day, _seed in task.nights
    ]
    seeds = [seed for _day, seed in task.nights]
    if len(events) and horizons:
        try:
            return method.forecast_days(
                events, grid, covariates, horizons, task.params, seeds=seeds,
                trained={family: trained.unpack(content) for family, content in methods.items()},
            )  # fmt: skip
        except NoEventsError:
            pass  # events of the district, but none of a weighted family inside its grid
    return [
        method.prior(grid, task.stations, covariates, horizon, task.params, seed=seed)
        for horizon, seed in zip(horizons, seeds, strict=True)
    ]


def _about(result: Forecast) -> dict[str, Any]:
    first, last = result.history or (None, None)
    return {
        "event_source": result.event_source,
        "events": round(result.events),
        "first_event": None if first is None else str(first)[:10],
        "last_event": None if last is None else str(last)[:10],
        "graded": bool(result.grade.any()),
        "cells": len(result.grid),
        "expected_total": float(result.expected.sum()),
        "notes": [
            *({"code": note.code, "params": plain(note.params)} for note in result.notes),
            *_special(result),
        ],
        "method": method_of(result),
    }


def _special(result: Forecast) -> list[dict[str, Any]]:
    """What kind of special day the night touches, and on how many such days of the past it rests."""
    night = result.horizon
    return [
        {"code": SPECIAL, "params": {"kind": kind, "days": _known(result, night.special[kind])}}
        for kind in kinds_of(night.special, night.days)
    ]


def _known(result: Forecast, days: Iterable[dt.date]) -> int:
    """How many of these days lie in the observed past."""
    if result.history is None:
        return 0
    first, last = result.history
    dates = np.array(sorted(days), dtype="datetime64[D]")
    return int(((dates >= first) & (dates <= last)).sum())


def method_of(result: Forecast) -> dict[str, Any]:
    """By family, which way of forecasting was used."""
    if result.event_source == method.PRIOR:
        return {family: {"method": "prior"} for family in sorted(result.parts)}
    return {family: {"method": name} for family, name in sorted(result.methods.items())}


def rows_of(
    task: Task,
    events: Events,
    places: Mapping[str, Any],
    grid: Grid,
    methods: Mapping[str, bytes] | None = None,
) -> pa.Table:
    """The task and its inputs as rows of ``ROWS``; ``places`` are columns over the grid."""
    blocks = [pa.table(_block(task.district, TASK, [task.as_json()]), schema=ROWS)]
    if len(events):
        blocks.append(
            pa.table(
                _block(
                    task.district, EVENT, events.family.tolist(), events.cell_e, events.cell_n,
                    events.day.astype("datetime64[D]"), events.hour, events.weight,
                ),
                schema=ROWS,
            )
        )  # fmt: skip
    for kind, column in sorted(places.items()):
        found = np.flatnonzero(column)
        names = [kind] * found.size
        east, north, units = grid.cell_e[found], grid.cell_n[found], column[found]
        blocks.append(pa.table(_block(task.district, PLACE, names, east, north, value=units), schema=ROWS))
    if methods:
        block = _block(task.district, TRAINED, list(methods), content=list(methods.values()))
        blocks.append(pa.table(block, schema=ROWS))
    return pa.concat_tables(blocks)


def _block(
    district: str,
    role: str,
    names: Sequence[str],
    cell_e: Any = None,
    cell_n: Any = None,
    day: Any = None,
    hour: Any = None,
    value: Any = None,
    *,
    content: Any = None,
) -> dict[str, Any]:
    rows = len(names)
    columns = {
        "cell_e": cell_e, "cell_n": cell_n, "day": day, "hour": hour, "value": value, "content": content,
    }  # fmt: skip
    types = {name: ROWS.field(name).type for name in columns}
    return {
        "district": pa.array([district] * rows, pa.string()),
        "role": pa.array([role] * rows, pa.string()),
        "name": pa.array(names, pa.string()),
        **{
            name: pa.nulls(rows, types[name]) if given is None else pa.array(given, types[name])
            for name, given in columns.items()
        },
    }


def part(_district: str, rows: pa.Table) -> pa.Table:
    """One district's rows (``ROWS``) → its nights (``NIGHTS``); what ``map_partitions`` runs."""
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
    task = Task.of_json(frame.filter(pl.col("role") == TASK)["name"][0])
    grid = grid_of(task.district)
    known = frame.filter(pl.col("role") == TRAINED)
    events, methods = (
        _events(frame.filter(pl.col("role") == EVENT)),
        dict(known["name", "content"].iter_rows()),
    )
    nights = solve(task, grid, events, _places(frame, grid), methods)
    return pa.table(
        {
            "district": [task.district] * len(nights),
            "day": [str(night.day) for night in nights],
            "about": [json.dumps(night.about) for night in nights],
            "cells": [_packed(night.cells) for night in nights],
        },
        schema=NIGHTS,
    )


CHOICES = pa.schema(
    [
        ("district", pa.string()), ("family", pa.string()), ("about", pa.string()),
        ("trained", pa.large_binary()),
    ]
)  # fmt: skip


def choose(_district: str, rows: pa.Table) -> pa.Table:
    """One district's rows (``ROWS``) → what a trial on its own past chose for each family, and the chosen
    method trained on all of that past (``CHOICES``).
    """
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
    task = Task.of_json(frame.filter(pl.col("role") == TASK)["name"][0])
    grid = grid_of(task.district)
    day, seed = task.nights[0]
    events = _events(frame.filter(pl.col("role") == EVENT))
    found = method.choose_methods(events, grid, _places(frame, grid), day, seed=seed)
    about = [
        {
            "method": one.name,
            "reason": one.reason,
            "events": one.events,
            "scores": {name: plain(dataclasses.asdict(score)) for name, score in one.scores.items()},
        }
        for one in found.values()
    ]
    return pa.table(
        {
            "district": [task.district] * len(found),
            "family": list(found),
            "about": [json.dumps(one) for one in about],
            "trained": [trained.pack(one) for one in found.values()],
        },
        schema=CHOICES,
    )


def nights_of(found: pa.Table) -> dict[str, list[Night]]:
    """What came back, by district."""
    by: dict[str, list[Night]] = {}
    for row in found.to_pylist():
        frame = pl.read_ipc(io.BytesIO(row["cells"]))
        night = Night(dt.date.fromisoformat(row["day"]), frame, json.loads(row["about"]))
        by.setdefault(row["district"], []).append(night)
    return by


def _packed(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_ipc(out, compression="zstd")
    return out.getvalue()


def _events(frame: pl.DataFrame) -> Events:
    return Events(
        frame["cell_e"].to_numpy(),
        frame["cell_n"].to_numpy(),
        frame["day"].to_numpy().astype("datetime64[D]"),
        frame["hour"].to_numpy(),
        frame["name"].to_numpy().astype(str),
        frame["value"].to_numpy(),
    )


def _places(frame: pl.DataFrame, grid: Grid) -> Covariates:
    index = pl.DataFrame({"cell_e": grid.cell_e, "cell_n": grid.cell_n, "row": np.arange(len(grid))})
    found = frame.filter(pl.col("role") == PLACE).join(index, on=["cell_e", "cell_n"])
    columns = {}
    for (kind,), rows in found.group_by(["name"]):
        column = np.zeros(len(grid))
        np.add.at(column, rows["row"].to_numpy(), rows["value"].to_numpy())
        columns[str(kind)] = column
    return Covariates(columns)


def values_of(params: Params) -> dict[str, Any]:
    """The parameters by name."""
    return {name: getattr(params, name) for name in params.__dataclass_fields__}


def params_of(values: Mapping[str, Any]) -> Params:
    """Parameters from what ``plain`` made of them."""
    return Params(
        **{name: _tupled(value) for name, value in values.items() if name in Params.__dataclass_fields__}
    )


def plain(value: Any) -> Any:
    """What JSON can hold, at any depth."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _tupled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _tupled(one) for key, one in value.items()}
    return tuple(_tupled(one) for one in value) if isinstance(value, list) else value
