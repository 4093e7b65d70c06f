"""Members on the record: every list, search and single look is in the ledger before a seal is opened."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols import sealed
from sunra.systems.patrols.availability import MORNING, covers
from sunra.systems.patrols.models import Member, Organisation, Standing, Team, TrainingKind
from sunra.systems.patrols.rules import MAKE, MANAGE_MEMBER, VIEW_MEMBER, WALKERS
from sunra.systems.patrols.sealed import Details
from sunra.systems.patrols.selectors.reach import in_reach

SUBJECT = "patrols.Member"
SOON = dt.timedelta(days=30)
FEWEST = 2
"""Nobody walks alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A member with the seal open; ``basic_until`` is the basic training's last day, ``due`` the first day
    on which training or insurance no longer holds, None when neither is on record.
    """

    member: Member
    details: Details
    basic_until: dt.date | None
    due: dt.date | None

    @property
    def soon(self) -> bool:
        """Whether something has run out or will within thirty days."""
        return self.due is not None and self.due <= seoul_today() + SOON


def reach(actor: Actor, via: str = "") -> Q:
    """Whose members an actor deals with: a leader their own group's, the office its organisations'.

    ``via`` leads from another table to the organisation, as in ``"organisation__"``.
    """
    if actor.role in WALKERS:
        return Q(**{f"{via}group_id__in": [actor.agency_id]})
    return Q(**{f"{via}agency_id__in": actor.scope})


def managed_organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    """An organisation whose members the actor looks after; ``Http404`` beyond."""
    require(actor, MANAGE_MEMBER)
    return in_reach(Organisation.objects.all(), reach(actor), actor, id=organisation_id)


def managed_organisations(actor: Actor) -> QuerySet[Organisation]:
    """All organisations whose members the actor looks after."""
    require(actor, MANAGE_MEMBER)
    return Organisation.objects.filter(reach(actor)).order_by("name")


def managed(actor: Actor, member_id: UUID) -> Member:
    """A member to be changed, sealed as stored; ``Http404`` beyond reach, and for the withdrawn."""
    require(actor, MANAGE_MEMBER)
    return _one(actor, member_id)


def _one(actor: Actor, member_id: UUID) -> Member:
    present = Member.objects.select_related("organisation", "person").filter(withdrawn=None)
    return in_reach(present, reach(actor, "organisation__"), actor, id=member_id)


def present(actor: Actor, member_id: UUID) -> Member:
    """A member in reach, sealed as stored: what is shown before a purpose is given."""
    require(actor, VIEW_MEMBER)
    return _one(actor, member_id)


def one(actor: Actor, member_id: UUID, *, purpose: str) -> Seen:
    """One member, unsealed after the look is in the ledger; raises ``PurposeMissing`` and ``Http404``."""
    require(actor, VIEW_MEMBER)
    member = _one(actor, member_id)
    record(actor=actor, act=Act.LOOK, subject=SUBJECT, ref=str(member.pk), purpose=purpose)
    return _seen(member)


def of_organisation(actor: Actor, organisation: Organisation, *, purpose: str) -> list[Seen]:
    """The members of one organisation, what runs out first at the top; the look is in the ledger first."""
    require(actor, VIEW_MEMBER)
    record(actor=actor, act=Act.LOOK, subject=SUBJECT, ref=str(organisation.pk), purpose=purpose)
    rows = Member.objects.filter(organisation=organisation, withdrawn=None)
    return _in_order(rows)


def search(actor: Actor, text: str, *, purpose: str) -> list[Seen]:
    """Members in reach, narrowed by what was typed (everything when empty), unsealed one by one.

    A list runs within one agency: that of the actor, or the one that keeps the actor's group.
    """
    require(actor, VIEW_MEMBER)
    detail = {"search": bool(text.strip())}
    record(
        actor=actor, act=Act.LOOK, subject=SUBJECT, ref=str(actor.agency_id), purpose=purpose, detail=detail
    )
    mine = Q(agency_id=actor.agency_id) | Q(organisation__group_id=actor.agency_id)
    found = _in_order(Member.objects.filter(mine, reach(actor, "organisation__"), withdrawn=None))
    return [one for one in found if one.details.matches(text)] if text.strip() else found


def _in_order(rows: QuerySet[Member]) -> list[Seen]:
    found = [_seen(one) for one in rows.select_related("organisation").prefetch_related("trainings")]
    return sorted(found, key=lambda one: (not one.soon, one.due or dt.date.max, one.details.name))


def _seen(member: Member) -> Seen:
    basic = next((one.valid_until for one in member.trainings.all() if one.kind == TrainingKind.BASIC), None)
    days = [day for day in (member.insured_until, *(t.valid_until for t in member.trainings.all())) if day]
    return Seen(member, sealed.unseal(member), basic, min(days, default=None))


@dataclass(frozen=True, slots=True)
class Figures:
    """How many members stand where; nobody is named."""

    present: int
    commissioned: int
    appointed: int
    withdrawn: int
    running_out: int


def figures(actor: Actor, organisations: Collection[UUID] = ()) -> Figures:
    """Counts over the members in reach, of some organisations when named; no seal is opened."""
    require(actor, VIEW_MEMBER)
    rows = Member.objects.filter(reach(actor, "organisation__"))
    if organisations:
        rows = rows.filter(organisation_id__in=organisations)
    here, limit = rows.filter(withdrawn=None), seoul_today() + SOON
    running = Q(insured_until__lte=limit) | Q(trainings__valid_until__lte=limit)
    return Figures(
        present=here.count(),
        commissioned=here.filter(commission=Standing.GRANTED).count(),
        appointed=here.filter(appointment=Standing.GRANTED).count(),
        withdrawn=rows.exclude(withdrawn=None).count(),
        running_out=here.filter(running).distinct().count(),
    )


@dataclass(frozen=True, slots=True)
class Strength:
    """How many can come for a team's shift; ``known`` is whether the organisation wrote any hours down."""

    team: Team
    people: int
    known: bool

    @property
    def too_few(self) -> bool:
        """Whether the team would walk alone."""
        return self.known and self.people < FEWEST


def strengths(actor: Actor, teams: Iterable[Team], day: dt.date) -> list[Strength]:
    """For each team of an organisation: members who can come on that night with a training and an insurance
    that hold. Counts only: no seal is opened, so nothing is looked at.
    """
    require(actor, MAKE)
    mine = [team for team in teams if team.organisation_id is not None and team.agency_id in actor.scope]
    rows = Member.objects.filter(
        organisation_id__in={team.organisation_id for team in mine}, active=True, withdrawn=None
    ).exclude(hours=[])
    able = rows.filter(
        Q(insured_until=None) | Q(insured_until__gte=day),
        trainings__kind=TrainingKind.BASIC, trainings__valid_until__gte=day,
    )  # fmt: skip
    known: Counter[UUID | None] = Counter(rows.order_by().values_list("organisation_id", flat=True))
    hours = list(able.values_list("organisation_id", "hours"))
    return [
        Strength(
            team,
            sum(group == team.organisation_id and fits(team, day, when) for group, when in hours),
            bool(known[team.organisation_id]),
        )
        for team in mine
    ]


def fits(team: Team, day: dt.date, hours: Iterable[list[int]]) -> bool:
    """Whether the team's whole shift of that night lies within the hours."""
    begin = team.shift_from.hour + team.shift_from.minute / 60
    begin += 24 if begin < MORNING else 0
    return covers(hours, day.weekday(), begin, team.shift_minutes)
