"""Dog squads: papers that hold, two examiners who do not see each other, selection, briefing, renewal."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.models import Record
from sunra.systems.patrols import sealed
from sunra.systems.patrols.models import DogPair, DogStep, Organisation
from sunra.systems.patrols.sealed import Details, Dog
from sunra.systems.patrols.selectors import dogs as selectors
from sunra.systems.patrols.services import dogs as services
from sunra.systems.patrols.services import people
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]
TODAY = seoul_today()
NEXT_YEAR = TODAY + dt.timedelta(days=400)
DOG = Dog("초코", "410000000000001")
WHY = "현장 시험 준비"
GOOD = {"narrow": 8, "calm": 7, "dogs": 7}


@pytest.fixture
def group() -> Organisation:
    """A dog squad with an agency of its own and one member."""
    office = nights.office()
    own = make_agency("반려견 순찰대", parent=office)
    found = Organisation.objects.create(agency=office, key="d1", name="반려견 순찰대", kind="dog", group=own)
    leader, kept = make_actor("patrol_leader", own), people.Record()
    people.add(actor=leader, organisation_id=found.pk, key="m1", details=Details("홍길동"), kept=kept)
    return found


def apply(group: Organisation, **more: Any) -> DogPair:
    """An application by the squad's leader."""
    given: dict[str, Any] = {
        "actor": make_actor("patrol_leader", group.group), "organisation_id": group.pk, "handler": "m1",
        "dog": DOG, "vaccinated_until": NEXT_YEAR, "liability_until": NEXT_YEAR,
    }  # fmt: skip
    return services.apply(**(given | more))


def officer(agency: Agency) -> Actor:
    """A safety officer."""
    return make_actor("safety_officer", agency)


def go(group: Organisation, pair: DogPair, stage: str, on: dt.date = TODAY) -> DogPair:
    """The office's decision."""
    return services.step(actor=officer(group.agency), pair_id=pair.pk, stage=stage, on=on, decided_by="구청")


def after_test(group: Organisation, *points: dict[str, int]) -> DogPair:
    """A pair whose field test has these points."""
    pair = go(group, apply(group), "paper")
    for given in points:
        pair = services.score(actor=officer(group.agency), pair_id=pair.pk, **given)
    return pair


def test_the_whole_way_and_the_renewal(group: Organisation) -> None:
    """Each stage follows from the one before; the briefing sets the renewal's day after some months."""
    services.set_rules(actor=officer(group.agency), pass_mark=22, renew_months=6)
    pair = after_test(group, GOOD, GOOD)
    assert pair.stage == "tested"
    with pytest.raises(UserError):
        go(group, pair, "active")
    go(group, pair, "selected")
    pair = go(group, pair, "active")
    assert pair.renew_by is not None
    assert 178 <= (pair.renew_by - TODAY).days <= 186
    assert go(group, pair, "active").stage == "active"
    assert list(DogStep.objects.values_list("stage", flat=True)) == [
        "applied", "paper", "tested", "selected", "active", "active",
    ]  # fmt: skip


def test_papers_must_hold(group: Organisation) -> None:
    """Without vaccination or cover, or after they ran out, nobody passes the paper, nor is renewed."""
    for more in ({"vaccinated_until": None}, {"liability_until": TODAY - dt.timedelta(days=1)}):
        with pytest.raises(UserError):
            go(group, apply(group, **more), "paper")
    with pytest.raises(UserError):
        apply(group, dog=Dog("초코", "41"))
    with pytest.raises(UserError):
        apply(group, handler="m9")
    pair = apply(group, vaccinated_until=None)
    renewed = {"dog": DOG, "vaccinated_until": NEXT_YEAR, "liability_until": NEXT_YEAR}
    leader = make_actor("patrol_leader", group.group)
    services.renew_papers(actor=leader, pair_id=pair.pk, **renewed)
    assert go(group, pair, "paper").stage == "paper"


@pytest.mark.parametrize(
    ("second", "stage"),
    [
        (GOOD, "tested"),
        ({"narrow": 10, "calm": 10, "dogs": 0}, "refused"),
        ({"narrow": 6, "calm": 6, "dogs": 6}, "refused"),
    ],
)
def test_two_examiners_decide(group: Organisation, second: dict[str, int], stage: str) -> None:
    """The average must reach the mark of 21 and no item be nought; one alone decides nothing."""
    pair = after_test(group, GOOD)
    assert pair.stage == "paper"
    assert services.score(actor=officer(group.agency), pair_id=pair.pk, **second).stage == stage


