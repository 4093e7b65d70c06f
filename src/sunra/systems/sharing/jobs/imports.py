"""Background work of sharing: reading a file that was dropped off."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunra.platform.files import selectors as files
from sunra.platform.files import services as file_services
from sunra.platform.files.models import StoredFile
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job
from sunra.systems.sharing import services
from sunra.systems.sharing.models import Vintage
from sunra.systems.sharing.services import drop_off

IMPORT = drop_off.IMPORT_JOB


WHOLE = 100
"""Progress is told in percent."""


@job(IMPORT, title=_("Reading a data file"), lease_seconds=120)
def run(
    ctx: JobContext, *, file: str, district: str, dropped: int | None = None, dataset: str = ""
) -> dict[str, Any]:
    """Read a stored file and keep it as a vintage that waits for approval; the result leads to it."""
    actor = ctx.actor
    stored = files.get(actor, UUID(file))
    ctx.progress(0, WHOLE, stored.name)
    draft = services.prepare(
        actor=actor,
        agency_id=stored.agency_id,
        path=file_services.opened(actor=actor, file=stored),
        name=stored.name,
        district=district,
        dataset_id=UUID(dataset) if dataset else None,
        watch=lambda share: ctx.progress(int(share * (WHOLE - 1)), WHOLE, stored.name),
    )
    try:
        ctx.progress(WHOLE - 1, WHOLE, stored.name)
        return _keep(ctx, draft, stored, dropped)
    finally:
        draft.forget()


def _keep(ctx: JobContext, draft: services.Draft, stored: StoredFile, dropped: int | None) -> dict[str, Any]:
    """Vintage, receipt and the end of the job, all or nothing, and only under the newest lease."""
    actor = ctx.actor
    with ctx.commit():
        vintage = services.keep(
            actor=actor, draft=draft, file_id=stored.id, publish=False, sender=drop_off.sender_of(dropped)
        )
        if draft.personal:
            file_services.delete(actor=actor, file=stored)
        if vintage.state == Vintage.State.DRAFT and draft.known is None:
            drop_off.ask_for_approval(vintage)
        if dropped is not None:
            drop_off.settle(dropped_id=dropped, vintage=vintage, seen=draft.known is not None)
        url = reverse("sharing:vintage", args=[vintage.id])
        result = {"url": url, "rows": vintage.rows, "quarantined": vintage.quarantined}
        ctx.finish(result)
    return result
