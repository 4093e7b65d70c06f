"""Stock lists: whole or not at all, the same list twice changes nothing, and nothing that is out vanishes."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from sunra.platform.accounts.roles import AUDITOR, SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.actor import Actor
from sunra.systems.patrols.models import Gear
from sunra.systems.patrols.services import equipment, gear_files, organisations
from sunra.systems.patrols.services.sheets import Imported, ImportRefused
from tests.platform.accounts.people import make_actor, make_agency
from tests.systems import nights
from tests.systems.patrols import duty

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
LIST = """종류,이름·모델,크기,일련번호,수량,사용 기한,점검 기한,창고
조끼,형광 조끼,L,,"1,200",2028. 5. 7.,,3층
조끼,형광 조끼,L,,30,2029-05-07,,3층
무전기,DMR 300,,R-01,,,20270301,1층
radio,DMR 300,,R-02,1,,,1층
"""


@pytest.fixture
def agency() -> Agency:
    """An office."""
    return nights.office()


@pytest.fixture
def officer(agency: Agency) -> Actor:
    """Its safety officer."""
    return make_actor(SAFETY_OFFICER, agency)


def take(actor: Actor, text: str) -> Imported:
    """The list as a file in EUC-KR, as offices have it."""
    sheet = organisations.sheet_of("equipment", text.encode("cp949"), "장비.csv")
    return gear_files.take_gear(actor=actor, agency_id=actor.agency_id, sheet=sheet)  # type: ignore[arg-type]


def test_a_stock_list_comes_in_and_twice_changes_nothing(officer: Actor) -> None:
    """Things by serial number, piles by kind, name, size and last day; a column too many is named."""
    done = take(officer, LIST)
    assert (done.added, done.ignored) == (4, ("창고",))
    found = dict(Gear.objects.filter(kind="vest").values_list("expires", "quantity"))
    assert found == {dt.date(2028, 5, 7): 1_200, dt.date(2029, 5, 7): 30}
    assert Gear.objects.get(serial="R-01").inspect_by == dt.date(2027, 3, 1)
    again = take(officer, LIST.replace('"1,200"', "1100"))
    assert (again.added, again.known) == (0, 4)
    assert (Gear.objects.count(), Gear.objects.get(quantity=1_100).size) == (4, "L")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("헬멧,방호 헬멧,,,3,,,", "kind"),
        ("조끼,형광 조끼,M,,,,,", "quantity"),
        ("조끼,형광 조끼,M,,세 벌,,,", "quantity"),
        ("조끼,형광 조끼,M,,0,,,", "name"),
        ("조끼,,M,,3,,,", "name"),
        ("무전기,DMR,,R-09,2,,,", "quantity"),
        ("무전기,DMR,,R-09,1,2028-13-01,,", "expires"),
        ("무전기,DMR,,R-01,1,,,", "key"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(officer: Actor, row: str, field: str) -> None:
    """File, row and field; what was right is not half in the stock."""
    with pytest.raises(ImportRefused) as refused:
        take(officer, LIST + row + "\n")
    (problem,) = refused.value.problems
    assert (problem.file, problem.row, problem.field) == ("장비.csv", 6, field)
    assert problem.remedy
    assert not Gear.objects.exists()


def test_a_list_takes_nothing_away_that_is_out(agency: Agency, officer: Actor) -> None:
    """A count below what teams hold is refused, and so is a number that went out of use."""
    take(officer, LIST)
    vests = Gear.objects.get(quantity=30)
    equipment.issue(actor=officer, gear_id=vests.pk, to=f"group:{duty.group(agency).pk}", quantity=20)
    with pytest.raises(ImportRefused) as refused:
        take(officer, LIST.replace(",30,", ",10,"))
    assert refused.value.problems[0].field == "quantity"
    equipment.retire(actor=officer, gear_id=Gear.objects.get(serial="R-02").pk, reason="물에 빠짐")
    with pytest.raises(ImportRefused) as gone:
        take(officer, LIST)
    assert gone.value.problems[0].field == "serial"


def test_who_may_not_keep_equipment_imports_none(agency: Agency) -> None:
    """A reader is refused, and an officer for another agency's stock."""
    for actor, of in ((make_actor(AUDITOR, agency), agency), (make_actor(SAFETY_OFFICER, agency), None)):
        sheet = organisations.sheet_of("equipment", LIST.encode(), "a.csv")
        given: Any = {"agency_id": (of or make_agency("다른 구")).pk, "sheet": sheet}
        with pytest.raises(PermissionDenied):
            gear_files.take_gear(actor=actor, **given)
