"""Pulling from open interfaces, against a local server that speaks their documented protocols."""

import csv
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.tables.answers import Answer
from sunra.platform.accounts.roles import ANALYST, DATA_OFFICER, VOLUNTEER
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.platform.notices.models import Notice
from sunra.platform.places.models import Facility
from sunra.systems.sharing.connectors.client import Client, PullError
from sunra.systems.sharing.connectors.pulling import Pulled, pull
from sunra.systems.sharing.connectors.sources import SOURCES
from sunra.systems.sharing.models import Connector, Pull, Vintage
from sunra.systems.sharing.services import connectors as services
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing.interface import KEY, Interface, error_xml

CCTV = "tn_pubr_public_cctv_api"
SPOTS = {"searchYearCd": "2025119", "siDo": "26", "guGun": "110"}


@pytest.fixture
def served() -> Iterator[Callable[..., Interface]]:
    """Starts interfaces and ends them."""
    running: list[Interface] = []

    def start(records: list[dict[str, Any]], **options: Any) -> Interface:
        running.append(Interface(records, **options).start())
        return running[-1]

    yield start
    for one in running:
        one.stop()


def cctv(count: int) -> list[dict[str, Any]]:
    """Records with the field names of the standard interface, spread over the small district."""
    return [
        {
            "institutionNm": "중구청",
            "rdnmadr": "",
            "lnmadr": f"부산광역시 중구 {n}",
            "installationPurpsType": "생활방범",
            "cctvNumber": "2",
            "latitude": str(lat),
            "longitude": str(lon),
            "referenceDate": "2026-10-01",
        }
        for n, (lon, lat) in enumerate(nights.points(count))
    ]


def client(interface: Interface, source: str, chosen: dict[str, str] | None = None, key: str = KEY) -> Client:
    """A client that never waits."""
    return Client(SOURCES[source], key, chosen or {}, host=interface.url, pause=lambda _seconds: None)


def pulled(interface: Interface, source: str, path: Path, **options: Any) -> Pulled:
    """Pull a source into ``path``."""
    own = client(interface, source, **options)
    return pull(own.page, own.source.identity, path, lambda *_: None)


def work() -> None:
    """Let a worker finish what is queued."""
    while Worker(threading.Event(), worker_id="w").run_one():
        pass


def rows_of(path: Path) -> list[dict[str, str]]:
    """The table that came."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_pages_come_once(served: Callable[..., Interface], tmp_path: Path) -> None:
    """If this fails, a pull stops at the first page, as the portal's own exports do."""
    interface = served([{"id": str(n)} for n in range(2_345)])
    came = pulled(interface, CCTV, tmp_path / "a.csv")
    assert came == Pulled(2_345, 2_345, 0, 3, 1)
    assert [row["id"] for row in rows_of(tmp_path / "a.csv")] == [str(n) for n in range(2_345)]


def test_records_that_shift_between_pages_are_counted_by_what_they_are(
    served: Callable[..., Interface], tmp_path: Path
) -> None:
    """If this fails, repeated records hide the ones that never came."""
    interface = served([{"id": str(n)} for n in range(2_000)], drift=5)
    came = pulled(interface, CCTV, tmp_path / "a.csv")
    assert (came.records, came.repeated, came.missing, came.rounds) == (1_995, 5, 5, 2)


def test_an_error_under_http_200_is_an_error(served: Callable[..., Interface], tmp_path: Path) -> None:
    """If this fails, a wrong key empties a dataset."""
    interface = served([{"id": "1"}])
    with pytest.raises(PullError, match="service 30"):
        pulled(interface, CCTV, tmp_path / "a.csv", key="wrong")
    assert not (tmp_path / "a.csv").exists()
    assert len(interface.asked) == 1, "a wrong key is not tried again"


@pytest.mark.parametrize(
    "fault", [(500, "down"), (429, "slowly"), (200, error_xml("05", "SERVICETIMEOUT_ERROR"))]
)
def test_what_passes_is_waited_for(
    served: Callable[..., Interface], tmp_path: Path, fault: tuple[int, str]
) -> None:
    """If this fails, a short outage costs a night."""
    waited: list[float] = []
    interface = served([{"id": "1"}, {"id": "2"}], faults=[fault, fault])
    own = Client(SOURCES[CCTV], KEY, {}, host=interface.url, pause=waited.append)
    assert pull(own.page, (), tmp_path / "a.csv", lambda *_: None).records == 2
    assert waited == [1.0, 2.0]


