"""The migrations say what the models say, and every release's databases come to the present one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.homes import Homes

RELEASES = Path(__file__).parent / "releases"
SNAPSHOTS = sorted(folder for folder in RELEASES.iterdir() if (folder / "snapshot.json").exists())

FILL = """
import io, django
django.setup()
import polars as pl
from django.utils import timezone
from sunra.platform.accounts.models import Membership, Person
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.actor import Actor
from sunra.platform.files.services import store
from sunra.platform.ledger.services import Act, anchor, record
from sunra.platform.notices.services import notify
from sunra.platform.places.services import publish

kind, _ = AgencyType.objects.get_or_create(code="district", defaults={"name_ko": "구", "name_en": "district"})
agency = Agency.objects.create(name="시연 구청", type=kind, demo=True)
below = Agency.objects.create(name="시연 지구대", type=kind, parent=agency, demo=True)
person = Person.objects.create(username="demo", name="시연", demo=True)
Membership.objects.create(person=person, agency=below, role="volunteer", valid_from=timezone.now())
actor = Actor.job(agency.pk, "fill")
frame = pl.DataFrame({"key": ["a"], "lon": [127.01], "lat": [37.59], "address": ["시연로 1"]})
publish(actor=actor, agency_id=agency.pk, layer="facility", kind="cctv", source="s", frame=frame, demo=True)
store(actor=actor, agency_id=agency.pk, name="a.csv", stream=io.BytesIO(b"a,b"), kind="dataset", demo=True)
notify(kind="x", text="x", params={"n": 1}, persons=[person], email=False)
for number in range(3):
    record(actor=actor, act=Act.LOOK, subject="fill", ref=str(number), purpose="시연")
"""


def run(home: Path, *words: str, database: str = "") -> str:
    """Run Python in an installation of its own; keys of the ledger do not matter here."""
    environment = os.environ | {"SUNRA_HOME": str(home), "DJANGO_SETTINGS_MODULE": "sunra.web.settings"}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.django_db(databases=["default", "ledger"])
def test_no_change_of_a_model_lacks_its_migration() -> None:
    """If this fails, an installation that is updated lacks a column."""
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, homes: Homes) -> Path:
    """A snapshot of the present release, written the way a release's is."""
    folder = tmp_path_factory.mktemp("fresh")
    homes.copy("empty", folder / "home")
    run(folder / "home", "-c", FILL)
    run(folder / "home", "-m", "tests.web.release_snapshot", "write", str(folder / "snapshot"))
    return folder / "snapshot"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of its own."""
    from tools.postgres import server

    with server() as url:
        yield url


def brought(home: Path, snapshot: Path, database: str = "") -> None:
    """Load a snapshot and hold what came out against what went in."""
    result = json.loads(
        run(home, "-m", "tests.web.release_snapshot", "load", str(snapshot), database=database)
    )
    stored = json.loads((snapshot / "snapshot.json").read_text(encoding="utf-8"))
    assert result["ledger"]
    for alias in ("default", "ledger"):
        for name, rows in stored[alias]["rows"].items():
            # When a release drops a table on purpose, its name is taken out of the older snapshots.
            assert result["rows"].get(name, 0) >= len(rows), name


@pytest.mark.slow
def test_the_frame_itself_holds_on_sqlite(fresh: Path, tmp_path: Path, homes: Homes) -> None:
    """If this fails, the snapshots of releases prove nothing."""
    stored = json.loads((fresh / "snapshot.json").read_text(encoding="utf-8"))
    assert {"agencies.Agency", "accounts.Person", "places.Facility"} <= stored["default"]["rows"].keys()
    assert len(stored["ledger"]["rows"]["ledger.Record"]) == 3
    brought(homes.copy("migrated", tmp_path / "home"), fresh)


@pytest.mark.slow
@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda folder: folder.name)
def test_a_release_comes_to_the_present_on_sqlite(snapshot: Path, tmp_path: Path) -> None:
    """If this fails, an installation of that release cannot be updated."""
    brought(tmp_path / "home", snapshot)


@pytest.mark.slow
@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda folder: folder.name)
def test_a_release_comes_to_the_present_on_postgresql(snapshot: Path, tmp_path: Path, postgres: str) -> None:
    """If this fails, a city's installation of that release cannot be updated."""
    import psycopg
    from psycopg import sql

    name = f"release_{snapshot.name}"
    with psycopg.connect(postgres, autocommit=True) as server:
        for one in (name, f"{name}_ledger"):
            server.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(one))
            )
    brought(tmp_path / "home", snapshot, postgres.replace("/sunra?", f"/{name}?"))


@pytest.mark.slow
def test_real_data_never_become_a_snapshot(fresh: Path, tmp_path: Path) -> None:
    """If this fails, a release's snapshot could carry a real agency's data into the repository."""
    home = fresh.parent / "home"
    code = "import django; django.setup(); from sunra.platform.agencies.models import Agency as A; "
    run(home, "-c", code + "A.objects.create(name='실제', type_id='district')")
    with pytest.raises(AssertionError, match="not part of a demonstration"):
        run(home, "-m", "tests.web.release_snapshot", "write", str(tmp_path / "snapshot"))
    assert not (tmp_path / "snapshot").exists()
