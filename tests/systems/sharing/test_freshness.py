"""Stale data raise one alarm, the steward's; a newer vintage ends it."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sunra.platform.base.errors import UserError
from sunra.platform.jobs.registry import schedules
from sunra.platform.notices.models import Notice
from sunra.systems.sharing import services
from sunra.systems.sharing.models import Dataset
from sunra.systems.sharing.services import freshness
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights
from tests.systems.sharing.test_vintages import first, officer, waiting

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
FRESH, LATE = dt.date(2026, 12, 1), dt.date(2027, 11, 22)


def alarms() -> list[int]:
    """Who was told that something is stale."""
    return list(Notice.objects.filter(kind="sharing.stale").values_list("person_id", flat=True))


def test_the_steward_is_told_once(tmp_path: Path) -> None:
    """Before the rule's days nobody hears, after them the steward once, however often the job runs."""
    dataset = first(tmp_path).dataset
    steward = make_person("data_officer", dataset.agency)
    Dataset.objects.update(steward=steward)
    assert freshness.alarm(FRESH) == 0
    assert freshness.alarm(LATE) == 1
    assert freshness.alarm(LATE) == 0
    assert alarms() == [steward.pk]


def test_without_a_steward_the_data_officers_hear(tmp_path: Path) -> None:
    """An alarm never goes to nobody while the agency has data officers."""
    agency = first(tmp_path).agency
    people = {make_person("data_officer", agency).pk, make_person("data_officer", agency).pk}
    make_person("volunteer", agency)
    freshness.alarm(LATE)
    assert set(alarms()) == people


def test_a_newer_vintage_ends_the_alarm(tmp_path: Path) -> None:
    """Approval sets the alarm back, so that the next staleness is told again."""
    one = first(tmp_path)
    freshness.alarm(LATE)
    two = waiting(tmp_path, one.agency)
    services.approve(actor=officer(one.agency), vintage_id=two.id)
    assert Dataset.objects.get().alarmed is None
    assert freshness.alarm(LATE) == 1


def test_the_alarm_runs_every_morning() -> None:
    """The worker has the schedule without anybody setting it up."""
    assert [one.kind for one in schedules() if one.name == "sharing.freshness"] == ["sharing.freshness"]


def test_the_rule_and_the_steward_can_be_set(tmp_path: Path) -> None:
    """The agency's own officer names a colleague and the days; strangers and nonsense are refused."""
    one = first(tmp_path)
    actor, colleague = officer(one.agency), make_person("analyst", one.agency)
    stranger = make_person("analyst", nights.office(nights.NEIGHBOUR))
    given = {"dataset_id": one.dataset_id, "fresh_days": 30}
    freshness.look_after(actor=actor, steward_id=colleague.pk, **given)
    dataset = Dataset.objects.get()
    assert (dataset.steward, dataset.fresh_days) == (colleague, 30)
    for code, steward, days in (("not_of_agency", stranger.pk, 30), ("bad_days", None, 0)):
        with pytest.raises(UserError) as caught:
            freshness.look_after(actor=actor, dataset_id=one.dataset_id, steward_id=steward, fresh_days=days)
        assert caught.value.code == code
    with pytest.raises(PermissionDenied):
        freshness.look_after(actor=officer(one.agency, "cpo"), steward_id=None, **given)
    with pytest.raises(Http404):
        freshness.look_after(actor=officer(nights.office("26170")), steward_id=None, **given)


def test_pages_show_the_state_and_take_the_rule(tmp_path: Path) -> None:
    """The dataset's page says when the steward was told; the form saves; other roles and agencies do not."""
    one = first(tmp_path)
    freshness.alarm(LATE)
    client = signed_in(make_person("data_officer", one.agency))
    address = f"/data/{one.dataset_id}/edit/"
    assert address in client.get(f"/data/{one.dataset_id}/").content.decode()
    assert client.post(address, {"steward": "", "fresh_days": "0"}).status_code == 400
    assert client.post(address, {"steward": "", "fresh_days": "90"}).status_code == 302
    assert (Dataset.objects.get().fresh_days, Dataset.objects.get().alarmed) == (90, None)
    assert signed_in(make_person("cpo", one.agency)).get(address).status_code == 403
    other = signed_in(make_person("data_officer", nights.office(nights.NEIGHBOUR)))
    assert other.get(address).status_code == 404