def test_an_examiner_scores_once_and_never_the_own_dog(group: Organisation) -> None:
    """The same account twice, the handler's own account, a third, and before the paper: all refused."""
    pair = apply(group)
    one = officer(group.agency)
    with pytest.raises(UserError):
        services.score(actor=one, pair_id=pair.pk, **GOOD)
    go(group, pair, "paper")
    services.score(actor=one, pair_id=pair.pk, **GOOD)
    with pytest.raises(PermissionDenied):
        services.score(actor=one, pair_id=pair.pk, **GOOD)
    handler = make_person("safety_officer", group.agency)
    people.change(
        actor=one, member_id=pair.handler_id, details=Details("홍길동"),
        kept=people.Record(account=handler.username),
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        services.score(actor=person_actor(handler), pair_id=pair.pk, **GOOD)
    with pytest.raises(PermissionDenied):
        services.score(actor=nights.job(group.agency), pair_id=pair.pk, **GOOD)


def test_a_second_application_starts_its_own_test(group: Organisation) -> None:
    """After a refusal the points of before do not count."""
    bad = {"narrow": 1, "calm": 1, "dogs": 1}
    pair = after_test(group, bad, bad)
    pair = go(group, go(group, pair, "applied"), "paper")
    assert (pair.attempt, pair.stage) == (2, "paper")
    assert selectors.may_score(officer(group.agency), pair)


def test_who_may_what(group: Organisation) -> None:
    """Leaders apply and decide nothing; other groups and districts see nothing; volunteers neither."""
    pair = apply(group)
    leader = make_actor("patrol_leader", group.group)
    with pytest.raises(PermissionDenied):
        services.step(actor=leader, pair_id=pair.pk, stage="paper", on=TODAY, decided_by="x")
    with pytest.raises(PermissionDenied):
        services.score(actor=leader, pair_id=pair.pk, **GOOD)
    with pytest.raises(PermissionDenied):
        services.set_rules(actor=leader, pass_mark=3, renew_months=1)
    with pytest.raises(PermissionDenied):
        apply(group, actor=make_actor("volunteer", group.group))
    with pytest.raises(UserError):
        apply(group, actor=make_actor("patrol_leader", make_agency("다른", parent=group.agency)))
    for actor in (officer(nights.office(nights.NEIGHBOUR)), make_actor("patrol_leader", group.agency)):
        with pytest.raises(Http404):
            selectors.pair(actor, pair.pk)
        assert not selectors.pairs(actor).exists()


def test_a_withdrawn_handlers_dog_is_nobodys(group: Organisation) -> None:
    """The dog's seal and days go with the handler; the stages stay for the statistics."""
    pair = apply(group)
    assert sealed.unseal_dog(pair) == DOG
    people.withdraw(actor=officer(group.agency), member_id=pair.handler_id, reason="본인 탈퇴")
    left = DogPair.objects.get()
    assert (left.sealed, left.vaccinated_until, left.stage) == ("", None, "ended")
    assert DogStep.objects.exists()
    assert not selectors.pairs(officer(group.agency)).exists()


def test_the_pages_lead_through(group: Organisation) -> None:
    """Apply, decide, score by number without a look; names after a purpose; points after one's own."""
    leader = signed_in(make_person("patrol_leader", group.group))
    given = {
        "organisation": str(group.pk), "handler": "m1", "name": "초코", "number": "410 000 000 000 001",
        "vaccinated_until": str(NEXT_YEAR), "liability_until": str(NEXT_YEAR),
    }  # fmt: skip
    assert leader.post("/patrols/dogs/new/", given | {"number": "1"}).status_code == 400
    assert leader.post("/patrols/dogs/new/", given).status_code == 302
    page = f"/patrols/dogs/{DogPair.objects.get().pk}/"
    one, two = (signed_in(make_person("safety_officer", group.agency)) for _number in range(2))
    step = {"stage": "paper", "on": str(TODAY), "decided_by": "구청"}
    assert leader.post(f"{page}step/", step).status_code == 403
    assert one.post(f"{page}step/", step | {"stage": "active"}).status_code == 400
    assert one.post(f"{page}step/", step).status_code == 302
    assert page in one.get("/patrols/dogs/").content.decode().split("next-step")[1]
    assert one.post(f"{page}score/", GOOD | {"narrow": 11}).status_code == 400
    assert one.post(f"{page}score/", GOOD).status_code == 302
    assert "홍길동" not in two.get(page).content.decode()
    assert not Record.objects.filter(act="look").exists()
    assert two.post(page, {"reason": WHY}).status_code == 302
    shown = two.get(page).content.decode()
    assert "홍길동" in shown
    assert '<td class="number">22</td>' not in shown
    assert Record.objects.filter(act="look", subject="patrols.DogPair", purpose=WHY).exists()
    assert two.post(f"{page}score/", GOOD).status_code == 302
    assert '<td class="number">22</td>' in two.get(page).content.decode()
    assert two.post(f"{page}papers/", given | {"number": "1"}).status_code == 400
    assert two.post(f"{page}papers/", given).status_code == 302
    assert two.post("/patrols/dogs/rules/", {"pass_mark": 31, "renew_months": 12}).status_code == 400
    assert two.post("/patrols/dogs/rules/", {"pass_mark": 20, "renew_months": 12}).status_code == 302
    assert signed_in(make_person("volunteer", group.group)).get("/patrols/dogs/").status_code == 403
