"""An installation on PostgreSQL from outside: first start on the main database alone, and the drill."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installation import FILL, Installation

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("city")]
PSQL = "import sys, psycopg; c = psycopg.connect(sys.argv[1], autocommit=True); c.execute(sys.argv[2])"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of its own, on which the ledger has no database yet."""
    from tools.postgres import server

    with server() as given:
        subprocess.run([sys.executable, "-c", PSQL, given, "DROP DATABASE sunra_ledger"], check=True)
        yield given


@pytest.fixture(scope="module")
def city(url: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation there, set up."""
    made = Installation(tmp_path_factory.mktemp("city") / "home", DATABASE_URL=url)
    done = made.sunra("setup")
    assert done.returncode == 0, done.stderr
    return made


def test_the_ledgers_database_is_made(city: Installation) -> None:
    """If this fails, a city's first start ends in a trace instead of a ledger."""
    assert city.sunra("ledger", "verify").returncode == 0


def test_a_lack_of_the_ledgers_database_is_named(url: str, tmp_path: Path) -> None:
    """If this fails, whoever may not make databases is not told which one is wanted."""
    for statement in ("CREATE ROLE clerk LOGIN", "CREATE DATABASE other OWNER clerk"):
        subprocess.run([sys.executable, "-c", PSQL, url, statement], check=True)
    other = url.replace("/sunra?", "/other?").replace("postgres:@", "clerk:@")
    refused = Installation(tmp_path, DATABASE_URL=other).sunra("setup")
    assert refused.returncode == 1
    assert "other_ledger" in refused.stderr
    assert "LEDGER_DATABASE_URL" in refused.stderr


def test_the_drill(city: Installation, url: str, tmp_path: Path) -> None:
    """If this fails, a city that chose PostgreSQL has no way back."""
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
