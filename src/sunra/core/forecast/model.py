"""The verbs of the package: events in, the expectation of one night or of several out."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import bayes, checks, weekly
from sunra.core.forecast.errors import BadParamsError, NoEventsError, UnknownFamilyError
from sunra.core.forecast.history import Trained
from sunra.core.forecast.inputs import Covariates, Events, Grid, Horizon
from sunra.core.forecast.kernel import Raster
from sunra.core.forecast.methods import Choice
from sunra.core.forecast.params import Params
from sunra.core.forecast.result import EVENTS, FIXED, Forecast, Note, combine, graded

Way = Trained | str | None
"""How a family is forecast: a trained method, the name of one to train, or the fixed weights."""


def forecast(
    events: Events,
    grid: Grid,
    covariates: Covariates | None,
    horizon: Horizon,
    params: Params | None = None,
    *,
    seed: int = 0,
    trained: Mapping[str, Trained] | None = None,
) -> Forecast:
    """Expected events per cell and two-hour slot of one day, with grades, from the past alone.

    One model per event family: one that is handed in as ``trained`` (``choose_methods``), else the one that
    ``params.methods`` names, trained on the spot, else empirical Bayes with fixed weights (``bayes``). Slots
    by hour of week shrunk to the district's profile (``slots``); families combined by ``params.weights``.
    Events on or after ``horizon.day`` are never looked at. ``covariates`` stand in the reasons of a cell; the
    learnt methods may use them, fixed weights do not. ``seed`` orders ties only.

    Raises ``NoEventsError`` when no event of a weighted family lies inside the grid before the horizon,
    ``UnknownFamilyError`` for a family without a weight; the inputs raise their own errors. Weak data is
    answered with ``notes`` (codes), and with grade 0 below ``params.min_graded_events`` events.
    """
    return forecast_days(events, grid, covariates, (horizon,), params, seeds=(seed,), trained=trained)[0]


def forecast_days(
    events: Events,
    grid: Grid,
    covariates: Covariates | None,
    horizons: Sequence[Horizon],
    params: Params | None = None,
    *,
    seeds: Sequence[int],
    trained: Mapping[str, Trained] | None = None,
) -> tuple[Forecast, ...]:
    """Several nights that all rest on what happened before the first of them, learnt once; see ``forecast``.

    ``seeds``: one a night. Raises ``BadParamsError`` when there is no night, a later one begins before the
    first, or the seeds do not fit.
    """
    if not horizons or len(seeds) != len(horizons) or min(one.day for one in horizons) < horizons[0].day:
        raise BadParamsError("nights from the first on, each with a seed", name="horizons")
    params = params or Params()
    around = (covariates or Covariates()).checked(len(grid))
    first = horizons[0]
    unknown = sorted(events.present().keys() - params.weights.keys())
    if unknown:
        raise UnknownFamilyError("a family has no weight", families=unknown)
    used = events.take(events.day < np.datetime64(first.day, "D"))
    raster = Raster.around(grid, params.kde_metres)
    inside = _inside(used, raster)
    weighted = np.isin(used.kind, [n for name, n in used.present().items() if params.weights[name] > 0])
    graded_events = float(used.weight[inside & weighted].sum())
    if graded_events <= 0:
        raise NoEventsError(
            "no event before the horizon lies in the grid",
            events=len(events),
            before=len(used),
            inside=int(inside.sum()),
        )
    window = bayes.Window.of(used.take(inside), first.day)
    known = used.take(used.day >= window.first)
    ways: dict[str, Way] = {**params.methods, **(trained or {})}
    fitted: dict[str, bayes.Fitted] = {}
    names: dict[str, str] = {}
    for family, kind in sorted(used.take(inside).present().items()):
        own = known.take(known.kind == kind)
        rest = known.take(known.kind != kind)
        rate, names[family] = _rate(own, rest, grid, around, window, ways.get(family))
        term = params.near_repeats.get(family)
        fitted[family] = bayes.fit(own, raster, window, first, params, rate=rate, near_repeat=term)
    notes = [
        *([Note("future_ignored", {"events": len(events) - len(used)})] if len(used) < len(events) else []),
        *checks.notes(used.take(inside & weighted), len(used) - int(inside.sum()), window, params),
    ]
    enough = graded_events >= params.min_graded_events
    made = []
    for horizon, seed in zip(horizons, seeds, strict=True):
        parts = {family: one.part(horizon) for family, one in fitted.items()}
        expected, naive, counts = combine(parts, params)
        made.append(
            Forecast(
                grid=grid,
                horizon=horizon,
                params=params,
                seed=seed,
                parts=parts,
                expected=expected,
                naive=naive,
                counts=counts,
                grade=graded(expected, params) if enough else np.zeros(expected.shape, dtype=np.uint8),
                event_source=EVENTS,
                events=graded_events,
                history=(window.first, window.last),
                notes=tuple(notes),
                around=around.values,
                methods=names,
            )
        )
    return tuple(made)


def _rate(
    events: Events, others: Events, grid: Grid, around: Covariates, window: bayes.Window, way: Way
) -> tuple[NDArray[np.float64] | None, str]:
    """Events on an average day by a learnt method, and its name; none where fixed weights serve."""
    if way is None:
        return None, FIXED
    past = weekly.past_of(events, grid, around, first=window.first, last=window.last, others=others)
    if past is None:
        return None, FIXED
    name = way if isinstance(way, str) else way.name if isinstance(way, Choice) else type(way).__name__
    return weekly.rate(past, way), name


def _inside(events: Events, raster: Raster) -> NDArray[np.bool_]:
    place = raster.place(events)
    return (place >= 0) & raster.inside[place]
