"""What patrols did: logs as their phones wrote them, hours, and each organisation's results."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from string import hexdigits
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols import sealed
from sunra.systems.patrols.models import (
    Certificate,
    EventKind,
    FieldEvent,
    Hazard,
    LogVersion,
    Organisation,
    PatrolLog,
    ReportTo,
    ServedHours,
    Shift,
)
from sunra.systems.patrols.rules import LEAD, VIEW_MEMBER, VIEW_ORGANISATION
from sunra.systems.patrols.selectors import people
from sunra.systems.patrols.selectors.duty import reach, shift_of

LEAST_SIGNS = 16


def walked_shifts(actor: Actor) -> QuerySet[Shift]:
    """Shifts in reach that a team began, the latest first."""
    require(actor, LEAD)
    found = Shift.objects.select_related("organisation", "log").prefetch_related("log__versions")
    return found.filter(reach(actor), begun_at__isnull=False).order_by("-day", "name")


def facts_of(shift: Shift) -> dict[str, Any]:
    """What the phones wrote of a shift, JSON-ready: times of Seoul, places, counts, no name."""
    events = FieldEvent.objects.filter(shift=shift)
    visits = events.filter(kind=EventKind.CHECK_IN).select_related("stop").order_by("at")
    return {
        "team": shift.name,
        "day": str(shift.day),
        "begun": _clock(shift.begun_at),
        "ended": _clock(shift.ended_at),
        "minutes": minutes_of(shift),
        "people": shift.people,
        "stops": [_visit(one) for one in visits],
        "reports": [
            [one.kind, one.number, one.sent_to] for one in Hazard.objects.filter(shift=shift).order_by("at")
        ],
        "calls": events.filter(kind=EventKind.CALL_112).count(),
    }


def minutes_of(shift: Shift) -> int:
    """Whole minutes from its beginning to its end; to the planned end while none is reported."""
    if shift.begun_at is None:
        return 0
    return max(0, round(((shift.ended_at or shift.ends) - shift.begun_at).total_seconds() / 60))


def _clock(at: dt.datetime | None) -> str:
    return at.astimezone(SEOUL).strftime("%H:%M") if at else ""


def _visit(one: FieldEvent) -> list[Any]:
    number, dong = (one.stop.number, one.stop.dong) if one.stop else ("", "")
    names = {part.code: part.name for part in districts().dongs(dong[:5])} if dong else {}
    return [number, names.get(dong, ""), _clock(one.at), bool(one.data.get("verified"))]


def newest(shift: Shift) -> LogVersion | None:
    """The latest version of a shift's log; None while nobody wrote or signed one."""
    return LogVersion.objects.filter(log__shift=shift).order_by("-number").first()


def read_log(actor: Actor, shift_id: UUID) -> tuple[Shift, dict[str, Any], list[LogVersion]]:
    """A shift, what its log says now, and its versions; the ledger keeps the look first.

    Raises ``Http404`` beyond reach, ``LedgerUnavailable``.
    """
    require(actor, LEAD)
    shift = shift_of(actor, shift_id)
    record(
        actor=actor, act=Act.LOOK, subject="patrols.PatrolLog", ref=str(shift.pk), purpose="log of a patrol"
    )
    versions = list(LogVersion.objects.filter(log__shift=shift).order_by("-number"))
    body = versions[0].body if versions else facts_of(shift) | {"remarks": "", "came": 0}
    return shift, body, versions


def who_came(shift: Shift) -> set[UUID]:
    """Members that the log's latest version counts."""
    rows = ServedHours.objects.filter(log__shift=shift, member__isnull=False)
    return {row.member_id for row in rows if row.member_id is not None}


@dataclass(frozen=True, slots=True)
class Evenings:
    """The nights and minutes of a member by signed logs, for a certificate."""

    member_id: UUID
    name: str
    organisation_id: UUID | None
    organisation: str
    agency_id: UUID
    agency: str
    nights: tuple[tuple[dt.date, int], ...]
    demo: bool

    @property
    def minutes(self) -> int:
        """All minutes together."""
        return sum(minutes for _day, minutes in self.nights)


def evenings(
    actor: Actor, since: dt.date, until: dt.date, *, purpose: str, member_id: UUID | None = None
) -> list[Evenings]:
    """The same hours night by night, of members who are still there; what is taken away is an export.

    The ledger keeps it first; raises ``PurposeMissing``. In the order of organisation and name.
    """
    require(actor, VIEW_MEMBER)
    record(actor=actor, act=Act.EXPORT, subject=people.SUBJECT, ref=str(actor.agency_id), purpose=purpose)
    rows = (
        ServedHours.objects.select_related("member", "log__organisation", "log__agency", "log__shift")
        .filter(people.reach(actor, "log__organisation__"), log_id__in=_signed(since, until))
        .exclude(member=None)
        .exclude(member__sealed="")
        .order_by("log__day", "log_id")
    )
    found: dict[UUID, list[ServedHours]] = {}
    for row in rows if member_id is None else rows.filter(member_id=member_id):
        if row.member_id is not None:
            found.setdefault(row.member_id, []).append(row)
    made = [_evenings(member, nights) for member, nights in found.items()]
    return sorted(made, key=lambda one: (one.organisation, one.name, one.member_id))


