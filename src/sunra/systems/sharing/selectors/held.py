"""Everything that reads: the catalogue with its freshness, a vintage with its quarantine, figures by
station.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from sunra.platform.accounts.access import Denied, get_visible, require, visible
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.models import Membership
from sunra.platform.base.errors import Text
from sunra.platform.base.time import SEOUL, seoul_today
from sunra.systems.sharing import texts
from sunra.systems.sharing.models import Dataset, Decision, QuarantinedRow, Vintage
from sunra.systems.sharing.rules import STEWARD, VIEW

_IN_USE_FIRST = Case(When(state=Vintage.State.PUBLISHED, then=0), default=1, output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset as the catalogue shows it: the vintage in use (``latest``), and how many wait for approval.

    ``latest`` is the newest vintage when none is in use.
    """

    dataset: Dataset
    latest: Vintage | None
    vintages: int
    stale: bool
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why rows of a file (or the file as a whole: ``line`` may be 0) were put aside."""

    code: str
    count: int
    line: int
    field: str
    message: Text
    remedy: Text


def datasets(actor: Actor) -> QuerySet[Dataset]:
    """The datasets of the actor's agencies."""
    require(actor, VIEW)
    return visible(Dataset.objects.all(), actor)


def catalogue(actor: Actor) -> list[Entry]:
    """Every dataset with its latest vintage; two queries whatever their number."""
    mine = Vintage.objects.filter(dataset=OuterRef("pk"))
    latest = mine.order_by(_IN_USE_FIRST, "-created").values("id")[:1]
    rows = list(
        datasets(actor)
        .select_related("agency")
        .annotate(
            latest_id=Subquery(latest),
            vintage_count=Count("vintages"),
            waiting=Count("vintages", filter=Q(vintages__state=Vintage.State.DRAFT)),
        )
        .order_by("kind", "title")
    )
    vintages = {
        vintage.id: vintage
        for vintage in Vintage.objects.filter(id__in=[row.latest_id for row in rows]).defer("counts")
    }
    return [
        Entry(
            row,
            vintages.get(row.latest_id),
            row.vintage_count,
            is_stale(row, vintages.get(row.latest_id)),
            row.waiting,
        )
        for row in rows
    ]


def is_stale(dataset: Dataset, latest: Vintage | None) -> bool:
    """Older than the dataset's freshness rule, by the date the file names, else by its arrival."""
    if latest is None:
        return True
    return seoul_today() - as_of(latest) > timedelta(days=dataset.fresh_days)


def as_of(vintage: Vintage) -> date:
    """The day that the vintage describes: the file's reference date, else the last day it covers, else the
    day it came.
    """
    covers = min(vintage.until, seoul_today()) if vintage.until else None
    return vintage.reference_date or covers or vintage.created.astimezone(SEOUL).date()


def dataset(actor: Actor, dataset_id: UUID) -> Dataset:
    """One dataset; ``Http404`` outside the actor's agencies."""
    require(actor, VIEW)
    return get_visible(Dataset.objects.select_related("agency", "steward"), actor, id=dataset_id)


def owned(actor: Actor, dataset_id: UUID) -> Dataset:
    """A dataset of the actor's own agency; ``Http404`` elsewhere, refused for agencies above its owner."""
    require(actor, STEWARD)
    found = get_visible(Dataset.objects.select_related("agency", "steward"), actor, id=dataset_id)
    if found.agency_id != actor.agency_id:
        raise Denied(STEWARD)
    return found


def stewards(actor: Actor, dataset: Dataset) -> list[tuple[str, str]]:
    """Who may look after the dataset: the people of its agency, id and name."""
    require(actor, STEWARD)
    members = Membership.objects.filter(agency_id=dataset.agency_id, person__is_active=True)
    found = members.values_list("person_id", "person__name").distinct().order_by("person__name")
    return [(str(number), name) for number, name in found]


def decisions(actor: Actor, dataset_id: UUID) -> QuerySet[Decision]:
    """Who decided what about the vintages of a dataset, newest first."""
    found = Decision.objects.filter(dataset=dataset(actor, dataset_id)).select_related("vintage")
    return visible(found, actor)


def vintages(actor: Actor, dataset_id: UUID) -> QuerySet[Vintage]:
    """The vintages of one dataset, newest first."""
    return visible(Vintage.objects.filter(dataset=dataset(actor, dataset_id)).defer("counts"), actor)


def vintage(actor: Actor, vintage_id: UUID) -> Vintage:
    """One vintage; ``Http404`` outside the actor's agencies."""
    require(actor, VIEW)
    return get_visible(
        Vintage.objects.select_related("dataset", "agency", "file", "compared"), actor, id=vintage_id
    )


def quarantine(actor: Actor, vintage_id: UUID) -> QuerySet[QuarantinedRow]:
    """The rows of a vintage that were put aside."""
    return QuarantinedRow.objects.filter(vintage=vintage(actor, vintage_id))


def problems_of(actor: Actor, found: Sequence[Vintage]) -> dict[UUID, tuple[Problem, ...]]:
    """What is wrong with each of the files and how to mend it: each reason once, at its first row.

    What is left out on purpose is no problem. One query, whatever the number of files.
    """
    require(actor, VIEW)
    ids = [one.id for one in found if one.agency_id in actor.scope]
    first: dict[UUID, dict[str, QuarantinedRow]] = {one.id: {} for one in found}
    rows = QuarantinedRow.objects.filter(vintage_id__in=ids).exclude(remedy="none_needed")
    for row in rows.order_by("line", "id").iterator():
        first[row.vintage_id].setdefault(row.reason, row)
    return {
        one.id: tuple(
            Problem(
                code=row.reason,
                count=one.reasons.get(row.reason, 1),
                line=row.line,
                field=row.field,
                message=texts.reason(row.reason),
                remedy=texts.remedy(row.remedy),
            )
            for row in first[one.id].values()
        )
        for one in found
    }


def recent(actor: Actor, limit: int = 5) -> list[Vintage]:
    """The latest vintages of the actor's agencies."""
    require(actor, VIEW)
    return list(visible(Vintage.objects.select_related("dataset").defer("counts"), actor)[:limit])


def crime_counts(actor: Actor) -> list[dict[str, Any]]:
    """Figures by station of the vintage in use of each crime table: ``station, year, category, count``."""
    require(actor, VIEW)
    in_use = Vintage.objects.filter(kind="crime_table", state=Vintage.State.PUBLISHED)
    return [figure for row in visible(in_use, actor).order_by("created") for figure in row.counts]
