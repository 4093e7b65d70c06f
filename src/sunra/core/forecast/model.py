"""The one verb of the package: events in, the expectation of one day out."""

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import bayes, checks
from sunra.core.forecast.errors import NoEventsError, UnknownFamilyError
from sunra.core.forecast.inputs import Covariates, Events, Grid, Horizon
from sunra.core.forecast.kernel import Raster
from sunra.core.forecast.params import Params
from sunra.core.forecast.result import EVENTS, Forecast, Note, combine, graded


def forecast(
    events: Events,
    grid: Grid,
    covariates: Covariates | None,
    horizon: Horizon,
    params: Params | None = None,
    *,
    seed: int = 0,
) -> Forecast:
    """Expected events per cell and two-hour slot of one day, with grades, from the past alone.

    One empirical-Bayes model per family (``bayes``), slots by hour of week shrunk to the district's profile
    (``slots``), combined by ``params.weights``. Events on or after ``horizon.day`` are never looked at.
    ``covariates`` stand in the reasons of a cell; they do not move the expectation. ``seed``
    orders ties only.

    Raises ``NoEventsError`` when no event of a weighted family lies inside the grid before the horizon,
    ``UnknownFamilyError`` for a family without a weight; the inputs raise their own errors. Weak data is
    answered with ``notes`` (codes), and with grade 0 below ``params.min_graded_events`` events.
    """
    params = params or Params()
    around = (covariates or Covariates()).checked(len(grid)).values
    unknown = sorted(events.present().keys() - params.weights.keys())
    if unknown:
        raise UnknownFamilyError("a family has no weight", families=unknown)
    used = events.take(events.day < np.datetime64(horizon.day, "D"))
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
    window = bayes.Window.of(used.take(inside), horizon.day)
    known = used.take(used.day >= window.first)
    parts = {
        family: bayes.fit(known.take(known.kind == kind), grid, raster, window, horizon, params)
        for family, kind in sorted(used.take(inside).present().items())
    }
    expected, naive, counts = combine(parts, params)
    enough = graded_events >= params.min_graded_events
    future = (Note("future_ignored", {"events": len(events) - len(used)}),) if len(used) < len(events) else ()
    notes = checks.notes(used.take(inside & weighted), len(used) - int(inside.sum()), window, params)
    return Forecast(
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
        notes=(*future, *notes),
        around=around,
    )


def _inside(events: Events, raster: Raster) -> NDArray[np.bool_]:
    place = raster.place(events)
    return (place >= 0) & raster.inside[place]
