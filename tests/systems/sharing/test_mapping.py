"""Unknown columns: proposed, tried, kept, and used for the next file by itself."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sunra.core.tables import Mapping
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.models import Job
from sunra.systems.sharing import services
from sunra.systems.sharing.concealed import HIDDEN, rows
from sunra.systems.sharing.models import ColumnMapping, Vintage
from sunra.systems.sharing.services import mapping as service
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing.test_drop_off import handed_in, read_all

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
GOOD = {"kind": "cctv", "f_lon": "2", "f_lat": "3", "f_cameras": "4", "f_lot_address": "1", "step": "keep"}


def strange(name: str = "관제목록.csv", *, count: int = 30) -> SimpleUploadedFile:
    """Cameras under column names that no standard has."""
    lines = ["담당자,어디,가로값,세로값,몇대"]
    lines += [
        f"홍길동,부산광역시 중구 {n},{lon},{lat},{1 + n % 3}"
        for n, (lon, lat) in enumerate(nights.points(count))
    ]
    return SimpleUploadedFile(name, "\n".join(lines).encode())


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


@pytest.fixture
def client(agency: Agency) -> Client:
    """Its data officer, who handed an unknown file in."""
    found = signed_in(make_person("data_officer", agency))
    handed_in(found, strange())
    return found


def test_the_page_proposes_and_hides_persons(client: Client) -> None:
    """Longitude and latitude are proposed by their values, ten rows are shown, a person's name is not."""
    vintage = Vintage.objects.get()
    text = client.get(f"/data/vintages/{vintage.id}/columns/?kind=cctv").content.decode()
    assert '<option value="2" selected>3. 가로값' in text
    assert '<option value="3" selected>4. 세로값' in text
    assert "부산광역시 중구 9" in text
    assert HIDDEN in text
    assert "홍길동" not in text


def test_trying_counts_and_keeps_nothing(client: Client) -> None:
    """The sample's balance is shown; neither mapping nor vintage is made."""
    vintage = Vintage.objects.get()
    text = client.post(f"/data/vintages/{vintage.id}/columns/", {**GOOD, "step": "try"}).content.decode()
    assert "30" in text
    assert not ColumnMapping.objects.exists()
    officer = make_actor("data_officer", vintage.agency)
    tried = service.trial(
        actor=officer, vintage=vintage, mapping=Mapping("cctv", {"lon": 2, "lat": 3, "cameras": 4})
    )
    assert (tried.rows, tried.accepted, tried.inside) == (30, 30, 30)
    nonsense = service.trial(actor=officer, vintage=vintage, mapping=Mapping("cctv", {"lon": 99}))
    assert nonsense.problem == "bad_mapping"


def test_a_kept_mapping_reads_this_file_and_the_next(client: Client) -> None:
    """The file becomes a vintage of its kind, and a later file with the same columns needs nobody."""
    unknown = Vintage.objects.get()
    answer = client.post(f"/data/vintages/{unknown.id}/columns/", GOOD)
    assert answer.headers["Location"] == f"/jobs/{Job.objects.order_by('-created').first().id}/"
    read_all()
    one = Vintage.objects.get(kind="cctv")
    assert (one.rows, one.accepted, one.units, one.state) == (30, 30, 60, Vintage.State.DRAFT)
    services.approve(actor=make_actor("data_officer", one.agency), vintage_id=one.id)
    handed_in(client, strange("관제목록_20261101.csv", count=12))
    two = Vintage.objects.exclude(id=one.id).get(kind="cctv")
    assert (two.dataset_id, two.rows, two.compared_id) == (one.dataset_id, 12, one.id)


def test_a_changed_mapping_reads_the_same_file_anew(client: Client) -> None:
    """Correcting what a column means makes another vintage instead of saying that the file is known."""
    unknown = Vintage.objects.get()
    address = f"/data/vintages/{unknown.id}/columns/"
    client.post(address, GOOD)
    read_all()
    client.post(address, {name: value for name, value in GOOD.items() if name != "f_cameras"})
    read_all()
    assert sorted(Vintage.objects.filter(kind="cctv").values_list("units", flat=True)) == [30, 60]
    assert ColumnMapping.objects.count() == 1


def test_nonsense_is_refused_with_what_was_typed(client: Client) -> None:
    """One column for two fields, or columns without any place, come back as an error in the form."""
    address = f"/data/vintages/{Vintage.objects.get().id}/columns/"
    twice = client.post(address, {**GOOD, "f_lat": "2"})
    nowhere = client.post(address, {"kind": "cctv", "f_cameras": "4", "step": "keep"})
    assert (twice.status_code, nowhere.status_code) == (400, 400)
    assert not ColumnMapping.objects.exists()


def test_only_the_owner_says_what_columns_mean(client: Client, tmp_path: Path) -> None:
    """Other roles are refused, other agencies find nothing; a file not kept here says what to do."""
    vintage = Vintage.objects.get()
    address = f"/data/vintages/{vintage.id}/columns/"
    for role in ("auditor", "cpo"):
        assert signed_in(make_person(role, vintage.agency)).get(address).status_code == 403
        with pytest.raises(PermissionDenied):
            service.proposal(actor=make_actor(role, vintage.agency), vintage=vintage)
    other = nights.office(nights.NEIGHBOUR)
    assert signed_in(make_person("data_officer", other)).get(address).status_code == 404
    with pytest.raises(PermissionDenied):
        service.remember(
            actor=make_actor("data_officer", other), vintage=vintage, kind="cctv", columns={"lon": 2}
        )
    Vintage.objects.update(file=None)
    vintage.refresh_from_db()
    with pytest.raises(UserError) as caught:
        service.proposal(actor=make_actor("data_officer", vintage.agency), vintage=vintage)
    assert caught.value.code == "file_not_kept"
    assert client.get(address).status_code == 200


def test_cells_that_point_at_persons_are_hidden() -> None:
    """Names by their column, numbers and addresses of persons by what they look like; offices stay."""
    header = ("성명", "관리기관명", "관리기관전화번호", "비고")
    sample = [("김철수", "중구청", "051-123-4567", "연락 010-1234-5678"), ("", "서구청", "", "없음")]
    assert rows(header, sample) == [[HIDDEN, "중구청", HIDDEN, HIDDEN], ["", "서구청", "", "없음"]]
