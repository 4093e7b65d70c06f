"""A history is counts by period and cell, and its cut holds nothing later."""

import datetime as dt

import numpy as np
import pytest

from sunra.core import forecast as fc
from sunra.core.forecast.history import History
from tests.core.forecast.made import TODAY, history, one, square

FIRST = TODAY - dt.timedelta(days=700)


def test_every_event_inside_is_counted_once() -> None:
    """Counts add up to the events in the grid and the periods; those beside or after are left out."""
    events = history()
    made = History.of_events(events, square(), first=FIRST, periods=100)
    assert made.counts.shape == (100, 400)
    assert made.counts.sum() == len(events)
    assert made.starts(100) == TODAY
    assert made.counts.sum(0).argmax() == 0
    beside = History.of_events(one(FIRST, east=1), square(), first=FIRST, periods=100)
    after = History.of_events(one(TODAY), square(), first=FIRST, periods=100)
    assert beside.counts.sum() == after.counts.sum() == 0


def test_a_cut_holds_nothing_later_and_cannot_be_written() -> None:
    """before(t) owns its memory, so the later counts cannot be reached from it, and it is read-only."""
    made = History.of_events(history(), square(), first=FIRST, periods=100)
    cut = made.before(40)
    assert cut.periods == 40
    memory = cut.counts if cut.counts.base is None else cut.counts.base
    assert isinstance(memory, np.ndarray)
    assert memory.shape == (40, 400)
    assert not np.shares_memory(cut.counts, made.counts)
    assert np.array_equal(cut.counts, made.counts[:40])
    with pytest.raises(ValueError, match="read-only"):
        cut.counts[0, 0] = 1


def test_a_history_that_does_not_fit_is_refused() -> None:
    """Counts of another width, a period of no days, a cut beyond the end: BadEventsError."""
    made = History.of_events(history(), square(), first=FIRST, periods=100)
    with pytest.raises(fc.BadEventsError):
        made.before(101)
    with pytest.raises(fc.BadEventsError):
        History(made.counts[:, :3], made.east, made.north, 100, FIRST, 7)
    with pytest.raises(fc.BadEventsError):
        History(made.counts, made.east, made.north, 100, FIRST, 0)
