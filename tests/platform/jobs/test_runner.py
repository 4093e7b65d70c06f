"""Running a job: leases, fences, checkpoints, cancelling, retrying."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.jobs import leases, recovery, runner, services
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.errors import Cancelled, Interrupted, LeaseLost
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from tests.platform.jobs.conftest import claimed, fresh

pytestmark = pytest.mark.django_db
Kind = Callable[..., None]
Start = Callable[..., Job]


def work() -> bool:
    """One turn of a worker."""
    return Worker(threading.Event(), worker_id="w").run_one()


def _crash() -> None:
    raise RuntimeError


def result_row(name: str) -> AgencyType:
    """A row that stands for a job's result."""
    return AgencyType.objects.create(code=name, name_ko=name, name_en=name)


def test_worker_runs_what_is_queued(kind: Kind, start: Start, agency: Agency) -> None:
    """If this fails, a queued job never runs, or without its arguments and its agency."""

    def run(ctx: JobContext, *, size: int) -> dict[str, Any]:
        ctx.progress(size, size, "끝")
        assert ctx.agency_id == agency.pk
        assert ctx.actor.scope == {agency.pk}
        return {"size": size}

    kind(run)
    job = start(size=3)
    assert work()
    assert not work()
    assert (fresh(job).state, job.result, job.done, job.note) == ("done", {"size": 3}, 3, "끝")
    assert DBTaskResult.objects.get(pk=job.task_id).status == "SUCCESSFUL"


def test_any_django_tasks_worker_may_run_it(kind: Kind, start: Start) -> None:
    """If this fails, the jobs do not stand on django-tasks any more."""
    kind(lambda _ctx: {"ok": True})
    job = start()
    row = DBTaskResult.objects.get(pk=job.task_id)
    row.task.call(*row.task_result.args)
    assert fresh(job).state == "done"


def test_stale_runner_cannot_commit(kind: Kind, start: Start) -> None:
    """If this fails, a runner that was taken for dead writes its results a second time."""
    kind(lambda _ctx: None)
    job = start()
    stale = JobContext(claimed(job))
    Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))
    assert recovery.reap() == 1
    newer = JobContext(claimed(job))
    with pytest.raises(LeaseLost), stale.commit():
        result_row("stale")
    with pytest.raises(LeaseLost):
        stale.checkpoint({"at": 1})
    with pytest.raises(LeaseLost):
        stale.finish({"by": "stale"})
    with pytest.raises(LeaseLost):
        stale.progress(1, 1)
    with newer.commit():
        result_row("newer")
        newer.finish({"by": "newer"})
    assert not AgencyType.objects.filter(code="stale").exists()
    assert AgencyType.objects.filter(code="newer").exists()
    assert fresh(job).result == {"by": "newer"}


def test_taken_back_even_before_the_next_claim(kind: Kind, start: Start) -> None:
    """If this fails, a silent runner may commit while its job waits in the queue again."""
    kind(lambda _ctx: None)
    job = start()
    stale = JobContext(claimed(job))
    Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))
    recovery.reap()
    with pytest.raises(LeaseLost), stale.commit():
        result_row("stale")
    assert fresh(job).state == "queued"


def test_expired_lease_that_nobody_took_still_commits(kind: Kind, start: Start) -> None:
    """If this fails, a worker that was merely slow loses its work for nothing."""
    kind(lambda _ctx: None)
    job = start()
    context = JobContext(claimed(job))
    Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))
    with context.commit():
        context.finish({})
    assert fresh(job).state == "done"


def test_rows_and_checkpoint_are_one(kind: Kind, start: Start) -> None:
    """If this fails, a crash between rows and checkpoint doubles or loses a result."""
    kind(lambda _ctx: None)
    context = JobContext(claimed(start()))
    with pytest.raises(RuntimeError), context.commit():  # noqa: PT012 - the block is the transaction
        result_row("half")
        context.checkpoint({"half": True})
        _crash()
    assert context.state == {}
    assert not AgencyType.objects.filter(code="half").exists()
    assert Job.objects.get().checkpoint == {}


def test_goes_on_from_the_checkpoint(kind: Kind, start: Start) -> None:
    """If this fails, a job that was interrupted starts again from nothing."""
    seen: list[int] = []

    def run(ctx: JobContext) -> dict[str, Any]:
        for number in range(ctx.state.get("next", 0), 4):
            if number == 2 and 2 not in seen:
                seen.append(number)
                raise Interrupted
            with ctx.commit():
                result_row(f"part{number}")
                ctx.checkpoint({"next": number + 1})
        return {}

    kind(run)
    job = start()
    assert work()
    assert (fresh(job).state, job.attempts, job.checkpoint) == ("queued", 0, {"next": 2})
    assert work()
    assert fresh(job).state == "done"
    assert AgencyType.objects.filter(code__startswith="part").count() == 4


def test_finish_within_commit_is_final(kind: Kind, start: Start) -> None:
    """If this fails, what run returns overwrites the result that was committed with the rows."""

    def run(ctx: JobContext) -> dict[str, Any]:
        with ctx.commit():
            ctx.finish({"kept": 1})
        return {"kept": 2}

    kind(run)
    job = start()
    work()
    assert fresh(job).result == {"kept": 1}


