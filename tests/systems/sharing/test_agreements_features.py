"""The features API under an agreement: for its receiver alone, granted fields alone, on record first."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import LedgerUnavailable
from sunra.systems.sharing.models import Agreement, Use
from sunra.systems.sharing.services import access, agreements
from tests.platform.accounts.people import make_agency, make_person, signed_in
from tests.systems.sharing import opening as made
from tests.systems.sharing.agreement_cases import FIELDS, REASONS, Case, case, granted
from tests.systems.sharing.test_features_api import ROOT, key_of

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ALL = ("sharing.read_features", "sharing.read_shared_features")


@pytest.fixture
def one(tmp_path: Path) -> Case:
    """Owner, receiver, dataset."""
    cache.clear()
    return case(tmp_path)


def address(one: Case, rest: str = "/items") -> str:
    """The collection of the dataset under its agreement."""
    return f"{ROOT}/collections/shared-{one.dataset.id}{rest}"


def listed(client: Client) -> set[str]:
    """The ids of the collections that this reader sees."""
    return {row["id"] for row in client.get(f"{ROOT}/collections").json()["collections"]}


def looks() -> Any:
    """The looks at datasets in the ledger."""
    return Record.objects.filter(subject="sharing.Dataset", act="look")


def test_a_key_of_the_receiver_reads_the_granted_fields_on_record(one: Case) -> None:
    """Fields, filters and boxes know the granted ones alone; purpose and agreement stand in the ledger."""
    found = granted(one, fields=FIELDS)
    client = key_of(one.receiver, *ALL)
    assert listed(client) == {f"shared-{one.dataset.id}"}
    described = client.get(address(one, "")).json()
    assert ("extent" in described, looks().count()) == (False, 0)
    answer = client.get(address(one, "/items?limit=7"), headers={"X-Purpose": "%EC%88%9C%EC%B0%B0%00"})
    page = answer.json()
    assert (page["numberMatched"], page["numberReturned"]) == (30, 7)
    assert answer["Cache-Control"] == "private, no-store"
    assert {name for row in page["features"] for name in row["properties"]} == {"key", "cameras"}
    lon, lat = page["features"][0]["geometry"]["coordinates"]
    record = looks().get()
    assert (record.purpose, record.basis, str(found.id) in record.detail) == ("순찰", found.basis, True)
    more = client.get(next(link["href"] for link in page["links"] if link["rel"] == "next")).json()
    assert more["features"][0]["id"] == 8
    assert looks().latest("seq").purpose == found.purpose
    near = client.get(address(one, f"/items?bbox={lon - 1e-6},{lat - 1e-6},{lon + 1e-6},{lat + 1e-6}"))
    assert [row["id"] for row in near.json()["features"]] == [1]
    assert client.get(address(one, "/items?cameras=3")).json()["numberMatched"] == 10
    for hidden in ("address=부산광역시 중구 1", "purpose=생활방범", "dong=26", "datetime=2000-01-01/.."):
        assert client.get(address(one, f"/items?{hidden}")).json()["numberMatched"] == 0, hidden
    assert client.get(address(one, "/items?weight=1")).status_code == 400
    single = client.get(address(one, "/items/3")).json()
    assert (single["id"], set(single["properties"])) == (3, {"key", "cameras"})
    assert client.get(address(one, "/items/31")).status_code == 404
    rows = list(Use.objects.filter(agreement=found).order_by("at").values_list("rows", flat=True))
    assert (rows[:2], len(rows)) == ([7, 7], looks().count())


def test_a_member_of_the_receiver_reads_it_as_a_page(one: Case) -> None:
    """A signed-in officer gets the same beside what is open of the same dataset, which stays as it is."""
    granted(one, fields=("key", "address"))
    made.opened(one.dataset)
    client = signed_in(make_person("data_officer", one.receiver))
    assert listed(client) == {str(one.dataset.id), f"shared-{one.dataset.id}"}
    text = client.get(address(one, "/items?f=html")).content.decode()
    assert ("부산광역시 중구 7" in text, "생활방범" in text) == (True, False)
    feature = client.get(address(one, "/items?bbox=120,30,140,40")).json()
    assert feature["numberMatched"] == 0, "no place was granted"


def test_nobody_else_finds_it(one: Case) -> None:
    """A third agency, a key without the permission, a volunteer and the public: not listed, 404, denied."""
    granted(one)
    third = key_of(make_agency("셋째 구청"), *ALL)
    keyed = key_of(one.receiver)
    volunteer = signed_in(make_person("volunteer", one.receiver))
    for client in (third, keyed, volunteer, Client()):
        assert listed(client) == set()
        for rest in ("", "/items", "/items/1"):
            assert client.get(address(one, rest)).status_code == 404
    denied = Record.objects.filter(act="denied", ref=str(one.dataset.id))
    assert denied.count() == 9
    assert third.get(f"{ROOT}/collections/{one.dataset.id}/items").status_code == 404
    assert (looks().count(), Use.objects.count()) == (0, 0)


def test_revoked_and_expired_end_at_once(one: Case) -> None:
    """The call after the revocation, or after the last day, finds nothing, and nothing is listed."""
    found = granted(one)
    client = key_of(one.receiver, *ALL)
    assert client.get(address(one)).status_code == 200
    days = {"starts": found.starts.replace(year=2020), "ends": found.ends.replace(year=2020)}
    Agreement.objects.filter(id=found.id).update(**days)
    assert (client.get(address(one)).status_code, listed(client)) == (404, set())
    Agreement.objects.filter(id=found.id).update(starts=found.starts, ends=found.ends)
    agreements.revoke(actor=one.officer, agreement_id=found.id, reason=REASONS)
    assert (client.get(address(one)).status_code, listed(client)) == (404, set())
    assert looks().count() == 1


def test_without_the_ledger_no_row_leaves(one: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the record cannot be written the answer is 503 and the rows are not even fetched."""
    granted(one)

    def broken(**_given: Any) -> Any:
        raise LedgerUnavailable

    monkeypatch.setattr(access, "record", broken)
    monkeypatch.setattr(access, "accepted", lambda _dataset: pytest.fail("rows were read"))
    client = key_of(one.receiver, *ALL)
    for rest in ("/items", "/items/1"):
        assert client.get(address(one, rest)).status_code == 503
    assert not Use.objects.exists()
