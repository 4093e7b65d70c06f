"""The main job: files → places → risk per cell and slot → tonight's patrol plan → exports."""

import datetime as dt
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.journeys.bridge import night_with_requests, station_counts
from sunra.journeys.offices import district_of
from sunra.journeys.rules import RUN
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import folder
from sunra.platform.base.time import seoul_now
from sunra.platform.places import selectors as places
from sunra.systems.patrols import exports as patrol_exports
from sunra.systems.patrols import selectors as patrols
from sunra.systems.patrols import services as patrol_services
from sunra.systems.patrols.models import Plan, PlanTeam
from sunra.systems.patrols.orders import NightOrder
from sunra.systems.risk import services as risk_services
from sunra.systems.risk.models import Forecast
from sunra.systems.sharing import services as sharing
from sunra.systems.sharing.incoming import files_in
from sunra.systems.sharing.models import Vintage
from sunra.systems.sharing.selectors import Problem, problems_of
from sunra.systems.sharing.texts import kind

Progress = Callable[[int, int, str], None]
Check = Callable[[], None]
Commit = Callable[[], AbstractContextManager[Any]]
_AFTER_FILES, _TOLD = 3, 8


@dataclass(frozen=True, eq=False)
class TonightResult:
    """What came of it; ``as_json`` is what the command prints."""

    district: str
    day: dt.date
    vintages: tuple[Vintage, ...]
    problems: dict[UUID, tuple[Problem, ...]]
    forecast: Forecast
    plan: Plan
    teams: tuple[PlanTeam, ...]
    exports: dict[str, Path]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Plain values; the keys are an agreement with programs."""
        return {
            "district": self.district,
            "day": str(self.day),
            "files": [file_line(vintage, self.problems[vintage.id]) for vintage in self.vintages],
            "risk": {
                "id": str(self.forecast.id),
                "cells": self.forecast.cells,
                "slots": self.forecast.slots,
                "event_source": self.forecast.event_source,
                "graded": self.forecast.graded,
                "events": self.forecast.events,
                "expected": round(self.forecast.expected_total, 4),
            },
            "plan": {
                "id": str(self.plan.id),
                "distance_source": self.plan.distance_source,
                "teams_source": self.plan.teams_source,
                "seed": self.plan.seed,
                "teams": [
                    {
                        "team": team.name,
                        "kind": team.kind,
                        "stops": len(team.stops.all()),
                        "minutes": round(team.minutes, 1),
                        "metres": round(team.metres),
                    }
                    for team in self.teams
                ],
            },
            "exports": {name: str(path) for name, path in self.exports.items()},
            "demo": self.plan.demo,
            "seconds": round(self.seconds, 2),
        }


def file_line(vintage: Vintage, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """One file's balance: rows = accepted + merged + quarantined, and where the accepted went."""
    return {
        "file": vintage.file_name,
        "kind": vintage.kind,
        "rows": vintage.rows,
        "accepted": vintage.accepted,
        "merged": vintage.merged,
        "quarantined": vintage.quarantined,
        "units": vintage.units,
        "published": vintage.published,
        "elsewhere": vintage.elsewhere,
        "withheld": vintage.withheld,
        "reasons": vintage.reasons,
        "warnings": vintage.warnings,
        "problems": [
            {
                "code": one.code,
                "count": one.count,
                "line": one.line,
                "field": one.field,
                "message": str(one.message),
                "remedy": str(one.remedy),
            }
            for one in problems
        ],
    }


def default_day() -> dt.date:
    """The day on whose evening the coming (or running) night begins: until noon it is yesterday."""
    now = seoul_now()
    return now.date() if now.hour >= risk_services.FIRST_HOUR else now.date() - dt.timedelta(days=1)


