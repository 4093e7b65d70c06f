"""Pages of agreements: asking, deciding, reading, ending; who sees them, and what they say."""

from pathlib import Path

import pytest
from django.test import Client

from sunra.platform.agencies.models import Agency
from sunra.platform.ledger.models import Record
from sunra.systems.sharing.models import Agreement, Release, Screening
from tests.platform.accounts.people import make_agency, make_person, signed_in
from tests.systems.sharing.agreement_cases import PURPOSE, REASONS, Case, case, days_from_now, granted

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def one(tmp_path: Path) -> Case:
    """Owner, receiver, dataset."""
    return case(tmp_path)


def client(role: str, agency: Agency) -> Client:
    """Somebody of that role, signed in."""
    return signed_in(make_person(role, agency))


def test_from_the_request_to_the_download(one: Case) -> None:
    """Asked on one page, granted on another, previewed and downloaded; the owner sees both uses."""
    asker, owner = client("data_officer", one.receiver), client("data_officer", one.owner)
    choose = asker.get("/data/agreements/ask/").content.decode()
    assert one.dataset.title in choose
    asked = asker.post(
        f"/data/agreements/ask/?dataset={one.dataset.id}",
        {
            "kind": "duty", "purpose": PURPOSE, "basis": "article 8", "columns": ["lon", "lat", "address"],
            "role": "", "starts": days_from_now(0), "ends": days_from_now(30),
        },
    )  # fmt: skip
    found = Agreement.objects.get()
    assert asked.headers["Location"] == f"/data/agreements/{found.id}/"
    assert PURPOSE in owner.get("/data/agreements/").content.decode()
    assert owner.get(f"/data/agreements/{found.id}/decide/").status_code == 200
    owner.post(
        f"/data/agreements/{found.id}/decide/",
        {"decision": "grant", "reasons": REASONS, "columns": ["address", "lon"], "ends": days_from_now(20)},
    )
    found.refresh_from_db()
    assert (found.state, found.fields) == ("granted", ["lon", "address"])
    address = f"/data/agreements/{found.id}/data/"
    assert asker.get(address).status_code == 200
    preview = asker.post(address, {"purpose": "tonight's plan", "look": "1"}).content.decode()
    assert "부산광역시 중구" in preview
    file = asker.post(address, {"purpose": "tonight's plan", "download": "1"})
    assert file["Content-Type"].startswith("text/csv")
    assert len(file.content.decode().strip().splitlines()) == 31
    detail = owner.get(f"/data/agreements/{found.id}/").content.decode()
    assert "tonight&#x27;s plan" in detail
    assert Record.objects.filter(subject="sharing.Dataset", act="export").count() == 1


def test_what_is_wrong_stands_beside_its_field(one: Case) -> None:
    """A research request without ethics number is not sent, and what was typed stays."""
    asker = client("data_officer", one.receiver)
    answer = asker.post(
        f"/data/agreements/ask/?dataset={one.dataset.id}",
        {
            "kind": "research", "purpose": PURPOSE, "basis": "article 8", "columns": ["lon", "lat"],
            "starts": days_from_now(0), "ends": days_from_now(30),
        },
    )  # fmt: skip
    assert answer.status_code == 400
    assert PURPOSE in answer.content.decode()
    assert not Agreement.objects.exists()
    assert asker.get("/data/agreements/ask/?dataset=x").status_code == 404
    assert asker.get(f"/data/agreements/ask/?dataset={one.owner.id}").status_code == 404


def test_a_refusal_and_its_reasons_reach_the_other_side(one: Case) -> None:
    """Refused without reasons: the form says so; with them the receiver reads them."""
    found = granted(one)
    Agreement.objects.update(state="requested", decided_at=None, decided_by=None)
    owner = client("agency_admin", one.owner)
    address = f"/data/agreements/{found.id}/decide/"
    assert owner.post(address, {"decision": "refuse", "reasons": "no"}).status_code == 400
    owner.post(address, {"decision": "refuse", "reasons": "Article 12 forbids it for now"})
    page = client("cpo", one.receiver).get(f"/data/agreements/{found.id}/").content.decode()
    assert "Article 12 forbids it for now" in page


