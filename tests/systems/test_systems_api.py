"""Programs read forecasts and plans with a key, within its scope."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sunra.platform.accounts.services import create_key
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import now
from tests.platform.accounts.people import make_actor
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
API = "/api/v1"


def key(agency: Agency, *permissions: str) -> str:
    """A fresh key of the agency."""
    made = create_key(
        actor=make_actor("agency_admin", agency),
        agency_id=agency.id,
        name="navigation",
        permissions=list(permissions),
        expires=now() + timedelta(days=1),
    )
    return made[1]


def ask(path: str, token: str) -> Any:
    """The answer to a program."""
    return Client().get(f"{API}{path}", headers={"Authorization": f"Bearer {token}"})


def test_a_key_reads_what_its_agency_has() -> None:
    """Lists and one of each: cells with grades by slot, a plan with routes and stops."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency)
    plan = nights.plan_of(agency)
    token = key(agency, "risk.view_forecast", "patrols.view_plan")
    forecasts = ask("/risk/forecasts?district=26110", token).json()
    assert [row["id"] for row in forecasts] == [str(plan.forecast)]
    cells = ask(f"/risk/forecasts/{plan.forecast}/cells", token).json()
    assert {"grades", "expected"} <= cells["features"][0]["properties"].keys()
    assert [row["id"] for row in ask("/patrols/plans?district=26110", token).json()] == [str(plan.id)]
    roles = {one["properties"]["role"] for one in ask(f"/patrols/plans/{plan.id}", token).json()["features"]}
    assert roles == {"route", "stop"}


def test_a_key_reads_nothing_else() -> None:
    """Without the scope 403, without a key 401, of another agency 404."""
    agency, other = nights.office(), nights.office(nights.NEIGHBOUR)
    nights.with_facilities(agency)
    plan = nights.plan_of(agency)
    narrow = key(agency, "risk.view_forecast")
    assert ask("/patrols/plans", narrow).status_code == 403
    assert Client().get(f"{API}/risk/forecasts").status_code in {401, 302}
    foreign = key(other, "risk.view_forecast", "patrols.view_plan")
    assert ask(f"/patrols/plans/{plan.id}", foreign).status_code == 404
    assert ask(f"/risk/forecasts/{plan.forecast}/cells", foreign).status_code == 404
    assert ask("/risk/forecasts", foreign).json() == []
