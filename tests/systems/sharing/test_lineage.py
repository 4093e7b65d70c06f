"""From a published place back to file and line, from a count to its vintages."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from sunra.platform.places.models import Facility
from sunra.systems.sharing import selectors, services
from sunra.systems.sharing.models import Vintage
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing.test_vintages import first, officer, waiting

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def both(tmp_path: Path) -> tuple[Vintage, Vintage]:
    """Two vintages of one dataset, the second in use."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency)
    services.approve(actor=officer(one.agency), vintage_id=two.id)
    return one, two


def test_a_place_leads_to_its_file_and_line(tmp_path: Path) -> None:
    """A row unchanged since the first file names both files, the line in each, and which brought it."""
    one, two = both(tmp_path)
    place = Facility.objects.get(vintage=str(one.id), name__endswith="중구 10")
    found = selectors.lineage(officer(one.agency), "facility", place.source, place.key)
    assert found.dataset == one.dataset
    assert [(o.vintage.id, o.line, o.in_use, o.brought) for o in found.origins] == [
        (two.id, 12, True, False),
        (one.id, 12, False, True),
    ]


def test_the_line_is_where_the_row_stands_in_the_file(tmp_path: Path) -> None:
    """Whatever place is chosen, the line named holds its address in the file that was handed in."""
    one = first(tmp_path)
    lines = (tmp_path / one.file_name).read_bytes().decode("cp949").split("\r\n")
    for place in Facility.objects.all():
        origin = selectors.lineage(officer(one.agency), "facility", place.source, place.key).origins[0]
        assert str(place.attrs["address"]) in lines[origin.line - 1]


def test_counts_name_their_vintages(tmp_path: Path) -> None:
    """A count of cameras says which vintage in use it stands on, with places and units; others' stay out."""
    one, two = both(tmp_path)
    nights.with_facilities(one.agency, source="elsewhere")
    (found,) = selectors.used(officer(one.agency), kinds=["cctv"], district=nights.DISTRICT)
    assert (found.vintage, found.places, found.dataset) == (two, 28, one.dataset)
    assert found.units == sum(
        Facility.objects.filter(source__startswith="sharing").values_list("count", flat=True)
    )
    with pytest.raises(Http404):
        selectors.used(officer(one.agency), layer="nonsense")


def test_who_cannot_see_the_place_cannot_trace_it(tmp_path: Path) -> None:
    """Another district gets 404, a volunteer is refused, a station of the same dongs may trace it."""
    one, _two = both(tmp_path)
    place = Facility.objects.filter(name__endswith="중구 10").get()
    asked = ("facility", place.source, place.key)
    with pytest.raises(Http404):
        selectors.lineage(officer(nights.office(nights.NEIGHBOUR)), *asked)
    with pytest.raises(PermissionDenied):
        selectors.lineage(make_actor("volunteer", one.agency), *asked)
    with pytest.raises(Http404):
        selectors.lineage(officer(one.agency), "facility", "elsewhere", place.key)
    station = make_actor("cpo", nights.office())
    found = selectors.lineage(station, *asked)
    assert (found.may_open, found.origins[0].line) == (False, 12)


def test_the_page_tells_file_and_line(tmp_path: Path) -> None:
    """The page names the files with their lines; an address that is no place is 404."""
    one, two = both(tmp_path)
    place = Facility.objects.filter(name__endswith="중구 10").get()
    client = signed_in(make_person("data_officer", one.agency))
    query = {"layer": "facility", "source": place.source, "key": place.key}
    text = client.get("/data/lineage/", query).content.decode()
    assert one.file_name in text
    assert two.file_name in text
    assert client.get("/data/lineage/").status_code == 404


def test_the_list_of_facilities_leads_there(tmp_path: Path) -> None:
    """Beside each facility stands the way back to its file; a source of no file has none."""
    one = first(tmp_path)
    client = signed_in(make_person("data_officer", one.agency))
    nights.with_facilities(one.agency, source="elsewhere")
    text = client.get("/facilities/").content.decode()
    assert "/data/lineage/?layer=facility&amp;source=sharing" in text
    assert "source=elsewhere" not in text
    volunteer = signed_in(make_person("volunteer", one.agency))
    assert "/data/lineage/" not in volunteer.get("/facilities/").content.decode()
