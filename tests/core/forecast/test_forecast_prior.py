"""Without local events the forecast is a stated guess and says so."""

import numpy as np
import pytest

from sunra.core import forecast as fc
from tests.core.forecast.made import TODAY, square

HORIZON = fc.Horizon(TODAY)


def test_a_prior_is_marked_and_not_graded() -> None:
    """event_source is "prior", no cell has a grade, no naive count is invented, and a note says it."""
    made = fc.prior(square(), (fc.StationCount("theft", 730.0),), None, HORIZON)
    assert made.event_source == fc.PRIOR
    assert not made.grade.any()
    assert not made.naive.any()
    assert made.history is None
    assert {note.code for note in made.notes} == {"no_local_events", "no_covariates"}
    assert made.expected.sum() == pytest.approx(2.0)


def test_station_counts_fall_where_people_and_lights_are() -> None:
    """Covariates with a stated weight draw the counts, others do not; the total stays the station's."""
    busy = np.zeros(400)
    busy[0] = 50
    made = fc.prior(
        square(),
        (fc.StationCount("theft", 365.0),),
        fc.Covariates({"licence": busy, "trees": busy[::-1].copy()}),
        HORIZON,
    )
    day = made.expected.sum(1)
    assert day[0] == day.max()
    assert day[399] == pytest.approx(day[200])
    assert day.min() > 0
    assert day.sum() == pytest.approx(1.0)
    assert made.why(0).around == {"licence": 50.0, "trees": 0.0}
    assert made.why(0).own_share == made.why(0).neighbour_share == 0


def test_each_station_keeps_its_own_cells() -> None:
    """Two stations of one district: each one's count is spread over its own cells only."""
    left, right = np.arange(200), np.arange(200, 400)
    counts = (fc.StationCount("theft", 365, cells=left), fc.StationCount("theft", 3650, cells=right))
    day = fc.prior(square(), counts, None, HORIZON).expected.sum(1)
    assert day[left].sum() == pytest.approx(1)
    assert day[right].sum() == pytest.approx(10)


def test_without_counts_only_the_order_means_something() -> None:
    """No station count at all gives one event a day in total and the note relative_only."""
    made = fc.prior(square(), (), None, HORIZON)
    assert "relative_only" in {note.code for note in made.notes}
    assert made.expected.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "count",
    [
        fc.StationCount("theft", float("nan")),
        fc.StationCount("theft", -1),
        fc.StationCount("theft", 1, days=0),
        fc.StationCount("theft", 1, cells=np.array([400])),
        fc.StationCount("theft", 1, cells=np.array([], dtype=np.int64)),
    ],
)
def test_impossible_station_counts_are_refused(count: fc.StationCount) -> None:
    """NaN, negative counts, no days, cells outside the grid: BadEventsError."""
    with pytest.raises(fc.BadEventsError):
        fc.prior(square(), (count,), None, HORIZON)
