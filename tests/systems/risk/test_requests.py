"""Patrol requests: asked without an account, counted once each, decided with a reason, forgotten in time."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import translation

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.roles import COMMITTEE_STAFF, CPO, SAFETY_OFFICER, VOLUNTEER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL, now
from sunra.platform.events.services import deliver_pending
from sunra.platform.ledger.models import Record
from sunra.platform.notices.models import Notice
from sunra.platform.places.models import Area, LegalDong
from sunra.systems.risk import askers, hours
from sunra.systems.risk.gather import gather
from sunra.systems.risk.models import (
    AskerSalt,
    Asking,
    PatrolRequest,
    RequestDecision,
    RequestState,
    RequestVisit,
)
from sunra.systems.risk.pages import ask as page
from sunra.systems.risk.pages import requests as pages
from sunra.systems.risk.selectors import requests as selectors
from sunra.systems.risk.services import moderation, request_upkeep
from sunra.systems.risk.services import requests as services
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
HERE, ELSEWHERE = nights.points(5)[1], nights.points(5)[3]
ONE, TWO = "192.0.2.1", "192.0.2.2"


def wish(**changes: Any) -> services.Wish:
    """A dark street at night, every day."""
    given: dict[str, Any] = {
        "cause": "dark_street", "slots": (10, 11), "days": tuple(range(7)), "lon": HERE[0], "lat": HERE[1],
    }  # fmt: skip
    return services.Wish(**(given | changes))


def asked(address: str = ONE, **changes: Any) -> services.Asked:
    """One asking."""
    return services.ask(wish=wish(**changes), address=address)


@pytest.fixture
def office() -> Agency:
    """The office of the district in which is asked."""
    return nights.office()


def test_only_the_cell_is_kept_and_neither_address_nor_code(office: Agency) -> None:
    """If this fails, a request points at a door or at who asked."""
    made = asked(note="가로등이 없어요")
    row = made.request
    assert (row.agency, row.district, row.askers, row.state) == (office, nights.DISTRICT, 1, "new")
    lon, _lat = cells.center(row.cell_e, row.cell_n)
    assert abs(float(lon) - HERE[0]) < 0.001
    held = " ".join(str(value) for model in (PatrolRequest, Asking) for value in model.objects.values_list())
    assert ONE not in held
    assert made.code not in held
    assert str(HERE[0]) not in held
    assert selectors.status(made.code.lower().replace("-", "")).request == row


def test_the_same_place_and_hours_is_one_request_and_each_asker_counts_once(office: Agency) -> None:
    """If this fails, one who asks ten times weighs as ten, or ten who ask weigh as one."""
    first = asked(ONE)
    assert asked(ONE, slots=(11, 0)).request == first.request
    assert asked(TWO, cause="noise").request == first.request
    assert not asked(TWO, slots=(4,)).merged
    assert not asked(TWO, lon=ELSEWHERE[0], lat=ELSEWHERE[1]).merged
    row = PatrolRequest.objects.get(id=first.request.id)
    assert (row.askers, row.slots) == (2, hours.mask([0, 10, 11]))
    assert Asking.objects.filter(request=row).count() == 3


def test_what_was_asked_long_ago_is_a_new_request(office: Agency) -> None:
    """If this fails, an old request comes back with every new one."""
    first = asked()
    PatrolRequest.objects.update(last_asked=now() - services.MERGE_WITHIN - dt.timedelta(hours=1))
    assert asked(TWO).request != first.request


def test_a_household_of_ipv6_is_one_asker_and_an_old_salt_leads_nowhere(office: Agency) -> None:
    """If this fails, changing the last half of an address counts twice, or marks last for ever."""
    assert askers.marks("2001:db8::1") == askers.marks("2001:db8::ffff:2")
    assert askers.marks("2001:db8:0:1::1") != askers.marks("2001:db8::1")
    asked()
    AskerSalt.objects.update(number=askers.salt_number() - 2)
    Asking.objects.update(created=now() - dt.timedelta(days=40))
    assert request_upkeep.tidy()["salts"] == 1
    assert set(Asking.objects.values_list("asker", flat=True)) == {""}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"note": "김철수 씨가 매일 와요"}, "risk.names_persons"),
        ({"landmark": "101동 1502호"}, "risk.names_persons"),
        ({"lon": None, "lat": None}, "risk.no_place"),
        ({"lon": 129.9, "lat": 34.0}, "risk.not_served"),
        ({"slots": ()}, "risk.no_hours"),
        ({"slots": (12,)}, "risk.no_hours"),
        ({"days": ()}, "risk.no_hours"),
        ({"cause": "x"}, "risk.no_cause"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(
    office: Agency, changes: dict[str, Any], code: str
) -> None:
    """If this fails, a request against a person or for nowhere is kept."""
    with pytest.raises(UserError) as refused:
        asked(**changes)
    assert refused.value.code == code
    assert not PatrolRequest.objects.exists()


def test_one_connection_asks_so_often_a_day(office: Agency) -> None:
    """If this fails, one connection fills the list."""
    for slot in range(services.A_DAY):
        asked(slots=(slot % 12,))
    with pytest.raises(UserError) as refused:
        asked(slots=(11,))
    assert refused.value.code == "risk.too_many"
    assert asked(TWO, slots=(11,)).request


def test_a_landmark_that_is_published_is_placed_and_another_waits_for_an_officer(office: Agency) -> None:
    """If this fails, a request without a map has no place, or an invented one."""
    dong = str(districts().locate(*HERE))
    Facilities(office, dong).add("중앙지구대")
    found = asked(lon=None, lat=None, dong=dong, landmark="중앙 지구대").request
    assert found.cell_e is not None
    other = asked(lon=None, lat=None, dong=dong, landmark="빨간 우체통 앞").request
    assert other.cell_e is None
    assert asked(TWO, lon=None, lat=None, dong=dong, landmark="빨간 우체통 앞").request == other
    officer = make_actor(SAFETY_OFFICER, office)
    with pytest.raises(UserError) as refused:
        moderation.accept(actor=officer, request_id=other.id)
    assert refused.value.code == "risk.no_cell"
    with pytest.raises(UserError):
        moderation.accept(actor=officer, request_id=other.id, cell="다사 544 466")
    number = cells.format_cell(found.cell_e or 0, found.cell_n or 0)
    assert moderation.accept(actor=officer, request_id=other.id, cell=number).cell_n == found.cell_n
    assert moderation.undo(actor=officer, request_id=other.id).cell_n is None


class Facilities:
    """Publishes police offices by name."""

    def __init__(self, agency: Agency, dong: str) -> None:
        self.agency, self.dong = agency, dong

    def add(self, name: str) -> None:
        """One at the place asked for."""
        import polars as pl

        from sunra.platform.places.services import publish

        row = {"key": name, "name": name, "lon": HERE[0], "lat": HERE[1], "dong": self.dong}
        publish(
            actor=nights.job(self.agency), agency_id=self.agency.id, layer="facility", kind="police_office",
            source="t", frame=pl.DataFrame([row]),
        )  # fmt: skip


def test_planners_see_cell_and_count_of_what_was_accepted_and_the_forecast_sees_nothing(
    office: Agency,
) -> None:
    """If this fails, words of residents reach planners, or requests move the forecast."""
    nights.with_facilities(office)
    before = gather(nights.job(office), nights.DISTRICT, nights.DAY).digest()
    row = asked(ONE, note="어두워요").request
    asked(TWO)
    assert not Area.objects.exists()
    officer = make_actor(CPO, office)
    moderation.accept(actor=officer, request_id=row.id)
    area = Area.objects.get(kind="patrol_request")
    assert (area.count, area.cell_e, area.attrs) == (2, row.cell_e, {"slots": "0 0 0 0 0 0 0 0 0 0 2 2"})
    assert gather(nights.job(office), nights.DISTRICT, nights.DAY).digest() == before
    other = asked("192.0.2.3", slots=(3,)).request
    asked("192.0.2.3", slots=(10,), days=(0,))
    moderation.merge(actor=officer, request_id=other.id, into_id=row.id)
    assert Area.objects.get(kind="patrol_request").attrs == {"slots": "0 0 0 1 0 0 0 0 0 0 3 2"}
    weights = selectors.weights(officer, district=nights.DISTRICT, day=nights.DAY)
    assert weights.weight.tolist() == [[0, 0, 0, 0, 2, 2, 0, 0, 0, 1, 0, 0]]  # a Friday
    moderation.undo(actor=officer, request_id=other.id)
    moderation.undo(actor=officer, request_id=row.id)
    assert not Area.objects.exists()
    assert selectors.weights(officer, district=nights.DISTRICT, day=nights.DAY).weight.shape == (0, 12)


def test_declining_needs_a_reason_that_names_nobody_and_the_asker_reads_it(office: Agency) -> None:
    """If this fails, a request ends without a word, or with a word against somebody."""
    made = asked()
    officer = make_actor(SAFETY_OFFICER, office)
    for reason, code in (("no", "risk.no_reason"), ("김철수 씨 때문에", "risk.names_persons")):
        with pytest.raises(UserError) as refused:
            moderation.decline(actor=officer, request_id=made.request.id, reason=reason)
        assert refused.value.code == code
    Asking.objects.update(note="담을 넘는 그이")
    moderation.decline(
        actor=officer, request_id=made.request.id, reason="가로등을 먼저 고칩니다.", erase=True
    )
    assert list(Asking.objects.values_list("note", "landmark")) == [("", "")]
    answer = Client().get(f"/request/of/{made.code}/")
    assert "가로등을 먼저 고칩니다." in answer.content.decode()
    kept = Record.objects.filter(subject="risk.PatrolRequest", ref=str(made.request.id)).latest("id")
    assert (kept.act, kept.purpose) == ("change", "가로등을 먼저 고칩니다.")
    with pytest.raises(UserError) as late:
        moderation.accept(actor=officer, request_id=made.request.id)
    assert late.value.code == "risk.not_open"
    assert moderation.undo(actor=officer, request_id=made.request.id).state == "new"
    with pytest.raises(UserError) as twice:
        moderation.undo(actor=officer, request_id=made.request.id)
    assert twice.value.code == "risk.nothing_to_undo"


def test_joining_counts_together_and_comes_apart_again(office: Agency) -> None:
    """If this fails, joined requests lose askers or cannot be told apart again."""
    one, two = asked(ONE), asked(TWO, slots=(4,))
    officer = make_actor(SAFETY_OFFICER, office)
    into = moderation.merge(actor=officer, request_id=two.request.id, into_id=one.request.id)
    assert (into.askers, into.slots) == (2, hours.mask([4, 10, 11]))
    assert selectors.status(two.code).request == into
    with pytest.raises(UserError):
        moderation.merge(actor=officer, request_id=into.id, into_id=into.id)
    moderation.undo(actor=officer, request_id=two.request.id)
    into.refresh_from_db()
    assert (into.askers, into.slots) == (1, hours.mask([10, 11]))
    assert selectors.status(two.code).request.state == RequestState.NEW


def test_only_officers_of_the_place_decide_and_others_do_not_see_it(office: Agency) -> None:
    """If this fails, somebody of another place or another role reads or decides."""
    row = asked().request
    elsewhere = nights.office(nights.NEIGHBOUR)
    with pytest.raises(Http404):
        selectors.request(make_actor(SAFETY_OFFICER, elsewhere), row.id)
    with pytest.raises(Http404):
        moderation.accept(actor=make_actor(CPO, elsewhere), request_id=row.id)
    looker = make_actor(COMMITTEE_STAFF, office)
    assert list(selectors.requests(looker)) == [row]
    for act in (moderation.accept, moderation.undo):
        with pytest.raises(PermissionDenied):
            act(actor=looker, request_id=row.id)
    with pytest.raises(PermissionDenied):
        selectors.requests(make_actor(VOLUNTEER, office))
    assert not RequestDecision.objects.exists()
    same_place = make_actor(CPO, nights.office())
    assert list(selectors.requests(same_place)) == [row]


def test_the_first_that_waits_gives_notice_and_the_next_do_not(office: Agency) -> None:
    """If this fails, officers hear nothing, or are rung by every asking."""
    officer = make_person(SAFETY_OFFICER, office)
    asked(ONE)
    asked(TWO, slots=(4,))
    assert Notice.objects.filter(person=officer, kind="risk.request").count() == 1


def test_words_are_read_on_the_record(office: Agency) -> None:
    """If this fails, somebody reads what residents wrote and nobody knows."""
    row = asked(note="어두운 골목").request
    officer = make_person(SAFETY_OFFICER, office)
    answer = signed_in(officer).get(f"/risk/requests/{row.id}/")
    assert "어두운 골목" in answer.content.decode()
    assert Record.objects.filter(act="look", subject="risk.Asking", ref=str(row.id)).count() == 1
    listed = signed_in(officer).get("/risk/requests/").content.decode()
    assert "어두운 골목" not in listed
    features = signed_in(officer).get("/risk/requests/cells.geojson").json()["features"]
    assert [one["properties"]["askers"] for one in features] == [1]
    assert "어두운 골목" not in str(features)


def test_taking_back_erases_and_closes(office: Agency) -> None:
    """If this fails, words stay after their writer took them back."""
    made = asked(note="어두워요")
    moderation.accept(actor=make_actor(SAFETY_OFFICER, office), request_id=made.request.id)
    assert Client().post(f"/request/of/{made.code}/withdraw/").status_code == 302
    row = Asking.objects.get()
    assert (row.note, row.asker, row.request.state, row.request.askers) == ("", "", "closed", 0)
    assert not Area.objects.exists()
    assert Client().get(f"/request/of/{made.code}/").status_code == 200
    assert Client().post("/request/of/AAAA/withdraw/").status_code == 404


def test_a_plan_is_told_after_its_time_and_never_before(office: Agency) -> None:
    """If this fails, a stranger learns when the patrol will come, or an asker never that it came."""
    nights.with_facilities(office)
    nights.with_events(office)
    plan = nights.plan_of(office)
    stop = next(stop for team in plan.teams.all() for stop in team.stops.all())
    lon, lat = (float(one) for one in cells.center(stop.cell_e, stop.cell_n))
    made = asked(lon=lon, lat=lat, slots=tuple(range(12)))
    nights.patrols.confirm(actor=nights.job(office), plan_id=plan.id)
    deliver_pending()
    visit = RequestVisit.objects.get()
    assert (visit.since, visit.until) == (stop.arrive, stop.leave)
    assert selectors.status(made.code).visits == ((visit,) if stop.leave < now() else ())
    RequestVisit.objects.update(since=now() + dt.timedelta(hours=1), until=now() + dt.timedelta(hours=2))
    assert selectors.status(made.code).visits == ()
    RequestVisit.objects.update(since=now() - dt.timedelta(hours=2), until=now() - dt.timedelta(hours=1))
    shown = Client().get(f"/request/of/{made.code}/").content.decode()
    told = RequestVisit.objects.get().since.astimezone(SEOUL)
    assert f"{told:%H:%M}</time>" in shown
    request_upkeep.keep_stops(planner_id=office.id, district=nights.DISTRICT, day=nights.DAY, stops=[])
    assert not RequestVisit.objects.exists()


def test_words_and_requests_are_forgotten_in_time(office: Agency) -> None:
    """If this fails, words of residents are kept for ever, or planners see what nobody wants any more."""
    made = asked(note="어두워요", landmark="정문")
    moderation.accept(actor=make_actor(SAFETY_OFFICER, office), request_id=made.request.id)
    Asking.objects.update(created=now() - dt.timedelta(days=91))
    PatrolRequest.objects.update(last_asked=now() - dt.timedelta(days=91))
    done = request_upkeep.tidy()
    assert (done["erased"], done["closed"]) == (1, 1)
    row = Asking.objects.get()
    assert (row.note, row.landmark, row.request.state) == ("", "", "closed")
    assert not Area.objects.exists()
    PatrolRequest.objects.update(last_asked=now() - dt.timedelta(days=366))
    assert request_upkeep.tidy()["forgotten"] == 1
    assert not Asking.objects.exists()


# ---- the public page


def form(**changes: Any) -> dict[str, Any]:
    """What a browser sends."""
    from django.core import signing

    seen = signing.dumps(int(now().timestamp()) - 10, salt="risk.ask")
    given = {
        "cause": "noise", "slots": ["10"], "days": ["0", "1"], "lon": HERE[0], "lat": HERE[1], "seen": seen,
    }  # fmt: skip
    return given | changes


def test_a_stranger_asks_and_sees_the_answer_with_the_code(office: Agency) -> None:
    """If this fails, residents cannot ask, or cannot find out what became of it."""
    LegalDong.objects.get_or_create(
        code=str(districts().locate(*HERE)), defaults={"name": "어느동", "full_name": "부산 중구 어느동"}
    )
    assert Client().get("/request/").status_code == 200
    answer = Client().post("/request/", form(note="오토바이 소리"))
    assert answer.status_code == 302
    shown = Client().get(answer["Location"])
    text = shown.content.decode()
    assert "오토바이 소리" in text
    assert shown["X-Robots-Tag"] == "noindex"
    assert "no-store" in shown["Cache-Control"]
    code = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
    assert Client().get(f"/request/find/?code={code}").status_code == 302
    assert Client().get("/request/find/?code=../x").status_code == 302
    assert Client().get("/request/find/").status_code == 302
    words = form(lon="", lat="", dong=str(districts().locate(*HERE)), landmark="정문 앞")
    assert Client().post("/request/", words).status_code == 302
    assert Client().get("/request/of/AAAA-BBBB-CCCC-DDDD/").status_code == 404


def test_a_refusal_says_why_and_keeps_what_was_typed(office: Agency) -> None:
    """If this fails, somebody in the rain starts again without knowing why."""
    answer = Client().post("/request/", form(note="중국인이 모여서 무서워요"))
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "중국인이 모여서 무서워요" in text
    with translation.override("ko"):
        assert page._refusal("group") in text
    assert not PatrolRequest.objects.exists()


def test_programs_and_stale_pages_are_turned_away(office: Agency) -> None:
    """If this fails, a program fills the list in a second."""
    from django.core import signing

    fast = signing.dumps(int(now().timestamp()), salt="risk.ask")
    old = signing.dumps(int(now().timestamp()) - 13 * 3600, salt="risk.ask")
    for changes in ({"website": "x"}, {"seen": fast}, {"seen": old}, {"seen": "x"}):
        assert Client().post("/request/", form(**changes)).status_code == 400
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/request/", form()).status_code == 403
    assert not PatrolRequest.objects.exists()
    # Twice as many and one more: wherever a minute ends between them, one of the two is too full.
    many = [Client().post("/request/", form()).status_code for _time in range(2 * page.A_MINUTE + 1)]
    assert 429 in many


def test_a_point_is_told_in_words_before_it_is_sent(office: Agency) -> None:
    """If this fails, somebody asks for another place than meant."""
    good = Client().get(f"/request/place.json?lon={HERE[0]}&lat={HERE[1]}").json()
    assert good["served"]
    assert len(good["ring"]) == 5
    for query in ("lon=129.9&lat=34", "lon=x&lat=1", "", "lon=nan&lat=nan"):
        assert not Client().get(f"/request/place.json?{query}").json()["served"]


def test_landmarks_are_only_what_all_know(office: Agency) -> None:
    """If this fails, the public map shows where cameras stand."""
    nights.with_facilities(office)
    Facilities(office, str(districts().locate(*HERE))).add("중앙지구대")
    found = Client().get("/request/landmarks.geojson").json()["features"]
    assert [one["properties"]["label"] for one in found] == ["중앙지구대"]


def test_officers_decide_on_the_page(office: Agency) -> None:
    """If this fails, the buttons of the page do something else than the services, or nothing."""
    row, other = asked().request, asked(TWO, slots=(4,)).request
    client = signed_in(make_person(SAFETY_OFFICER, office))
    here = f"/risk/requests/{row.id}/"
    assert client.post(f"{here}decline/", {"reason": "x"}).status_code == 400
    assert client.post(f"{here}accept/").status_code == 302
    assert client.post(f"{here}undo/").status_code == 302
    assert client.post(f"{here}undo/").status_code == 400
    assert client.post(f"{here}merge/", {"into": str(other.id)}).status_code == 302
    row.refresh_from_db()
    assert row.merged_into == other
    assert client.get(here).status_code == 200
    looker = signed_in(make_person(COMMITTEE_STAFF, office))
    assert looker.get(here).status_code == 200
    assert looker.post(f"{here}accept/").status_code == 403


def test_old_words_are_erased_by_a_job_every_night() -> None:
    """If this fails, nothing erases what residents wrote."""
    from sunra.platform.jobs.registry import kind_of, schedules

    assert kind_of("risk.requests_tidy").name in {one.kind for one in schedules()}


def test_hours_are_read_together() -> None:
    """If this fails, people read the wrong hours."""
    assert [text[:2] for text in pages.slots_text(hours.mask([9, 10, 11, 0])).split(", ")] == ["00", "18"]
    assert hours.clock_slots(nights.DAY, 12)[6] == (nights.DAY + dt.timedelta(days=1), 0)
    local = dt.datetime(2026, 11, 23, 1, tzinfo=SEOUL)
    assert page._asked_for(1, 1, RequestVisit(since=local)) is True
    assert page._asked_for(1, 2, RequestVisit(since=local)) is False
