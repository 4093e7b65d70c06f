"""What residents ask for reaches tonight's plan as a share of its own, and what came of it reaches them."""

import datetime as dt
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.translation import gettext
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.journeys.bridge import night_with_requests
from sunra.platform.accounts.roles import SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.systems.patrols import exports
from sunra.systems.patrols import services as patrols
from sunra.systems.patrols.night import request_prize
from sunra.systems.risk import consumers
from sunra.systems.risk.models import RequestShare, RequestVisit
from sunra.systems.risk.selectors import requests as selectors
from sunra.systems.risk.services import moderation, requests
from sunra.systems.risk.services.request_share import USUAL, set_share, share_of
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

two_databases = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """An office with cameras and thefts."""
    made = nights.office()
    nights.with_facilities(made)
    nights.with_events(made)
    return made


def _asked(agency: Agency, cell: tuple[float, float]) -> requests.Asked:
    """An accepted request for the whole night at a place."""
    wish = requests.Wish("dark_street", tuple(range(12)), tuple(range(7)), lon=cell[0], lat=cell[1])
    made = requests.ask(wish=wish, address="192.0.2.7")
    moderation.accept(actor=make_actor(SAFETY_OFFICER, agency), request_id=made.request.id)
    return made


@two_databases
def test_a_request_is_planned_beside_the_forecast_and_at_zero_it_is_not(agency: Agency) -> None:
    """A quiet cell that residents asked for becomes a stop that says so; the forecast's numbers stay; a share
    of 0 gives the plan of before.
    """
    forecast, actor = nights.forecast_of(agency), nights.job(agency)
    plain = night_with_requests(actor, forecast)
    quiet = nights.points(40)[17]
    made = _asked(agency, quiet)
    risk = night_with_requests(actor, forecast)
    assert np.array_equal(risk.expected, plain.expected)
    assert risk.request_share == USUAL
    assert risk.asked is not None
    assert risk.asked.sum() == 12
    plan = patrols.make_plan(actor=actor, agency_id=agency.id, risk=risk, params=nights.QUICK, seed=1)
    stops = [stop for team in plan.teams.all() for stop in team.stops.all()]
    here = [
        stop for stop in stops if stop.cell_e == made.request.cell_e and stop.cell_n == made.request.cell_n
    ]
    assert [stop.reason["asked"] for stop in here] == [1]
    assert exports.asked(here[0])
    assert plan.params["request_share"] == USUAL
    page = signed_in(make_person("safety_officer", agency)).get(f"/patrols/{plan.id}/").content.decode()
    assert gettext("Residents' requests") in unescape(page)
    officer = make_actor(SAFETY_OFFICER, agency)
    set_share(actor=officer, agency_id=agency.id, district=nights.DISTRICT, share=0, reason="시험 운영")
    none = night_with_requests(actor, forecast)
    again = patrols.make_plan(actor=actor, agency_id=agency.id, risk=none, params=nights.QUICK, seed=1)
    first = patrols.make_plan(actor=actor, agency_id=agency.id, risk=plain, params=nights.QUICK, seed=1)
    assert again.id == first.id != plan.id


@two_databases
def test_only_officers_of_the_district_set_the_share_and_say_why(agency: Agency) -> None:
    """The share is bounded, needs a reason and its own office; others are refused; the page shows it."""
    officer = make_actor(SAFETY_OFFICER, agency)
    for share, reason in ((0.6, "x"), (-0.1, "x"), (float("nan"), "x"), (0.2, " ")):
        with pytest.raises(UserError):
            set_share(
                actor=officer, agency_id=agency.id, district=nights.DISTRICT, share=share, reason=reason
            )
    other = make_actor(SAFETY_OFFICER, nights.office(nights.NEIGHBOUR))
    for actor in (other, make_actor("auditor", agency)):
        with pytest.raises(PermissionDenied):
            set_share(actor=actor, agency_id=agency.id, district=nights.DISTRICT, share=0.2, reason="시험")
    form = {"district": nights.DISTRICT, "percent": "25", "reason": "여름 축제"}
    address = "/risk/requests/share/"
    assert signed_in(make_person("auditor", agency)).post(address, form).status_code == 403
    client = signed_in(make_person("safety_officer", agency))
    wrong = client.post(address, form | {"percent": "80"})
    assert wrong.status_code == 400
    assert "여름 축제" in wrong.content.decode()
    assert not RequestShare.objects.exists()
    assert client.post(address, form).status_code == 302
    assert share_of(nights.DISTRICT) == 0.25
    assert "여름 축제" in client.get("/risk/requests/").content.decode()


@two_databases
def test_who_asked_reads_that_a_team_was_there(agency: Agency) -> None:
    """A word of patrols about a stop near its time turns "planned" into "walked" for the asker, once."""
    made = _asked(agency, nights.points(40)[17])
    moment = now() - dt.timedelta(hours=3)
    visit = RequestVisit.objects.create(
        request=made.request, planner=agency, district=nights.DISTRICT, day=nights.DAY, since=moment,
        until=moment + dt.timedelta(minutes=12),
    )  # fmt: skip
    payload = {
        "district": nights.DISTRICT, "cell_e": made.request.cell_e, "cell_n": made.request.cell_n,
        "at": (moment + dt.timedelta(minutes=5)).isoformat(),
    }  # fmt: skip
    late = payload | {"at": (moment + dt.timedelta(hours=9)).isoformat()}
    for agency_id, said in ((agency.id, late), (None, payload)):
        consumers.keep_request_walked(SimpleNamespace(agency_id=agency_id, payload=said))  # type: ignore[arg-type]
    visit.refresh_from_db()
    assert visit.walked is None
    consumers.keep_request_walked(SimpleNamespace(agency_id=agency.id, payload=payload))  # type: ignore[arg-type]
    assert selectors.status(made.code).visits[0].walked == moment + dt.timedelta(minutes=5)
    page = Client().get(f"/request/of/{made.code}/").content.decode()
    assert gettext("A team was here on patrol") in page


@given(share=st.floats(0, 0.5), seed=st.integers(0, 999), places=st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_requests_never_hold_more_than_their_share(share: float, seed: int, places: int) -> None:
    """Whatever is asked, requests gain at most their share of the whole and no cell more than the highest."""
    draw = np.random.default_rng(seed)
    value, asked = draw.gamma(0.3, 1, 200), np.zeros(200)
    asked[draw.choice(200, places, replace=False)] = draw.integers(1, 50, places)
    prize = request_prize(value, asked, share, teams=1)
    top = np.sort(value)[-40:].sum()
    assert prize.sum() <= share / (1 - share) * top + 1e-9
    assert prize.max() <= value.max()
    assert (prize[asked == 0] == 0).all()