def _evenings(member_id: UUID, rows: list[ServedHours]) -> Evenings:
    first = rows[-1]
    group = first.log.organisation
    return Evenings(
        member_id, sealed.unseal(first.member).name if first.member else "", first.log.organisation_id,
        group.name if group else "", first.log.agency_id, first.log.agency.name,
        tuple((row.log.day, row.minutes) for row in rows), first.log.shift.demo,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """A member's evenings and minutes by signed logs; ``name`` is empty of those who withdrew."""

    name: str
    organisation: str
    nights: int
    minutes: int


def served(
    actor: Actor, since: dt.date, until: dt.date, *, purpose: str, act: Act = Act.LOOK
) -> list[Served]:
    """Hours of members in reach by logs signed in their latest version, in [``since``, ``until``).

    The ledger keeps the look first; raises ``PurposeMissing``. In the order of organisation and name.
    """
    require(actor, VIEW_MEMBER)
    record(actor=actor, act=act, subject=people.SUBJECT, ref=str(actor.agency_id), purpose=purpose)
    rows = ServedHours.objects.select_related("member", "log__organisation").filter(
        people.reach(actor, "log__organisation__"), log_id__in=_signed(since, until)
    )
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        name = sealed.unseal(row.member).name if row.member and row.member.sealed else ""
        place = row.log.organisation.name if row.log.organisation else ""
        found.setdefault((place, name), []).append(row.minutes)
    return [
        Served(name, place, len(minutes), sum(minutes)) for (place, name), minutes in sorted(found.items())
    ]


def _signed(since: dt.date, until: dt.date) -> list[UUID]:
    logs = PatrolLog.objects.filter(day__gte=since, day__lt=until).prefetch_related("versions")
    return [log.pk for log in logs if (last := last_of(log.versions.all())) is not None and last.signed_at]


def last_of(versions: Iterable[LogVersion]) -> LogVersion | None:
    return max(versions, key=lambda one: one.number, default=None)


@dataclass(frozen=True, slots=True)
class Result:
    """What one organisation did; counts of what was done, no sum over unlike things."""

    name: str
    kind: str
    patrols: int
    hours: float
    places: int
    calls: int
    to_city: int
    to_district: int
    answered: int


def results(actor: Actor, since: dt.date, until: dt.date) -> list[Result]:
    """Results of the organisations in reach for nights in [``since``, ``until``), in the alphabet's order.

    ``hours`` are those of teams, ``places`` check-ins at stops, ``answered`` reports with an outcome.
    """
    require(actor, VIEW_ORGANISATION)
    organisations = list(Organisation.objects.filter(people.reach(actor)).order_by("name"))
    mine = Q(shift__organisation__in=organisations, shift__day__gte=since, shift__day__lt=until)
    visits = _counted(FieldEvent.objects.filter(mine, kind=EventKind.CHECK_IN, stop__isnull=False))
    calls = _counted(FieldEvent.objects.filter(mine, kind=EventKind.CALL_112))
    reports = Hazard.objects.filter(mine)
    city = _counted(reports.filter(sent_to=ReportTo.CITY_LINE))
    district = _counted(reports.filter(sent_to=ReportTo.DISTRICT))
    answered = _counted(reports.filter(closed_at__isnull=False))
    minutes: dict[UUID, list[int]] = {}
    walked = Shift.objects.filter(
        organisation__in=organisations, day__gte=since, day__lt=until, begun_at__isnull=False
    )
    for shift in walked:
        if shift.organisation_id is not None:
            minutes.setdefault(shift.organisation_id, []).append(minutes_of(shift))
    return [
        Result(
            one.name, one.kind, len(minutes.get(one.pk, [])), sum(minutes.get(one.pk, [])) / 60,
            visits.get(one.pk, 0), calls.get(one.pk, 0), city.get(one.pk, 0), district.get(one.pk, 0),
            answered.get(one.pk, 0),
        )
        for one in organisations
    ]  # fmt: skip


def _counted(rows: QuerySet[Any]) -> dict[UUID, int]:
    found = rows.order_by().values_list("shift__organisation").annotate(many=Count("pk"))
    return {organisation: many for organisation, many in found if organisation is not None}


def patrols_by_month(actor: Actor, until: dt.date, months: int = 12) -> list[tuple[dt.date, int, int]]:
    """First days of the ``months`` months up to that of ``until``, each with all patrols of organisations
    in reach that were walked, and the places they checked in at.
    """
    require(actor, VIEW_ORGANISATION)
    begins = [until.replace(day=1)]
    while len(begins) < months:
        begins.append((begins[-1] - dt.timedelta(days=1)).replace(day=1))
    begins.reverse()
    mine = Q(organisation__in=Organisation.objects.filter(people.reach(actor)), day__gte=begins[0])
    walked = Shift.objects.filter(mine, begun_at__isnull=False)
    patrols = Counter(day.replace(day=1) for day in walked.values_list("day", flat=True))
    visits = FieldEvent.objects.filter(
        shift__in=Shift.objects.filter(mine), kind=EventKind.CHECK_IN, stop__isnull=False
    )
    places = Counter(day.replace(day=1) for day in visits.values_list("shift__day", flat=True))
    return [(day, patrols[day], places[day]) for day in begins]


def certificate_by(number: str, code: str) -> Certificate | None:
    """The certificate that a paper names, for whoever holds the paper: its number, and 16 signs of its digest
    with or without what stands between them. No name.
    """
    signs = "".join(sign for sign in code.lower() if sign in hexdigits)
    if len(signs) < LEAST_SIGNS:
        return None
    found = Certificate.objects.select_related("organisation", "agency")
    return found.filter(number=number.strip(), digest__startswith=signs).first()


def certificates(actor: Actor) -> QuerySet[Certificate]:
    """Certificates of members in reach, the newest first; no names."""
    require(actor, VIEW_MEMBER)
    found = Certificate.objects.select_related("organisation")
    return found.filter(people.reach(actor, "organisation__")).order_by("-created", "-number")
