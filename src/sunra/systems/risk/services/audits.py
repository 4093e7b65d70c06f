"""Audits of a district's forecasts: whom they flag, how often, at what cost a cap comes, and the alarms."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import transaction
from django.urls import reverse
from numpy.typing import NDArray

from sunra import __version__
from sunra.core.forecast import FAMILIES, audit
from sunra.core.forecast.audit import Feedback, Loop
from sunra.core.geo.districts import districts
from sunra.engine import store
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.roles import ANALYST, AUDITOR
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.base.time import now
from sunra.platform.notices.services import notify
from sunra.platform.places import selectors as places
from sunra.systems.risk import happened, provenance, residents
from sunra.systems.risk.beats import Beats, beats_of
from sunra.systems.risk.judged_texts import ALARM_NOTICES, NOTHING_TO_AUDIT, NOTHING_TO_AUDIT_REMEDY
from sunra.systems.risk.models import Alarm, Forecast, ForecastScore, Report
from sunra.systems.risk.rules import MAKE
from sunra.systems.risk.services.scoring import chosen, live, monday

SHARE: Final = 0.05
"""Of the cells, flagged each night: what an audit looks at."""
WEEKS: Final = 12
HISTORY: Final = dt.timedelta(days=365)
CAPS: Final = (2, 3, 5)
CAP_WINDOW: Final = 7
NIGHTS_A_WEEK: Final = 7
REPORTED, FOUND = 0.5, 0.5
"""Assumed, for nobody measures them: half of the events are reported, a patrol finds half of the rest."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Nights:
    """The nights of an audit: ``expected`` (nights, cells), one forecast a night, all over the same cells."""

    forecasts: tuple[Forecast, ...]
    expected: Numbers
    cell_e: NDArray[np.int64]
    cell_n: NDArray[np.int64]
    dong: NDArray[np.str_]


def audit_district(
    *, actor: Actor, district: str, agency_id: UUID | None = None, moment: dt.datetime | None = None
) -> Report:
    """Audit the nights of the last twelve weeks and those ahead, and keep the report.

    Flags are the highest 5 % of the cells of each night. Events of the past year stand beside them; hits are
    counted over nights that are over. Raises ``PermissionDenied``, ``UserError`` ``nothing_to_audit``.
    """
    require(actor, MAKE)
    at = moment or now()
    nights = _nights(actor, district, at)
    newest = nights.forecasts[-1]
    demo = any(one.demo for one in nights.forecasts)
    index = happened.index_of(nights.cell_e, nights.cell_n)
    weights = newest.params.get("weights", {})
    past = happened.events(actor, district, demo=demo, since=at - HISTORY, until=at)
    history = happened.counted(past, index, weights)
    over = [_over(one, at) for one in nights.forecasts]
    observed = np.stack(
        [
            happened.of_night(actor, one, index) if done else np.zeros(len(index))
            for one, done in zip(nights.forecasts, over, strict=True)
        ]
    )
    figures = _figures(nights, observed, np.array(over), history)
    figures["nights_over"] = int(sum(over))
    people = residents.by_dong(actor, district)
    figures["dongs"] = _areas(nights, observed, history, nights.dong, people)
    beats = beats_of(actor, district, nights.cell_e, nights.cell_n, nights.dong)
    figures["beats"] = (
        _areas(nights, observed, history, beats.of, _by_beat(beats, nights.dong, people))
        | {"nearest": beats.nearest}
        if beats
        else None
    )
    figures["provenance"] = _provenance(actor, district, demo=demo, since=at - HISTORY, until=at)
    with transaction.atomic():
        return Report.objects.update_or_create(
            agency_id=agency_id or newest.agency_id, kind=Report.Kind.FAIRNESS, district=district, family="",
            until=nights.forecasts[-1].day,
            defaults={
                "since": nights.forecasts[0].day, "figures": tidy(figures), "demo": demo,
                "vintages": happened.origins(past), "code_version": __version__,
                "made_by": actor.label or actor.id,
            },
        )[0]  # fmt: skip


