"""The reference split on real data, a short window of it (the whole: benchmarks/forecast.py)."""

import pytest
from benchmarks import forecast as bench

from tests.shared import shared_data


@pytest.mark.real_data
def test_the_reference_split_is_met() -> None:
    """The grid has 9,691 cells and in 12 scored weeks the hit rates are those of the full run's order."""
    split = bench.load(shared_data("crime", "chicago_aggravated_assaults.csv.gz").parent)
    assert len(split.grid) == 9691
    result = bench.run(split, range(313, 325))
    rates = result["hr"]
    assert 0.28 < rates["count_all"]["0.05"] < 0.34  # type: ignore[index]
    assert rates["sunra"]["0.05"] > rates["count_all"]["0.05"] - 0.01  # type: ignore[index]
    assert rates["sunra"]["0.10"] > 0.45  # type: ignore[index]
