"""A night drawn by lot: chances are stored, nights before count, and the page says what it costs."""

import datetime as dt
from dataclasses import replace

import pytest

from sunra.platform.agencies.models import Agency
from sunra.systems.patrols import selectors, services
from sunra.systems.patrols.models import Plan, PlanChance
from sunra.systems.patrols.orders import NightOrder
from sunra.systems.patrols.pages.plans import lot_of
from sunra.systems.patrols.services import draws
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """A district office with facilities."""
    made = nights.office()
    nights.with_facilities(made)
    return made


def _cells(agency: Agency, plan: Plan) -> set[tuple[int, int]]:
    teams = selectors.routes(nights.job(agency), plan)
    return {(stop.cell_e, stop.cell_n) for team in teams for stop in team.stops.all()}


def test_chances_are_stored_with_the_plan(agency: Agency) -> None:
    """If this fails, nobody can say later what a patrol changed: the chances are gone or wrong."""
    plan = nights.plan_of(agency)
    rows = list(PlanChance.objects.filter(plan=plan))
    assert {(row.cell_e, row.cell_n) for row in rows if row.visited} == _cells(agency, plan)
    assert all(row.chance > 0 for row in rows if row.visited)
    assert len(rows) == plan.params["candidates"]
    assert all(row.dong for row in rows)
    about = plan.params["lot"]
    assert 0 <= about["loss"] <= max(about["policy"]["loss"], 1.5 * about["price"] + 0.015) + 1e-9
    # the stops of a night are as many as the chances add up to, on the mean over the plans of the lot
    assert sum(row.chance for row in rows) == pytest.approx(len(_cells(agency, plan)), abs=3)


def test_the_nights_before_are_those_that_were_walked(agency: Agency) -> None:
    """If this fails, the lot looks at drafts nobody walked, or at tomorrow."""
    draft = nights.plan_of(agency)
    walked = Plan.objects.get(id=draft.id)
    walked.pk, walked.digest, walked.status = None, "walked", "confirmed"
    walked.id = None
    walked._state.adding = True
    walked.save()
    Plan.objects.filter(id=draft.id).update(updated=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    risk = replace(nights.night(agency), day=nights.DAY + dt.timedelta(days=1))
    past = draws.history(agency.id, risk)
    assert [len(night) for night in past] == [0]  # the confirmed one, which has no stops here
    Plan.objects.filter(id=walked.id).delete()
    past = draws.history(agency.id, risk)
    assert [set(zip(n.cell_e.tolist(), n.cell_n.tolist(), strict=True)) for n in past] == [
        _cells(agency, draft)
    ]
    assert past[0].weekday == nights.DAY.weekday()
    assert (past[0].hour >= 0).all()
    assert draws.history(agency.id, replace(risk, day=nights.DAY)) == ()
    assert draws.history(agency.id, replace(risk, day=nights.DAY + dt.timedelta(days=40))) == ()


def test_stops_given_by_hand_make_the_night_foreseeable(agency: Agency) -> None:
    """If this fails, a night set by hand claims to be as hard to foresee as a drawn one."""
    plan = nights.plan_of(agency)
    team = selectors.routes(nights.job(agency), plan)[0]
    given = tuple((stop.cell_e, stop.cell_n) for stop in team.stops.all())[:2]
    order = NightOrder(kept={team.name: given})
    draft = services.compute(
        actor=nights.job(agency), agency_id=agency.id, risk=nights.night(agency), params=nights.QUICK,
        order=order,
    )  # fmt: skip
    by_hand = services.keep(actor=nights.job(agency), draft=draft)
    about = by_hand.params["lot"]
    assert about["foreseen"] > about["by_lot"] or about["by_lot"] == 1.0
    assert set(given) <= _cells(agency, by_hand)
    chances = {(row.cell_e, row.cell_n): row.chance for row in PlanChance.objects.filter(plan=by_hand)}
    assert all(chances[cell] == pytest.approx(1) for cell in given)


def test_the_page_says_how_the_night_was_drawn(agency: Agency) -> None:
    """If this fails, an officer is not told that a lot chose, or what it cost."""
    plan = nights.plan_of(agency)
    officer = signed_in(make_person("safety_officer", agency))
    page = officer.get(f"/patrols/{plan.id}/").content.decode()
    assert f"약 {lot_of(plan)['foreseen']} %" in page
    plan.params = {**plan.params, "lot": plan.params["lot"] | {"by_hand": 0.8, "unserved": ["2611010100"]}}
    assert lot_of(plan)["warn"]
    assert lot_of(plan)["unserved"] == ["영주동"]
    plan.params.pop("lot")
    assert lot_of(plan) == {}