def raise_alarms(*, actor: Actor, district: str, week: dt.date) -> list[Alarm]:
    """Judge the scores of the twelve weeks that end with ``week``; tell analysts and auditors of new alarms.

    An alarm that stood in the week before is kept for this week too, but nobody is told again.
    """
    require(actor, MAKE)
    since = week - dt.timedelta(weeks=WEEKS - 1)
    rows = ForecastScore.objects.filter(
        agency_id__in=actor.scope, district=district, week__gte=since, week__lte=week
    ).order_by("day")
    scores = [(row.week, audit.Score.from_dict(row.figures)) for row in rows]
    if not scores:
        return []
    owner = rows[len(scores) - 1].agency_id
    found = audit.alarms(scores, _fairness(actor, district, rows[0].day))
    before = set(
        Alarm.objects.filter(
            agency_id=owner, district=district, week=week - dt.timedelta(weeks=1)
        ).values_list("kind", flat=True)
    )
    with transaction.atomic():
        Alarm.objects.filter(agency_id=owner, district=district, week=week).exclude(
            kind__in=[one.kind for one in found]
        ).delete()
        kept = [_keep(owner, district, week, one) for one in found]
        for alarm, new in kept:
            if new and alarm.kind not in before:
                _tell(alarm)
    return [alarm for alarm, _new in kept]


def _keep(owner: UUID, district: str, week: dt.date, one: audit.Alarm) -> tuple[Alarm, bool]:
    values = {"where": one.where, "value": one.value, "bound": one.bound, "low": one.low}
    return Alarm.objects.update_or_create(
        agency_id=owner, district=district, week=week, kind=one.kind,
        defaults={**values, "high": one.high if math.isfinite(one.high) else 1e9},
    )  # fmt: skip


def _tell(alarm: Alarm) -> None:
    notify(
        kind="risk.alarm",
        text=ALARM_NOTICES[alarm.kind],
        params={
            "district": districts().district(alarm.district).name,
            "value": f"{alarm.value:.2f}",
            "bound": f"{alarm.bound:.2f}",
        },
        url=reverse("risk:fairness") + f"?district={alarm.district}",
        agency_id=alarm.agency_id,
        roles=(ANALYST, AUDITOR),
        email=False,
    )


def _nights(actor: Actor, district: str, at: dt.datetime) -> Nights:
    """Of each night the forecast that counts; real ones, or where there is none the demonstration's."""
    since = monday(at.date()) - dt.timedelta(weeks=WEEKS)
    mine = Forecast.objects.filter(agency_id__in=actor.scope, district=district, day__gte=since)
    found = chosen(live(actor.scope).filter(district=district, day__gte=since))
    if not found:
        found = _last_of_each(mine)
    frames = []
    used = []
    for one in found:
        try:
            frame = store.read(home() / one.path, ["cell_e", "cell_n", "dong", "expected_day"])
        except store.StoreError:
            continue
        frames.append(frame.sort("cell_e", "cell_n"))
        used.append(one)
    # A district whose border moved has other cells since: what cannot be laid side by side is left out.
    alike = [n for n, frame in enumerate(frames) if frame["cell_e"].equals(frames[-1]["cell_e"])]
    if not alike:
        raise UserError("nothing_to_audit", NOTHING_TO_AUDIT, NOTHING_TO_AUDIT_REMEDY, (district,))
    last = frames[-1]
    return Nights(
        forecasts=tuple(used[n] for n in alike),
        expected=np.stack([frames[n]["expected_day"].to_numpy() for n in alike]),
        cell_e=last["cell_e"].to_numpy(),
        cell_n=last["cell_n"].to_numpy(),
        dong=last["dong"].to_numpy().astype(str),
    )


def _last_of_each(found: Any) -> list[Forecast]:
    best: dict[dt.date, Forecast] = {}
    for one in found.order_by("updated"):
        best[one.day] = one
    return [best[day] for day in sorted(best)]


def _over(one: Forecast, at: dt.datetime) -> bool:
    return happened.begins(one.day, one.first_hour) + happened.NIGHT <= at


def _figures(nights: Nights, observed: Numbers, over: NDArray[np.bool_], history: Numbers) -> dict[str, Any]:
    """Repeats, caps and the simulated loop."""
    flagged = audit.flag(nights.expected, SHARE)
    repeated = audit.repeats(flagged)
    times = np.bincount(repeated.times, minlength=len(flagged) + 1)
    caps = []
    if over.any() and observed.sum() > 0:
        for most in CAPS:
            one = audit.cap_repeats(
                nights.expected[over], observed[over], share=SHARE, most=most, window=CAP_WINDOW
            )
            caps.append(
                {"most": most, "window": CAP_WINDOW, "hits": one.hits, "free_hits": one.free_hits,
                 "cost": one.cost, "cost_se": one.cost_se, "never": one.repeats.never,
                 "jaccard": one.repeats.mean_jaccard}
            )  # fmt: skip
    return {
        "share": SHARE,
        "nights": len(flagged),
        "cells": int(flagged.shape[1]),
        "flagged_a_night": int(flagged[0].sum()),
        "hits": float((observed * flagged).sum()),
        "events_over": float(observed.sum()),
        "events_year": float(history.sum()),
        "ever": repeated.ever, "never": repeated.never, "always": repeated.always,
        "jaccard": repeated.mean_jaccard,
        "times": times.tolist(),
        "caps": caps,
        "feedback": _feedback(nights, flagged, history),
    }  # fmt: skip


