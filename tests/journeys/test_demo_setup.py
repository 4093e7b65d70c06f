"""The demonstration: a city of invented agencies and people, with a planned night, set up as often as one
likes.
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

import pytest
from click.testing import CliRunner

from sunra.cli import demo as command
from sunra.journeys import demo_setup
from sunra.platform.accounts.models import Person
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.places.models import Facility, PlaceEvent
from sunra.systems.patrols.models import CalendarDay, Gear, GearIssue, Member, Organisation, Plan, Team
from sunra.systems.patrols.services import plans
from sunra.systems.risk.models import Override, PatrolRequest
from sunra.systems.sharing.models import Agreement, Connector, Opening, SavedView
from tests.platform.accounts.people import signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Demo mode with a short search and passwords that cost nothing to hash."""
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)


def install() -> demo_setup.DemoResult:
    """The demonstration in the smallest district at hand."""
    return demo_setup.install(
        district=nights.DISTRICT, neighbour=nights.NEIGHBOUR, today=dt.date(2026, 11, 20)
    )


@pytest.mark.one_database  # the product on PostgreSQL is set up by the drill of tests/cli
@pytest.mark.no_cover  # a whole city twice; small tests cover what it is made of
@pytest.mark.usefixtures("quick")
def test_the_demonstration_is_whole_and_marked() -> None:
    """Every role signs in, the night is planned on generated streets and confirmed, and everything is
    marked; again is the same.
    """
    result = install()
    assert result.night.plan.demo
    assert result.night.plan.status == "confirmed"
    assert result.night.plan.teams_source == "stored"
    assert result.night.forecast.graded
    assert not Facility.objects.filter(demo=False).exists()
    assert not PlaceEvent.objects.filter(demo=False).exists()
    assert Agency.objects.filter(demo=False).count() == 0
    kept = (Agency, Person, Organisation, Member, Team, Facility, Plan)
    shared = (Opening, Agreement, SavedView, Connector, PatrolRequest, Override, CalendarDay, Gear, GearIssue)
    counts = [model.objects.count() for model in (*kept, *shared)]
    assert counts[len(kept) :] == [2, 1, 1, 1, 2, 1, 3, 6, 2]
    again = install()
    assert again.night.plan.id == result.night.plan.id
    assert counts == [model.objects.count() for model in (*kept, *shared)]
    plan = f"/patrols/{result.night.plan.id}/"
    answers = {
        name: signed_in(Person.objects.get(username=name)).get(plan).status_code
        for name in ("safety", "leader", "cpo", "neighbour", "data")
    }
    assert answers == {"safety": 200, "leader": 200, "cpo": 200, "neighbour": 404, "data": 403}


def test_it_is_refused_outside_demo_mode(settings: Any) -> None:
    """An installation in earnest gets neither invented agencies nor people, by service or command."""
    settings.DEMO = False
    with pytest.raises(UserError):
        install()
    assert not Person.objects.filter(demo=True).exists()
    assert CliRunner().invoke(command.demo, []).exit_code == 2


def test_the_command_prints_how_to_sign_in(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Names, roles, the password and the authenticator's secret are printed for all who try it out."""
    settings.DEMO = True
    plain = {"day": "2026-11-20", "plan": "x", "rows": {}}
    one = demo_setup.SignIn(
        "safety", demo_setup.PASSWORD, demo_setup.TOTP_SECRET, "safety_officer", "가상 구청"
    )
    monkeypatch.setattr(command, "prepare", lambda: None)
    monkeypatch.setattr(demo_setup, "install", lambda **_options: None)
    monkeypatch.setattr(command, "as_plain", lambda _result: plain | {"sign_ins": [asdict(one)]})
    result = CliRunner().invoke(command.demo, ["--district", nights.DISTRICT])
    assert result.exit_code == 0, result.output
    assert demo_setup.TOTP_SECRET in result.stdout
    assert "safety" in result.stdout
    printed = CliRunner().invoke(command.demo, ["--json"])
    assert '"username": "safety"' in printed.stdout
