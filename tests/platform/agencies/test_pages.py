"""The pages about agencies do what their buttons say, and keep what was typed when it was wrong."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.roles import AGENCY_ADMIN, PLATFORM_ADMIN
from tests.platform.accounts.people import make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def root() -> Agency:
    """The agency at the top."""
    return make_agency("위원회", code="6110000", dongs=("1129010100",))


def test_an_agency_is_added_seen_and_changed(root: Agency) -> None:
    """If this fails, the tree cannot be kept from the pages."""
    client = signed_in(make_person(PLATFORM_ADMIN, root))
    data = {"name": "성북구", "type": "district", "parent": root.pk, "jurisdiction": "11290", "active": "on"}
    data |= {"reason": "새 기관"}
    wrong = client.post("/agencies/new/", data | {"jurisdiction": "123"})
    assert wrong.status_code == 400
    assert "jurisdiction" in wrong.context["form"].errors
    assert "성북구" in wrong.content.decode()
    url = client.post("/agencies/new/", data)["Location"]
    page = client.get(url).content.decode()
    assert "성북동" in page
    assert "위원회" in page
    assert client.get(f"{url}edit/").status_code == 200
    changed = client.post(f"{url}edit/", data | {"name": "성북구청", "jurisdiction": "1129010100"})
    assert changed["Location"] == url
    agency = Agency.objects.get(name="성북구청")
    assert agency.jurisdiction.count() == 1
    assert client.post(f"{url}edit/", data | {"code": "6110000"}).status_code == 400
    assert "성북구청" in client.get("/agencies/").content.decode()


def test_the_top_of_ones_part_keeps_its_place(root: Agency) -> None:
    """If this fails, an administrator of a part cannot change their own agency, or tears it off."""
    agency = make_agency("구청", parent=root)
    client = signed_in(make_person(PLATFORM_ADMIN, agency))
    data = {"name": "새 이름", "type": "district", "parent": "", "active": "on", "reason": "개명하였음"}
    assert client.post(f"/agencies/{agency.pk}/edit/", data).status_code == 302
    agency.refresh_from_db()
    assert (agency.name, agency.parent) == ("새 이름", root)


def test_a_file_is_looked_at_first_and_then_taken(root: Agency) -> None:
    """If this fails, an import is blind."""
    client = signed_in(make_person(PLATFORM_ADMIN, root))
    rows = "name,type,parent\n성북구,district,6110000\n"
    assert client.get("/agencies/import/").status_code == 200
    seen = client.post("/agencies/import/", {"file": SimpleUploadedFile("a.csv", rows.encode())})
    assert seen.context["preview"].added == 1
    assert Agency.objects.count() == 1
    sealed = seen.context["sealed"]
    assert client.post("/agencies/import/", {"sealed": sealed})["Location"] == "/agencies/"
    assert Agency.objects.filter(name="성북구").exists()
    assert client.post("/agencies/import/", {"sealed": sealed + "x"})["Location"] == "/agencies/import/"
    Agency.objects.filter(pk=root.pk).update(code="6110001")
    late = client.post("/agencies/import/", {"sealed": sealed})
    assert late.status_code == 400
    assert late.context["preview"].problems


def test_a_bad_file_is_shown_with_its_problems(root: Agency) -> None:
    """If this fails, people do not learn what to mend."""
    client = signed_in(make_person(PLATFORM_ADMIN, root))
    rows = "name,type,parent\n성북구,castle,6110000\n"
    page = client.post("/agencies/import/", {"file": SimpleUploadedFile("틀림.csv", rows.encode())})
    text = page.content.decode()
    assert "틀림.csv" in text
    assert "castle" in text
    assert "sealed" not in page.context


def test_the_export_is_a_file_with_korean_that_spreadsheets_read(root: Agency) -> None:
    """If this fails, the export shows question marks."""
    answer = signed_in(make_person(AGENCY_ADMIN, root)).get("/agencies/export/")
    assert answer.content.startswith("\ufeffcode,".encode())
    assert "위원회" in answer.content.decode()
    assert answer["Content-Disposition"].startswith('attachment; filename="agencies-')


def test_a_type_is_added_on_its_page(root: Agency) -> None:
    """If this fails, a province cannot name its own kind of agency."""
    client = signed_in(make_person(PLATFORM_ADMIN, root))
    data = {"code": "island_office", "name_ko": "도서 사무소", "name_en": "Island office"}
    assert client.post("/agencies/types/", data).status_code == 302
    assert client.post("/agencies/types/", data).status_code == 400
    assert "도서 사무소" in client.get("/agencies/types/").content.decode()
    assert "Island office" in str(
        client.get("/agencies/types/", headers={"Accept-Language": "en"}).content.decode()
    )
    assert AgencyType.objects.get(pk="island_office").order > 0


def test_only_who_may_change_sees_the_buttons(root: Agency) -> None:
    """If this fails, people are led to pages that refuse them."""
    page = signed_in(make_person(AGENCY_ADMIN, root)).get("/agencies/").content.decode()
    assert "/agencies/export/" in page
    assert "/agencies/new/" not in page
