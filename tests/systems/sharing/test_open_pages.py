"""The public pages: seen without an account, honest about quality, and gone when the data is taken back."""

import pytest
from django.core.cache import cache
from django.test import Client

from sunra.platform.accounts import limits
from sunra.platform.jobs.models import Job
from sunra.systems.sharing.models import Dataset, Opening
from sunra.systems.sharing.opened import files
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights
from tests.systems.sharing import opening as made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def opening() -> Opening:
    """Forty open cameras with their files."""
    return made.opened(made.cameras(nights.office()), made=True)


def test_anybody_finds_a_dataset_and_what_it_means(opening: Opening) -> None:
    """If this fails, open data is open to those with an account alone, or comes without its terms."""
    client = Client()
    listing = client.get("/open/?q=카메라").content.decode()
    assert "부산 중구 CCTV" in listing
    assert "부산 중구 CCTV" not in client.get("/open/?q=없는말").content.decode()
    text = client.get(f"/open/{opening.dataset_id}/").content.decode()
    for part in (
        "좌표는 10 m 안쪽",
        "licenseType1",
        "<code>purpose</code>",
        "43",
        "Purpose of",
        "GeoParquet",
    ):
        assert part in text, part
    assert "unexplained" not in text
    assert opening.opened_by is not None
    assert opening.opened_by.name not in text


def test_the_downloads_come_whole_and_in_parts(opening: Opening) -> None:
    """If this fails, a file cannot be fetched, or a map cannot read the tiles by byte range."""
    client = Client()
    for ending, media in files.FORMATS.items():
        answer = client.get(f"/open/{opening.dataset_id}/data.{ending}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == media
        assert f"cctv-{str(opening.dataset_id)[:8]}.{ending}" in answer["Content-Disposition"]
        assert sum(len(part) for part in answer.streaming_content) == opening.files[ending]
    part = client.get(f"/open/{opening.dataset_id}/data.pmtiles", headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert client.get(f"/open/{opening.dataset_id}/data.exe").status_code == 404


def test_the_preview_is_a_table_and_a_map(opening: Opening) -> None:
    """If this fails, nobody sees what a file holds before taking it."""
    client = Client()
    layer = client.get(f"/open/{opening.dataset_id}/preview.geojson").json()
    assert len(layer["features"]) == 39
    page = client.get(f"/open/{opening.dataset_id}/?rows-page=2&rows-sort=-count").content.decode()
    assert "data-map" in page
    assert f'data-row="{layer["features"][0]["id"]}"' in page or "카메라" in page


def test_figures_and_streets_are_shown_too() -> None:
    """If this fails, open figures or streets have a broken page."""
    agency = nights.office()
    client = Client()
    for dataset in (made.calls(agency), made.streets(agency)):
        made.opened(dataset)
        assert client.get(f"/open/{dataset.id}/").status_code == 200
        assert client.get(f"/open/{dataset.id}/preview.geojson").json()["features"]
    listing = client.get("/open/").content.decode()
    assert all(str(one.dataset_id) in listing for one in Opening.objects.all())


def test_demonstration_data_is_marked() -> None:
    """If this fails, generated places pass for real ones."""
    dataset = made.cameras(nights.office(), demo=True)
    made.opened(dataset, made=True)
    client = Client()
    for path in ("/open/", f"/open/{dataset.id}/"):
        assert 'class="demo"' in client.get(path).content.decode()
    assert "demo-cctv" in client.get(f"/open/{dataset.id}/data.csv")["Content-Disposition"]


def test_what_is_not_open_has_no_public_page() -> None:
    """If this fails, a closed dataset, or one of another person's guess, is shown to everybody."""
    dataset = made.cameras(nights.office())
    owner = signed_in(make_person("data_officer", dataset.agency))
    for client in (Client(), owner):
        for path in ("", "preview.geojson", "data.csv"):
            assert client.get(f"/open/{dataset.id}/{path}").status_code == 404
    assert Client().get("/open/").status_code == 200


def test_one_address_cannot_load_pages_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, one visitor takes the site from everybody."""
    monkeypatch.setattr(limits, "PUBLIC_CALLS", 2)
    answers = [Client().get("/open/") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "60"
    assert Client(REMOTE_ADDR="192.0.2.9").get("/open/").status_code == 200


def test_the_owner_decides_on_a_page_and_takes_back() -> None:
    """If this fails, opening needs a programmer, or the decision leaves no trace."""
    dataset = made.cameras(nights.office())
    officer = signed_in(make_person("data_officer", dataset.agency))
    address = f"/data/{dataset.id}/open/"
    assert address in officer.get(f"/data/{dataset.id}/").content.decode()
    assert 'value="KOGL-4"' in officer.get(address).content.decode()
    assert officer.post(address, {"title": "", "licence": "KOGL-1"}).status_code == 400
    sent = {"title": "열린 카메라", "licence": "KOGL-4", "columns": ["purpose"]}
    assert officer.post(address, sent).status_code == 302
    opening = Opening.objects.get()
    assert "purpose" in opening.columns
    assert "address" not in opening.columns
    assert Job.objects.filter(kind="sharing.open_files").exists()
    assert officer.post(address, sent).status_code == 400
    assert officer.post(f"{address}close/", {"reason": "x"}).status_code == 302
    assert Client().get(f"/open/{dataset.id}/").status_code == 200
    assert officer.post(f"{address}close/", {"reason": "좌표 오류"}).status_code == 302
    assert Client().get(f"/open/{dataset.id}/").status_code == 404
    assert "좌표 오류" in officer.get(address).content.decode()


def test_who_may_not_decide_is_refused() -> None:
    """An analyst gets 403, another agency's officer 404, the anonymous the sign-in."""
    dataset = made.cameras(nights.office())
    address = f"/data/{dataset.id}/open/"
    assert signed_in(make_person("analyst", dataset.agency)).get(address).status_code == 403
    assert signed_in(make_person("data_officer")).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert signed_in(make_person("analyst", dataset.agency)).post(f"{address}close/").status_code == 403


def test_what_cannot_be_opened_says_so() -> None:
    """If this fails, the page offers what the service refuses."""
    agency = nights.office()
    officer = signed_in(make_person("data_officer", agency))
    nothing = Dataset.objects.create(agency=agency, kind="unknown", title="x")
    assert 'name="licence"' not in officer.get(f"/data/{nothing.id}/open/").content.decode()
    calls = made.calls(agency)
    page = officer.get(f"/data/{calls.id}/open/").content.decode()
    assert 'name="columns"' not in page
    assert 'name="licence"' in page
