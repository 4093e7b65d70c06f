"""Schedules: each due time once, whatever the number of workers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import SEOUL
from sunra.platform.jobs import registry, schedules
from sunra.platform.jobs.models import Job, ScheduledRun
from sunra.platform.jobs.registry import Schedule
from tests.platform.jobs.conftest import KIND

NAME = "tests.nightly"
BASE = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)  # 05:00 in Seoul on the 22nd


@pytest.fixture
def only(kind: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """No schedules but those of the test."""
    registry.schedules()  # all that apps declare, before the table is put away
    monkeypatch.setattr(registry, "_SCHEDULES", {})
    kind(lambda _ctx: None)


@pytest.mark.django_db
def test_due_time_is_claimed_once(only: None) -> None:
    """If this fails, two workers start the same nightly job."""
    registry.schedule(NAME, KIND, every=timedelta(hours=1))
    assert schedules.tick(BASE) == 0
    assert schedules.tick(BASE + timedelta(hours=1)) == 1
    assert schedules.tick(BASE + timedelta(hours=1, minutes=59)) == 0
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_lost_race_starts_nothing(only: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the worker that comes second runs the job again, or stops with an error."""
    schedule = registry.schedule(NAME, KIND, daily_at="05:00")
    ScheduledRun.objects.create(schedule=NAME, due_at=BASE - timedelta(days=1))
    ScheduledRun.objects.create(schedule=NAME, due_at=BASE)
    monkeypatch.setattr(ScheduledRun.objects, "filter", lambda **_: ScheduledRun.objects.none())
    assert schedules._claim(schedule, BASE) is False
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_missed_times_are_made_up_for_once(only: None) -> None:
    """If this fails, a week off starts seven nightly jobs, or none."""
    registry.schedule(NAME, KIND, daily_at="05:00")
    schedules.tick(BASE)
    assert schedules.tick(BASE + timedelta(days=7, hours=3)) == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_one_job_for_each_agency(only: None, agency: Agency) -> None:
    """If this fails, an agency gets no plan tonight, or its jobs pile up."""
    registry.schedule(NAME, KIND, every=timedelta(hours=1), agencies=lambda: [agency.pk])
    for hour in range(3):
        schedules.tick(BASE + timedelta(hours=hour))
    assert [job.agency_id for job in Job.objects.all()] == [agency.pk]


def test_schedule_needs_one_time() -> None:
    """If this fails, a schedule without a time is found out at night."""
    with pytest.raises(ValueError, match="either"):
        registry.schedule(NAME, KIND)
    with pytest.raises(ValueError, match="either"):
        registry.schedule(NAME, KIND, every=timedelta(hours=1), daily_at="05:00")
    with pytest.raises(ValueError, match="no time"):
        Schedule(NAME, KIND).last_due(BASE)


@given(moment=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_due_times_lie_behind_and_near(moment: datetime) -> None:
    """If this fails, a schedule starts early, or a due time is passed over."""
    daily = Schedule(NAME, KIND, daily_at=datetime(2026, 1, 1, 5, 0).time())
    due = daily.last_due(moment)
    assert timedelta(0) <= moment - due < timedelta(days=1)
    assert due.astimezone(SEOUL).strftime("%H:%M") == "05:00"
    often = Schedule(NAME, KIND, every=timedelta(minutes=10)).last_due(moment)
    assert timedelta(0) <= moment - often < timedelta(minutes=10)
