"""Every night: the open interfaces whose turn it is, each pulled by a job of its own."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import reverse
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
    url = reverse("sharing:connector", args=[row.id])
    with tempfile.TemporaryDirectory(dir=folder("pulls")) as room:
        path = Path(room) / "table.csv"
        try:
            pulled = connectors.fetch(row, path, ctx.progress)
        except PullError as problem:
            with ctx.commit():
                connectors.note_failure(row=row, problem=problem)
                result: dict[str, Any] = {"problem": problem.code, "url": url}
                ctx.finish(result)
            return result
        draft = connectors.read(
            actor=ctx.actor, row=row, path=path, watch=lambda share: ctx.progress(int(share * 99), 100)
        )
        try:
            with ctx.commit():
                kept = connectors.keep(actor=ctx.actor, row=row, path=path, draft=draft, pulled=pulled)
                result = {"records": kept.records, "problem": kept.problem, "url": url}
                ctx.finish(result)
        finally:
            draft.forget()
    return result


schedule("sharing.pulls", DUE, daily_at="03:20")
