"""The drill: create, back up, wipe, restore; the same rows, the same files, a ledger that verifies."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.homes import Homes

pytestmark = pytest.mark.xdist_group("backup")
FILL = """
import io, sys, uuid, django
django.setup()
import polars as pl
from sunra.engine import store
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.actor import Actor
from sunra.platform.base.home import folder
from sunra.platform.files.services import store as keep
from sunra.platform.ledger.services import Act, anchor, record
from sunra.platform.places.services import publish

kind, _ = AgencyType.objects.get_or_create(code="district", defaults={"name_ko": "구", "name_en": "district"})
agency = Agency.objects.create(name="성북구청", type=kind)
actor = Actor.job(agency.pk, "drill")
frame = pl.DataFrame({"key": ["a", "b"], "lon": [127.01, 127.02], "lat": [37.59, 37.6], "lamps": [1, 2]})
publish(actor=actor, agency_id=agency.pk, layer="facility", kind="security_light", source="s", frame=frame)
keep(actor=actor, agency_id=agency.pk, name="보안등.csv", stream=io.BytesIO(b"a,b\\n1,2\\n"), kind="dataset")
store.write(folder("forecasts") / "11290" / "x.parquet", frame, {"made": "drill"})
for number in range(5):
    record(actor=actor, act=Act.LOOK, subject="drill", ref=str(number), purpose="drill")
anchor()
record(actor=actor, act=Act.LOOK, subject="drill", ref="after the anchor", purpose="drill")
"""

SHOW = """
import json, django
django.setup()
from sunra.engine import store
from sunra.platform.base.home import home
from sunra.platform.files.models import StoredFile
from sunra.platform.files import blobs
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.verify import verify
from sunra.platform.places.models import Facility, LegalDong

