"""Plans: who goes where, on real streets or none, seen by those who walk and those it touches."""

import datetime as dt
import itertools
import json
from uuid import uuid4
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency
from sunra.platform.places.services import publish
from sunra.systems.patrols import exports, selectors, services
from sunra.systems.patrols.models import Organisation, Plan, Team
from sunra.systems.patrols.night import NightRisk, candidates
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
GPX = "{http://www.topografix.com/GPX/1/1}"


@pytest.fixture
def agency() -> Agency:
    """A district office with facilities and no street."""
    made = nights.office()
    nights.with_facilities(made)
    return made


def team(agency: Agency, key: str = "t1", **values: object) -> Team:
    """A team of volunteers on foot, from the middle of the district."""
    lon, lat = nights.points(3)[1]
    given = {
        "name": "가 & <나>", "kind": "foot", "district": nights.DISTRICT, "start_lon": lon, "start_lat": lat,
        "shift_from": dt.time(21), "shift_minutes": 120, "speed_kmh": 4.0, "size": 3,
    }  # fmt: skip
    return Team.objects.create(agency=agency, key=key, **(given | values))


def group(agency: Agency) -> Organisation:
    """A volunteer organisation with an agency of its own below the office."""
    own = make_agency("방범대", parent=agency)
    return Organisation.objects.create(
        agency=agency, key="o1", name="방범대", kind="neighbourhood", group=own
    )


def test_without_streets_distances_are_straight_and_said_so(agency: Agency) -> None:
    """No street file: straight line × 1.3, a reason on the plan, and no track in the GPX."""
    plan = nights.plan_of(agency)
    assert (plan.distance_source, plan.teams_source) == ("straight_line", "default")
    assert plan.params["why"] == "no_streets"
    root = ET.fromstring(exports.gpx(plan, selectors.routes(nights.job(agency), plan)))
    assert root.findall(f"{GPX}rte")
    assert not root.findall(f"{GPX}trk")


def test_real_streets_carry_the_plan(agency: Agency) -> None:
    """A street file that reaches the stops gives paths along it, and a track in the GPX."""
    nights.with_streets(agency)
    plan = nights.plan_of(agency)
    assert plan.distance_source == "streets"
    routes = selectors.routes(nights.job(agency), plan)
    assert any(len(one.line) > len(one.stops.all()) + 2 for one in routes)
    assert ET.fromstring(exports.gpx(plan, routes)).findall(f"{GPX}trk")


def test_generated_streets_never_carry_real_places(agency: Agency) -> None:
    """Demonstration streets under real facilities are not used."""
    nights.with_streets(agency, demo=True)
    assert nights.plan_of(agency).distance_source == "straight_line"


def test_generated_streets_carry_a_demonstration() -> None:
    """Where everything is a demonstration its streets may be used, and the plan is marked."""
    agency = nights.office()
    nights.with_facilities(agency, demo=True)
    nights.with_streets(agency, demo=True)
    plan = nights.plan_of(agency)
    assert (plan.distance_source, plan.demo) == ("streets", True)


def test_stops_lie_in_time_and_in_no_two_teams(agency: Agency) -> None:
    """Every stop is visited once, within its team's shift, one after the other."""
    plan = nights.plan_of(agency)
    routes = selectors.routes(nights.job(agency), plan)
    cells = [(stop.cell_e, stop.cell_n) for one in routes for stop in one.stops.all()]
    assert len(cells) == len(set(cells)) > 4
    for one in routes:
        stops = list(one.stops.all())
        assert all(a.leave <= b.arrive for a, b in itertools.pairwise(stops))
        assert all(stop.arrive >= one.starts for stop in stops)
        assert one.minutes <= 240


def test_the_same_question_is_one_plan(agency: Agency) -> None:
    """Planning again changes nothing; another team makes another plan, by the teams that are stored."""
    first = nights.plan_of(agency)
    assert nights.plan_of(agency).id == first.id
    team(agency)
    second = nights.plan_of(agency)
    assert second.id != first.id
    assert second.teams_source == "stored"
    assert Plan.objects.count() == 2


def test_demonstration_teams_do_not_walk_real_nights(agency: Agency) -> None:
    """An invented team is not planned over real places."""
    team(agency, demo=True)
    assert nights.plan_of(agency).teams_source == "default"


def test_equal_names_of_teams_get_numbers(agency: Agency) -> None:
    """Two teams of one name stay two teams."""
    team(agency, "a")
    team(agency, "b")
    routes = selectors.routes(nights.job(agency), nights.plan_of(agency))
    assert [one.name for one in routes] == ["가 & <나>", "가 & <나> 2"]


