"""Everything that runs on the engine for the systems; each run leaves a record, failed ones too."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pyarrow as pa

from sunra import engine
from sunra.engine import Backend, EngineError, Input, Limits, Query
from sunra.platform.base.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.runs import backend as settings
from sunra.platform.runs.models import Run


def run(
    *,
    actor: Actor,
    title: str,
    query: Query | str,
    tables: Mapping[str, Input],
    backend: Backend | None = None,
    limits: Limits | None = None,
) -> pa.Table:
    """The result of ``query`` over ``tables``, where the installation's setting says; see ``engine.run``.

    ``title`` is the source text of what people read (mark it with ``gettext_noop``). The caller has checked
    what the actor may. Call it outside transactions: the record of a failed run would roll back with them.
    Raises ``EngineError``.
    """
    where = backend or settings.chosen()
    digest = query.digest() if isinstance(query, Query) else hashlib.sha256(query.encode()).hexdigest()
    with _recorded(actor=actor, title=title, digest=digest, place=where.place) as row:
        ran = engine.execute(query, tables, backend=where, limits=limits or settings.limits())
        row.tables, row.rows_in = dict(ran.rows_in), sum(ran.rows_in.values())
        row.rows_out, row.partitions = ran.table.num_rows, ran.partitions
    return ran.table


def map_partitions(
    *,
    actor: Actor,
    title: str,
    function: Callable[[str, pa.Table], pa.Table],
    table: pa.Table,
    by: str,
    backend: Backend | None = None,
) -> pa.Table:
    """As ``engine.map_partitions``, recorded; the digest is that of the function's name."""
    where = backend or settings.chosen()
    digest = hashlib.sha256(f"{function.__module__}.{function.__qualname__}".encode()).hexdigest()
    with _recorded(actor=actor, title=title, digest=digest, place=where.place) as row:
        found = engine.map_partitions(function, table, by, backend=where)
        row.tables, row.rows_in, row.rows_out = {"table": table.num_rows}, table.num_rows, found.num_rows
        row.partitions = len(table.column(by).unique())
    return found


@contextmanager
def _recorded(*, actor: Actor, title: str, digest: str, place: str) -> Iterator[Run]:
    """A record that says "running" while the block runs, then how it ended."""
    row = Run.objects.create(
        agency_id=actor.agency_id,
        actor=actor.id,
        role=actor.role,
        title=title[:200],
        digest=digest,
        engine=place[:80],
    )
    begun = time.monotonic()
    row.state = Run.State.FAILED
    try:
        yield row
        row.state = Run.State.DONE
    except EngineError as error:
        row.error_code, row.reason = error.code, str(error.params.get("reason", ""))[:40]
        raise
    except Exception:
        row.error_code = "unexpected"
        raise
    finally:
        row.seconds, row.finished = time.monotonic() - begun, now()
        row.save()
