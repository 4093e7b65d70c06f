"""A team drops out: the rest of the night is planned for those who walk on, from where they are."""

import datetime as dt
import threading
import uuid
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.routing import check
from sunra.journeys.again import FIRST_HOUR
from sunra.journeys.jobs import TONIGHT
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL, now
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.systems.patrols.models import Message, Plan, PlanStatus, PlanStop, Shift, ShiftStatus, Team
from sunra.systems.patrols.orders import NightOrder, UnderWay, order_of
from sunra.systems.patrols.selectors.rest import LEAST, rest_of
from sunra.systems.patrols.services import draws, plans
from sunra.systems.patrols.services import duty as duties
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.patrols.duty import Phone, event, night, refused

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]
NAMES = ("가조", "나조", "다조")


@pytest.fixture
def begun() -> dict[str, Phone]:
    """Three teams on patrol; each was at its own stop, and the first cannot go on."""
    agency = nights.office()
    nights.with_facilities(agency)
    plan = night(agency, *NAMES)
    # A night lasts from noon to noon: at any hour at which this runs, the teams are in the midst of theirs.
    day = (now().astimezone(SEOUL) - dt.timedelta(hours=FIRST_HOUR)).date()
    Plan.objects.update(day=day)
    Shift.objects.update(day=day)
    Team.objects.update(district=nights.DISTRICT)
    phones = {}
    for place, name in enumerate(NAMES):
        shift = Shift.objects.get(plan=plan, name=name)
        phones[name] = phone = Phone().joined(shift)
        stop = stops(shift)[place]
        cell = [stop.cell_e, stop.cell_n]
        said = [event("begin", people=2), event("check_in", cell=cell, stop=stop.pk, method="position")]
        if place == 0:
            said.append(event("drop_out", reason="injury"))
        duties.take(given=phone.given, events=said)
    return phones


def shift_of(name: str) -> Shift:
    return Shift.objects.get(name=name)


def stops(shift: Shift) -> list[PlanStop]:
    return list(PlanStop.objects.filter(team=shift.plan_team).order_by("order"))


def cells(found: list[PlanStop]) -> list[tuple[int, int]]:
    return [(stop.cell_e, stop.cell_n) for stop in found]


numbers = st.floats(0, 1440, allow_nan=False)
places = st.none() | st.tuples(st.integers(0, 20_000), st.integers(0, 20_000))


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=20), st.builds(UnderWay, numbers, numbers, places), max_size=5))
def test_an_order_under_way_survives_its_plain_form(teams: dict[str, UnderWay]) -> None:
    """Jobs and plans keep it as JSON."""
    order = NightOrder(under_way=teams)
    assert order_of(order.plain()) == order


def test_the_order_holds_who_is_where_and_what_was_visited(begun: dict[str, Phone]) -> None:
    """Without the team that is gone and what was visited; each other team's next stop stays its own."""
    gone = shift_of("가조")
    officer = make_actor("safety_officer", gone.agency)
    moment = now()
    rest = rest_of(officer, gone.pk, moment)
    zero = dt.datetime.combine(gone.day, dt.time(FIRST_HOUR), tzinfo=SEOUL)
    order = rest.order(zero)
    assert set(order.under_way) == {"나조", "다조"}
    # All three walk the same four places: three were visited, each by one team, and one takes the fourth.
    visited = cells(stops(gone))[:3]
    assert set(order.without) == set(visited)
    assert order.kept == {"나조": (cells(stops(gone))[3],)}
    one = order.under_way["나조"]
    assert one.cell == visited[1]
    assert zero + dt.timedelta(minutes=one.begin) >= moment
    assert abs((zero + dt.timedelta(minutes=one.until) - shift_of("나조").ends).total_seconds()) < 1
    assert [stop.pk for stop in rest.open] == [stops(gone)[3].pk]


def test_what_was_given_by_hand_stays_with_its_team_and_of_the_one_gone_becomes_a_place(
    begun: dict[str, Phone],
) -> None:
    """An officer's stops are not lost with the team that had them."""
    gone = shift_of("가조")
    here, there = (9_000, 19_000), (9_001, 19_000)
    Plan.objects.filter(pk=gone.plan_id).update(
        params={"order": NightOrder(kept={"가조": (here,), "나조": (there,)}).plain()}
    )
    order = rest_of(make_actor("safety_officer", gone.agency), gone.pk).order(now())
    assert order.kept["나조"][-1] == there
    assert (here, "가조") in order.spots