def test_what_does_not_pass_ends_after_five_tries(served: Callable[..., Interface], tmp_path: Path) -> None:
    """If this fails, a dead service holds the worker for ever, or an error names the key."""
    interface = served([], faults=[(503, "")] * 9)
    with pytest.raises(PullError, match="http_status 503") as caught:
        pulled(interface, CCTV, tmp_path / "a.csv")
    assert len(interface.asked) == 5
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_one_hit_is_a_dict_and_none_is_an_empty_text(
    served: Callable[..., Interface], tmp_path: Path, count: int
) -> None:
    """If this fails, districts with a single hot spot have none, and those without break the pull."""
    interface = served([{"afos_fid": str(n), "spot_nm": "교차로"} for n in range(count)])
    if not count:
        with pytest.raises(PullError, match="no_records"):
            pulled(interface, "frequentzoneLg", tmp_path / "a.csv", chosen=SPOTS)
        return
    assert pulled(interface, "frequentzoneLg", tmp_path / "a.csv", chosen=SPOTS).records == count
    assert "_type=json" in interface.asked[0]
    assert "searchYearCd=2025119" in interface.asked[0]


def test_seoul_pages_by_first_and_last_row(served: Callable[..., Interface], tmp_path: Path) -> None:
    """If this fails, Seoul's data end at row 1,000."""
    interface = served([{"FACI_ID": str(n)} for n in range(1_200)])
    assert pulled(interface, "tbSafeReturnItem", tmp_path / "a.csv").records == 1_200
    assert interface.asked[1].endswith("/json/tbSafeReturnItem/1001/2000/")
    with pytest.raises(PullError, match="service INFO-100"):
        pulled(interface, "tbSafeReturnItem", tmp_path / "b.csv", key="wrong")


@pytest.mark.parametrize("text", ["<html>Down</html>", "{", "", "[[[[", "\x00\x01"])
def test_nonsense_is_refused(served: Callable[..., Interface], tmp_path: Path, text: str) -> None:
    """If this fails, an error page becomes data."""
    with pytest.raises(PullError):
        pulled(served([], faults=[(200, text)] * 5), CCTV, tmp_path / "a.csv")


@given(
    st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=8),
    st.none() | st.integers(0, 40),
)
def test_a_table_holds_every_record_once(
    tmp_path_factory: pytest.TempPathFactory, pages: list[list[int]], total: int | None
) -> None:
    """Whatever the pages repeat or lack: no record twice, none invented, and the pull ends."""

    def ask(number: int) -> Answer:
        rows = pages[number - 1] if number <= len(pages) else []
        return Answer(records=[{"id": str(one)} for one in rows], total=total)

    target = tmp_path_factory.mktemp("pulls") / "a.csv"
    try:
        came = pull(ask, ("id",), target, lambda *_: None)
    except PullError:
        assert not target.exists()
        return
    ids = [row["id"] for row in rows_of(target)]
    assert len(ids) == len(set(ids)) == came.records
    assert set(ids) <= {str(one) for page in pages for one in page}


@pytest.mark.parametrize(
    ("every", "day", "due"),
    [
        ("day", dt.date(2026, 11, 22), dt.date(2026, 11, 22)),
        ("week", dt.date(2026, 11, 22), dt.date(2026, 11, 16)),
        ("week", dt.date(2026, 11, 23), dt.date(2026, 11, 23)),
        ("month", dt.date(2026, 11, 22), dt.date(2026, 11, 1)),
    ],
)
def test_when_a_connector_is_due(every: str, day: dt.date, due: dt.date) -> None:
    """If this fails, data come too often or never."""
    assert services.last_due(every, day) == due