print(json.dumps({
    "facilities": list(Facility.objects.order_by("key").values_list("key", "lon", "cell_e", "count")),
    "dongs": LegalDong.objects.count(),
    "files": [[f.name, blobs.path_of(f.sha256).read_text()] for f in StoredFile.objects.all()],
    "table": store.read(home() / "forecasts/11290/x.parquet").rows(),
    "drill": list(Record.objects.filter(subject="drill").order_by("pk").values_list("ref", "hash")),
    "installation": list(
        Record.objects.filter(subject="installation").order_by("pk").values_list("act", "purpose")
    ),
    "ok": verify().ok,
}, default=str))
"""


class Installation:
    """A SUNRA_HOME that is used from outside, as people do."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self._environment = os.environ | {"SUNRA_HOME": str(home), **environment}
        self._environment["DJANGO_SETTINGS_MODULE"] = "sunra.web.settings"

    def python(self, code: str) -> str:
        """Run a script inside."""
        return self._run([sys.executable, "-c", code]).stdout

    def sunra(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command; the test looks at its exit code."""
        starter = "import sys; from sunra.cli.main import main; sys.exit(main(sys.argv[1:]))"
        return self._run([sys.executable, "-c", starter, *words], check=False)

    def show(self) -> dict[str, Any]:
        """What it holds."""
        return dict(json.loads(self.python(SHOW)))

    def _run(self, line: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            line, env=self._environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert not check or done.returncode == 0, done.stderr[-3000:]
        return done


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, homes: Homes) -> Installation:
    """An installation with agencies, places, a file, a table, a ledger and anchors."""
    installation = Installation(homes.copy("empty", tmp_path_factory.mktemp("filled") / "home"))
    installation.python(FILL)
    return installation


@pytest.fixture(scope="module")
def backup(filled: Installation) -> Path:
    """Its backup; the keys lie beside it."""
    target = filled.home.parent / "backup.tar"
    done = filled.sunra("backup", str(target), "--keys-out", str(target.with_name("keys.tar")), "--json")
    assert done.returncode == 0, done.stderr
    parts = json.loads(done.stdout)["parts"]
    assert set(parts) == {"databases/default", "databases/ledger", "files", "anchors", "keys"}
    return target


@pytest.mark.slow
def test_the_drill(filled: Installation, backup: Path, tmp_path: Path) -> None:
    """If this fails, a fire in the server room ends the installation."""
    before = filled.show()
    wiped = Installation(tmp_path / "home")
    shutil.rmtree(tmp_path / "home", ignore_errors=True)
    done = wiped.sunra("restore", str(backup), "--keys", str(backup.with_name("keys.tar")), "--json")
    assert done.returncode == 0, done.stderr
    after = wiped.show()
    assert after.pop("installation") == [["export", "backup"], ["change", "restore from backup"]]
    assert before.pop("installation") == [["export", "backup"]]
    assert after == before
    assert after["ok"]
    assert after["dongs"] > 20_000
    assert len(after["drill"]) == 6
    assert (wiped.home / "keys/secret").read_text() == (filled.home / "keys/secret").read_text()
    assert not list(wiped.home.glob("restoring-*"))
    assert wiped.sunra("ledger", "verify").returncode == 0


@pytest.mark.slow
def test_keys_stay_apart(backup: Path, tmp_path: Path) -> None:
    """If this fails, whoever finds a backup can read what the keys protect."""
    import tarfile

    with tarfile.open(backup) as tar:
        names = [name for name in tar.getnames() if name.startswith("keys/")]
    assert names
    assert all(name.startswith("keys/ledger-public/") for name in names)
    other = Installation(tmp_path / "home")
    assert other.sunra("restore", str(backup)).returncode == 0
    assert not (other.home / "keys/factors").exists()


@pytest.mark.slow
def test_data_that_are_there_are_kept_aside(filled: Installation, backup: Path, tmp_path: Path) -> None:
    """If this fails, a restore destroys what it was meant to save."""
    other = Installation(tmp_path / "home")
    shutil.copytree(filled.home, other.home)
    refused = other.sunra("restore", str(backup))
    assert refused.returncode == 1
    assert "home_not_empty" in refused.stderr
    before = other.show()
    done = other.sunra("restore", str(backup), "--replace", "--json")
    assert done.returncode == 0, done.stderr
    aside = Path(json.loads(done.stdout)["aside"])
    with sqlite3.connect(aside / "sunra.sqlite3") as old:
        assert old.execute("SELECT count(*) FROM places_facility").fetchone() == (2,)
    assert (aside / "files").is_dir()
    assert (aside / "anchors").is_dir()
    assert other.show()["facilities"] == before["facilities"]


@pytest.mark.slow
def test_a_damaged_backup_touches_nothing(filled: Installation, backup: Path, tmp_path: Path) -> None:
    """If this fails, a bad file replaces a good installation."""
    body = bytearray(backup.read_bytes())
    body[len(body) // 2] ^= 0xFF
    (tmp_path / "bad.tar").write_bytes(body)
    other = Installation(tmp_path / "home")
    shutil.copytree(filled.home, other.home)
    before = (other.home / "sunra.sqlite3").read_bytes()
    done = other.sunra("restore", str(tmp_path / "bad.tar"), "--replace")
    assert done.returncode == 1
    assert "backup_altered" in done.stderr
    assert (other.home / "sunra.sqlite3").read_bytes() == before
    assert not list(other.home.glob("before-restore-*"))


@pytest.mark.slow
def test_places_that_make_no_backup_are_refused(filled: Installation, backup: Path, tmp_path: Path) -> None:
    """If this fails, a backup is overwritten, lies in what it saves, or carries its own keys."""
    inside = filled.sunra("backup", str(filled.home / "x.tar"))
    assert "backup_inside" in inside.stderr
    assert "backup_exists" in filled.sunra("backup", str(backup)).stderr
    same = filled.sunra("backup", str(tmp_path / "a.tar"), "--keys-out", str(tmp_path / "a.tar"))
    assert "backup_keys_same" in same.stderr
    assert same.returncode == 1
    assert not (tmp_path / "a.tar").exists()


@pytest.mark.slow
def test_the_drill_on_postgresql(tmp_path: Path) -> None:
    """If this fails, a city that chose PostgreSQL has no way back."""
    from tools.postgres import server

    with server() as url:
        city = Installation(tmp_path / "home", DATABASE_URL=url)
        assert city.sunra("setup").returncode == 0
        city.python(FILL)
        before = city.show()
        target = tmp_path / "backup.tar"
        keys = tmp_path / "keys.tar"
        done = city.sunra("backup", str(target), "--keys-out", str(keys), "--json")
        assert done.returncode == 0, done.stderr
        again = Installation(tmp_path / "again", DATABASE_URL=url)
        assert "home_not_empty" in again.sunra("restore", str(target)).stderr
        done = again.sunra("restore", str(target), "--keys", str(keys), "--replace", "--json")
        assert done.returncode == 0, done.stderr
        after = again.show()
        before.pop("installation")
        assert after.pop("installation") == [["export", "backup"], ["change", "restore from backup"]]
        assert after == before
        again.python(FILL.replace("성북구청", "도봉구청").replace('"s"', '"t"'))
        assert again.show()["ok"]
        small = Installation(tmp_path / "small")
        assert "backup_vendor" in small.sunra("restore", str(target)).stderr
