"""Plans for partners' programs: which are confirmed, and one as a car's navigation reads it."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sunra.platform.accounts.roles import ANALYST, DATA_OFFICER
from sunra.systems.patrols.models import Plan
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights
from tests.systems.patrols import duty

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]
PLANS = "/api/v1/patrols/plans"


def test_navigation_gets_confirmed_plans_only() -> None:
    """If this fails, a car drives a draft, or a partner cannot ask for tonight's confirmed plan."""
    agency = nights.office()
    plan = duty.night(agency, "가조", "나조")
    client = signed_in(make_person(ANALYST, agency))

    def found(**asked: Any) -> list[str]:
        return [one["id"] for one in client.get(PLANS, asked).json()]

    assert found(status="confirmed", day=f"{plan.day}") == [str(plan.pk)]
    assert found(status="draft") == found(day="2020-01-01") == []
    assert client.get(PLANS, {"status": "old"}).status_code in (400, 422)
    answer = client.get(f"{PLANS}/{plan.pk}/plan.gpx")
    assert answer["Content-Type"] == "application/gpx+xml"
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    routes = ET.fromstring(answer.content).findall("g:rte", space)
    assert [len(one.findall("g:rtept", space)) for one in routes] == [duty.STOPS, duty.STOPS]
    Plan.objects.update(status="draft")
    assert client.get(f"{PLANS}/{plan.pk}/plan.gpx").status_code == 404
    assert signed_in(make_person(DATA_OFFICER, agency)).get(f"{PLANS}/{plan.pk}/plan.gpx").status_code == 403
