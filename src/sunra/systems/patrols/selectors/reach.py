"""The one row within a reach that is wider than the agency's own rows."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from sunra.platform.accounts.access import NotVisible, Refused
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency

Row = TypeVar("Row", bound=Model)


def above(agency_id: UUID | None) -> frozenset[UUID]:
    """The agency and all that it belongs to; safe from loops."""
    found: set[UUID] = set()
    while agency_id is not None and agency_id not in found:
        found.add(agency_id)
        agency_id = Agency.objects.filter(pk=agency_id).values_list("parent_id", flat=True).first()
    return frozenset(found)


def in_reach(rows: QuerySet[Row], reach: Q, actor: Actor, **lookup: Any) -> Row:
    """The row that matches within ``reach``; ``Http404``, with a record when it exists beyond."""
    found = rows.filter(reach, **lookup).first()
    if found is not None:
        return found
    beyond = rows.filter(**lookup).first()
    if beyond is not None and actor.signed_in:
        raise NotVisible(Refused(rows.model._meta.label, str(beyond.pk)))  # noqa: SLF001 - Django documents it
    raise Http404("not found")
