"""Without local events: a stated guess, marked as such and never graded.

    expected(c, s) = sum over stations of count / days * [u / N + (1 - u) * m(c) / sum(m)] * slot(s)

m(c): weighted mean of the smoothed covariates of the cell, each divided by its mean over the station's cells;
u: ``prior_even_share``; slot(s): ``prior_slots``. The weights are opinions that anyone can read and change.
"""

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.errors import BadEventsError, RefusedFamilyError, UnknownFamilyError
from sunra.core.forecast.families import REFUSED
from sunra.core.forecast.inputs import Covariates, Grid, Horizon, StationCount
from sunra.core.forecast.kernel import Raster
from sunra.core.forecast.params import Params
from sunra.core.forecast.result import PRIOR, Forecast, Note, Part, combine


def prior(
    grid: Grid,
    station_counts: tuple[StationCount, ...],
    covariates: Covariates | None,
    horizon: Horizon,
    params: Params | None = None,
    *,
    seed: int = 0,
) -> Forecast:
    """A forecast without events: station counts spread by what stands around. ``event_source`` is "prior".

    Grades are all 0 and the naive count is 0, for nothing was counted here. Without any station count the
    total is one event a day and the note ``relative_only`` says that only the order of cells means something.
    Raises ``RefusedFamilyError``, ``UnknownFamilyError``, ``BadEventsError``.
    """
    params = params or Params()
    around = (covariates or Covariates()).checked(len(grid)).values
    for count in station_counts:
        _check(count, grid, params)
    notes = [Note("no_local_events")]
    weighted = [count for count in station_counts if params.weights[count.family] > 0 and count.count > 0]
    if not weighted:
        notes.append(Note("relative_only"))
        family = max(params.weights, key=lambda name: params.weights[name])
        weighted = [StationCount(family, 1.0, 1.0)]
    used = {name: column for name, column in around.items() if params.prior_weights.get(name, 0) > 0}
    if not any(column.any() for column in used.values()):
        notes.append(Note("no_covariates"))
    smoothed = _smoothed(grid, used, params)
    slot = np.array([params.prior_slots[hour // 2] for hour in horizon.hours])
    rates: dict[str, NDArray[np.float64]] = {}
    for count in weighted:
        rate = rates.setdefault(count.family, np.zeros(len(grid)))
        cells = np.arange(len(grid)) if count.cells is None else count.cells
        rate[cells] += count.count / count.days * _share(cells, smoothed, params)
    parts = {family: _part(rate, slot) for family, rate in rates.items()}
    expected, naive, counts = combine(parts, params)
    return Forecast(
        grid=grid,
        horizon=horizon,
        params=params,
        seed=seed,
        parts=parts,
        expected=expected,
        naive=naive,
        counts=counts,
        grade=np.zeros(expected.shape, dtype=np.uint8),
        event_source=PRIOR,
        events=0.0,
        history=None,
        notes=tuple(notes),
        around=around,
    )


def _check(count: StationCount, grid: Grid, params: Params) -> None:
    if count.family in REFUSED:
        raise RefusedFamilyError("home-bound and personal events never enter cells", families=[count.family])
    if count.family not in params.weights:
        raise UnknownFamilyError("a family has no weight", families=[count.family])
    if not (np.isfinite(count.count) and count.count >= 0 and np.isfinite(count.days) and count.days > 0):
        raise BadEventsError(
            "a station count is impossible", family=count.family, count=count.count, days=count.days
        )
    cells = count.cells
    if cells is not None and (not cells.size or cells.min() < 0 or cells.max() >= len(grid)):
        raise BadEventsError("a station's cells are not in the grid", family=count.family)


def _smoothed(
    grid: Grid, columns: dict[str, NDArray[np.float64]], params: Params
) -> list[tuple[float, NDArray[np.float64]]]:
    """Each covariate's weight and its smoothed values; half the events' bandwidth, for a light is local."""
    raster = Raster.around(grid, params.kde_metres / 2)
    sigma = params.kde_metres / 2 / grid.size_m
    result = []
    for name, column in columns.items():
        field = np.zeros(raster.inside.size)
        field[raster.where] = np.maximum(column, 0)
        result.append((params.prior_weights[name], raster.smooth(field, sigma)))
    return result


def _share(
    cells: NDArray[np.int64], smoothed: list[tuple[float, NDArray[np.float64]]], params: Params
) -> NDArray[np.float64]:
    even = np.full(cells.size, 1 / cells.size)
    mixed = np.zeros(cells.size)
    for weight, column in smoothed:
        mean = column[cells].mean()
        if mean > 0:
            mixed += weight * column[cells] / mean
    total = mixed.sum()
    if total <= 0:
        return even
    uneven = 1 - params.prior_even_share
    return np.asarray(params.prior_even_share * even + uneven * mixed / total, dtype=np.float64)


def _part(rate: NDArray[np.float64], slot: NDArray[np.float64]) -> Part:
    nothing = np.zeros(rate.size)
    return Part(
        expected=rate[:, None] * slot,
        naive=np.zeros((rate.size, 12)),
        own=nothing,
        near=nothing,
        count=nothing,
    )
