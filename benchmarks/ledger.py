"""The ledger's figures: how long it takes to verify, whether tampering is found, what one record costs.

    python -m benchmarks.ledger [--records 100000] [--seed 0] [--json]

Writes the records with the product's own arithmetic into a fresh SQLite ledger (one transaction, for the
sake of time), anchors them, verifies, and then plays somebody who has the database file and knows the
tables: an edit, a deletion, a reorder, a tail cut with the head set back. The triggers are taken off first.
"""

import os
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import machine

START = datetime(2026, 9, 1, tzinfo=UTC)
CLASSES = (1, 2, 3)


def prepare(home: Path) -> None:
    """A fresh installation's ledger in ``home``."""
    os.environ |= {
        "SUNRA_HOME": str(home),
        "SUNRA_DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "sunra.web.settings",
    }
    for name in ("DATABASE_URL", "LEDGER_DATABASE_URL"):
        os.environ.pop(name, None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="ledger", verbosity=0)


def fill(count: int, seed: int) -> None:
    """``count`` records over three months and three chains."""
    from django.db import transaction

    from sunra.platform.ledger.chain import FIELDS, genesis, record_hash
    from sunra.platform.ledger.models import Chain, Record
    from sunra.platform.ledger.services import _segment

    generator = random.Random(seed)
    step = timedelta(days=80) / max(count, 1)
    rows = []
    with transaction.atomic(using="ledger"):
        chains = [Chain.objects.create(retention=years, head=genesis(years)) for years in CLASSES]
        months: dict[tuple[int, int], Any] = {}
        for number in range(count):
            chain, moment = generator.choice(chains), START + step * number
            place = (chain.retention, (moment + timedelta(hours=9)).month)
            if place not in months:
                months[place] = _segment(chain, moment)
            values = _values(generator, number) | {
                "retention": chain.retention,
                "seq": chain.seq + 1,
                "at": moment,
            }
            chain.head = record_hash(chain.head, months[place].month, tuple(values[name] for name in FIELDS))
            chain.seq += 1
            rows.append(Record(segment=months[place], hash=chain.head, **values))
        Record.objects.bulk_create(rows, batch_size=2000)
        for chain in chains:
            chain.save()


def _values(generator: random.Random, number: int) -> dict[str, Any]:
    return {
        "actor_kind": "person",
        "actor_id": f"{generator.getrandbits(128):032x}",
        "role": "safety_officer",
        "agency_id": f"{generator.getrandbits(128):032x}",
        "act": "look",
        "subject": "patrols.Member",
        "ref": str(generator.randrange(10_000)),
        "purpose": "순찰 편성",
        "basis": "자율방범대법 제4조",
        "detail": f'{{"n":{number}}}',
    }


def edit(database: sqlite3.Connection, seq: int) -> None:
    """Another purpose."""
    database.execute("UPDATE ledger_record SET purpose = 'x' WHERE retention = 2 AND seq = ?", [seq])


def delete(database: sqlite3.Connection, seq: int) -> None:
    """One record less."""
    database.execute("DELETE FROM ledger_record WHERE retention = 2 AND seq = ?", [seq])


def reorder(database: sqlite3.Connection, seq: int) -> None:
    """Two neighbours change places."""
    change = "UPDATE ledger_record SET seq = ? WHERE retention = 2 AND seq = ?"
    for new, old in ((-1, seq), (seq, seq + 1), (seq + 1, -1)):
        database.execute(change, [new, old])


def cut(database: sqlite3.Connection, _seq: int) -> None:
    """The last ten go, and the head is set back to fit."""
    rows = database.execute(
        "SELECT seq, hash FROM ledger_record WHERE retention = 2 ORDER BY seq DESC LIMIT 11"
    )
    seq, digest = rows.fetchall()[-1]
    database.execute("DELETE FROM ledger_record WHERE retention = 2 AND seq > ?", [seq])
    database.execute("UPDATE ledger_chain SET seq = ?, head = ? WHERE retention = 2", [seq, digest])


def found(home: Path, tamper: Callable[[sqlite3.Connection, int], None], seq: int) -> list[str]:
    """Tamper with the file, verify, put the file back."""
    from django.db import connections

    from sunra.platform.ledger.verify import verify

    file, kept = home / "ledger.sqlite3", home / "kept.sqlite3"
    connections["ledger"].close()
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file, kept)
    with sqlite3.connect(file) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            database.execute(f"DROP TRIGGER {name}")
        tamper(database, seq)
    database.close()
    codes = sorted({problem.code for problem in verify().problems})
    connections["ledger"].close()
    for rest in ("ledger.sqlite3-wal", "ledger.sqlite3-shm"):
        (home / rest).unlink(missing_ok=True)
    shutil.copy(kept, file)
    return codes


def one_record(times: int) -> float:
    """Median milliseconds of one record, committed to disk."""
    from sunra.platform.base.actor import Actor
    from sunra.platform.ledger import services

    clerk = Actor(kind="person", id="bench", role="auditor")
    spent = []
    for number in range(times):
        started = time.perf_counter()
        services.record(
            actor=clerk, act=services.Act.LOOK, subject="bench.Row", ref=str(number), purpose="bench"
        )
        spent.append(time.perf_counter() - started)
    return round(statistics.median(spent) * 1000, 2)


def main() -> None:
    """Run and print."""
    given = machine.arguments(__doc__ or "", records=100_000, seed=0)
    home = Path(tempfile.mkdtemp(prefix="sunra-bench-"))
    try:
        prepare(home)
        from sunra.platform.ledger.services import anchor
        from sunra.platform.ledger.verify import verify

        fill(given.records, given.seed)
        anchor()
        verdict = verify()
        seq = given.records // 6
        kinds = {kind.__name__: found(home, kind, seq) for kind in (edit, delete, reorder, cut)}
        figures: dict[str, Any] = {
            "records": verdict.records,
            "intact": verdict.ok,
            "verify_seconds": verdict.seconds,
            "tampering_found": f"{sum(map(bool, kinds.values()))} of {len(kinds)}",
            "found_as": kinds,
            "record_ms_median": one_record(200),
            "intact_again": verify().ok,
        }
        machine.report("ledger", figures, seed=given.seed, as_json=given.as_json)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
