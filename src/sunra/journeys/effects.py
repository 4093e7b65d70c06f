"""Did it work: each month's confirmed nights judged by the chances that their lots had, and the year's."""

import datetime as dt
import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any
from uuid import UUID

import numpy as np

from sunra import __version__
from sunra.core.effects import (
    Around,
    CellNights,
    Change,
    Effect,
    covered,
    displacement_by_lot,
    effect,
)
from sunra.core.effects.lots import LEAST_CHANCE
from sunra.journeys.effect_nights import BACK, DAYS, Judged, gather
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL, now
from sunra.systems.patrols.models import EffectMonth
from sunra.systems.patrols.rules import JUDGE
from sunra.systems.patrols.selectors.effects import planned_months
from sunra.systems.patrols.services.effects import keep_month

LEVEL = 0.90
OPEN_MONTHS = 3
"""This month and so many before, less one, are judged again each day: events and sums of tracks come late."""
YEAR = 12

Check = Callable[[], None]
Commit = Callable[[], AbstractContextManager[Any]]


def judge_all(
    *,
    actor: Actor,
    moment: dt.datetime | None = None,
    check: Check | None = None,
    commit: Commit = nullcontext,
) -> list[EffectMonth]:
    """Judge the open months of every agency in scope, and those of the last year that never were.

    The same inputs change nothing. Raises ``PermissionDenied``; what ``check`` raises ends the work between
    two agencies, and what was kept stays.
    """
    require(actor, JUDGE)
    at = moment or now()
    this = at.astimezone(SEOUL).date().replace(day=1)
    kept: list[EffectMonth] = []
    for (agency_id, district, demo), months in planned_months(actor).items():
        if check:
            check()
        judged = set(
            EffectMonth.objects.filter(agency_id=agency_id, district=district, demo=demo).values_list(
                "month", flat=True
            )
        )
        wanted = [
            month for month in months
            if back(this, YEAR - 1) <= month <= this
            and (month > back(this, OPEN_MONTHS) or month not in judged)
        ]  # fmt: skip
        kept += _months(agency_id, district, wanted, at, demo=demo, commit=commit)
    return kept


def _months(
    agency_id: UUID, district: str, months: list[dt.date], at: dt.datetime, *, demo: bool, commit: Commit
) -> list[EffectMonth]:
    """Judge months of one district: its nights are gathered once for all of them."""
    if not months:
        return []
    # Events are those the agency itself may see, whoever asked for the judgement.
    actor = Actor.job(agency_id, "journeys.effects")
    nights = gather(
        actor, agency_id, district, demo=demo, since=back(months[0], YEAR - 1), until=after(months[-1]),
        moment=at,
    )  # fmt: skip
    kept = []
    for month in months:
        year = [one for one in nights if back(month, YEAR - 1) <= one.day < after(month)]
        mine = [one for one in year if one.day >= month]
        if not mine:
            continue
        said = {"month": figures(mine), "year": figures(year)}
        with commit():
            kept.append(
                keep_month(
                    actor=actor, agency_id=agency_id, district=district, month=month,
                    nights=said["month"]["judged"], figures=said, digest=digest(year), demo=demo,
                )
            )  # fmt: skip
    return kept


def back(month: dt.date, count: int) -> dt.date:
    """The first day of the month ``count`` months before."""
    number = month.year * 12 + month.month - 1 - count
    return dt.date(number // 12, number % 12 + 1, 1)


def after(month: dt.date) -> dt.date:
    """The first day of the next month."""
    return back(month, -1)


def figures(nights: Sequence[Judged]) -> dict[str, Any]:
    """What can be said of these nights; NaN is None, statuses as ``core.effects`` names them.

    ``night``: events until the night's end where the lot let patrols go, against the like where it did not;
    ``days``: the same over three days; ``displacement``: events more (+) or fewer (-) for 100 visits, here
    and next door together; ``walked``: stops walked of those planned, expected events at walked stops for
    each hour of a team. ``places``: places of all judged nights, ``by_chance`` those that the lot could take
    or leave, ``certain`` the others, left out: always or (nearly) never drawn.
    """
    used = [one for one in nights if not one.why]
    left = Counter(one.why for one in nights if one.why)
    chance = _joined([one.chance for one in used])
    inside = (chance >= LEAST_CHANCE) & (chance <= 1 - LEAST_CHANCE)
    tonight, later, change = _effects(used)
    said = [one.walked for one in nights if one.walked is not None]
    return {
        "nights": len(nights), "judged": len(used), "left_out": dict(sorted(left.items())),
        "first": str(nights[0].day) if nights else None, "last": str(nights[-1].day) if nights else None,
        "places": len(chance), "by_chance": int(inside.sum()), "certain": int((~inside).sum()),
        "night": plain(asdict(tonight)), "days": plain(asdict(later)), "displacement": plain(asdict(change)),
        "walked": plain(asdict(covered(said, level=LEVEL))), "unrecorded": len(nights) - len(said),
        "level": LEVEL, "hours_days": DAYS, "nights_before": BACK,
    }  # fmt: skip


def _effects(used: Sequence[Judged]) -> tuple[Effect, Effect, Change]:
    """The night, the days, and what moved."""
    number = _joined([np.full(len(one.chance), n) for n, one in enumerate(used)]).astype(np.int64)
    chance = _joined([one.chance for one in used])
    visited = _joined([one.visited for one in used]).astype(np.bool_)

    def of(events: str, expected: str) -> CellNights:
        parts = ([getattr(one, name) for one in used] for name in (events, expected))
        return CellNights(number, chance, visited, *(_joined(part) for part in parts))

    tonight = of("events", "expected")
    around = Around(BACK, *(_joined([getattr(one, name) for one in used]) for name in _AROUND))
    return (
        effect(tonight, level=LEVEL),
        effect(of("events_days", "expected_days"), level=LEVEL),
        displacement_by_lot(tonight, around, level=LEVEL),
    )


_AROUND = ("before", "belt", "belt_before")


def _joined(parts: Sequence[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros(0)


def plain(value: Any) -> Any:
    """Ready for JSON: what is not known is None."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def digest(nights: Sequence[Judged]) -> str:
    """Names everything that the figures rest on."""
    seen = hashlib.sha256(f"{__version__} {LEVEL} {BACK} {DAYS}".encode())
    for one in nights:
        walked = asdict(one.walked) if one.walked else None
        seen.update(json.dumps([str(one.day), one.why, walked]).encode())
        for name in ("chance", "visited", "expected", "events", "expected_days", "events_days", *_AROUND):
            seen.update(np.ascontiguousarray(getattr(one, name)).tobytes())
    return seen.hexdigest()
