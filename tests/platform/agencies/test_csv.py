"""Agencies as CSV: out and in again, all or nothing, every error with its address."""

import contextlib
import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sunra.platform.agencies import exports, imports
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import AGENCY_ADMIN, PLATFORM_ADMIN
from sunra.platform.ledger.models import Record
from tests.platform.accounts.people import make_actor, make_agency

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])

HEAD = "code,police_code,name,type,parent,district,active,jurisdiction\n"
GOOD = (
    HEAD + "3070000,,성북구,district,6110000,11290,1,11290\n"
    ",11A,성북경찰서,police_station,3070000,11290,1,1129010100 1129010300\n"
    ',,"=순찰대",volunteer_organisation,성북구,,,\n'
)


@pytest.fixture
def root() -> Agency:
    """The agency at the top."""
    return make_agency("위원회", code="6110000")


def test_a_file_is_previewed_then_taken(root: Agency) -> None:
    """If this fails, an import writes before anybody has seen what it does, or does not write at all."""
    actor = make_actor(PLATFORM_ADMIN, root)
    tried = imports.preview(actor=actor, data=GOOD.encode(), file="a.csv")
    assert (tried.added, tried.changed, tried.problems) == (3, 0, ())
    assert Agency.objects.count() == 1
    imports.apply(actor=actor, data=GOOD.encode("cp949"), file="a.csv")
    assert Agency.objects.count() == 4
    assert Agency.objects.get(police_code="11A").parent == Agency.objects.get(code="3070000")
    assert Record.objects.filter(subject="agencies.Agency", ref="import").count() == 1


def test_what_is_exported_can_be_imported_and_changes_nothing(root: Agency) -> None:
    """If this fails, export and import speak different languages."""
    imports.apply(actor=make_actor(PLATFORM_ADMIN, root), data=GOOD.encode(), file="a.csv")
    actor = make_actor(PLATFORM_ADMIN, root)
    text = exports.export_csv(actor=actor)
    again = imports.apply(actor=actor, data=("\ufeff" + text).encode(), file="b.csv")
    assert (again.added, again.changed) == (0, 4)
    assert exports.export_csv(actor=actor) == text


@given(st.text(max_size=30))
@hypothesis_settings(max_examples=60)
def test_no_exported_cell_begins_a_formula(text: str) -> None:
    """If this fails, a spreadsheet runs what somebody wrote into a name."""
    cell = exports.safe(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert exports.unsafe(cell) == text or text.startswith("'")


def test_formulas_are_disarmed_in_the_file(root: Agency) -> None:
    """If this fails, the export of a name that is a formula is one."""
    make_agency("=1+1", parent=root)
    rows = list(csv.reader(io.StringIO(exports.export_csv(actor=make_actor(PLATFORM_ADMIN, root)))))
    assert rows[2][2] == "'=1+1"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("123,,가,district,6110000,,1,", "code"),
        (",경찰,가,district,6110000,,1,", "police_code"),
        (",,,district,6110000,,1,", "name"),
        (",,가,castle,6110000,,1,", "type"),
        (",,가,district,7777777,,1,", "parent"),
        (",,가,district,,,1,", "parent"),
        (",,가,district,6110000,99999,1,", "district"),
        (",,가,district,6110000,,1,1129019900", "jurisdiction"),
        (",,가,district,6110000,,1,,one too many", ""),
    ],
)
def test_each_error_names_file_row_field_and_remedy_and_nothing_is_kept(
    root: Agency, row: str, field: str
) -> None:
    """If this fails, people search a thousand rows for one mistake, or half a file is in."""
    actor = make_actor(PLATFORM_ADMIN, root)
    data = (HEAD + "3070000,,성북구,district,6110000,11290,1,\n" + row + "\n").encode()
    with pytest.raises(imports.ImportRefused) as caught:
        imports.apply(actor=actor, data=data, file="agencies.csv")
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.field) == ("agencies.csv", 3, field)
    assert problem.message
    assert problem.remedy
    assert Agency.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        HEAD.encode(),
        b"\x00\x01\x02",
        b"\xff\xfe\xfa\xfb",
        b'code,name,type\n"1,2',
        b"name\nx\n",
        b"name,type,castle\nx,y,z\n",
        b"name,type,name\nx,y,z\n",
        b"x" * (imports.MAX_BYTES + 1),
    ],
)
def test_a_file_that_is_no_use_is_refused_with_one_plain_word(root: Agency, data: bytes) -> None:
    """If this fails, a broken file is a server error."""
    found = imports.preview(actor=make_actor(PLATFORM_ADMIN, root), data=data, file="bad.csv")
    assert [problem.row for problem in found.problems] == [0]
    assert found.problems[0].remedy


@given(st.binary(max_size=200))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """If this fails, some file makes the reader fall over instead of refusing it."""
    with contextlib.suppress(UserError):
        assert imports.table(data)


def test_agencies_of_others_cannot_be_imported_over(root: Agency) -> None:
    """If this fails, a CSV row changes an agency that its writer does not see."""
    other = make_agency("남의 기관", code="7770000")
    actor = make_actor(PLATFORM_ADMIN, root)
    data = (HEAD + "7770000,,내 기관,district,6110000,,1,\n").encode()
    assert imports.preview(actor=actor, data=data, file="a.csv").problems
    other.refresh_from_db()
    assert other.name == "남의 기관"


def test_others_may_neither_preview_nor_take_a_file(root: Agency) -> None:
    """If this fails, any administrator rewrites the tree."""
    actor = make_actor(AGENCY_ADMIN, root)
    for act in (imports.preview, imports.apply):
        with pytest.raises(PermissionDenied):
            act(actor=actor, data=GOOD.encode(), file="a.csv")
