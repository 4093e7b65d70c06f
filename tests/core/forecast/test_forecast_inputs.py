"""What may enter the forecast and what is refused at the door."""

import datetime as dt
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from sunra.core import forecast as fc
from tests.core.forecast.made import TODAY, history, one, square


@pytest.mark.parametrize("family", sorted(fc.REFUSED))
def test_home_bound_families_never_enter(family: str) -> None:
    """Every home-bound or personal family is refused when events are made and in the prior's counts."""
    with pytest.raises(fc.RefusedFamilyError) as caught:
        one(TODAY, family=family)
    assert caught.value.params["families"] == [family]
    with pytest.raises(fc.RefusedFamilyError):
        fc.prior(square(), (fc.StationCount(family, 10),), None, fc.Horizon(TODAY))


def test_the_refused_and_the_forecast_families_do_not_meet() -> None:
    """No family is both allowed and refused, and no weight can smuggle one in."""
    assert not set(fc.FAMILIES) & fc.REFUSED
    with pytest.raises(fc.BadParamsError):
        replace(fc.Params(), weights={"sexual": 1.0})


def test_events_have_no_room_for_persons() -> None:
    """The type holds place, time, family and weight, and takes nothing else."""
    columns = {"cell_e", "cell_n", "day", "hour", "kind", "weight", "families"}
    assert {field.name for field in fields(fc.Events)} == columns
    with pytest.raises(TypeError):
        fc.Events([1], [1], [TODAY], [1], ["theft"], name=["someone"])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "change",
    [
        {"cell_e": [1.0, np.nan]},
        {"cell_e": [1.0, 1e12]},
        {"cell_e": ["다사", "다사"]},
        {"cell_n": [1, 2, 3]},
        {"day": ["NaT", "2026-01-01"]},
        {"day": ["no", "day"]},
        {"hour": [24, 1]},
        {"hour": [-2, 1]},
        {"weight": [1.0, -1.0]},
        {"weight": [1.0, np.nan]},
        {"weight": ["a", "b"]},
    ],
)
def test_bad_events_are_refused_by_type(change: dict[str, Any]) -> None:
    """NaN, impossible hours, missing days, unequal columns: BadEventsError, never a library's exception."""
    good: dict[str, Any] = {
        "cell_e": [1, 2],
        "cell_n": [1, 2],
        "day": ["2026-01-01"] * 2,
        "hour": [1, 2],
        "family": ["theft"] * 2,
        "weight": [1, 1],
    }
    fc.Events(**good)
    with pytest.raises(fc.BadEventsError) as caught:
        fc.Events(**(good | change))
    assert caught.value.code == "bad_events"


def test_bad_grids_are_refused_by_type() -> None:
    """Empty, doubled, uneven, too large or too wide grids: BadGridError."""
    far = ([0, 2**30], [0, 2**30])
    many = (np.arange(2_000_001), np.zeros(2_000_001, int))
    for columns in (([], []), ([1, 1], [2, 2]), ([1], [1, 2]), far, many):
        with pytest.raises(fc.BadGridError):
            fc.Grid(*columns)
    with pytest.raises(fc.BadGridError):
        fc.Grid([1], [1], size_m=0)


def test_an_unknown_family_is_named() -> None:
    """A family without a weight is refused by name, not dropped."""
    with pytest.raises(fc.UnknownFamilyError) as caught:
        fc.forecast(one(dt.date(2026, 1, 1), family="unheard_of"), square(), None, fc.Horizon(TODAY))
    assert caught.value.params["families"] == ["unheard_of"]
    with pytest.raises(fc.UnknownFamilyError):
        fc.prior(square(), (fc.StationCount("unheard_of", 1),), None, fc.Horizon(TODAY))


@pytest.mark.parametrize(
    "change",
    [
        {"half_life_days": 0.0},
        {"kde_metres": float("nan")},
        {"kde_weight": -1.0},
        {"prior_even_share": 2.0},
        {"weights": {"theft": -1.0}},
        {"grades": {"combined": (1.0,) * 9}},
        {"grades": {"theft": tuple(range(1, 10))}},
        {"prior_slots": (0.5,) * 12},
        {"min_graded_events": -1.0},
    ],
)
def test_parameters_without_meaning_are_refused(change: dict[str, Any]) -> None:
    """A negative half-life, falling thresholds, shares that do not sum to one: BadParamsError."""
    with pytest.raises(fc.BadParamsError):
        replace(fc.Params(), **change)


def test_a_horizon_starts_on_a_slot() -> None:
    """An odd first hour is refused, for slots have two hours."""
    with pytest.raises(fc.BadEventsError):
        fc.Horizon(TODAY, first_hour=3)


def test_covariates_must_fit_the_grid() -> None:
    """A column of another length or with NaN is refused."""
    for column in (np.zeros(3), np.full(400, np.nan)):
        with pytest.raises(fc.BadEventsError):
            fc.forecast(history(), square(), fc.Covariates({"cctv": column}), fc.Horizon(TODAY))
