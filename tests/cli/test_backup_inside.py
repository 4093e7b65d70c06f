"""Backup and restore within this process, on databases of their own: what is taken and what is not."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connections
from django.db.utils import ConnectionHandler

from sunra.cli import backup as command
from sunra.platform.base.errors import UserError
from sunra.platform.files.backup import archive, services


@dataclass
class Here:
    """A home folder with two small databases, and what was recorded."""

    home: Path
    handler: ConnectionHandler
    records: list[dict[str, Any]]
    migrated: list[str]

    def fill(self) -> None:
        """Rows in both databases, files of all sorts."""
        for alias in ("default", "ledger"):
            with self.handler[alias].cursor() as cursor:
                cursor.execute("CREATE TABLE t (v text)")
                cursor.execute("INSERT INTO t VALUES (%s)", [alias])
        taken = ("files/ab/hash", "forecasts/11290/x.parquet", "anchors/ledger-2026-11.jsonl")
        keys = ("keys/secret", "keys/ledger-public/k.pem")
        for name in (*taken, *keys, "anchors/.lock", "assets/x", "logs/x", ".hidden", "run/pid"):
            self.put(name, name)
        self.put("files/arriving-1", "half")

    def put(self, name: str, text: str) -> None:
        """Write a file below the home folder."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def rows(self) -> list[tuple[str]]:
        """What both databases hold."""
        found = []
        for alias in ("default", "ledger"):
            with self.handler[alias].cursor() as cursor:
                cursor.execute("SELECT v FROM t")
                found += cursor.fetchall()
        return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any) -> Iterator[Here]:
    """An installation of which only the parts that a backup touches are real."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("SUNRA_HOME", str(home))
    names = {"default": home / "sunra.sqlite3", "ledger": home / "ledger.sqlite3"}
    engine = "django.db.backends.sqlite3"
    handler = ConnectionHandler({a: {"ENGINE": engine, "NAME": str(path)} for a, path in names.items()})
    made = Here(home, handler, [], [])

    monkeypatch.setattr(services, "connections", handler)
    monkeypatch.setattr(services, "record", lambda **given: made.records.append(given))
    monkeypatch.setattr(services, "bring_up_to_date", lambda: made.migrated.append("all"))
    monkeypatch.setattr(services, "verify", lambda: SimpleNamespace(ok=True, records=1))
    with django_db_blocker.unblock():  # the databases are this test's own
        yield made
        handler.close_all()


def members(path: Path) -> set[str]:
    """The names in an archive, without its manifest."""
    with tarfile.open(path) as tar:
        return set(tar.getnames()) - {archive.MANIFEST}


def test_all_data_are_taken_and_nothing_else(here: Here, tmp_path: Path) -> None:
    """If this fails, a backup lacks data, or carries keys, drafts and what can be built again."""
    here.fill()
    done = services.backup(target=tmp_path / "a.tar")
    assert members(done.path) == {
        "databases/default/database.sqlite3",
        "databases/ledger/database.sqlite3",
        "files/files/ab/hash",
        "files/forecasts/11290/x.parquet",
        "anchors/ledger-2026-11.jsonl",
        "keys/ledger-public/k.pem",
    }
    assert done.parts["files"][0] == 2
    assert [r["act"] for r in here.records] == [services.Act.EXPORT]


def test_a_restore_brings_back_rows_files_and_keys(here: Here, tmp_path: Path) -> None:
    """If this fails, something is lost between backup and restore."""
    here.fill()
    services.backup(target=tmp_path / "a.tar", keys_out=tmp_path / "k.tar", purpose="drill")
    assert members(tmp_path / "k.tar") == {"keys/secret", "keys/ledger-public/k.pem"}
    with here.handler["default"].cursor() as cursor:
        cursor.execute("UPDATE t SET v = 'later'")
    here.put("files/new", "later")
    here.put("keys/secret", "later")
    with pytest.raises(UserError) as refused:
        services.restore(source=tmp_path / "a.tar")
    assert refused.value.code == "home_not_empty"
    done = services.restore(source=tmp_path / "a.tar", keys=tmp_path / "k.tar", replace=True)
    assert here.rows() == [("default",), ("ledger",)]
    assert (here.home / "files/ab/hash").read_text() == "files/ab/hash"
    assert (here.home / "keys/secret").read_text() == "keys/secret"
    assert not (here.home / "files/new").exists()
    assert done.aside is not None
    assert (done.aside / "files/new").read_text() == "later"
    assert here.migrated == ["all"]
    assert [r["act"] for r in here.records] == [services.Act.EXPORT, services.Act.CHANGE]


def test_a_home_with_keys_and_empty_folders_is_empty(here: Here, tmp_path: Path) -> None:
    """If this fails, a fresh installation cannot be restored into."""
    here.fill()
    services.backup(target=tmp_path / "a.tar")
    here.handler.close_all()
    for name in ("sunra.sqlite3", "ledger.sqlite3", "files/ab/hash", "files/arriving-1"):
        (here.home / name).unlink()
    for name in ("forecasts/11290/x.parquet", "anchors/ledger-2026-11.jsonl"):
        (here.home / name).unlink()
    assert services.restore(source=tmp_path / "a.tar").aside is None
    assert here.rows() == [("default",), ("ledger",)]
    assert (here.home / "keys/secret").read_text() == "keys/secret"


def test_without_a_ledger_nothing_is_written(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, all personal data can leave without a trace."""
    here.fill()

    def away(**_given: Any) -> None:
        raise OSError

    monkeypatch.setattr(services, "record", away)
    with pytest.raises(OSError):  # noqa: PT011 - the error itself is the point
        services.backup(target=tmp_path / "a.tar")
    assert not (tmp_path / "a.tar").exists()