def test_exports_hold_every_stop_and_escape_names(agency: Agency) -> None:
    """GeoJSON, GPX and brief agree on the stops; a name with markup stays a name."""
    team(agency)
    plan = nights.plan_of(agency)
    routes = selectors.routes(nights.job(agency), plan)
    count = len(routes[0].stops.all())
    features = json.loads(exports.as_text(plan, routes))["features"]
    assert [one["properties"]["role"] for one in features] == ["route"] + ["stop"] * count
    root = ET.fromstring(exports.gpx(plan, routes))
    assert len(root.findall(f"{GPX}rte/{GPX}rtept")) == count
    assert root.findtext(f"{GPX}rte/{GPX}name") == "가 & <나>"
    brief = exports.brief(plan, routes)
    assert len(brief["teams"][0]["stops"]) == count
    assert "근거" in brief["words"]["no_ground"] or "ground" in brief["words"]["no_ground"]
    assert exports.pdf(plan, routes).startswith(b"%PDF")


def test_a_plan_is_confirmed_once_and_replaces_the_one_before(agency: Agency) -> None:
    """Confirming marks who and when; the plan confirmed before for the same night is a draft again."""
    first = nights.plan_of(agency, confirmed=True)
    assert first.status == "confirmed"
    team(agency)
    second = nights.plan_of(agency, confirmed=True)
    first.refresh_from_db()
    assert (first.status, second.status) == ("draft", "confirmed")


def test_who_may_not_plan_or_confirm_is_refused(agency: Agency) -> None:
    """A station officer neither plans nor confirms, another district's officer not here."""
    plan = nights.plan_of(agency)
    risk = nights.night(agency)
    with pytest.raises(PermissionDenied):
        services.make_plan(actor=make_actor("cpo", agency), agency_id=agency.id, risk=risk)
    with pytest.raises(PermissionDenied):
        services.confirm(actor=make_actor("cpo", agency), plan_id=plan.id)
    other = make_actor("safety_officer", nights.office(nights.NEIGHBOUR))
    with pytest.raises(PermissionDenied):
        services.make_plan(actor=other, agency_id=agency.id, risk=risk)
    with pytest.raises(Http404):
        services.confirm(actor=other, plan_id=plan.id)


def test_the_station_sees_a_confirmed_plan_that_stops_in_its_dongs(agency: Agency) -> None:
    """A draft is the office's own; confirmed, the station of those dongs sees it, the next district never."""
    plan = nights.plan_of(agency)
    station = make_actor(
        "cpo", make_agency("중부경찰서", dongs=tuple(agency.jurisdiction.values_list("dong", flat=True)))
    )
    with pytest.raises(Http404):
        selectors.plan(station, plan.id)
    services.confirm(actor=nights.job(agency), plan_id=plan.id)
    assert selectors.plan(station, plan.id) == plan
    with pytest.raises(Http404):
        selectors.plan(make_actor("cpo", nights.office(nights.NEIGHBOUR)), plan.id)


def test_volunteers_see_their_own_route_alone(agency: Agency) -> None:
    """A leader sees the confirmed route of the own group, not a draft, not the other teams."""
    own = group(agency)
    team(agency, "own", organisation=own)
    team(agency, "other")
    leader = person_actor(make_person("patrol_leader", own.group))
    plan = nights.plan_of(agency)
    with pytest.raises(Http404):
        selectors.plan(leader, plan.id)
    services.confirm(actor=nights.job(agency), plan_id=plan.id)
    assert [one.group_id for one in selectors.routes(leader, selectors.plan(leader, plan.id))] == [
        own.group_id
    ]
    stranger = make_actor("patrol_leader", make_agency("다른 방범대"))
    with pytest.raises(Http404):
        selectors.plan(stranger, plan.id)
    # A volunteer put into the office itself must not see its drafts either.
    insider = make_actor("volunteer", agency)
    with pytest.raises(Http404):
        selectors.plan(insider, nights.plan_of(agency, nights.DAY + dt.timedelta(days=1)).id)


