"""What is read of audits: the whole report for staff, shares by 법정동 for everybody; alarms; factors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.systems.risk.models import Alarm, ForecastScore, Report
from sunra.systems.risk.rules import VIEW

LEAST_EVENTS = 5
"""Below as many events in the year an area does not stand alone in public."""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """What the public reads of one 법정동, in whole percent; ``code`` is "" for small ones put together."""

    code: str
    flagged: int
    events: int
    cells: int
    population: int | None


def reports(actor: Actor, kind: str) -> QuerySet[Report]:
    """Reports of the actor's agencies, and of districts in which the actor has a jurisdiction."""
    require(actor, VIEW)
    codes = sorted({dong[:5] for dong in actor.dongs})
    reach = Q(agency_id__in=actor.scope) | Q(district__in=codes)
    return Report.objects.select_related("agency").filter(reach, kind=kind)


def report(actor: Actor, kind: str, *, district: str = "", family: str = "") -> Report | None:
    """The newest report in reach."""
    found = reports(actor, kind).filter(family=family)
    if district:
        found = found.filter(district=district)
    return found.order_by("-until", "-updated").first()


def alarms(actor: Actor, district: str) -> QuerySet[Alarm]:
    """Alarms of a district in reach, newest first."""
    require(actor, VIEW)
    codes = sorted({dong[:5] for dong in actor.dongs})
    reach = Q(agency_id__in=actor.scope) | Q(district__in=codes)
    return Alarm.objects.filter(reach, district=district)


def scored(district: str) -> bool:
    """Whether any night of a district has been scored: before that no alarm can come up."""
    return ForecastScore.objects.filter(district=district).exists()


def open_report(district: str) -> Report | None:
    """The newest audit of a district's real nights, for everybody; a demonstration's where there is none."""
    mine = Report.objects.filter(kind=Report.Kind.FAIRNESS, district=district)
    real = mine.filter(demo=False).order_by("-until", "-updated").first()
    return real or mine.order_by("-until", "-updated").first()


def audited() -> list[str]:
    """Codes of the districts that were audited."""
    found = Report.objects.filter(kind=Report.Kind.FAIRNESS).order_by()
    return sorted(set(found.values_list("district", flat=True)))


def open_rows(figures: Mapping[str, Any]) -> list[OpenRow]:
    """Shares by 법정동 in whole percent; those with fewer than five events in the year are put together, with
    the next smallest when one would stand alone.
    """
    rows = sorted(figures["dongs"]["rows"], key=lambda row: row["count"])
    few = sum(row["count"] < LEAST_EVENTS for row in rows)
    if few == 1 and len(rows) > 1:
        few = 2
    made = [_open_row(row["area"], [row]) for row in rows[few:]]
    made.sort(key=lambda row: (-row.flagged, row.code))
    return [*made, _open_row("", rows[:few])] if few else made


def _open_row(code: str, rows: list[Mapping[str, Any]]) -> OpenRow:
    people = [row["population"] for row in rows]
    return OpenRow(
        code=code,
        flagged=_percent(rows, "flagged"),
        events=_percent(rows, "events"),
        cells=_percent(rows, "cells"),
        population=None if None in people else round(100 * sum(people)),
    )


def _percent(rows: list[Mapping[str, Any]], name: str) -> int:
    return round(100 * sum(row[name] or 0 for row in rows))


def visible(actor: Actor, kind: str, report_id: UUID) -> Report:
    """One report; ``Http404`` beyond the actor's reach."""
    found = reports(actor, kind).filter(id=report_id).first()
    if found is None:
        raise Http404
    return found