def run(
    *,
    actor: Actor,
    district: str,
    data: Path | None = None,
    day: dt.date | None = None,
    demo: bool = False,
    order: NightOrder | None = None,
    progress: Progress | None = None,
    check: Check | None = None,
    commit: Commit = nullcontext,
) -> TonightResult:
    """Read every file in ``data`` (none: go by what is published), forecast the night, plan it, write the
    exports.

    Rows outside the district are read and counted, not published. The same files and day again change
    nothing: every step is known by what decides it. ``order`` is what was set by hand. ``commit`` opens the
    transaction of each step's writing (a job's fence), ``check`` is called during long steps and may raise
    to end them (a job's cancellation).
    Raises ``PermissionDenied``; ``UserError``: ``unknown_district``, ``no_folder``, ``empty_folder``,
    ``nothing_located``.
    """
    started = time.perf_counter()
    require(actor, RUN)
    code = district_of(district).code
    agency_id = _own_agency(actor, code)
    day = day or default_day()
    paths = files_in(data) if data else []
    tell = _Steps(progress, len(paths) + _AFTER_FILES, check)
    vintages = []
    together = frozenset(_name(path, data) for path in paths)
    for path in paths:
        tell(_name(path, data))
        draft = sharing.prepare(
            actor=actor, agency_id=agency_id, path=path, district=code, within=data, name=_name(path, data)
        )
        try:
            with commit():
                vintages.append(sharing.keep(actor=actor, draft=draft, demo=demo, together=together))
        finally:
            draft.forget()
    if paths and not demo:
        with commit():
            sharing.retire_demo(actor=actor, agency_id=agency_id, district=code)
    _refuse_nothing(actor, code, vintages)
    tell(_("Risk of the cells"))
    forecast_draft = risk_services.compute(
        actor=actor, agency_id=agency_id, district=code, day=day, station_counts=station_counts(actor, code)
    )
    with commit():
        forecast = risk_services.keep(actor=actor, draft=forecast_draft)
    tell(_("Patrol plan"))
    plan_draft = patrol_services.compute(
        actor=actor, agency_id=agency_id, risk=night_with_requests(actor, forecast), order=order,
        progress=tell.within,
    )  # fmt: skip
    with commit():
        plan = patrol_services.keep(actor=actor, draft=plan_draft)
    tell(_("Exports"))
    teams = patrols.routes(actor, plan)
    exports = write_exports(plan, teams)
    tell("")
    return TonightResult(
        district=code,
        day=day,
        vintages=tuple(vintages),
        problems=problems_of(actor, vintages),
        forecast=forecast,
        plan=plan,
        teams=tuple(teams),
        exports=exports,
        seconds=time.perf_counter() - started,
    )


def write_exports(plan: Plan, teams: list[PlanTeam]) -> dict[str, Path]:
    """The plan as GeoJSON, GPX and PDF under the home folder; written whole or not at all."""
    place = folder("exports") / plan.district / str(plan.day)
    place.mkdir(parents=True, exist_ok=True)
    made = {
        "geojson": patrol_exports.as_text(plan, teams).encode(),
        "gpx": patrol_exports.gpx(plan, teams),
        "pdf": patrol_exports.pdf(plan, teams),
    }
    found = {}
    for ending, content in made.items():
        path = place / f"plan-{str(plan.id)[:8]}.{ending}"
        draft = path.with_suffix(f".{ending}.part")
        draft.write_bytes(content)
        draft.replace(path)
        found[ending] = path
    return found


class _Steps:
    """Counts the steps that are begun."""

    def __init__(self, progress: Progress | None, total: int, check: Check | None) -> None:
        self.progress, self.total, self.check, self.done = progress, total, check, -1

    def __call__(self, note: str) -> None:
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total, note)

    def within(self, _share: float) -> None:
        """Inside a long step: a job looks at its cancellation and its lease."""
        if self.check:
            self.check()


def _own_agency(actor: Actor, district: str) -> UUID:
    """The actor's agency; a person plans only districts in which their agency has a jurisdiction."""
    if actor.agency_id is None:
        raise PermissionDenied
    if actor.kind != "job" and not any(dong.startswith(district) for dong in actor.dongs):
        raise PermissionDenied
    return actor.agency_id


def _refuse_nothing(actor: Actor, district: str, vintages: list[Vintage]) -> None:
    """Without a single facility or event in the district there is nothing to go by."""
    if (
        places.facilities(actor, district=district).exists()
        or places.events(actor, district=district).exists()
    ):
        return
    found = problems_of(actor, vintages)
    raise UserError(
        "nothing_located",
        gettext_lazy("No facility and no event lies in this district, so no place can be told from another."),
        gettext_lazy("Give files of facilities, police offices or events of this district."),
        tuple(_told(vintage, found[vintage.id]) for vintage in vintages[:_TOLD]) or (district,),
    )


def _name(path: Path, data: Path | None) -> str:
    """The file's name as people gave it: below the folder, so that equal names in two folders are two."""
    return path.relative_to(data).as_posix() if data else path.name


def _told(vintage: Vintage, problems: tuple[Problem, ...]) -> str:
    """A file in a few words: its kind, and why nothing of it counts."""
    why = [f"{one.message} {one.remedy}" for one in problems]
    if vintage.elsewhere:
        why.append(_("The rows lie elsewhere."))
    return f"{vintage.file_name} [{kind(vintage.kind)}]: {' '.join(why[:2])}"
