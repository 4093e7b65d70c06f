"""The figures of a back-test as plain values: what the command prints and a page shows."""

import math
from typing import Any

import numpy as np

from sunra.core.forecast import metrics
from sunra.core.forecast.backtest import Backtest
from sunra.core.forecast.errors import BadParamsError

DIGITS = 6


def paired(made: Backtest, name: str, against: str) -> dict[str, list[float | None]]:
    """By share: gain of the pooled hit rate of one method over another's, and its standard error."""
    for one in (name, against):
        if one not in made.tracks:
            raise BadParamsError("no such method in the test", method=one, methods=list(made.tracks))
    gain = np.array(made.tracks[name].hits) - np.array(made.tracks[against].hits)
    return {
        key: [_plain(value) for value in metrics.ratio(gain[:, i], made.events)]
        for i, key in enumerate(_keys(made))
    }


def of_method(made: Backtest, name: str) -> dict[str, Any]:
    """Every figure of one method.

    ``hr``, ``hr_se``, ``pai``, ``pei``, ``jaccard`` by share; ``loglik``: log-likelihood gain per event
    (nats) over the all-history level spread evenly, ``loglik_se``; ``obs_exp``: observed over expected
    events in ten bands, quietest first; ``obs_exp_all``; ``obs_exp_events``: observed events of each band;
    ``coverage``: by unit (cell, block of ten by ten cells, all) the share of counts inside their 90 %
    intervals and its error, empty where too few periods were scored; seconds: mean of a forecast, longest
    training.
    """
    track = made.tracks[name]
    hits, total = np.array(track.hits), made.events.sum()
    keys = _keys(made)
    rates = [metrics.ratio(hits[:, i], made.events) for i in range(len(keys))]
    pei = hits.sum(0) / np.maximum(made.best.sum(0), 1e-300)
    overlap = np.mean(track.overlap, axis=0) if track.overlap else np.full(len(keys), np.nan)
    gain, gain_se = metrics.ratio(np.array(track.likelihood) - made.even, made.events)
    answer = {
        "hr": _by(keys, [rate for rate, _ in rates]),
        "hr_se": _by(keys, [error for _, error in rates]),
        "pai": _by(keys, [rate / part for (rate, _), part in zip(rates, made.area, strict=True)]),
        "pei": _by(keys, pei),
        "jaccard": _by(keys, overlap),
        "loglik": _plain(gain),
        "loglik_se": _plain(gain_se),
        "obs_exp": [
            _plain(seen / hoped) if hoped > 0 else None
            for seen, hoped in zip(track.band_events, track.band_expected, strict=True)
        ],
        "obs_exp_events": [_plain(seen) for seen in track.band_events],
        "obs_exp_all": _plain(total / sum(track.expected)) if sum(track.expected) > 0 else None,
        "coverage": {name: list(map(_plain, pair)) for name, pair in track.covered.shares().items()},
        "seconds_per_forecast": _plain(np.mean(track.seconds)),
        "train_seconds": _plain(max(track.train_seconds)),
    }
    return answer | ({"chosen": track.chosen} if track.chosen else {})


def scorecard(made: Backtest, *, main: str, naive: str = "count_all") -> dict[str, Any]:
    """All figures: ``methods`` by name, ``paired`` of ``main`` against ``naive``, ``paired_against`` all.

    Fractions, not per cent; None where a figure is not defined (no error from one period).
    """
    methods = {name: of_method(made, name) for name in made.tracks}
    return {
        "score": [made.score.start, made.score.stop],
        "cells": made.cells,
        "flagged": _by(_keys(made), made.flagged),
        "events": _plain(made.events.sum()),
        "methods": methods,
        "paired": paired(made, main, naive),
        "paired_against": {name: paired(made, main, name) for name in made.tracks if name != main},
        "seconds_per_forecast": methods[main]["seconds_per_forecast"],
        "train_seconds": methods[main]["train_seconds"],
    }


def _keys(made: Backtest) -> list[str]:
    return [str(share) for share in made.shares]


def _by(keys: list[str], values: Any) -> dict[str, float | int | None]:
    return {key: _plain(value) for key, value in zip(keys, values, strict=True)}


def _plain(value: Any) -> float | int | None:
    """A number that JSON can hold, whole where it is whole."""
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else round(number, DIGITS)
