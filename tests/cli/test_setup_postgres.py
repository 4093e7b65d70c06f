"""``sunra setup`` on a PostgreSQL that has the main database alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def sunra(home: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a verb against that server."""
    line = [sys.executable, "-c", "from sunra.cli.main import main; main()", *words]
    environment = os.environ | {"SUNRA_HOME": str(home), "DATABASE_URL": url}
    environment.pop("LEDGER_DATABASE_URL", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_the_ledgers_database_is_made_or_its_lack_is_named(tmp_path: Path) -> None:
    """If this fails, a city's first start ends in a trace instead of a ledger or a remedy."""
    from tools.postgres import server

    with server() as url:
        before = url.replace("/sunra?", "/other?")
        made = sunra(tmp_path, url, "setup")
        assert made.returncode == 0, made.stderr
        psql = (
            "import sys, psycopg; c = psycopg.connect(sys.argv[1], autocommit=True); c.execute(sys.argv[2])"
        )
        for statement in (
            "DROP DATABASE sunra_ledger",
            "CREATE ROLE clerk LOGIN",
            "CREATE DATABASE other OWNER clerk",
        ):
            subprocess.run([sys.executable, "-c", psql, url, statement], check=True)
        refused = sunra(tmp_path, before.replace("postgres:@", "clerk:@"), "setup")
        assert refused.returncode == 1
        assert "other_ledger" in refused.stderr
        assert "LEDGER_DATABASE_URL" in refused.stderr
        again = sunra(tmp_path, url, "setup")
        assert again.returncode == 0, again.stderr
        assert sunra(tmp_path, url, "ledger", "verify").returncode == 0
