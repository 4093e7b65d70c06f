"""What ran on the engine leaves a record, and only those it concerns see it."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from sunra.engine import Embedded, EngineError, Limits, Query
from sunra.engine.partitioned import Partitioned
from sunra.platform.base.access import Denied
from sunra.platform.base.roles import ANALYST, AUDITOR, DATA_OFFICER, PLATFORM_ADMIN, STAFF, VOLUNTEER
from sunra.platform.base.time import now
from sunra.platform.runs import backend, jobs, selectors, services
from sunra.platform.runs.models import Run
from tests.engine import work
from tests.engine.made import COUNTED, points, squares
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
SEES = {ANALYST, DATA_OFFICER, PLATFORM_ADMIN, AUDITOR}
TABLES = {"a": points(40), "squares": squares()}


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def test_a_run_is_written_down() -> None:
    """If this fails, nobody can tell what ran where, how long, over how many rows."""
    actor = make_actor(ANALYST)
    found = services.run(
        actor=actor, title="Nightly", query=COUNTED, tables=TABLES, backend=Partitioned(3), limits=Limits()
    )
    row = Run.objects.get()
    assert (row.state, row.engine, row.partitions) == ("done", "partitioned[3]", 3)
    assert (row.rows_in, row.rows_out, row.tables) == (49, found.num_rows, {"a": 40, "squares": 9})
    assert (row.actor, row.role, row.agency_id) == (actor.id, ANALYST, actor.agency_id)
    assert (row.title, row.digest) == ("Nightly", COUNTED.digest())
    assert row.seconds > 0
    assert row.finished is not None


def test_failed_runs_are_written_down_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the runs that somebody should look at are the ones missing."""
    actor = make_actor(ANALYST)
    with pytest.raises(EngineError):
        services.run(actor=actor, title="x", query="SELECT COUNT(*) AS n FROM a", tables={"a": points(3)})
    row = Run.objects.get()
    assert (row.state, row.error_code, row.reason) == ("failed", "not_local", "aggregate")

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("sunra.platform.runs.services.engine.execute", broken)
    with pytest.raises(RuntimeError):
        services.run(actor=actor, title="y", query=COUNTED, tables=TABLES)
    assert Run.objects.get(title="y").error_code == "unexpected"


def test_divided_work_is_written_down() -> None:
    """If this fails, work by district runs unseen."""
    table = pa.table({"id": [1, 2, 3], "by": ["a", "b", "a"]})
    found = services.map_partitions(
        actor=make_actor(ANALYST), title="Parts", function=work.counted, table=table, by="by"
    )
    row = Run.objects.get()
    assert (row.state, row.partitions, row.rows_in, row.rows_out) == ("done", 2, 3, found.num_rows)


def test_the_setting_chooses_without_a_change_of_code(settings: Any) -> None:
    """If this fails, an installation cannot move to a cluster by its settings."""
    assert backend.chosen() == Embedded()
    settings.ENGINE = "partitioned[2]"
    services.run(actor=make_actor(ANALYST), title="x", query=COUNTED, tables=TABLES)
    assert Run.objects.get().engine == "partitioned[2]"
    settings.ENGINE, settings.ENGINE_ROWS = "local[2]", 5
    assert backend.chosen().place == "local[2]"
    assert backend.limits().rows == 5
    settings.ENGINE = "elsewhere"
    with pytest.raises(EngineError, match="bad_setting"):
        backend.chosen()


def _rows() -> tuple[Any, Any]:
    mine, other = make_agency("우리 기관"), make_agency("남의 기관")
    common = {"actor": "x", "digest": "abcdef0123" * 6, "engine": "embedded", "state": "done"}
    for agency, title in ((mine, "우리 계산"), (other, "남의 계산"), (None, "설치 계산")):
        Run.objects.create(agency=agency, title=title, finished=now(), **common)
    return mine, other


def test_page_shows_the_own_agencys_runs() -> None:
    """If this fails, an analyst sees another agency's runs, or not the own."""
    mine, _other = _rows()
    Run.objects.create(
        agency=mine, actor="x", digest="9" * 64, engine="local[2]", title="큰 결합", state="failed",
        error_code="not_local", reason="halo", partitions=4,
        rows_in=1_234_567, tables={"a": 1_234_000, "b": 567},
    )  # fmt: skip
    client = signed_in(make_person(ANALYST, mine))
    page = client.get("/runs/").content.decode()
    assert "우리 계산" in page
    assert "남의 계산" not in page
    assert "설치 계산" not in page
    assert "1,234,567" in page
    assert "not_local · halo" in page
    narrowed = client.get("/runs/", {"state": "failed", "engine": "local[2]"}).content.decode()
    assert "큰 결합" in narrowed
    assert "우리 계산" not in narrowed
    assert "큰 결합" in client.get("/runs/", {"state": "nonsense"}).content.decode()
    empty = signed_in(make_person(ANALYST, make_agency())).get("/runs/")
    assert empty.status_code == 200
    Run.objects.bulk_create(
        Run(agency=mine, actor="x", digest="d", engine="embedded", title=f"계산 {n}") for n in range(30)
    )
    assert 'rel="next"' in client.get("/runs/").content.decode()
    assert 'rel="prev"' in client.get("/runs/", {"page": 2}).content.decode()


def test_administrator_also_sees_housekeeping() -> None:
    """If this fails, runs without an agency are seen by nobody."""
    _rows()
    titles = {row.title for row in selectors.runs(make_actor(PLATFORM_ADMIN))}
    assert titles == {"설치 계산"}


@pytest.mark.parametrize("role", sorted({*STAFF, VOLUNTEER} - SEES))
def test_others_are_refused(role: str) -> None:
    """If this fails, roles that have no business with the engine read its records."""
    assert signed_in(make_person(role)).get("/runs/").status_code == 403
    with pytest.raises(Denied):
        selectors.runs(make_actor(role))


def test_old_records_go_and_lost_runs_are_told() -> None:
    """If this fails, records pile up for good, or a run whose process died runs for ever."""
    _rows()
    Run.objects.filter(title="우리 계산").update(created=now() - timedelta(days=181))
    Run.objects.filter(title="남의 계산").update(created=now() - timedelta(days=2), state="running")
    assert jobs.purge(None) == {"lost": 1, "deleted": 1}  # type: ignore[arg-type]
    assert Run.objects.get(title="남의 계산").error_code == "lost"


def test_query_of_one_table_may_be_bare_text() -> None:
    """If this fails, the smallest question needs a declaration."""
    found = services.run(
        actor=make_actor(ANALYST), title="x", query="SELECT id FROM t WHERE id < 2", tables={"t": points(5)}
    )
    assert found.num_rows == 2
    assert Query("SELECT id FROM t", partition="t").roles() == {"t": "partition"}
