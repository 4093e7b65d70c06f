"""Equipment: one serial number with one team only, no more out than there is, what is due first."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sunra.platform.accounts.roles import AUDITOR, PATROL_LEADER, SAFETY_OFFICER, VOLUNTEER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now, seoul_today
from sunra.systems.patrols.models import Gear, GearIssue
from sunra.systems.patrols.selectors import equipment as selectors
from sunra.systems.patrols.services import equipment as services
from sunra.systems.patrols.services.equipment import Thing
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights
from tests.systems.patrols import duty

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ADDRESS = "/patrols/equipment/"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def agency() -> Agency:
    """An office."""
    return nights.office()


@pytest.fixture
def officer(agency: Agency) -> Actor:
    """Its safety officer."""
    return make_actor(SAFETY_OFFICER, agency)


def _to(agency: Agency, name: str = "정릉 방범대") -> str:
    return f"group:{duty.group(agency, name).pk}"


def _radio(officer: Actor, **changes: Any) -> Gear:
    return services.add_gear(
        actor=officer, thing=Thing(**({"kind": "radio", "name": "무전기", "serial": "R-1"} | changes))
    )


def test_two_teams_with_one_radio(agency: Agency, officer: Actor) -> None:
    """If this fails, one radio is with two teams, and nobody reads who has it."""
    radio = _radio(officer)
    first, second = _to(agency), _to(agency, "길음 방범대")
    client = signed_in(make_person(SAFETY_OFFICER, agency))
    assert client.post(f"{ADDRESS}{radio.pk}/issue/", {"to": first}).status_code == 302
    refused = client.post(f"{ADDRESS}{radio.pk}/issue/", {"to": second})
    assert refused.status_code == 400
    assert re.search(r"R-1[^<]*정릉 방범대", refused.content.decode())
    out = GearIssue.objects.get()
    assert (out.holder, out.single, out.quantity) == ("정릉 방범대", True, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        GearIssue.objects.create(
            agency=agency, gear=radio, holder="x", single=True, issued_at=now(), issued_by="x"
        )
    assert client.post(f"{ADDRESS}issues/{out.pk}/back/", {"back": "1", "lost": "0"}).status_code == 302
    assert client.post(f"{ADDRESS}{radio.pk}/issue/", {"to": second}).status_code == 302


@pytest.mark.one_database
def test_the_database_refuses_who_comes_second(
    agency: Agency, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, two officers who press at once give one radio out twice, or see an error page."""
    radio, to = _radio(officer), _to(agency)
    services.issue(actor=officer, gear_id=radio.pk, to=to)
    real, calls = services._not_out, []

    def late(row: Gear) -> None:
        calls.append(row)
        if len(calls) > 1:
            real(row)

    monkeypatch.setattr(services, "_not_out", late)
    with duty.refused("gear_out"):
        services.issue(actor=officer, gear_id=radio.pk, to=to)
    assert GearIssue.objects.count() == 1


def test_a_pile_goes_out_and_comes_back_by_number(agency: Agency, officer: Actor) -> None:
    """If this fails, more vests go out than there are, or lost ones stay in the stock."""
    vests = services.add_gear(actor=officer, thing=Thing("vest", "조끼", size="L", quantity=10))
    to = _to(agency)
    out = services.issue(actor=officer, gear_id=vests.pk, to=to, quantity=7, due=seoul_today())
    with duty.refused("gear_few"):
        services.issue(actor=officer, gear_id=vests.pk, to=to, quantity=4)
    with duty.refused("gear_few"):
        services.change_gear(actor=officer, gear_id=vests.pk, thing=Thing("vest", "조끼", quantity=6))
    with duty.refused("gear_is_out"):
        services.change_gear(
            actor=officer, gear_id=vests.pk, thing=Thing("vest", "조끼", serial="1", quantity=7)
        )
    with duty.refused("gear_is_out"):
        services.retire(actor=officer, gear_id=vests.pk, reason="낡았습니다")
    services.take_back(actor=officer, issue_id=out.pk, back=3)
    with duty.refused("gear_back"):
        services.take_back(actor=officer, issue_id=out.pk, back=4, lost=1)
    services.take_back(actor=officer, issue_id=out.pk, back=2, lost=2)
    out.refresh_from_db()
    assert (out.back, out.lost, bool(out.closed_at)) == (5, 2, True)
    found = selectors.one(officer, vests.pk)
    assert (found.quantity, found.left, found.out) == (8, 8, 0)
    services.retire(actor=officer, gear_id=vests.pk, reason="낡았습니다")
    with duty.refused("gear_retired"):
        services.issue(actor=officer, gear_id=vests.pk, to=to)
    assert list(selectors.gear(officer)) == []
    assert [one.pk for one in selectors.gear(officer, retired=True)] == [vests.pk]


