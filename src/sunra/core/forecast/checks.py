"""Warnings about a history: what the forecast can no longer promise. Codes and numbers, no text."""

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.bayes import Window
from sunra.core.forecast.inputs import Events
from sunra.core.forecast.params import Params
from sunra.core.forecast.result import Note

GAP_DAYS = 30
STALE_DAYS = 30
SHORT_DAYS = 180


def notes(used: Events, outside: int, window: Window, params: Params) -> tuple[Note, ...]:
    """Every warning that applies to the events inside the grid; ``outside`` lie beside it."""
    found: list[Note] = []
    if outside:
        found.append(Note("outside_grid", {"events": outside}))
    if used.weight.sum() < params.min_graded_events:
        found.append(Note("too_few_events", {"events": len(used), "needed": params.min_graded_events}))
    if len(used) > 1 and np.unique(_cell_key(used)).size == 1:
        found.append(Note("single_cell", {"events": len(used)}))
    if (used.hour < 0).any():
        found.append(Note("hour_unknown", {"events": int((used.hour < 0).sum())}))
    return (*found, *_in_time(used, window))


def _in_time(used: Events, window: Window) -> list[Note]:
    found: list[Note] = []
    days = window.days.size
    if days < SHORT_DAYS:
        found.append(Note("short_history", {"days": days}))
    stale = int((window.horizon - window.last).astype(np.int64)) - 1
    if stale > STALE_DAYS:
        found.append(Note("stale_history", {"days": stale}))
    seen = np.unique(used.day)
    steps = np.diff(seen).astype(np.int64)
    if steps.size and steps.max() > max(GAP_DAYS, 20 * float(steps.mean())):
        at = int(np.argmax(steps))
        found.append(Note("gap", {"days": int(steps[at]) - 1, "after": str(seen[at])}))
    if len(used) >= 20 and _all_twice(used):
        found.append(Note("every_row_repeated", {"events": len(used)}))
    return found


def _all_twice(used: Events) -> bool:
    """Whether no cell, day and hour stands alone, as in a file that was delivered twice."""
    moment = used.day.astype(np.int64) * 32 + used.hour
    return bool(np.unique(_cell_key(used) * 1_000_003 + moment, return_counts=True)[1].min() > 1)


def _cell_key(events: Events) -> NDArray[np.int64]:
    return events.cell_e.astype(np.int64) << 24 ^ events.cell_n.astype(np.int64)
