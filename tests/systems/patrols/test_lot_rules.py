"""Rules of the lot: set by the safety officer within bounds, kept in the ledger, read by the draw."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from sunra.platform.accounts.roles import ANALYST, SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.ledger.models import Record
from sunra.systems.patrols.models import LotRules, Plan, PlanTeam
from sunra.systems.patrols.pages.plans import lot_of
from sunra.systems.patrols.selectors.lots import own_rules, rules_of
from sunra.systems.patrols.services import draws
from sunra.systems.patrols.services.lots import set_rules
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ADDRESS = "/patrols/lot/"
OWN = {"loss": 5.0, "dong_share": 40.0, "visits": 10, "of_nights": 14, "nights": 21}


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def agency() -> Agency:
    """An office."""
    return nights.office()


def test_the_draw_reads_the_agencys_rules(agency: Agency) -> None:
    """If this fails, officers set rules that no night follows, or follow another office's."""
    assert draws.policy_of(agency.id) == draws.POLICY
    set_rules(actor=make_actor(SAFETY_OFFICER, agency), reason="다섯 밤마다 같은 곳", **OWN)
    own = draws.policy_of(agency.id, 6)
    assert (own.plans, own.loss, own.dong_share, own.cap, own.nights) == (6, 0.05, 0.4, (10, 14), 21)
    assert draws.policy_of(nights.office(nights.NEIGHBOUR).id) == draws.POLICY


def test_a_change_is_kept_with_its_reason(agency: Agency) -> None:
    """If this fails, nobody can say later who let the nights be foreseen, and why."""
    officer = signed_in(make_person(SAFETY_OFFICER, agency))
    page = officer.get(ADDRESS).content.decode()
    assert 'value="3.0"' in page
    answer = officer.post(ADDRESS, {**OWN, "reason": "겨울 축제 동안"})
    assert answer.status_code == 302
    row = LotRules.objects.get()
    assert (row.agency_id, row.loss, row.reason) == (agency.id, 5.0, "겨울 축제 동안")
    kept = Record.objects.get(subject="patrols.LotRules")
    assert (kept.act, kept.purpose, kept.ref) == ("change", "겨울 축제 동안", str(agency.id))
    assert '"loss":3.0' in kept.detail.replace(" ", "")
    assert "겨울 축제 동안" in officer.get(ADDRESS).content.decode()
    officer.post(ADDRESS, {**OWN, "reason": "같은 규칙"})
    assert Record.objects.filter(subject="patrols.LotRules").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("loss", 11), ("dong_share", 61), ("visits", 15), ("of_nights", 22), ("nights", 60), ("reason", "")],
)
def test_rules_stay_within_their_bounds(agency: Agency, field: str, value: Any) -> None:
    """If this fails, an office can switch the lot off, or change it without a word."""
    officer = signed_in(make_person(SAFETY_OFFICER, agency))
    given = {**OWN, "reason": "겨울 축제 동안", field: value}
    page = officer.post(ADDRESS, given)
    assert page.status_code == 400
    assert f'id="id_{field}' in page.content.decode()
    with pytest.raises(UserError):
        set_rules(actor=make_actor(SAFETY_OFFICER, agency), **given)
    assert not LotRules.objects.exists()
    assert not Record.objects.filter(subject="patrols.LotRules").exists()


def test_others_may_not_set_rules(agency: Agency) -> None:
    """If this fails, an analyst decides how nights are drawn, or an office sets another's rules."""
    analyst = signed_in(make_person(ANALYST, agency))
    assert analyst.get(ADDRESS).status_code == 403
    assert analyst.post(ADDRESS, {**OWN, "reason": "겨울 축제 동안"}).status_code == 403
    with pytest.raises(PermissionDenied):
        set_rules(actor=make_actor(ANALYST, agency), reason="겨울 축제 동안", **OWN)
    with pytest.raises(PermissionDenied):
        own_rules(make_actor(ANALYST, agency))
    beside = nights.office(nights.NEIGHBOUR)
    set_rules(actor=make_actor(SAFETY_OFFICER, beside), reason="겨울 축제 동안", **OWN)
    assert rules_of(agency.id).loss == 3.0


def test_the_plan_says_which_rules_drew_it(agency: Agency) -> None:
    """If this fails, a plan shows today's rules and not its own, or hides that hands made it foreseeable."""
    begins = dt.datetime.combine(nights.DAY, dt.time(21), tzinfo=SEOUL)
    policy = {"loss": 0.05, "dong_share": 0.4, "cap": [10, 14], "nights": 21, "predictable": 0.5}
    plan = Plan.objects.create(
        agency=agency, district=nights.DISTRICT, day=nights.DAY, forecast=uuid.uuid4(),
        event_source="events", seed=1, code_version="test", distance_source="straight_line",
        teams_source="given", objective=1.0, digest="x",
        params={
            "lot": {
                "plans": 12, "loss": 0.01, "foreseen": 0.8, "by_hand": 0.7, "unserved": [], "policy": policy,
            }
        },
    )  # fmt: skip
    PlanTeam.objects.create(
        plan=plan, order=0, name="가조", kind="foot", starts=begins, minutes=60, metres=900, line=[]
    )
    said = lot_of(plan)
    assert said["rules"] == {"loss": "5", "share": "40", "visits": "10", "running": "14", "nights": "21"}
    assert said["warn"]
    page = signed_in(make_person(SAFETY_OFFICER, agency)).get(f"/patrols/{plan.id}/").content.decode()
    assert re.search(r"5 %[^<]*40 %[^<]*14[^<]*21", page)
    assert ADDRESS in page
    assert "미리 맞힐 수 있습니다" in page
    assert ADDRESS not in signed_in(make_person(ANALYST, agency)).get(f"/patrols/{plan.id}/").content.decode()