def test_what_is_run_out_or_overdue_stays_in(agency: Agency, officer: Actor) -> None:
    """If this fails, people go out in gear that no longer protects them."""
    today, to = seoul_today(), _to(agency)
    old = services.add_gear(actor=officer, thing=Thing("armour", "방검복", serial="A", expires=today - DAY))
    due = services.add_gear(
        actor=officer, thing=Thing("armour", "방검복", serial="B", inspect_by=today - DAY)
    )
    soon = services.add_gear(actor=officer, thing=Thing("lamp", "손전등", expires=today + 9 * DAY))
    fine = services.add_gear(actor=officer, thing=Thing("lamp", "큰 손전등"))
    with duty.refused("gear_expired"):
        services.issue(actor=officer, gear_id=old.pk, to=to)
    with duty.refused("gear_overdue"):
        services.issue(actor=officer, gear_id=due.pk, to=to)
    assert {one.pk for one in selectors.gear(officer)[:2]} == {old.pk, due.pk}
    assert [one.pk for one in selectors.gear(officer)[2:]] == [soon.pk, fine.pk]
    client = signed_in(make_person(SAFETY_OFFICER, agency))
    page = client.get(ADDRESS).content.decode()
    assert f"{ADDRESS}{old.pk}/" in page.split('class="card next-step"')[1].split("</section>")[0]
    wrong = {"on": f"{today}", "passed": "yes", "next_due": f"{today - DAY}"}
    assert client.post(f"{ADDRESS}{due.pk}/inspect/", wrong).status_code == 400
    client.post(f"{ADDRESS}{due.pk}/inspect/", wrong | {"next_due": f"{today + 90 * DAY}"})
    services.issue(actor=officer, gear_id=due.pk, to=to)
    with duty.refused("gear_is_out"):
        services.inspect(actor=officer, gear_id=due.pk, on=today, passed=False)
    services.inspect(actor=officer, gear_id=soon.pk, on=today, passed=False)
    assert Gear.objects.get(pk=soon.pk).retired_at
    assert client.get(f"{ADDRESS}{due.pk}/").status_code == 200


def test_a_lost_radio_leaves_the_stock(agency: Agency, officer: Actor) -> None:
    """If this fails, a lost radio is planned with again."""
    radio = _radio(officer)
    out = services.issue(actor=officer, gear_id=radio.pk, to=_to(agency))
    services.take_back(actor=officer, issue_id=out.pk, back=0, lost=1)
    radio.refresh_from_db()
    assert radio.retired_at


def test_stock_is_written_on_pages(agency: Agency) -> None:
    """If this fails, officers cannot enter what they have, enter a number twice, or take formulas away."""
    client = signed_in(make_person(SAFETY_OFFICER, agency))
    given = {"kind": "radio", "name": "=1+1", "size": "", "serial": "R-9", "quantity": "1", "expires": ""}
    answer = client.post(f"{ADDRESS}new/", given)
    row = Gear.objects.get()
    assert answer["Location"] == f"{ADDRESS}{row.pk}/"
    twice = client.post(f"{ADDRESS}new/", given)
    assert twice.status_code == 400
    assert 'id="id_serial' in twice.content.decode()
    assert client.post(f"{ADDRESS}new/", given | {"serial": "R-10", "quantity": "2"}).status_code == 400
    assert client.post(f"{ADDRESS}{row.pk}/", given | {"name": "무전기"}).status_code == 302
    Gear.objects.update(name="=1+1")
    assert "'=1+1" in client.get(f"{ADDRESS}?export=csv").content.decode()
    assert client.post(f"{ADDRESS}{row.pk}/retire/", {"reason": "?"}).status_code == 400
    assert client.post(f"{ADDRESS}{row.pk}/retire/", {"reason": "배터리 불량"}).status_code == 302
    assert client.post(f"{ADDRESS}{row.pk}/retire/", {"reason": "배터리 불량"}).status_code == 400
    assert "배터리 불량" in client.get(f"{ADDRESS}{row.pk}/").content.decode()
    assert "R-9" in client.get(f"{ADDRESS}?retired=1").content.decode()


