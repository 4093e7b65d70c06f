"""Starts what is due: each due time of a schedule is claimed by one worker, whatever their number."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from sunra.platform.base.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.jobs import registry, services
from sunra.platform.jobs.models import ScheduledRun

log = logging.getLogger(__name__)


def tick(moment: datetime | None = None) -> int:
    """Claim what is due and queue its jobs; how many due times were claimed."""
    at = moment or now()
    return sum(_claim(schedule, schedule.last_due(at)) for schedule in registry.schedules())


def _claim(schedule: registry.Schedule, due_at: datetime) -> bool:
    """Insert (schedule, due_at), unique, and queue in the same transaction.

    A schedule seen for the first time only notes where it stands: a new installation does not start by
    making up for yesterday.
    """
    runs = ScheduledRun.objects.filter(schedule=schedule.name)
    if runs.filter(due_at__gte=due_at).exists():
        return False
    try:
        with transaction.atomic():
            first = not runs.exists()
            ScheduledRun.objects.create(schedule=schedule.name, due_at=due_at)
            if first:
                return False
            for agency_id in schedule.agencies() if schedule.agencies else [None]:
                _enqueue(schedule, agency_id)
    except IntegrityError:
        return False
    return True


def _enqueue(schedule: registry.Schedule, agency_id: UUID | None) -> None:
    """One job; none while the one before is still at work."""
    name = f"schedule:{schedule.name}"
    house = Actor(kind="job", id=f"job:{name}", label=name)
    actor = Actor.job(agency_id, name) if agency_id else house
    key = f"{name}:{agency_id or ''}"
    services.enqueue(actor=actor, kind=schedule.kind, args=dict(schedule.args), key=key)
