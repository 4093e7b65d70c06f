"""Queueing, cancelling and retrying, and who may."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sunra.platform.base.actor import Actor
from sunra.platform.jobs import registry, selectors, services
from sunra.platform.jobs.models import Job
from tests.platform.jobs.conftest import KIND, claimed, fresh

pytestmark = pytest.mark.django_db
Start = Callable[..., Job]


@pytest.fixture(autouse=True)
def _declared(kind: Callable[..., None]) -> None:
    kind(lambda _ctx: None)


def elsewhere(actor: Actor) -> Actor:
    """A person of the same role in another agency."""
    other = uuid.uuid4()
    return replace(actor, agency_id=other, scope=frozenset({other}))


def test_unknown_kind_is_refused(actor: Actor) -> None:
    """If this fails, a typing error waits in the queue for ever."""
    with pytest.raises(registry.UnknownKind):
        services.enqueue(actor=actor, kind="no.such", args={})


def test_one_active_job_a_key(actor: Actor) -> None:
    """If this fails, an impatient double click computes everything twice."""
    one = services.enqueue(actor=actor, kind=KIND, args={}, key="11290")
    two = services.enqueue(actor=actor, kind=KIND, args={}, key="11290")
    assert one.pk == two.pk
    services.cancel(actor=actor, job_id=one.pk)
    assert services.enqueue(actor=actor, kind=KIND, args={}, key="11290").pk != one.pk


def test_same_key_at_the_same_moment(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the loser of a race sees an error instead of the job."""
    put = services._put
    winner: list[Job] = []

    def raced(**values: object) -> Job:
        monkeypatch.setattr(services, "_put", put)
        winner.append(services.enqueue(actor=actor, kind=KIND, args={}, key="k"))
        return put(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "_put", raced)
    assert services.enqueue(actor=actor, kind=KIND, args={}, key="k").pk == winner[0].pk


def test_retry_keeps_the_checkpoint(actor: Actor, start: Start) -> None:
    """If this fails, trying again throws finished work away, or leaves a running job in two queues."""
    job = start()
    assert services.retry(actor=actor, job_id=job.pk).state == "queued"
    Job.objects.filter(pk=job.pk).update(state="failed", checkpoint={"next": 7}, attempts=3)
    services.retry(actor=actor, job_id=job.pk)
    assert (fresh(job).state, job.attempts, job.checkpoint) == ("queued", 0, {"next": 7})
    assert claimed(job).checkpoint == {"next": 7}


def test_retry_gives_the_active_twin(actor: Actor) -> None:
    """If this fails, two jobs of one key are active at once."""
    old = services.enqueue(actor=actor, kind=KIND, args={}, key="k")
    services.cancel(actor=actor, job_id=old.pk)
    twin = services.enqueue(actor=actor, kind=KIND, args={}, key="k")
    assert services.retry(actor=actor, job_id=old.pk).pk == twin.pk


def test_finished_job_is_not_cancelled(actor: Actor, start: Start) -> None:
    """If this fails, a result that people use is called cancelled."""
    job = start()
    Job.objects.filter(pk=job.pk).update(state="done")
    assert services.cancel(actor=actor, job_id=job.pk).state == "done"


@pytest.mark.parametrize("verb", [services.cancel, services.retry])
def test_who_may_not_change_is_refused(actor: Actor, start: Start, verb: Callable[..., Job]) -> None:
    """If this fails, an auditor or a volunteer ends other people's work."""
    job = start()
    for role in ("auditor", "volunteer", ""):
        with pytest.raises(PermissionDenied):
            verb(actor=replace(actor, role=role), job_id=job.pk)
    assert fresh(job).state == "queued"


@pytest.mark.parametrize("verb", [services.cancel, services.retry])
def test_other_agency_finds_nothing(actor: Actor, start: Start, verb: Callable[..., Job]) -> None:
    """If this fails, a neighbour ends our work."""
    with pytest.raises(Http404):
        verb(actor=elsewhere(actor), job_id=start().pk)


def test_list_is_narrowed(actor: Actor, start: Start) -> None:
    """If this fails, an agency sees what another computes."""
    job = start()
    Job.objects.create(kind=KIND, requested_by="job:schedule:x")
    assert list(selectors.jobs(actor)) == [job]
    assert not selectors.jobs(elsewhere(actor)).exists()
    assert selectors.jobs(replace(actor, role="platform_admin")).count() == 2
    with pytest.raises(PermissionDenied):
        selectors.jobs(replace(actor, role="volunteer"))


def test_housekeeping_belongs_to_the_platform(actor: Actor) -> None:
    """If this fails, an agency touches the installation's own work, or nobody can."""
    job = Job.objects.create(kind=KIND, requested_by="job:schedule:x")
    assert selectors.get_job(replace(actor, role="platform_admin"), job.pk) == job
    with pytest.raises(Http404):
        selectors.get_job(actor, job.pk)
