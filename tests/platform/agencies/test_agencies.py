"""The tree of agencies: who sees what of it, and who may change it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sunra.platform.agencies import selectors, services
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.agencies.services import Draft
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import AGENCY_ADMIN, PLATFORM_ADMIN
from sunra.platform.ledger.models import Record
from tests.platform.accounts.people import make_actor, make_agency

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_the_types_of_the_design_are_there_as_data() -> None:
    """If this fails, an installation starts without knowing what kinds of agencies there are."""
    found = {kind.pk: kind for kind in AgencyType.objects.all()}
    assert len(found) >= 25
    assert {"committee", "police_station", "child_protection", "volunteer_organisation"} <= set(found)
    assert all(kind.name_ko and kind.name_en for kind in found.values())


def test_jurisdiction_need_not_follow_the_tree() -> None:
    """If this fails, a district whose two stations stand under the police agency cannot be described."""
    root = make_agency("위원회")
    seongbuk_gu = make_agency("성북구", parent=root, dongs=("1129010100", "1129010300", "1129013300"))
    police = make_agency("경찰청", parent=root)
    seongbuk = make_agency("성북경찰서", parent=police, dongs=("1129010100", "1129010300"))
    jongam = make_agency("종암경찰서", parent=police, dongs=("1129013300",))
    both = selectors.dongs_of(seongbuk.id) | selectors.dongs_of(jongam.id)
    assert both == selectors.dongs_of(seongbuk_gu.id)
    assert selectors.dongs_of(police.id) == both, "an agency without its own has what lies below it"
    assert selectors.subtree_ids(police.id) == {police.id, seongbuk.id, jongam.id}
    assert selectors.dongs_of(root.id) == both


def test_a_loop_in_the_tree_ends() -> None:
    """If this fails, one wrong row hangs every request."""
    first = make_agency()
    second = make_agency(parent=first)
    Agency.objects.filter(pk=first.pk).update(parent=second)
    assert selectors.subtree_ids(first.id) == {first.id, second.id}


def test_the_job_of_an_agency_reaches_what_the_agency_reaches() -> None:
    """If this fails, background work sees rows of others or misses its own."""
    root = make_agency(dongs=("1129010100",))
    child = make_agency(parent=root)
    actor = Actor.job(root.id, "test")
    assert (actor.scope, actor.dongs) == ({root.id, child.id}, {"1129010100"})
    assert actor.may("anything.at_all")


def test_the_tree_is_listed_parents_first_within_reach() -> None:
    """If this fails, the list shows agencies of others or children before their parents."""
    root = make_agency("가")
    below = make_agency("나", parent=root)
    leaf = make_agency("다", parent=below)
    make_agency("라")
    rows = selectors.agencies(make_actor(PLATFORM_ADMIN, root))
    assert [(depth, row.name) for depth, row in rows] == [(0, "가"), (1, "나"), (2, "다")]
    assert [row.id for _depth, row in selectors.agencies(make_actor(PLATFORM_ADMIN, leaf))] == [leaf.id]


def test_an_administrator_adds_and_changes_below_their_agency_and_the_ledger_knows() -> None:
    """If this fails, the tree cannot be kept, or changes leave no trace."""
    root = make_agency()
    actor = make_actor(PLATFORM_ADMIN, root)
    draft = Draft(name=" 성북구 ", type="district", parent_id=root.id, code="3070000", district="11290")
    agency = services.create_agency(actor=actor, draft=draft, dongs=["11290"])
    assert (agency.name, agency.jurisdiction.count()) == ("성북구", 39)
    actor = make_actor(PLATFORM_ADMIN, root)
    changed = Draft(name="성북", type="district", parent_id=root.id, police_code="ab12")
    services.change_agency(actor=actor, agency_id=agency.id, draft=changed, dongs=["1129010100"], reason="x")
    agency.refresh_from_db()
    assert (agency.name, agency.code, agency.police_code) == ("성북", None, "AB12")
    assert Record.objects.filter(act="change", subject="agencies.Agency", ref=str(agency.id)).count() == 2


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("code", "123", "agencies.bad_code"),
        ("code", "１２３４５６７", "agencies.bad_code"),
        ("police_code", "성북", "agencies.bad_police_code"),
        ("district", "99999", "agencies.no_such_district"),
        ("type", "castle", "agencies.no_such_type"),
        ("name", "  ", "agencies.bad_name"),
    ],
)
def test_codes_that_are_no_codes_are_refused(field: str, value: str, code: str) -> None:
    """If this fails, a wrong code enters and names nothing or somebody else."""
    with pytest.raises(UserError) as caught:
        services.replace(Draft(name="가", type="district"), **{field: value}).cleaned()
    assert (caught.value.code, caught.value.where) == (code, (field,))


@pytest.mark.parametrize("dong", ["1129019900", "99999", "112901", "성북동", "4215010100"])
def test_a_place_that_does_not_exist_is_refused(dong: str) -> None:
    """If this fails, a jurisdiction holds codes without a place (42 is Gangwon before 2023)."""
    root = make_agency()
    with pytest.raises(UserError, match="법정동"):
        services.create_agency(
            actor=make_actor(PLATFORM_ADMIN, root),
            draft=Draft(name="가", type="district", parent_id=root.id),
            dongs=[dong],
        )


def test_taken_codes_loops_and_a_second_root_are_refused() -> None:
    """If this fails, two agencies share a code or the tree is no tree."""
    root = make_agency(code="6110000")
    child = make_agency(parent=root)
    actor = make_actor(PLATFORM_ADMIN, root)
    draft = Draft(name="가", type="district", parent_id=root.id)
    for wrong, code in (
        (services.replace(draft, code="6110000"), "agencies.code_taken"),
        (services.replace(draft, parent_id=None), "agencies.no_parent"),
    ):
        with pytest.raises(UserError) as caught:
            services.create_agency(actor=actor, draft=wrong)
        assert caught.value.code == code
    with pytest.raises(UserError, match=r"아래|below|자기"):
        services.change_agency(
            actor=actor, agency_id=root.id, draft=services.replace(draft, parent_id=child.id)
        )
    assert services.found_installation(name="둘째") == root


def test_others_may_not_change_the_tree() -> None:
    """If this fails, any administrator rearranges the province."""
    root, elsewhere = make_agency(), make_agency()
    draft = Draft(name="가", type="district", parent_id=root.id)
    with pytest.raises(PermissionDenied):
        services.create_agency(actor=make_actor(AGENCY_ADMIN, root), draft=draft)
    with pytest.raises(PermissionDenied):
        services.add_type(actor=make_actor(AGENCY_ADMIN, root), code="x", name_ko="x", name_en="x")
    stranger = make_actor(PLATFORM_ADMIN, elsewhere)
    with pytest.raises(Http404):
        services.create_agency(actor=stranger, draft=draft)
    with pytest.raises(Http404):
        services.change_agency(actor=stranger, agency_id=root.id, draft=draft)


def test_demonstration_agencies_exist_in_demo_mode_only(settings) -> None:
    """If this fails, invented agencies stand among real ones."""
    settings.DEMO = False
    with pytest.raises(UserError, match="SUNRA_DEMO"):
        services.found_installation(name="시범", demo=True)
    settings.DEMO = True
    assert services.found_installation(name="시범", demo=True).demo


def test_a_further_type_can_be_added_once() -> None:
    """If this fails, a province cannot describe an agency of its own kind."""
    actor = make_actor(PLATFORM_ADMIN)
    kind = services.add_type(
        actor=actor, code="island_office", name_ko="도서 사무소", name_en="Island office"
    )
    assert str(kind) == "도서 사무소"
    with pytest.raises(UserError):
        services.add_type(actor=actor, code="island_office", name_ko="x", name_en="x")