def test_cancel_of_a_running_job(kind: Kind, start: Start, actor: Any) -> None:
    """If this fails, a cancelled job goes on, or still writes its results."""

    def run(ctx: JobContext) -> None:
        services.cancel(actor=actor, job_id=ctx.job_id)
        with ctx.commit():
            result_row("late")

    kind(run)
    job = start()
    work()
    assert fresh(job).state == "cancelled"
    assert not AgencyType.objects.filter(code="late").exists()


def test_check_sees_the_cancel(kind: Kind, start: Start, actor: Any) -> None:
    """If this fails, a long calculation cannot be ended from outside."""
    kind(lambda _ctx: None)
    job = start()
    context = JobContext(claimed(job))
    context.check()
    services.cancel(actor=actor, job_id=job.pk)
    context._checked = leases.Throttle(0)
    with pytest.raises(Cancelled):
        context.check()


def test_check_sees_the_lost_lease_and_the_stopping_worker(kind: Kind, start: Start) -> None:
    """If this fails, a run goes on though its worker or its lease is gone."""
    kind(lambda _ctx: None)
    stop = threading.Event()
    context = JobContext(claimed(start()), stop=stop)
    stop.set()
    with pytest.raises(Interrupted):
        context.check()
    context.lose()
    with pytest.raises(LeaseLost):
        context.check()


def test_error_is_tried_again_and_then_given_up(kind: Kind, start: Start) -> None:
    """If this fails, a passing failure ends a job, or a lasting one runs for ever."""

    def run(_ctx: JobContext) -> None:
        message = "홍길동 010-1234-5678"
        raise ValueError(message)

    kind(run, retries=1)
    job = start()
    work()
    assert (fresh(job).state, job.error) == ("queued", "ValueError")
    row = DBTaskResult.objects.get(pk=job.task_id)
    assert row.run_after > now()
    DBTaskResult.objects.filter(pk=job.task_id).update(run_after=now())
    work()
    assert (fresh(job).state, job.error_code) == ("failed", "jobs.unexpected")
    assert "홍길동" not in job.error


def test_user_error_is_not_tried_again(kind: Kind, start: Start) -> None:
    """If this fails, people wait for retries of what only they can mend."""

    def run(_ctx: JobContext) -> None:
        raise UserError(code="x.bad", message="파일이 비었습니다.", remedy="다른 파일을 고르십시오.")

    kind(run)
    job = start()
    work()
    assert (fresh(job).state, job.error_code) == ("failed", "x.bad")
    assert "다른 파일" in job.error


def test_unknown_kind_fails_in_words(kind: Kind, start: Start) -> None:
    """If this fails, a job whose code is gone blocks the queue."""
    from sunra.platform.jobs import registry

    kind(lambda _ctx: None)
    job = start()
    registry.forget(job.kind)
    work()
    assert fresh(job).error_code == "jobs.unknown_kind"
    assert job.title == job.kind


def test_job_that_kills_its_workers_ends(kind: Kind, start: Start) -> None:
    """If this fails, a job that takes its worker down with it does so for ever."""
    kind(lambda _ctx: None)
    job = start()
    for _turn in range(recovery.MAX_LOSSES):
        claimed(job)
        Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))
        recovery.reap()
    assert (fresh(job).state, job.error_code) == ("failed", "jobs.worker_lost")


def test_cancelled_job_of_a_dead_worker_ends(kind: Kind, start: Start, actor: Any) -> None:
    """If this fails, a cancelled job comes back when its worker dies."""
    kind(lambda _ctx: None)
    job = start()
    claimed(job)
    services.cancel(actor=actor, job_id=job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))
    recovery.reap()
    assert fresh(job).state == "cancelled"


def test_abandoned_job_goes_back_at_once(kind: Kind, start: Start) -> None:
    """If this fails, a worker that must stop now leaves its job locked for a whole lease."""
    kind(lambda _ctx: None)
    job = start()
    worker = Worker(threading.Event())
    worker.abandon()
    worker._current = claimed(job)
    worker.abandon()
    assert (fresh(job).state, job.lease_until) == ("queued", None)


def test_heartbeat_renews_and_notices_the_loss(
    kind: Kind, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, a long step loses its lease, or a lost lease goes unnoticed."""
    kind(lambda _ctx: None)
    lease = claimed(start())
    assert leases.renew(lease)
    context = JobContext(lease)
    answers = iter([True, False])
    monkeypatch.setattr(leases, "renew", lambda _lease: next(answers))
    monkeypatch.setattr(runner, "connection", type("C", (), {"close": staticmethod(lambda: None)}))
    object.__setattr__(lease, "seconds", 0.03)
    with runner.Heartbeat(context):
        assert context._lost.wait(5)
    with pytest.raises(LeaseLost):
        context.check()


def test_plain_task_is_run_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a django-tasks task of a library never runs."""
    from tests.platform.jobs import tasks

    good = tasks.double.enqueue(4)
    bad = tasks.fail.enqueue()
    assert work()
    assert work()
    assert DBTaskResult.objects.get(pk=good.id).return_value == 8
    assert DBTaskResult.objects.get(pk=bad.id).status == "FAILED"
    assert connection.in_atomic_block


def test_worker_loop_ends_on_stop(kind: Kind, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a worker does not end when it is told to."""
    from sunra.platform.jobs import worker as module

    stop = threading.Event()
    kind(lambda _ctx: stop.set())
    job = start()
    monkeypatch.setattr(module, "keep", lambda _stop: None)
    monkeypatch.setattr(module.connections, "close_all", lambda: None)
    module.run_worker(stop, poll=0.01)
    assert fresh(job).state == "done"