def _areas(
    nights: Nights, observed: Numbers, history: Numbers, area: NDArray[np.str_], people: Mapping[str, float]
) -> dict[str, Any]:
    flagged = audit.flag(nights.expected, SHARE)
    busy = {str(name) for name in np.unique(area[history > 0])}
    # Shares of residents are of the whole district, or they are not told.
    whole = people if busy <= people.keys() else {}
    made = audit.by_area(flagged, observed, area, whole, history=history)
    return {"rows": [asdict(row) for row in made.areas], "equal_hits_p": made.equal_hits_p}


def _by_beat(beats: Beats, dong: NDArray[np.str_], people: Mapping[str, float]) -> dict[str, float]:
    """Residents of each beat, where beats are made of whole 법정동 and each of these has a cell."""
    of = dict(zip(dong.tolist(), beats.of.tolist(), strict=True))
    if beats.nearest or not people.keys() <= of.keys():
        return {}
    found: dict[str, float] = {}
    for code, residents_there in people.items():
        found[of[code]] = found.get(of[code], 0.0) + residents_there
    return found


def _fairness(actor: Actor, district: str, since: dt.date) -> audit.Fairness | None:
    """The composition that the last audit of real nights found."""
    report = (
        Report.objects.filter(
            agency_id__in=actor.scope, kind=Report.Kind.FAIRNESS, district=district, demo=False
        )
        .order_by("-until")
        .first()
    )
    if report is None or report.until < since:
        return None
    found = report.figures["dongs"]
    return audit.Fairness(tuple(audit.AreaRow(**_numbers(row)) for row in found["rows"]), math.nan)


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: math.nan if value is None else value for name, value in row.items()}


def _feedback(nights: Nights, flagged: NDArray[np.bool_], history: Numbers) -> dict[str, Any] | None:
    """What would happen if patrols' own finds were counted: for the dong that is flagged most."""
    rate = nights.expected.mean(0) * NIGHTS_A_WEEK / REPORTED
    names, index = np.unique(nights.dong, return_inverse=True)
    flags = np.bincount(index, flagged.sum(0), minlength=names.size)
    if rate.sum() <= 0 or names.size < 2:
        return None
    marked = index == int(np.argmax(flags))
    half_life = float(nights.forecasts[-1].params.get("half_life_days", 730.0)) / NIGHTS_A_WEEK
    loop = Loop(share=SHARE, reported=REPORTED, found=FOUND, half_life=half_life)
    found: Feedback = audit.simulate_feedback(rate, marked, loop=loop, start=history)
    return {
        "area": str(names[int(np.argmax(flags))]),
        "weeks": loop.periods, "reported": REPORTED, "found": FOUND, "half_life_weeks": half_life,
        "cells": found.area, "true": found.true,
        **{name: found.settled(name) for name in ("apparent", "excluded", "reweighted")},
        "series": {
            name: [float(value) for value in getattr(found, name)]
            for name in ("apparent", "excluded", "reweighted")
        },
    }  # fmt: skip


def _provenance(
    actor: Actor, district: str, *, demo: bool, since: dt.datetime, until: dt.datetime
) -> dict[str, Any]:
    every = places.events(actor, district=district, families=FAMILIES, since=since, until=until)
    found = provenance.discovered(every.filter(demo=demo)).count()
    reported = provenance.reported(every.filter(demo=demo)).count()
    return asdict(audit.Provenance(reported, found, audit.EXCLUDE))


def tidy(value: Any) -> Any:
    """What JSON can hold: plain numbers, and nothing where there is none."""
    if isinstance(value, Mapping):
        return {str(key): tidy(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(one) for one in value]
    if isinstance(value, np.generic):
        return tidy(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
