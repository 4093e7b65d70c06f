"""Organisations, members and teams come in through the page: looked at first, then whole or not at all."""

import re
from base64 import b64decode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.agencies.models import Agency
from sunra.platform.ledger.models import Record
from sunra.systems.patrols.models import Member, Organisation, Team
from sunra.systems.patrols.services import sheet_of
from sunra.systems.patrols.services.sheets import ImportRefused, Problem, each, needed
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights
from tests.systems.patrols.test_organisations import MEMBERS, ORGANISATIONS, TEAMS

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
PAGE = "/patrols/organisations/import/"


@pytest.fixture
def agency() -> Agency:
    """An office."""
    return nights.office()


@pytest.fixture
def officer(agency: Agency) -> Client:
    """Its safety officer, signed in."""
    return signed_in(make_person("safety_officer", agency))


def look(client: Client, what: str, content: str | bytes) -> HttpResponse:
    """Hand a file in to be looked at."""
    data = content.encode() if isinstance(content, str) else content
    return client.post(PAGE, {"what": what, "file": SimpleUploadedFile(f"{what}.csv", data)})


def sealed(answer: HttpResponse) -> str:
    """What the page gives back with "take the file"."""
    found = re.search(r'name="sealed" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def take(client: Client, what: str, content: str | bytes) -> HttpResponse:
    """Look, then take."""
    return client.post(PAGE, {"sealed": sealed(look(client, what, content))})


def test_a_file_is_looked_at_and_then_taken(officer: Client) -> None:
    """The look changes nothing and counts; taking writes; the same file again only changes what is there."""
    for what, content in (("organisations", ORGANISATIONS), ("members", MEMBERS), ("teams", TEAMS)):
        answer = look(officer, what, content)
        assert answer.status_code == 200
        assert take(officer, what, content).status_code == 302
    assert (Organisation.objects.count(), Member.objects.count(), Team.objects.count()) == (2, 2, 1)
    again = look(officer, "organisations", ORGANISATIONS).context["preview"]
    assert (again.added, again.known) == (0, 2)
    assert (Organisation.objects.count(), Member.objects.count(), Team.objects.count()) == (2, 2, 1)


def test_a_look_keeps_nothing(officer: Client) -> None:
    """No row and no record after a mere look; a column not taken is named, no member's name is shown."""
    assert look(officer, "organisations", ORGANISATIONS).status_code == 200
    assert not Organisation.objects.exists()
    take(officer, "organisations", ORGANISATIONS)
    text = look(officer, "members", MEMBERS).content.decode()
    assert "shoe size" in text
    assert "홍길동" not in text
    assert not Member.objects.exists()
    assert not Record.objects.filter(subject="patrols.Member").exists()


def test_members_taken_are_on_the_record(officer: Client) -> None:
    """One change with how many and the file's hash; no name."""
    take(officer, "organisations", ORGANISATIONS)
    take(officer, "members", MEMBERS)
    row = Record.objects.get(subject="patrols.Member", act="change")
    assert "홍길동" not in str(vars(row))


@pytest.mark.parametrize(
    ("what", "content", "told"),
    [
        ("organisations", b"", "form"),
        ("organisations", b"\x00\x01\x02", "patrols"),
        ("organisations", "key,name,kind\n", "patrols"),
        ("organisations", "name,kind\n가,dog\n", "key"),
        ("organisations", 'key,name,kind\n"o1,가,dog\n', "patrols"),
        ("organisations", "key,name,kind\no1,가,dog\no1,나,dog\n", "<td>3</td><td>key</td>"),
        ("organisations", "key,name,kind\no1,,dog\no2,나,\n", "<td>3</td><td>kind</td>"),
        ("members", MEMBERS, "<td>2</td><td>organisation</td>"),
        ("teams", TEAMS.replace(",4\n", ",-4\n").replace(",o1,", ",,"), "<td>2</td><td>size</td>"),
    ],
)
def test_a_wrong_file_is_refused_whole(officer: Client, what: str, content: str | bytes, told: str) -> None:
    """400 with row and field and remedy, no button to take it, and nothing is written."""
    answer = look(officer, what, content)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert told in text
    assert "sealed" not in text
    assert not any(model.objects.exists() for model in (Organisation, Member, Team))


def test_a_file_beyond_the_limit_is_refused(officer: Client) -> None:
    """More than a megabyte is not read."""
    assert look(officer, "organisations", b"key,name,kind\n" + b"a" * 1_000_001).status_code == 400


def test_a_seal_is_for_whoever_looked(agency: Agency, officer: Client) -> None:
    """Another officer cannot take it, a changed one is refused, and nobody reads the file from the page."""
    answer = look(officer, "organisations", ORGANISATIONS)
    assert b64decode(sealed(answer).partition(":")[2])  # nothing but nonce and ciphertext
    seal = sealed(look(officer, "organisations", ORGANISATIONS))
    other = signed_in(make_person("safety_officer", agency))
    assert other.post(PAGE, {"sealed": seal})["Location"] == PAGE
    assert officer.post(PAGE, {"sealed": seal + "x"}).status_code == 302
    assert not Organisation.objects.exists()


def test_what_goes_wrong_between_look_and_taking(officer: Client) -> None:
    """The organisation vanished meanwhile: 400 with the row, nothing is written."""
    take(officer, "organisations", ORGANISATIONS)
    seal = sealed(look(officer, "members", MEMBERS))
    Organisation.objects.all().delete()
    assert officer.post(PAGE, {"sealed": seal}).status_code == 400
    assert not Member.objects.exists()


def test_who_may_not_import_is_refused(agency: Agency) -> None:
    """A station's officer and a volunteer get 403, a visitor the sign-in; the volunteer no export either."""
    for role in ("cpo", "volunteer", "auditor"):
        client = signed_in(make_person(role, agency))
        assert client.get(PAGE).status_code == 403
        assert look(client, "organisations", ORGANISATIONS).status_code == 403
        assert client.get("/patrols/organisations/template.csv").status_code == 403
    assert Client().get(PAGE).status_code == 302
    volunteer = signed_in(make_person("volunteer", agency))
    assert volunteer.get("/patrols/organisations/export.csv").status_code == 403


def test_a_template_is_a_file_that_only_lacks_rows(officer: Client) -> None:
    """The columns of each kind, in the order in which they are read."""
    for what in ("organisations", "members", "teams", "equipment"):
        answer = officer.get(f"/patrols/organisations/template.csv?what={what}")
        assert answer.content.decode("utf-8-sig").startswith("kind," if what == "equipment" else "key,")
        refused = look(officer, what, answer.content)
        assert refused.status_code == 400


def test_the_export_comes_in_again_and_runs_nothing(officer: Client) -> None:
    """A name like a formula is harmless in the file, and the same name after coming back."""
    take(officer, "organisations", "key,name,kind\no1,=1+1,dog\n")
    answer = officer.get("/patrols/organisations/export.csv")
    assert ",'=1+1," in answer.content.decode()
    assert take(officer, "organisations", answer.content).status_code == 302
    assert Organisation.objects.get().name == "=1+1"


def test_the_export_holds_the_own_reach(officer: Client) -> None:
    """The next district's organisations are not in it."""
    take(officer, "organisations", ORGANISATIONS)
    other = signed_in(make_person("safety_officer", nights.office(nights.NEIGHBOUR)))
    assert "방범대" not in other.get("/patrols/organisations/export.csv").content.decode()


@given(data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("key,name\n" + text).encode()))
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    """No file ends in anything but rows or a refusal with file, message and remedy."""
    sheet = sheet_of("organisations", data, "x.csv")
    problems: tuple[Problem, ...] = ()
    rows = 0
    try:
        rows = each(sheet, lambda row: (needed(row, "key"), True)).added
    except ImportRefused as refused:
        problems = refused.problems
    assert bool(rows) != bool(problems)
    assert all(one.file == "x.csv" and one.message and one.remedy for one in problems)