def test_pages_of_a_plan(agency: Agency) -> None:
    """Plan page, exports, confirming; each says what the plan rests on."""
    plan = nights.plan_of(agency)
    officer = signed_in(make_person("safety_officer", agency))
    assert f"/patrols/{plan.id}/confirm/" in officer.get("/patrols/").content.decode()
    for ending, start in (("geojson", b"{"), ("gpx", b"<?xml"), ("pdf", b"%PDF")):
        answer = officer.get(f"/patrols/{plan.id}/plan.{ending}")
        assert answer.content.startswith(start)
        assert "attachment" in answer["Content-Disposition"]
    part = officer.get(f"/patrols/{plan.id}/plan.geojson?part=stop").json()
    assert {one["geometry"]["type"] for one in part["features"]} == {"Point"}
    assert officer.post(f"/patrols/{plan.id}/confirm/").status_code == 302
    assert f"/patrols/{plan.id}/confirm/" not in officer.get(f"/patrols/{plan.id}/").content.decode()
    assert officer.get(f"/patrols/{uuid4()}/").status_code == 404
    assert officer.get("/patrols/?export=csv&table=stops")["Content-Type"].startswith("text/csv")
    assert officer.get("/patrols/?day=2000-01-01").status_code == 200


def test_pages_of_a_plan_refuse(agency: Agency) -> None:
    """403 without the permission, 404 for another district, sign-in for the anonymous, 405 for a look at
    confirming.
    """
    plan = nights.plan_of(agency)
    address = f"/patrols/{plan.id}/"
    assert signed_in(make_person("data_officer", agency)).get(address).status_code == 403
    other = signed_in(make_person("safety_officer", nights.office(nights.NEIGHBOUR)))
    for part in ("", "plan.gpx", "plan.pdf", "plan.geojson"):
        assert other.get(address + part).status_code == 404
    assert other.post(f"{address}confirm/").status_code == 404
    assert signed_in(make_person("cpo", agency)).post(f"{address}confirm/").status_code == 403
    assert Client().get(address).status_code == 302
    assert signed_in(make_person("safety_officer", agency)).get(f"{address}confirm/").status_code == 405


def _risk(expected: np.ndarray) -> NightRisk:
    size = len(expected)
    nothing = np.zeros(size)
    return NightRisk(
        forecast_id=uuid4(), district="26110", day=nights.DAY, first_hour=12, event_source="events",
        graded=True, demo=False,
        cell_e=np.arange(size, dtype=np.int32) % 40, cell_n=np.arange(size, dtype=np.int32) // 40,
        dong=("",) * size,
        count=nothing, expected=expected, grade=np.zeros((size, 12), dtype=np.uint8),
    )  # fmt: skip


@given(st.lists(st.floats(0, 5), min_size=12, max_size=12), st.floats(0, 1440), st.floats(0, 1440))
def test_expectation_of_a_shift_adds_up(slots: list[float], a: float, b: float) -> None:
    """Cutting a span in two never changes its expectation, and the whole night is the sum of its slots."""
    risk = _risk(np.array([slots]))
    low, high = sorted((a, b))
    middle = (low + high) / 2
    whole = risk.during(low, high)
    assert np.allclose(whole, risk.during(low, middle) + risk.during(middle, high))
    assert np.isclose(risk.during(0, 1440)[0], sum(slots))


@given(st.integers(1, 6), st.integers(0, 10_000))
def test_stops_are_never_neighbours(teams: int, seed: int) -> None:
    """No two cells chosen for stops touch, the best comes first, and empty cells are never chosen."""
    value = np.random.default_rng(seed).poisson(0.7, 400).astype(float)
    risk = _risk(np.zeros((400, 12)))
    chosen = candidates(value, risk, teams=teams)
    assert (np.diff(value[chosen]) <= 0).all()
    assert (value[chosen] > 0).all()
    cells = np.column_stack([risk.cell_e[chosen], risk.cell_n[chosen]])
    apart = np.abs(cells[:, None] - cells[None]).max(axis=2)
    assert (apart[~np.eye(len(cells), dtype=bool)] > 1).all()


def lines(agency: Agency, found: list[list[list[float]]]) -> None:
    """Publish streets of these lines."""
    rows = [
        {"key": f"s{n}", "dong": agency.jurisdiction.first().dong, "geometry": line}
        for n, line in enumerate(found)
    ]
    publish(
        actor=nights.job(agency),
        agency_id=agency.id,
        layer="street",
        kind="road",
        source="test",
        frame=pl.DataFrame(rows),
    )


def test_streets_in_pieces_or_too_few_are_not_used(agency: Agency) -> None:
    """Streets that do not join, or do not reach the stops, are named as the reason for straight lines."""
    spots = nights.points(12)
    lines(agency, [[[lon, lat], [lon + 0.0008, lat]] for lon, lat in spots])
    assert nights.plan_of(agency).params["why"] == "in_pieces"
    lon, lat = spots[0]
    lines(agency, [[[lon, lat], [lon + 0.0008, lat]]])
    assert nights.plan_of(agency).params["why"] == "not_covered"
