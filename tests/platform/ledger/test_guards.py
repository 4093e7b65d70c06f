"""The database's own refusals, expiry as the one way out, and the application's role on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from sunra.platform.ledger import expiry, guards
from sunra.platform.ledger.expiry import ends, expire
from sunra.platform.ledger.models import Chain, Record, Segment
from sunra.platform.ledger.services import anchor
from sunra.platform.ledger.verify import verify
from tests.platform.ledger.conftest import Writer

pytestmark = [
    pytest.mark.django_db(databases=["default", "ledger"]),
    pytest.mark.usefixtures("ledger_home", "guarded"),
]


def refused(act: Callable[[], object]) -> bool:
    """Whether the database refuses."""
    try:
        with transaction.atomic(using="ledger"):
            act()
    except DatabaseError:
        return True
    return False


def test_records_are_neither_altered_nor_deleted(write: Writer) -> None:
    """If this fails, one careless statement rewrites history."""
    write(1)
    assert guards.installed(connections["ledger"])
    assert refused(lambda: Record.objects.update(purpose="x"))
    assert refused(lambda: Record.objects.all().delete())
    assert refused(lambda: Record.objects.update(segment=None))
    assert verify().ok


def test_segments_stay(write: Writer, at: Callable[[str], None]) -> None:
    """If this fails, a month's links can be changed or removed."""
    at("2026-10-01T00:00:00+00:00")
    write(1)
    at("2026-11-01T00:00:00+00:00")
    write(2)
    closed = Segment.objects.filter(state="closed")
    assert refused(lambda: closed.update(end_hash="0" * 64))
    assert refused(lambda: closed.update(month="2026-09"))
    assert refused(lambda: connections["ledger"].cursor().execute("DELETE FROM ledger_segment"))


def test_database_without_triggers_is_told(write: Writer) -> None:
    """If this fails, an auditor does not learn that the guards were taken off."""
    write(1)
    guards.remove(connections["ledger"])
    assert not verify().guarded


@pytest.fixture
def old(ledger_home: Path, guarded: None, write: Writer, at: Callable[[str], None]) -> None:
    """A one-year and a two-year chain, from September 2024 on."""
    for month in ("2024-09", "2024-10", "2026-11"):
        at(f"{month}-05T00:00:00+00:00")
        for number in range(3):
            write(number, retention=1)
            write(number, retention=2)
    anchor()


MOMENT = datetime(2026, 10, 15, tzinfo=UTC)


@pytest.mark.usefixtures("old")
def test_expired_months_leave_their_signed_end() -> None:
    """If this fails, records are kept beyond their time, or what is left cannot be verified."""
    dropped = expire(MOMENT)
    assert [(one.chain_id, one.month) for one in dropped] == [(1, "2024-09"), (1, "2024-10"), (2, "2024-09")]
    assert Record.objects.filter(subject="patrols.Member").count() == 9
    assert Record.objects.filter(subject="ledger.Segment").count() == 3
    verdict = verify()
    assert verdict.ok, verdict.problems
    assert expire(MOMENT) == []


@pytest.mark.usefixtures("old")
def test_dropping_before_time_is_found() -> None:
    """If this fails, a month can be made to disappear by calling it expired."""
    segment = Segment.objects.get(chain_id=2, month="2024-10")
    expiry._drop(segment, MOMENT)
    assert [problem.code for problem in verify().problems] == ["expired"]


@pytest.mark.usefixtures("old")
def test_dropping_without_our_key_is_found() -> None:
    """If this fails, whoever holds the database may expire months without the installation's key."""
    Segment.objects.filter(chain_id=1, month="2024-09").update(
        state="expired", expired_at=MOMENT, key_id="0" * 16, signature="AAAA"
    )
    Record.objects.filter(segment__chain_id=1, segment__month="2024-09").delete()
    assert "expired" in {problem.code for problem in verify().problems}


@pytest.mark.usefixtures("old")
def test_month_that_does_not_verify_is_kept_as_evidence() -> None:
    """If this fails, expiry destroys the proof of tampering."""
    guards.remove(connections["ledger"])
    Record.objects.filter(retention=1, seq=2).update(purpose="x")
    assert [(one.chain_id, one.month) for one in expire(MOMENT)] == [(2, "2024-09")]


def test_quiet_chain_expires_too(write: Writer, at: Callable[[str], None]) -> None:
    """If this fails, the last month before a long silence is kept for ever."""
    at("2024-09-05T00:00:00+00:00")
    write(1, retention=1)
    assert [one.month for one in expire(datetime(2026, 1, 1, tzinfo=UTC))] == ["2024-09"]
    at("2026-01-05T00:00:00+00:00")
    write(2, retention=1)
    assert verify().ok


@pytest.mark.parametrize(
    ("month", "years", "end"), [("2024-12", 1, "2026-01-01"), ("2024-02", 3, "2027-03-01")]
)
def test_end_of_retention(month: str, years: int, end: str) -> None:
    """If this fails, a record lives a month too long or too short."""
    assert ends(month, years).strftime("%Y-%m-%d") == end


def _make_role(connection: BaseDatabaseWrapper, name: str) -> None:
    """Roles belong to the whole server: made outside the test's transaction, for both databases."""
    other = connection.copy("other")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE ROLE "{name}"')
    finally:
        other.close()


def test_app_role_cannot_alter_the_ledger(write: Writer) -> None:
    """If this fails, the web process may rewrite what it wrote."""
    connection = connections["ledger"]
    if connection.vendor != "postgresql":
        with pytest.raises(CommandError):
            call_command("grant_app_role", "app")
        return
    write(1)
    _make_role(connection, "sunra_test_app")
    with connection.cursor() as cursor:
        call_command("grant_app_role", "sunra_test_app", verbosity=0)
        cursor.execute("SET ROLE sunra_test_app")
        try:
            write(2)
            for statement in (
                "UPDATE ledger_record SET purpose = 'x'",
                "DELETE FROM ledger_record",
                "TRUNCATE ledger_record",
                "UPDATE ledger_segment SET signature = 'x'",
                "DROP TRIGGER ledger_record_guard ON ledger_record",
                "ALTER TABLE ledger_record DISABLE TRIGGER ALL",
            ):
                assert refused(lambda sql=statement: cursor.execute(sql)), statement
        finally:
            cursor.execute("RESET ROLE")
    assert Chain.objects.get(retention=2).seq == 2


def test_app_role_sql_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, an administrator cannot read what a command grants before running it."""
    call_command("grant_app_role", 'a"b', "--print")
    printed = capsys.readouterr().out
    assert 'TO "a""b"' in printed
    assert "NOBYPASSRLS" in printed
