"""The pages of background work, and the housekeeping beside it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import STAFF
from sunra.platform.base.time import now
from sunra.platform.events.models import Delivery, Event
from sunra.platform.jobs import jobs as housekeeping
from sunra.platform.jobs import services
from sunra.platform.jobs import worker as worker_module
from sunra.platform.jobs.models import Job, ScheduledRun
from sunra.platform.ledger.services import Act, record
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.platform.jobs.conftest import KIND, fresh

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture(autouse=True)
def _plain_static(settings: Any, kind: Callable[..., None]) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    kind(lambda _ctx: {})


def queued(agency: Any) -> Job:
    """A job of an agency."""
    return services.enqueue(actor=make_actor("analyst", agency), kind=KIND, args={"secret": "row-77"})


def test_list_shows_own_jobs_and_renews_itself() -> None:
    """If this fails, people do not see their work, or reload the page by hand."""
    agency = make_agency()
    job = queued(agency)
    client = signed_in(make_person("safety_officer", agency))
    page = client.get("/jobs/").content.decode()
    assert str(job.pk) in page
    assert 'hx-trigger="every 3s"' in page
    assert "row-77" not in page
    Job.objects.update(state="done")
    assert 'hx-trigger="every 3s"' not in client.get("/jobs/").content.decode()
    assert str(job.pk) not in client.get("/jobs/", {"state": "failed"}).content.decode()


def test_detail_progress_cancel_and_retry() -> None:
    """If this fails, a job cannot be followed, ended or tried again from its page."""
    agency = make_agency()
    job = queued(agency)
    client = signed_in(make_person("safety_officer", agency))
    assert f"/jobs/{job.pk}/cancel/" in client.get(f"/jobs/{job.pk}/").content.decode()
    Job.objects.update(done=3, total=9, note="격자")
    told = client.get(f"/jobs/{job.pk}/progress/").json()
    assert (told["state"], told["done"], told["total"], told["title"]) == ("queued", 3, 9, "시험 작업")
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    assert fresh(job).state == "cancelled"
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 302
    assert fresh(job).state == "queued"


def test_result_link_stays_on_this_site() -> None:
    """If this fails, a job's result leads people to a foreign address."""
    agency = make_agency()
    job = queued(agency)
    client = signed_in(make_person("analyst", agency))
    for url, shown in (("/patrols/1/", True), ("//evil.example/", False), ("https://evil.example/", False)):
        Job.objects.update(state="done", result={"url": url})
        assert (f'href="{url}"' in client.get(f"/jobs/{job.pk}/").content.decode()) is shown


@pytest.mark.parametrize("role", STAFF)
def test_other_agency_gets_404(role: str) -> None:
    """If this fails, a person of the same role elsewhere sees or ends our job."""
    job = queued(make_agency())
    client = signed_in(make_person(role))
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.get(f"/jobs/{job.pk}/progress/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code in {403, 404}
    assert fresh(job).state == "queued"


def test_who_may_not_is_refused(client: Any) -> None:
    """If this fails, volunteers or strangers see jobs, or auditors end them."""
    agency = make_agency()
    job = queued(agency)
    assert client.get("/jobs/").status_code == 302
    assert signed_in(make_person("volunteer", agency)).get("/jobs/").status_code == 403
    auditor = signed_in(make_person("auditor", agency))
    assert auditor.post(f"/jobs/{job.pk}/cancel/").status_code == 403
    assert auditor.post(f"/jobs/{job.pk}/retry/").status_code == 403
    assert auditor.get(f"/jobs/{job.pk}/cancel/").status_code == 405
    assert "/cancel/" not in auditor.get(f"/jobs/{job.pk}/").content.decode()


def test_dead_letters_page() -> None:
    """If this fails, undelivered events stay unseen, or are seen by agencies."""
    agency = make_agency()
    event = Event.objects.create(type="tests.dead", version=1, agency=agency, payload={})
    letter = Delivery.objects.create(
        event=event, consumer="tests.gone", state="dead", due=now(), settled=now()
    )
    client = signed_in(make_person("platform_admin", agency))
    assert "tests.dead v1" in client.get("/events/dead/").content.decode()
    assert client.post(f"/events/dead/{letter.pk}/redeliver/").status_code == 302
    assert client.post(f"/events/dead/{letter.pk}/redeliver/").status_code == 404
    for role in ("agency_admin", "auditor"):
        other = signed_in(make_person(role, agency))
        assert other.get("/events/dead/").status_code == 403
        assert other.post(f"/events/dead/{letter.pk}/redeliver/").status_code == 403


def test_tampered_ledger_fails_its_job(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, nobody learns of tampering until an auditor looks."""
    from sunra.platform.ledger.models import Record

    monkeypatch.setenv("SUNRA_HOME", str(tmp_path))
    context: Any = None
    row = record(actor=make_actor("analyst"), act=Act.LOOK, subject="x.Y", ref="1", purpose="p")
    assert housekeeping.verify_ledger(context)["records"] >= 1
    assert housekeeping.expire_ledger(context) == {"dropped": []}
    Record.objects.filter(pk=row.pk).update(purpose="other")
    with pytest.raises(UserError) as raised:
        housekeeping.verify_ledger(context)
    assert raised.value.code == "ledger.tampered"


def test_purge_keeps_what_is_needed() -> None:
    """If this fails, tables grow without end, or dead letters and active jobs are thrown away."""
    long_ago = now() - timedelta(days=400)
    agency = make_agency()
    active, finished = queued(agency), queued(agency)
    Job.objects.filter(pk=finished.pk).update(state="done", finished=long_ago)
    DBTaskResult.objects.filter(pk=finished.task_id).update(status="SUCCESSFUL", finished_at=long_ago)
    ScheduledRun.objects.create(schedule="x", due_at=long_ago)
    told, dead = (Event.objects.create(type=name, version=1, payload={}) for name in ("told", "dead"))
    Delivery.objects.create(event=told, consumer="c", state="done", due=long_ago)
    Delivery.objects.create(event=dead, consumer="c", state="dead", due=long_ago)
    Event.objects.update(created=long_ago)
    context: Any = None
    assert housekeeping.purge(context) == {"jobs": 1, "events": 2, "runs": 1}
    assert list(Job.objects.all()) == [active]
    assert list(Event.objects.all()) == [dead]
    assert DBTaskResult.objects.filter(pk=active.task_id).exists()
    assert not DBTaskResult.objects.filter(pk=finished.task_id).exists()


def test_keeper_does_every_duty_though_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a broken consumer stops anchors and recovery."""
    stop, done = threading.Event(), []

    def broken() -> None:
        raise ValueError

    def last() -> None:
        done.append("anchor")
        stop.set()

    monkeypatch.setattr(worker_module, "deliver_pending", broken)
    monkeypatch.setattr(worker_module.recovery, "reap", lambda: done.append("reap"))
    monkeypatch.setattr(worker_module.schedules, "tick", lambda: done.append("tick"))
    monkeypatch.setattr(worker_module, "anchor", last)
    monkeypatch.setattr(worker_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker_module.connections, "close_all", lambda: None)
    worker_module.keep(stop, pause=0.01)
    assert done == ["reap", "tick", "anchor"]


def test_worker_names_differ() -> None:
    """If this fails, two workers look like one."""
    names = {worker_module.new_worker_id() for _ in range(10)}
    assert len(names) == 10
    assert all(len(name) <= 64 for name in names)
