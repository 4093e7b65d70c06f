"""The drill: create, back up, wipe, restore; the same rows, the same files, a ledger that verifies."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.installation import FILL, Installation
from tests.homes import Homes

pytestmark = pytest.mark.xdist_group("backup")


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
