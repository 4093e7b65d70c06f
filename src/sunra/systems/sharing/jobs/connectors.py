"""Every night: the open interfaces whose turn it is, each pulled by a job of its own."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.home import folder
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.systems.sharing.connectors.client import PullError
from sunra.systems.sharing.models import Connector
from sunra.systems.sharing.services import connectors

DUE = "sharing.pulls_due"


@job(DUE, title=_("Looking which interfaces are due"))
def due(_ctx: JobContext) -> dict[str, Any]:
    """Queue a pull for every connector whose turn it is."""
    return {"queued": connectors.enqueue_due()}


@job(connectors.PULL_JOB, title=_("Pulling from an open interface"), lease_seconds=300)
def pull(ctx: JobContext, *, connector: str) -> dict[str, Any]:
    """Pull one source; what came waits for approval, what failed is told."""
    row = Connector.objects.filter(id=UUID(connector), active=True).first()
    if row is None:
        return {"records": 0}
    with tempfile.TemporaryDirectory(dir=folder("pulls")) as room:
        path = Path(room) / "table.csv"
        try:
            pulled = connectors.fetch(row, path, ctx.progress)
        except PullError as problem:
            with ctx.commit():
                connectors.note_failure(row=row, problem=problem)
                result: dict[str, Any] = {"problem": problem.code}
                ctx.finish(result)
            return result
        with ctx.commit():
            kept = connectors.keep(actor=ctx.actor, row=row, path=path, pulled=pulled)
            result = {"records": kept.records, "problem": kept.problem}
            ctx.finish(result)
    return result


schedule("sharing.pulls", DUE, daily_at="03:20")
