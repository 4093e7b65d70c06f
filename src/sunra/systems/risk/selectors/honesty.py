"""What everybody may read about live forecasts: totals of a district by month, never a cell."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sunra.core.forecast import audit
from sunra.core.forecast.analysis import poisson_interval
from sunra.core.forecast.audit import Compared
from sunra.core.geo.districts import districts
from sunra.systems.risk.models import EventSource, Forecast, ForecastScore
from sunra.systems.risk.services.scoring import monday

MAIN_SHARE = 0.05
"""The share of the area that the table by month and the chart show."""


@dataclass(frozen=True, slots=True)
class Month:
    """Scores of one month; ``ratio``: observed over expected with its 95 % interval; ``overridden``: the gain
    of officers' overrides over the model alone, ``None`` without any.
    """

    month: dt.date
    nights: int
    events: float
    expected: float
    ratio: float | None
    low: float | None
    high: float | None
    hits: Compared
    overridden: float | None


@dataclass(frozen=True, slots=True)
class Honesty:
    """All that is known of how a district's forecasts did. ``shares``: pooled, a row for each share of the
    area; ``covered`` of ``weeks`` whole weeks lay in their 90 % interval; ``weekly``: week, hits, naive hits,
    events.
    """

    district: str
    name: str
    months: tuple[Month, ...]
    shares: tuple[Compared, ...]
    overridden: tuple[Compared, ...]
    nights: int
    override_nights: int
    events: float
    expected: float
    weeks: int
    covered: int
    weekly: tuple[tuple[dt.date, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why there may be nothing to read: real forecasts on file, assumptions, demonstrations."""

    forecasts: int
    priors: int
    demos: int


def judged() -> list[tuple[str, str]]:
    """The districts that have a forecast, as (code, name), by name."""
    codes = Forecast.objects.order_by().values_list("district", flat=True).distinct()
    return sorted(((code, districts().district(code).name) for code in codes), key=lambda pair: pair[1])


def waiting(district: str) -> Waiting:
    """What is on file of a district."""
    mine = Forecast.objects.filter(district=district)
    real = mine.filter(demo=False)
    return Waiting(
        forecasts=real.filter(event_source=EventSource.EVENTS).count(),
        priors=real.filter(event_source=EventSource.PRIOR).count(),
        demos=mine.filter(demo=True).count(),
    )


def honesty(district: str) -> Honesty | None:
    """The scores of a district; ``None`` while nothing is scored."""
    rows = list(ForecastScore.objects.filter(district=district, forecast__demo=False).order_by("day"))
    if not rows:
        return None
    scores = [(row.week, audit.Score.from_dict(row.figures)) for row in rows]
    said = [(row.week, _said(row)) for row in rows]
    changed = [row for row in rows if row.overrides]
    whole = audit.add(score for _, score in scores)
    weekly = _weekly(rows)
    full = [week for week, nights, *_ in weekly if nights == 7]
    covered = sum(
        0.05 <= audit.pit(events, expected, seed=week.toordinal()) <= 0.95
        for week, nights, events, expected, *_ in weekly
        if nights == 7
    )
    return Honesty(
        district=district,
        name=districts().district(district).name,
        months=tuple(_month(month, rows) for month in sorted({row.day.replace(day=1) for row in rows})),
        shares=audit.compare(scores),
        overridden=audit.compare(said) if changed else (),
        nights=len(rows),
        override_nights=len(changed),
        events=whole.events,
        expected=whole.expected,
        weeks=len(full),
        covered=covered,
        weekly=tuple((week, hits, naive, events) for week, _n, events, _e, hits, naive in weekly),
    )


def card(district: str) -> Forecast | None:
    """The forecast that the model card describes: the newest real one, else the newest of all."""
    mine = Forecast.objects.filter(district=district).select_related("agency").defer("digest", "path")
    return mine.filter(demo=False).order_by("-created").first() or mine.order_by("-created").first()


def _said(row: ForecastScore) -> audit.Score:
    """The score with overrides where there were any, else the model's own."""
    return audit.Score.from_dict(row.overridden or row.figures)


def _month(month: dt.date, rows: Sequence[ForecastScore]) -> Month:
    mine = [row for row in rows if row.day.replace(day=1) == month]
    scores = [(row.week, audit.Score.from_dict(row.figures)) for row in mine]
    whole = audit.add(score for _, score in scores)
    low, high = (float(side) for side in poisson_interval(whole.events))
    model = _main(audit.compare(scores))
    changed = any(row.overrides for row in mine)
    said = _main(audit.compare([(row.week, _said(row)) for row in mine])) if changed else None
    some = whole.expected > 0
    return Month(
        month=month,
        nights=len(mine),
        events=whole.events,
        expected=whole.expected,
        ratio=whole.events / whole.expected if some else None,
        low=low / whole.expected if some else None,
        high=high / whole.expected if some else None,
        hits=model,
        overridden=said.rate - model.rate if said else None,
    )


def _main(rows: Sequence[Compared]) -> Compared:
    return next(row for row in rows if row.share == MAIN_SHARE)


def _weekly(rows: Sequence[ForecastScore]) -> list[tuple[Any, ...]]:
    """Week, nights, events, expected, hits, naive hits at the main share, by week."""
    made = []
    for week in sorted({monday(row.day) for row in rows}):
        mine = [row for row in rows if monday(row.day) == week]
        whole = audit.add(audit.Score.from_dict(row.figures) for row in mine)
        hits = next(one for one in whole.hits if one.share == MAIN_SHARE)
        made.append((week, len(mine), whole.events, whole.expected, hits.hits, hits.naive))
    return made
