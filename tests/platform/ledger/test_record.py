"""Appending: every record commits by itself, or the act does not happen."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, connections, transaction

from sunra.platform.base.actor import ANONYMOUS
from sunra.platform.ledger import services
from sunra.platform.ledger.errors import LedgerUnavailable, PurposeMissing
from sunra.platform.ledger.models import Chain, Record, Segment
from sunra.platform.ledger.services import Act, Retention, record
from tests.platform.ledger.conftest import CLERK, Writer

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_records_follow_each_other(write: Writer) -> None:
    """If this fails, two records share a place or a hash and the chain proves nothing."""
    rows = [write(number) for number in range(5)]
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert len({row.hash for row in rows}) == 5
    chain = Chain.objects.get(retention=2)
    assert (chain.seq, chain.head) == (5, rows[-1].hash)


def test_names_are_not_kept(write: Writer) -> None:
    """If this fails, the ledger itself becomes a list of names."""
    row = write()
    assert CLERK.label not in str(Record.objects.filter(pk=row.pk).values()[0])
    assert row.actor_id == CLERK.id


def test_retention_classes_are_chains_of_their_own(write: Writer) -> None:
    """If this fails, dropping a one-year month would tear the three-year chain."""
    write(1, retention=Retention.ONE_YEAR)
    write(2, retention=Retention.THREE_YEARS)
    assert sorted(Record.objects.values_list("retention", "seq")) == [(1, 1), (3, 1)]


def test_month_turns_in_seoul(write: Writer, at: Callable[[str], None]) -> None:
    """If this fails, a record of the first of the month expires with the month before."""
    at("2026-01-31T14:59:59+00:00")
    write(1)
    at("2026-01-31T15:00:00+00:00")
    last = write(2)
    january, february = Segment.objects.order_by("month")
    assert (january.month, january.state, january.last_seq) == ("2026-01", "closed", 1)
    assert (february.month, february.start_hash, last.segment_id) == (
        "2026-02",
        january.end_hash,
        february.pk,
    )


def test_clock_that_goes_back_stays_in_the_open_month(write: Writer, at: Callable[[str], None]) -> None:
    """If this fails, a corrected clock reopens a closed month."""
    at("2026-02-01T00:00:00+00:00")
    write(1)
    at("2026-01-20T00:00:00+00:00")
    write(2)
    assert list(Segment.objects.values_list("month", "state")) == [("2026-02", "open")]


@pytest.mark.parametrize("act", [Act.LOOK, Act.OPEN, Act.EXPORT])
def test_look_without_purpose_is_refused(act: Act) -> None:
    """If this fails, somebody sees personal data without saying why."""
    with pytest.raises(PurposeMissing):
        record(actor=CLERK, act=act, subject="x.Y", ref="1", purpose="  ")
    assert not Record.objects.exists()


def test_denial_of_a_stranger_is_kept() -> None:
    """If this fails, a refused look of somebody unknown leaves no trace."""
    row = record(actor=ANONYMOUS, act=Act.DENIED, subject="address", ref="/x", purpose="")
    assert (row.actor_kind, row.agency_id) == ("anonymous", "")


def test_odd_text_is_kept(write: Writer) -> None:
    """If this fails, a request with a NUL, a lone surrogate or an endless address cannot be recorded."""
    row = write(1, ref="a\x00b\ud800" + "c" * 500, detail={"t": "\ud800\x00", "id": uuid.UUID(int=1)})
    row.refresh_from_db()
    assert row.ref.startswith("ab?ccc")
    assert len(row.ref) == 200


def test_not_a_number_is_refused(write: Writer) -> None:
    """If this fails, a record holds what no other program can read back."""
    with pytest.raises(ValueError, match="JSON"):
        write(1, detail={"x": float("nan")})


def test_undone_request_keeps_its_record(write: Writer) -> None:
    """If this fails, a look whose request fails afterwards is forgotten."""
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert Record.objects.count() == 1


def test_unwritable_ledger_stops_the_act(monkeypatch: pytest.MonkeyPatch, write: Writer) -> None:
    """If this fails, data is shown though nobody will know."""

    def broken(*_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(services, "_append", broken)
    with pytest.raises(LedgerUnavailable) as raised:
        write(1)
    assert raised.value.code == "ledger.unavailable"
    assert "disk full" not in str(raised.value)


def test_ledger_has_its_own_tables_only() -> None:
    """If this fails, a foreign key binds the ledger to the other database."""
    assert "ledger_record" in connections["ledger"].introspection.table_names()
    assert "ledger_record" not in connection.introspection.table_names()
    assert "agencies_agency" not in connections["ledger"].introspection.table_names()


@pytest.mark.django_db(databases=["default", "ledger"], transaction=True)
def test_writers_at_once_take_turns(write: Writer) -> None:
    """If this fails, two writers at once break the chain or lose a record."""
    if connections["ledger"].vendor == "sqlite":
        pytest.skip("a SQLite database in memory has one writer; benchmarks/kill_all.py tries files")
    failures: list[BaseException] = []

    def some() -> None:
        try:
            for number in range(10):
                write(number)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(Record.objects.values_list("seq", flat=True)) == list(range(1, 41))