def test_a_table_replaced_meanwhile_does_not_stop_the_backup(here: Here, tmp_path: Path) -> None:
    """If this fails, a nightly forecast makes the nightly backup fail."""
    here.fill()
    with archive.Writer(tmp_path / "a.tar") as out:
        services._add(out, "files/forecasts/gone.parquet", here.home / "gone")
        with pytest.raises(FileNotFoundError):
            services._add(out, "databases/default/database.sqlite3", here.home / "gone")
        out.finish({})
    assert members(tmp_path / "a.tar") == set()


def test_keys_from_another_kind_of_archive_are_refused(here: Here, tmp_path: Path) -> None:
    """If this fails, a backup given in place of the keys scatters its files among them."""
    here.fill()
    services.backup(target=tmp_path / "a.tar")
    with pytest.raises(UserError) as refused:
        services.restore(source=tmp_path / "a.tar", keys=tmp_path / "a.tar", replace=True)
    assert refused.value.code == "backup_unreadable"
    assert here.rows() == [("default",), ("ledger",)]


@pytest.mark.parametrize(
    ("about", "code"),
    [({}, "backup_unreadable"), ({"vendor": "postgresql", "migrations": []}, "backup_vendor")],
)
def test_an_archive_for_another_database_is_refused(
    here: Here, tmp_path: Path, about: dict[str, Any], code: str
) -> None:
    """If this fails, rows of one kind of database are put into another."""
    with archive.Writer(tmp_path / "a.tar") as out:
        out.finish({"id": "x", "databases": {"default": about} if about else {}})
    with pytest.raises(UserError) as refused:
        services.restore(source=tmp_path / "a.tar")
    assert refused.value.code == code


def test_the_command_prints_what_was_done(here: Here, tmp_path: Path) -> None:
    """If this fails, an operator does not see what was saved, or a script cannot read it."""
    here.fill()
    runner = CliRunner()
    saved = runner.invoke(command.backup, [str(tmp_path / "a.tar")])
    assert saved.exit_code == 0
    assert "--keys-out" in saved.output
    assert '"id"' in runner.invoke(command.backup, [str(tmp_path / "b.tar"), "--json"]).output
    back = runner.invoke(command.restore, [str(tmp_path / "a.tar"), "--replace"])
    assert "intact" in back.output
    assert "before-restore-" in back.output
    again = runner.invoke(command.restore, [str(tmp_path / "a.tar"), "--replace", "--json"])
    assert '"ok": true' in again.output


def test_the_test_databases_are_not_touched() -> None:
    """If this fails, these tests speak to the suite's own databases."""
    assert services.connections is connections
