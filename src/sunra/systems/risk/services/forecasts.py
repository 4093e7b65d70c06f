"""Everything that writes forecasts: the nights of a district, kept with all that decided them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from sunra import __version__
from sunra.core.forecast import Params, StationCount
from sunra.engine import store
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.home import folder, home
from sunra.platform.base.time import seoul_today
from sunra.systems.risk import table, work
from sunra.systems.risk.gather import Gathered, gather, question, seed_of
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.rules import MAKE
from sunra.systems.risk.services.choices import Chosen, chosen_for
from sunra.systems.risk.services.weights import params_for
from sunra.systems.risk.work import FIRST_HOUR, Night, Task

DAYS = 7
"""How many nights are forecast ahead."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A computed forecast that is not stored yet, or the stored one when the same question was answered
    before.
    """

    known: Forecast | None
    values: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Asked:
    """The nights of one district with all that decides them; ``known`` are answered already, by day."""

    agency_id: UUID
    gathered: Gathered
    task: Task
    digests: Mapping[dt.date, str]
    known: Mapping[dt.date, Forecast]
    choice: Chosen

    @property
    def open(self) -> Task:
        """What is to be computed: all nights when one is open, for all rest on the day of the first."""
        left = any(day not in self.known for day, _seed in self.task.nights)
        return self.task if left else replace(self.task, nights=())


def make_forecast(
    *,
    actor: Actor,
    agency_id: UUID,
    district: str,
    day: dt.date,
    station_counts: Sequence[StationCount] = (),
    params: Params | None = None,
    seed: int | None = None,
) -> Forecast:
    """Compute and store in one go; see ``compute`` and ``keep``."""
    draft = compute(
        actor=actor, agency_id=agency_id, district=district, day=day,
        station_counts=station_counts, params=params, seed=seed,
    )  # fmt: skip
    return keep(actor=actor, draft=draft)


def compute(
    *,
    actor: Actor,
    agency_id: UUID,
    district: str,
    day: dt.date,
    station_counts: Sequence[StationCount] = (),
    params: Params | None = None,
    seed: int | None = None,
) -> Draft:
    """The forecast of the night from noon of ``day``, its Parquet written, nothing in the database yet.

    Without an event in the district: the prior, never graded. ``params``: the installation's, with the
    weights that people have set for the district. Raises ``PermissionDenied`` and ``UserError``
    ``unknown_district``, ``withheld_family``.
    """
    asked = ask(
        actor=actor, agency_id=agency_id, district=district, day=day, days=1,
        station_counts=station_counts, params=params, seed=seed,
    )  # fmt: skip
    gathered = asked.gathered
    nights = work.solve(
        asked.open, gathered.grid, gathered.events, gathered.covariates, asked.choice.trained
    )  # fmt: skip
    return drafts(actor=actor, asked=asked, nights=nights)[0]


def ask(
    *,
    actor: Actor,
    agency_id: UUID,
    district: str,
    day: dt.date,
    days: int = DAYS,
    station_counts: Sequence[StationCount] = (),
    params: Params | None = None,
    seed: int | None = None,
    gathered: Gathered | None = None,
) -> Asked:
    """Gather what decides ``days`` nights from ``day`` on, and find those that are answered already.

    All nights rest on what happened before ``day``. ``gathered``: when the caller has done so already.
    Raises as ``compute``.
    """
    require(actor, MAKE)
    if agency_id not in actor.scope:
        raise PermissionDenied
    gathered = gathered or gather(actor, district, day)
    choice = Chosen()
    if params is None:
        params = params_for(district)
        choice = chosen_for(gathered, district, day, params)
        ways = {family: str(one["method"]) for family, one in choice.methods.items()}
        params = replace(params, methods=ways)
    nights = tuple(
        (one, seed_of(settings.SECRET_KEY, "risk", district, one) if seed is None else seed)
        for one in (day + dt.timedelta(days=ahead) for ahead in range(days))
    )
    task = Task(
        district, nights, params, gathered.holidays, tuple(station_counts), gathered.special
    )  # fmt: skip
    inputs = gathered.digest() + choice.sha256
    digests = {one: _digest(task, inputs, one, number) for one, number in nights}
    rows = Forecast.objects.filter(agency_id=agency_id, digest__in=digests.values())
    known = {row.day: row for row in rows if _whole(row)}
    return Asked(agency_id, gathered, task, digests, known, choice)


def drafts(*, actor: Actor, asked: Asked, nights: Sequence[Night]) -> list[Draft]:
    """Write the tables of the computed nights; what was known stands between them, all by day."""
    found = {night.day: night for night in nights}
    return [
        Draft(asked.known[day], {}) if day in asked.known else _draft(actor, asked, found[day], seed)
        for day, seed in asked.task.nights
    ]


def _draft(actor: Actor, asked: Asked, night: Night, seed: int) -> Draft:
    task, digest, about = asked.task, asked.digests[night.day], night.about
    stored = store.write(
        folder("forecasts") / task.district / f"{digest[:32]}.parquet",
        table.with_nearest(night.cells, asked.gathered.nearest),
        {"district": task.district, "day": str(night.day), "event_source": about["event_source"]},
    )
    return Draft(
        None,
        {
            "agency_id": asked.agency_id, "district": task.district, "day": night.day,
            "first_hour": FIRST_HOUR, "params": work.plain(work.values_of(task.params)),
            "thresholds": {name: list(steps) for name, steps in task.params.grades.items()},
            "code_version": __version__, "seed": seed, "event_source": about["event_source"],
            "inputs": [*asked.gathered.sources, *(note["code"] for note in about["notes"])],
            "vintages": list(asked.gathered.vintages), "method": _methods(asked.choice, about["method"]),
            "notes": about["notes"],
            "known_until": min(task.nights[0][0], seoul_today()), "events": about["events"],
            "first_event": _date(about["first_event"]), "last_event": _date(about["last_event"]),
            "graded": about["graded"], "path": str(stored.path.relative_to(home())),
            "sha256": stored.sha256, "digest": digest, "cells": about["cells"], "slots": table.SLOTS,
            "expected_total": about["expected_total"], "demo": asked.gathered.demo,
            "made_by": actor.label or actor.id,
        },
    )  # fmt: skip


@transaction.atomic
def keep(*, actor: Actor, draft: Draft) -> Forecast:
    """Store a computed forecast; the same question twice stays one row, which becomes the newest."""
    require(actor, MAKE)
    if draft.known and not draft.values:
        draft.known.save(update_fields=["updated"])
        return draft.known
    values = dict(draft.values)
    stored, _made = Forecast.objects.update_or_create(
        agency_id=values.pop("agency_id"), digest=values.pop("digest"), defaults=values
    )
    return stored


def _digest(task: Task, inputs: str, day: dt.date, seed: int) -> str:
    return question(
        {
            "district": task.district, "day": day, "known": task.nights[0][0], "first_hour": FIRST_HOUR,
            "params": work.plain(work.values_of(task.params)), "seed": seed, "code": __version__,
            "inputs": inputs,
            "stations": [(count.family, count.count, count.days) for count in task.stations],
        }
    )  # fmt: skip


def _methods(choice: Chosen, used: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """By family the method used, with the reason where a choice was made and the digest of the file that
    holds what was trained.
    """
    made = {}
    for family, one in used.items():
        known = choice.methods.get(family, {})
        made[family] = dict(one)
        if known.get("method") == one["method"]:
            made[family]["reason"] = known["reason"]
            if family in choice.trained:
                made[family]["trained"] = choice.sha256
    return made


def _whole(known: Forecast) -> bool:
    """Whether the stored table is still the one that was written; a lost or damaged one is made again."""
    path = home() / known.path
    return path.is_file() and store.digest(path) == known.sha256


def _date(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)
