"""Streets under the maps: drawn from what an agency publishes, seen by who sees the streets."""

import threading
from pathlib import Path

import polars as pl
import pytest

from sunra.platform.accounts.roles import SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.events.services import deliver_pending
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.platform.maps import streets
from sunra.platform.places.services import publish
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"], transaction=True)
LINES = [[[127.01, 37.59], [127.02, 37.6]], [[127.02, 37.6], [127.03, 37.59]]]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNRA_HOME", str(tmp_path))


def put(agency: Agency, lines: list[list[list[float]]]) -> None:
    """Publish these lines as the agency's streets, then do what waits in the background."""
    frame = pl.DataFrame(
        {"key": [str(number) for number in range(len(lines))], "geometry": lines},
        schema={"key": pl.String, "geometry": pl.List(pl.List(pl.Float64))},
    )
    actor = make_actor(SAFETY_OFFICER, agency)
    publish(actor=actor, agency_id=agency.pk, layer="street", kind="road", source="t", frame=frame)
    deliver_pending(100)
    while Worker(threading.Event(), worker_id="w").run_one():
        pass


def test_published_streets_are_drawn_and_go_with_the_last_line() -> None:
    """If this fails, the map shows no streets, or streets that nobody publishes any more."""
    agency = make_agency("구청")
    put(agency, LINES)
    assert Job.objects.get(kind="maps.streets").state == "done"
    assert streets.path_of(agency.pk).read_bytes()[:7] == b"PMTiles"
    put(agency, [])
    assert not streets.path_of(agency.pk).exists()


def test_only_who_sees_the_streets_gets_their_tiles() -> None:
    """If this fails, one agency reads another's street file, or its own map stays empty."""
    mine, other = make_agency("구청"), make_agency("이웃 구청")
    put(mine, LINES)
    actor = make_actor(SAFETY_OFFICER, mine)
    url = streets.address(actor, mine.pk)
    assert url.startswith(f"/maps/streets/{mine.pk}.pmtiles?v=")
    answer = signed_in(make_person(SAFETY_OFFICER, mine)).get(url, HTTP_RANGE="bytes=0-6")
    assert (answer.status_code, answer.content) == (206, b"PMTiles")
    assert streets.address(make_actor(SAFETY_OFFICER, other), mine.pk) == ""
    assert signed_in(make_person(SAFETY_OFFICER, other)).get(url).status_code == 404