@pytest.mark.django_db(databases=["default", "ledger"])
class TestInstalled:
    """Connectors of an agency, with its people."""

    @pytest.fixture(autouse=True)
    def _keys(self, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SUNRA_HOME", str(tmp_path))
        settings.CONNECTOR_KEYS = {"SUNRA_DATA_GO_KR_KEY": KEY}

    def test_a_pull_becomes_a_vintage_that_waits(
        self, served: Callable[..., Interface], settings: Any
    ) -> None:
        """If this fails, what a service sends is published unseen, or never arrives."""
        interface = served(cctv(30))
        settings.CONNECTOR_HOSTS = {SOURCES[CCTV].host: interface.url}
        officer = make_actor(DATA_OFFICER, nights.office())
        row = services.add(actor=officer, source=CCTV, chosen={}, every="week")
        services.pull_now(actor=officer, connector_id=row.id)
        work()
        kept = Pull.objects.get()
        assert (kept.records, kept.announced, kept.problem) == (30, 30, "")
        assert kept.vintage.state == Vintage.State.DRAFT
        assert (kept.vintage.kind, kept.vintage.units) == ("cctv", 60)
        assert not Facility.objects.exists()
        assert Notice.objects.filter(kind="sharing.approval").exists()

    def test_a_failed_pull_is_told_and_changes_nothing(
        self, served: Callable[..., Interface], settings: Any
    ) -> None:
        """If this fails, nobody learns that a service refuses the key."""
        settings.CONNECTOR_KEYS = {"SUNRA_DATA_GO_KR_KEY": "wrong"}
        settings.CONNECTOR_HOSTS = {SOURCES[CCTV].host: served(cctv(3)).url}
        person = make_person(DATA_OFFICER, nights.office())
        officer = make_actor(DATA_OFFICER, person.memberships.get().agency)
        row = services.add(actor=officer, source=CCTV, chosen={}, every="day")
        services.pull_now(actor=officer, connector_id=row.id)
        work()
        failed = Pull.objects.get()
        assert (failed.problem, failed.detail, failed.vintage) == ("service", "30", None)
        assert Notice.objects.filter(kind="sharing.pull", person=person).exists()
        address = reverse("sharing:connector", args=[row.id])
        assert Job.objects.get(kind=services.PULL_JOB).result["url"] == address
        page = signed_in(person).get(address).content.decode()
        assert "(30)" in page
        assert "wrong" not in page

    def test_without_a_key_nothing_is_asked(self, settings: Any) -> None:
        """If this fails, an installation without a key asks with an empty one every night."""
        settings.CONNECTOR_KEYS = {}
        row = Connector.objects.create(agency=nights.office(), source=CCTV)
        with pytest.raises(PullError, match="no_key SUNRA_DATA_GO_KR_KEY"):
            services.fetch(row, Path("never"), lambda *_: None)

    def test_what_is_due_is_queued_once(self) -> None:
        """If this fails, a missed night is lost, or a pull runs twice."""
        row = Connector.objects.create(agency=nights.office(), source=CCTV, every="week")
        Connector.objects.create(agency=row.agency, source="cctv_info", active=False)
        assert services.enqueue_due() == 1
        assert services.enqueue_due() == 1
        assert Job.objects.filter(kind=services.PULL_JOB).count() == 1
        Pull.objects.create(agency=row.agency, connector=row, records=1)
        assert services.enqueue_due() == 0
        assert services.enqueue_due(dt.date.today() + dt.timedelta(days=8)) == 1

    def test_the_same_question_twice_and_missing_codes_are_refused(self) -> None:
        """If this fails, a source is pulled twice a night, or asked for no year at all."""
        officer = make_actor(DATA_OFFICER, nights.office())
        services.add(actor=officer, source="frequentzoneLg", chosen=SPOTS, every="month")
        for chosen, code in ((SPOTS, "connector_exists"), ({}, "choice_missing")):
            with pytest.raises(UserError) as caught:
                services.add(actor=officer, source="frequentzoneLg", chosen=chosen, every="month")
            assert caught.value.code == code
        with pytest.raises(UserError):
            services.add(actor=officer, source="http://evil", chosen={}, every="day")

    def test_only_data_officers_of_the_agency_connect(self) -> None:
        """If this fails, anybody sends the installation to pull, or sees another agency's sources."""
        office = nights.office()
        row = Connector.objects.create(agency=office, source=CCTV)
        for act in (
            lambda actor: services.add(actor=actor, source=CCTV, chosen={}, every="day"),
            lambda actor: services.pull_now(actor=actor, connector_id=row.id),
            lambda actor: services.change(actor=actor, connector_id=row.id, active=False),
        ):
            with pytest.raises(PermissionDenied):
                act(make_actor(ANALYST, office))
        stranger = make_actor(DATA_OFFICER, make_agency("이웃"))
        with pytest.raises(Http404):
            services.pull_now(actor=stranger, connector_id=row.id)

    def test_the_pages_show_add_pull_and_pause(self) -> None:
        """If this fails, connectors can't be used from the page."""
        office = nights.office()
        officer, reader = (signed_in(make_person(role, office)) for role in (DATA_OFFICER, ANALYST))
        assert officer.get(reverse("sharing:connectors")).status_code == 200
        add = reverse("sharing:connector_add")
        assert 'name="siDo"' not in officer.get(add).content.decode()
        asking = officer.get(add, {"source": "frequentzoneLg", "every": "month"}).content.decode()
        assert all(f'value="{code}"' in asking for code in ("26", "110"))
        seoul = Connector.objects.create(agency=office, source="tbSafeReturnItem")
        keyless = officer.get(reverse("sharing:connector", args=[seoul.id])).content.decode()
        assert "SUNRA_SEOUL_KEY" in keyless
        seoul.delete()
        made = officer.post(reverse("sharing:connector_add"), {"source": CCTV, "every": "week"})
        assert made.status_code == 302
        assert "SUNRA_DATA_GO_KR_KEY" not in officer.get(made["Location"]).content.decode()
        again = officer.post(reverse("sharing:connector_add"), {"source": CCTV, "every": "week"})
        assert again.status_code == 400
        page = made["Location"]
        assert reader.get(page).status_code == 200
        assert reader.post(page, {"act": "pull"}).status_code == 403
        assert signed_in(make_person(VOLUNTEER, office)).get(page).status_code == 403
        assert officer.post(page, {"act": "pause"}).status_code == 302
        assert not Connector.objects.get().active
        officer.post(page, {"act": "resume"})
        assert "/jobs/" in officer.post(page, {"act": "pull"})["Location"]
