"""Learnt methods behind a forecast, several nights of one past, and days of a special kind."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from sunra.core import forecast as fc
from tests.core.forecast.made import TODAY, history, joined, one, square

HORIZON = fc.Horizon(TODAY)


def test_a_named_method_gives_the_expectation_and_keeps_the_total() -> None:
    """The learnt method moves cells, is named in the result, and its week sums to about the past's level."""
    past = history()
    fixed = fc.forecast(past, square(), None, HORIZON)
    learnt = fc.forecast(past, square(), None, HORIZON, fc.Params(methods={"theft": "empirical_bayes"}))
    assert fixed.methods == {"theft": fc.FIXED}
    assert learnt.methods == {"theft": "empirical_bayes"}
    part, before = learnt.parts["theft"], fixed.parts["theft"]
    assert not np.allclose(part.own + part.near, before.own + before.near)
    assert (part.own + part.near).sum() == pytest.approx((before.own + before.near).sum(), rel=0.2)
    assert (part.expected > 0).all()


def test_the_choice_is_handed_in_trained() -> None:
    """choose_methods looks only before the day; its choices are used as they are."""
    past = joined(history(), one(TODAY, n=800), one(TODAY - dt.timedelta(days=2), family="disorder", n=3))
    chosen = fc.choose_methods(past, square(), None, TODAY)
    again = fc.choose_methods(past.take(past.day < np.datetime64(TODAY)), square(), None, TODAY)
    made, same = (fc.forecast(past, square(), None, HORIZON, trained=one) for one in (chosen, again))
    assert np.array_equal(made.expected, same.expected)
    assert made.methods["theft"] == chosen["theft"].name
    assert not fc.choose_methods(one(TODAY), square(), None, TODAY)


def test_a_past_of_few_weeks_falls_back_to_fixed_weights() -> None:
    """Under eight weeks no method is trained, whatever was asked for, and the result says so."""
    params = fc.Params(methods={"theft": "stack"})
    made = fc.forecast(history(days=40), square(), None, HORIZON, params)
    assert made.methods == {"theft": fc.FIXED}


def test_an_unknown_method_is_refused() -> None:
    """A name that no method bears: BadParamsError."""
    with pytest.raises(fc.BadParamsError):
        fc.Params(methods={"theft": "oracle"})


def test_nights_of_one_past_are_those_asked_one_by_one() -> None:
    """Seven nights learnt once are the seven nights learnt each, but for a few days' fading."""
    nights = [fc.Horizon(TODAY + dt.timedelta(days=ahead), first_hour=12) for ahead in range(7)]
    together = fc.forecast_days(history(), square(), None, nights, seeds=range(7))
    for night, made in zip(nights, together, strict=True):
        alone = fc.forecast(history(), square(), None, night, seed=made.seed)
        assert np.allclose(made.expected, alone.expected, rtol=5e-3)
        assert np.allclose(made.naive, alone.naive)
    for wrong in ((nights, [0]), ((), []), (nights[::-1], range(7))):
        with pytest.raises(fc.BadParamsError):
            fc.forecast_days(history(), square(), None, wrong[0], seeds=wrong[1])


def test_a_special_day_follows_what_such_days_brought() -> None:
    """A day of a kind that brought many more events is expected higher; one without a past is left alone."""
    feast = [TODAY - dt.timedelta(days=days) for days in (30, 395)]
    past = joined(history(), *(one(day, n=150, hour=12) for day in feast))
    special = {"feast": frozenset({*feast, TODAY}), "new": frozenset({TODAY})}
    plain = fc.forecast(past, square(), None, HORIZON)
    made = fc.forecast(past, square(), None, replace(HORIZON, special=special))
    unknown = fc.forecast(past, square(), None, replace(HORIZON, special={"new": frozenset({TODAY})}))
    assert made.expected.sum() > 2 * plain.expected.sum()
    noon = HORIZON.hours.index(12)
    more = made.expected.sum(0) / plain.expected.sum(0)
    assert np.argmax(more) == noon
    assert more[noon] > 2 * np.median(more)
    assert np.allclose(unknown.expected, plain.expected)
    assert np.array_equal(made.naive, plain.naive)
