"""A near-repeat term comes only from a past that shows it, and only moves events between cells."""

import datetime as dt

import numpy as np
import pytest

from sunra.core import forecast as fc
from tests.core.forecast.made import TODAY, history, joined, one, square


def echoing(*, echo: float, seed: int = 4) -> fc.Events:
    """Incidents anywhere and anytime; a part of them is followed within days in a cell beside."""
    rng = np.random.default_rng(seed)
    n = 700
    east, north = rng.integers(2, 18, (2, n))
    ago = rng.integers(10, 700, n)
    again = rng.random(n) < echo
    step = rng.integers(-1, 2, (2, n))[:, again]
    columns = (
        np.r_[east, east[again] + step[0]] + 9500,
        np.r_[north, north[again] + step[1]] + 19500,
        np.datetime64(TODAY) - np.r_[ago, ago[again] - rng.integers(1, 6, int(again.sum()))],
        rng.integers(0, 24, n + int(again.sum())),
    )
    return fc.Events(*columns, np.full(columns[0].size, "residential_intrusion"))


def test_only_a_past_with_repeats_gives_a_term() -> None:
    """Where a third is followed by another the term says about that many; without echoes there is none."""
    found = fc.near_repeats(echoing(echo=0.33), square())
    metres, days, extra = found["residential_intrusion"]
    assert (metres, days) == (200.0, 7.0)
    assert extra == pytest.approx(0.25, abs=0.12)
    assert not fc.near_repeats(echoing(echo=0.0), square())


def test_victims_of_one_incident_are_no_repeats() -> None:
    """The same moment and place many times over is one incident, so it supports no term."""
    past = echoing(echo=0.0)
    assert not fc.near_repeats(joined(past, past, past), square())


def test_the_term_raises_the_places_around_and_keeps_the_total() -> None:
    """Yesterday's incident raises its neighbours; the district's total stays; an old one does nothing."""
    params = fc.Params(near_repeats={"theft": (200.0, 7.0, 0.3)})
    fresh = joined(history(), one(TODAY - dt.timedelta(days=1), n=5))
    plain, raised = (fc.forecast(fresh, square(), None, fc.Horizon(TODAY), one) for one in (None, params))
    beside = 10 * 20 + 12
    assert raised.expected[beside].sum() > 1.5 * plain.expected[beside].sum()
    totals = [(made.parts["theft"].own + made.parts["theft"].near).sum() for made in (plain, raised)]
    assert totals[0] == pytest.approx(totals[1])
    with pytest.raises(fc.BadParamsError):
        fc.Params(near_repeats={"theft": (200.0, 7.0, -1.0)})