def test_revoking_on_the_page_closes_the_data(one: Case) -> None:
    """After the owner's word the data page refuses, and the denial is on record."""
    found = granted(one)
    owner, reader = client("data_officer", one.owner), client("analyst", one.receiver)
    data = f"/data/agreements/{found.id}/data/"
    assert reader.post(data, {"purpose": "for the plan"}).status_code == 200
    owner.post(f"/data/agreements/{found.id}/revoke/", {"reason": "no"})
    assert Agreement.objects.get().state == "granted"
    owner.post(f"/data/agreements/{found.id}/revoke/", {"reason": REASONS})
    assert reader.post(data, {"purpose": "for the plan"}).status_code == 403
    assert Record.objects.filter(act="denied", subject="sharing.Dataset").exists()
    asked = client("data_officer", one.receiver)
    asked.post(f"/data/agreements/{found.id}/withdraw/", {"reason": REASONS})
    assert Agreement.objects.get().state == "revoked"


def test_the_receiver_gives_up_what_it_needs_no_more(one: Case) -> None:
    """Withdrawing ends it, and the page says so."""
    found = granted(one)
    asker = client("data_officer", one.receiver)
    asker.post(f"/data/agreements/{found.id}/withdraw/", {"reason": REASONS})
    assert Agreement.objects.get().state == "withdrawn"
    assert REASONS in asker.get(f"/data/agreements/{found.id}/").content.decode()


def test_others_do_not_know_the_agreement(one: Case) -> None:
    """404 for a third agency at every address, 403 for roles without the right, sign-in for visitors."""
    found = granted(one)
    third = client("data_officer", make_agency())
    base = f"/data/agreements/{found.id}/"
    for address in (base, f"{base}decide/", f"{base}data/"):
        assert third.get(address).status_code == 404
    for address in (f"{base}revoke/", f"{base}withdraw/"):
        assert third.post(address, {"reason": REASONS}).status_code == 404
    assert client("data_officer", one.owner).get(f"{base}data/").status_code == 404
    assert client("data_officer", one.receiver).get(f"{base}decide/").status_code == 404
    volunteer = client("volunteer", one.receiver)
    for address in ("", base.removeprefix("/data/agreements/"), "ask/"):
        assert volunteer.get(f"/data/agreements/{address}").status_code == 403
    assert client("auditor", one.receiver).get(f"{base}data/").status_code == 403
    assert Client().get("/data/agreements/").status_code == 302


def test_columns_of_persons_are_decided_on_their_page(one: Case) -> None:
    """The officer sees columns and shares, chooses, says why; others see nothing of it."""
    finding = {"column": "신고자", "kind": "name", "share": 0.9, "by_name": True}
    number = {"column": "번호", "kind": "resident_number", "share": 0.4, "by_name": False}
    row = Screening.objects.create(
        agency=one.owner, title="신고", file_name="신고.csv", sha256="0" * 64, findings=[finding, number],
        refused=True,
    )  # fmt: skip
    officer = client("data_officer", one.owner)
    assert "신고.csv" in officer.get("/data/persons/").content.decode()
    address = f"/data/persons/{row.id}/"
    assert "신고자" in officer.get(address).content.decode()
    bad = {"column0": "pseudonym", "column1": "keep", "reason": "the law asks"}
    assert officer.post(address, bad).status_code == 400
    good = {"column0": "pseudonym", "column1": "drop", "reason": "the law asks"}
    assert officer.post(address, good).status_code == 302
    assert client("data_officer", one.receiver).get(address).status_code == 404
    assert client("auditor", one.owner).get("/data/persons/").status_code == 403


def test_released_tables_are_listed_for_their_agency(one: Case) -> None:
    """How much of each table was hidden; another agency's list is empty."""
    Release.objects.create(
        agency=one.owner, subject="", title="By dong", dims=["dong"], cells=[], digest="0" * 64, threshold=5,
        total=10, size=4, hidden=3, primary=1, released_by="x",
    )  # fmt: skip
    assert "By dong" in client("analyst", one.owner).get("/data/releases/").content.decode()
    assert "By dong" not in client("analyst", one.receiver).get("/data/releases/").content.decode()
    assert client("volunteer", one.owner).get("/data/releases/").status_code == 403
