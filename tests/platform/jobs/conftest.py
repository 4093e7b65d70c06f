"""Kinds of jobs that the tests of the jobs use."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.actor import Actor
from sunra.platform.jobs import registry, runner, services
from sunra.platform.jobs.leases import Lease
from sunra.platform.jobs.models import Job

KIND = "tests.kind"


@pytest.fixture
def agency(db: None) -> Agency:
    """One agency."""
    kind, _made = AgencyType.objects.get_or_create(
        code="district", defaults={"name_ko": "구", "name_en": "District"}
    )
    return Agency.objects.create(name="성북구", type=kind)


@pytest.fixture
def actor(agency: Agency) -> Actor:
    """A safety officer of the agency."""
    return Actor(
        kind="person",
        id=str(uuid.uuid4()),
        label="담당자",
        agency_id=agency.pk,
        role="safety_officer",
        scope=frozenset({agency.pk}),
    )


@pytest.fixture
def kind() -> Iterator[Callable[..., None]]:
    """``kind(run, retries=2, lease_seconds=60)`` declares the kind of job that ``start`` queues."""

    def declare(run: Callable[..., Any], **options: Any) -> None:
        registry.job(KIND, title="시험 작업", **options)(run)

    yield declare
    registry.forget(KIND)


@pytest.fixture
def start(actor: Actor) -> Callable[..., Job]:
    """``start(**args)`` queues a job of the declared kind."""

    def put(**args: Any) -> Job:
        return services.enqueue(actor=actor, kind=KIND, args=args)

    return put


def claimed(job: Job) -> Lease:
    """The job, taken by a worker."""
    lease = runner.claim(job.pk, worker="w")
    assert lease is not None
    return lease


def fresh(job: Job) -> Job:
    """The job as the database has it."""
    job.refresh_from_db()
    return job