def test_who_may_and_who_sees(agency: Agency, officer: Actor) -> None:
    """If this fails, a leader gives out gear, or sees what other groups have."""
    group = duty.group(agency)
    radio, other = _radio(officer), _radio(officer, serial="R-2")
    services.issue(actor=officer, gear_id=radio.pk, to=f"group:{group.pk}")
    out = services.issue(actor=officer, gear_id=other.pk, to=_to(agency, "길음 방범대"))
    assert group.group
    leader = make_actor(PATROL_LEADER, group.group)
    assert [one.pk for one in selectors.gear(leader)] == [radio.pk]
    assert selectors.issues(leader, selectors.one(leader, radio.pk)).count() == 1
    stranger = make_actor(SAFETY_OFFICER, nights.office(nights.NEIGHBOUR))
    volunteer = make_actor(VOLUNTEER, agency)
    auditor = make_actor(AUDITOR, agency)
    thing = Thing("radio", "무전기")
    for actor, error in ((leader, PermissionDenied), (auditor, PermissionDenied), (stranger, Http404)):
        for call in (
            lambda who: services.change_gear(actor=who, gear_id=other.pk, thing=thing),
            lambda who: services.issue(actor=who, gear_id=other.pk, to="group:x"),
            lambda who: services.take_back(actor=who, issue_id=out.pk, back=1),
            lambda who: services.inspect(actor=who, gear_id=other.pk, on=seoul_today(), passed=True),
            lambda who: services.retire(actor=who, gear_id=other.pk, reason="남의 것"),
            lambda who: selectors.issue(who, out.pk),
        ):
            with pytest.raises(error):
                call(actor)
    with pytest.raises(PermissionDenied):
        services.add_gear(actor=leader, thing=thing)
    with pytest.raises(PermissionDenied):
        selectors.gear(volunteer)
    with pytest.raises(PermissionDenied):
        selectors.holders(leader, agency.pk)
    for who in (leader, stranger):
        with pytest.raises(Http404):
            selectors.one(who, other.pk)
    page = signed_in(make_person(PATROL_LEADER, group.group)).get(f"{ADDRESS}{radio.pk}/").content.decode()
    assert 'name="back"' not in page
    assert 'name="serial"' not in page


@pytest.mark.one_database
class TestStock(TestCase):
    """Any order of giving out and taking back."""

    @few(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.booleans(), st.integers(1, 6), st.integers(0, 3)), max_size=12))
    def test_stock_never_lies(self, steps: list[tuple[bool, int, int]]) -> None:
        """If this fails, some order of issues and returns makes gear out of nothing."""
        agency = make_agency()
        officer = make_actor(SAFETY_OFFICER, agency)
        vests = services.add_gear(actor=officer, thing=Thing("vest", "조끼", quantity=10))
        to, lost_all = _to(agency), 0
        for give, number, lost in steps:
            waiting = GearIssue.objects.filter(closed_at=None).first()
            try:
                if give:
                    services.issue(actor=officer, gear_id=vests.pk, to=to, quantity=number)
                elif waiting:
                    services.take_back(actor=officer, issue_id=waiting.pk, back=number, lost=lost)
                    lost_all += lost
            except UserError:
                pass
            found = selectors.one(officer, vests.pk)
            assert found.quantity == 10 - lost_all
            assert found.left >= 0
            assert found.left + found.out == found.quantity