def test_the_page_plans_the_rest_and_the_phones_get_it(
    begun: dict[str, Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the alarm on the board to the new route on the phones; times and check-ins of a patrol stay."""
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)
    judged = []
    monkeypatch.setattr(plans, "check", lambda *given: judged.append(check(*given)) or judged[-1])
    gone, before = shift_of("가조"), {name: shift_of(name) for name in NAMES}
    client = signed_in(make_person("safety_officer", gone.agency))
    address = f"/tonight/again/{gone.pk}/"
    assert address in client.get("/patrols/live/").content.decode()
    assert address in client.get(f"/patrols/shifts/{gone.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert "나조" in page
    assert stops(gone)[3].number in page
    assert client.post(address).status_code == 302
    while Worker(threading.Event(), worker_id="w").run_one():
        pass
    job = Job.objects.filter(kind=TONIGHT).latest("created")
    assert not job.error, job.error
    made = Plan.objects.get(pk=job.result["plan"])
    assert judged == [[]]
    visited = set(cells(stops(gone))[:3])
    new = set(cells(list(PlanStop.objects.filter(team__plan=made))))
    assert new
    assert not new & visited
    assert set(made.teams.values_list("name", flat=True)) <= {"나조", "다조"}
    plans.confirm(actor=make_actor("safety_officer", gone.agency), plan_id=made.pk)
    for name in made.teams.values_list("name", flat=True):
        shift = shift_of(name)
        assert (shift.starts, shift.ends) == (before[name].starts, before[name].ends)
        assert shift.status == ShiftStatus.ON_PATROL
        assert shift.plan_id == made.pk
        assert Message.objects.filter(shift=shift).count() == 1
        route = begun[name].get("/duty/api/shift").json()
        assert [stop["id"] for stop in route["stops"]] == [stop.pk for stop in stops(shift)]
        assert all(stop.arrive >= now() for stop in stops(shift))
        assert max(stop.leave for stop in stops(shift)) <= shift.ends
    gone.refresh_from_db()
    assert gone.plan_id != made.pk
    assert client.get(address).status_code == 302  # its plan is no longer the night's


def test_what_cannot_be_planned_again_says_why(begun: dict[str, Phone]) -> None:
    """A team that is there, a night without teams, an ended night, a plan that was replaced."""
    gone, other = shift_of("가조"), shift_of("나조")
    officer = make_actor("safety_officer", gone.agency)
    with refused("not_dropped_out"):
        rest_of(officer, other.pk)
    with refused("nobody_left"):
        rest_of(officer, gone.pk, other.ends - LEAST)
    Plan.objects.filter(pk=gone.plan_id).update(status="draft")
    with refused("no_plan_to_change"):
        rest_of(officer, gone.pk)
    client = signed_in(make_person("safety_officer", gone.agency))
    answer = client.post(f"/tonight/again/{gone.pk}/")
    assert answer["Location"] == f"/patrols/shifts/{gone.pk}/"
    assert not Job.objects.filter(kind=TONIGHT).exists()


def test_only_who_plans_nights_plans_the_rest(begun: dict[str, Phone]) -> None:
    """An operator sees the alarm but no way to plan; another office's officer finds nothing."""
    gone = shift_of("가조")
    address = f"/tonight/again/{gone.pk}/"
    operator = signed_in(make_person("control_operator", gone.agency))
    assert address not in operator.get("/patrols/live/").content.decode()
    assert operator.get(address).status_code == 403
    elsewhere = signed_in(make_person("safety_officer", nights.office(nights.NEIGHBOUR)))
    assert elsewhere.get(address).status_code == 404
    assert elsewhere.post(address).status_code == 404


def test_nobody_under_way_is_refused(begun: dict[str, Phone], monkeypatch: pytest.MonkeyPatch) -> None:
    """If every team has only time to go home, the plan says so instead of failing."""
    agency = shift_of("가조").agency
    risk = nights.night(agency, now().astimezone(SEOUL).date())
    order = NightOrder(under_way={"나조": UnderWay(600, 600.01, (11500, 16800))})
    with pytest.raises(UserError) as found:
        plans.compute(
            actor=nights.job(agency), agency_id=agency.id, risk=risk, params=nights.QUICK, order=order
        )
    assert found.value.code == "nobody_left"


def test_the_next_night_remembers_what_was_walked_before_it_was_planned_anew(
    begun: dict[str, Phone],
) -> None:
    """If this fails, the lot thinks that nobody saw the stops before a team dropped out."""
    gone = shift_of("가조")
    first = Plan.objects.get(pk=gone.plan_id)
    rest = Plan.objects.get(pk=gone.plan_id)
    rest.pk, rest.digest = uuid.uuid4(), "rest"
    rest._state.adding = True
    rest.save()
    Plan.objects.filter(pk=first.pk).update(status=PlanStatus.DRAFT)
    tomorrow = SimpleNamespace(
        district=gone.district, day=gone.day + dt.timedelta(days=1), demo=first.demo, first_hour=FIRST_HOUR
    )
    (seen,) = draws.history(gone.agency_id, tomorrow)
    found = set(zip(seen.cell_e.tolist(), seen.cell_n.tolist(), strict=True))
    assert found == set(cells(stops(gone))[:3])
    assert len(seen) == 3
