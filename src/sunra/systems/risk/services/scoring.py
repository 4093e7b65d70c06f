"""Scores every live forecast when its week is over, beside the naive count; never on invented data."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

import numpy as np
from django.db import transaction

from sunra.core.forecast import audit
from sunra.engine import store
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.home import home
from sunra.platform.base.time import now
from sunra.systems.risk import happened
from sunra.systems.risk.models import EventSource, Forecast, ForecastScore
from sunra.systems.risk.rules import MAKE
from sunra.systems.risk.selectors.overrides import effective
from sunra.systems.risk.table import SLOTS, slot_column

LOOK_BACK = dt.timedelta(days=62)
"""How long a week is scored again when events of it still come in."""
WEEK = dt.timedelta(days=7)


def monday(day: dt.date) -> dt.date:
    """The Monday of the week in which ``day`` lies."""
    return day - dt.timedelta(days=day.weekday())


def score_weeks(*, actor: Actor, moment: dt.datetime | None = None) -> dict[str, list[dt.date]]:
    """Score the nights of all weeks that are over and whose events have come in; weeks scored by district.

    Of each night counts the last forecast that was made before it began. Priors are assumptions and are not
    scored, nor is anything on demonstration data. A week whose events still change is scored again for two
    months. Raises ``PermissionDenied``.
    """
    require(actor, MAKE)
    at = moment or now()
    since = at.date() - LOOK_BACK
    waiting = live(actor.scope).filter(day__gte=monday(since), day__lt=at.date())
    done: dict[str, list[dt.date]] = {}
    for district in sorted(set(waiting.order_by().values_list("district", flat=True))):
        reach = happened.known(actor, district)
        nights = chosen(waiting.filter(district=district))
        for week in sorted({monday(one.day) for one in nights}):
            mine = [one for one in nights if monday(one.day) == week]
            begin = happened.begins(week, mine[0].first_hour)
            if begin + WEEK <= at and reach.covers(begin, begin + WEEK) and _score(actor, week, mine):
                done.setdefault(district, []).append(week)
    return done


def live(scope: Iterable[UUID]):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a queryset
    """Forecasts from real events of these agencies."""
    return Forecast.objects.filter(agency_id__in=list(scope), demo=False, event_source=EventSource.EVENTS)


def chosen(found: Iterable[Forecast]) -> list[Forecast]:
    """Of each night the last forecast made before it began, by day."""
    best: dict[dt.date, Forecast] = {}
    for one in found:
        early = one.created < happened.begins(one.day, one.first_hour)
        if early and (one.day not in best or one.created > best[one.day].created):
            best[one.day] = one
    return [best[day] for day in sorted(best)]


@transaction.atomic
def _score(actor: Actor, week: dt.date, nights: list[Forecast]) -> bool:
    """Score the nights of a week; whether any figure is new."""
    fresh = False
    for one in nights:
        values = _figures(actor, one)
        if values is None:
            continue
        known = ForecastScore.objects.select_for_update().filter(forecast=one).first()
        if known and known.figures == values["figures"] and known.overridden == values["overridden"]:
            continue
        fresh = True
        ForecastScore.objects.update_or_create(
            forecast=one,
            defaults={
                **values, "agency_id": one.agency_id, "district": one.district, "day": one.day, "week": week,
                "times": known.times + 1 if known else 1,
            },
        )  # fmt: skip
    return fresh


def _figures(actor: Actor, one: Forecast) -> dict[str, object] | None:
    """The scores of one night; nothing when its table is lost, for what is not there cannot be judged."""
    slots = [slot_column("expected", slot) for slot in range(SLOTS)]
    try:
        frame = store.read(home() / one.path, ["cell_e", "cell_n", "naive_day", *slots])
    except store.StoreError:
        return None
    east, north = frame["cell_e"].to_numpy(), frame["cell_n"].to_numpy()
    expected, naive = frame.select(slots).to_numpy(), frame["naive_day"].to_numpy()
    index = happened.index_of(east, north)
    observed = happened.of_night(actor, one, index)
    scored = audit.score(expected.sum(1), naive, observed)
    said = effective(actor, one)
    changed = audit.score(said.apply(east, north, expected).sum(1), naive, observed) if said.rows else None
    begin = happened.begins(one.day, one.first_hour)
    found = happened.events(actor, one.district, demo=False, since=begin, until=begin + happened.NIGHT)
    return {
        "events": float(np.sum(observed)),
        "expected": scored.expected,
        "figures": scored.as_dict(),
        "overridden": changed.as_dict() if changed else {},
        "overrides": len(said.rows),
        "origins": happened.origins(found),
    }
