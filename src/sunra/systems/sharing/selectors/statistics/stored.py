"""Runs in an actor's reach: of its own agencies, or of one above it."""

from functools import lru_cache
from pathlib import Path
from uuid import UUID

import polars as pl
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from sunra.engine import store
from sunra.platform.accounts.access import NotVisible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.access import Refused
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.rules import VIEW_STATISTICS


def runs(actor: Actor) -> QuerySet[StatisticsRun]:
    """Runs of the actor's agencies and of those above; what is read of them is narrowed to its dongs."""
    require(actor, VIEW_STATISTICS)
    return StatisticsRun.objects.filter(agency_id__in={*actor.scope, *_above(actor.agency_id)})


def latest(actor: Actor) -> StatisticsRun | None:
    """The newest run of the actor's own agency or of one above it."""
    if actor.agency_id is None:
        return None
    reach = {actor.agency_id, *_above(actor.agency_id)}
    return runs(actor).filter(agency_id__in=reach).order_by("-created").first()


def latest_released(actor: Actor) -> StatisticsRun | None:
    """The newest run in reach whose figures were released."""
    if actor.agency_id is None:
        return None
    reach = {actor.agency_id, *_above(actor.agency_id)}
    return runs(actor).filter(agency_id__in=reach, released=True).order_by("-created").first()


def run(actor: Actor, run_id: UUID) -> StatisticsRun:
    """One run; ``Http404`` for one of an agency neither below nor above."""
    found = runs(actor).filter(pk=run_id).first()
    if found is not None:
        return found
    if StatisticsRun.objects.filter(pk=run_id).exists():
        raise NotVisible(Refused("sharing.StatisticsRun", str(run_id)))
    raise Http404


def table(found: StatisticsRun, name: str) -> pl.DataFrame:
    """A table of a run; ask ``run`` or ``latest`` first. Raises ``UserError`` when the file is gone."""
    try:
        return _read(home() / found.folder / f"{name}.parquet")
    except store.StoreError:
        raise UserError(
            "statistics_gone",
            _("The table behind these figures is missing."),
            _("Compute the statistics again."),
        ) from None


@lru_cache(maxsize=24)
def _read(path: Path) -> pl.DataFrame:
    """A run's table never changes, so it is kept in memory."""
    return store.read(path)


def _above(agency_id: UUID | None) -> set[UUID]:
    """The agencies above one; a loop in the tree ends."""
    found: set[UUID] = set()
    current = agency_id
    while current is not None:
        current = Agency.objects.filter(pk=current).values_list("parent_id", flat=True).first()
        if current is None or current in found:
            break
        found.add(current)
    return found
