"""Background work of sharing: reading a file that was dropped off."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.platform.accounts.roles import DATA_OFFICER
from sunra.platform.files import selectors as files
from sunra.platform.files import services as file_services
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job
from sunra.platform.notices.services import notify
from sunra.systems.sharing import services

IMPORT = "sharing.import"


@job(IMPORT, title=_("Reading a data file"), lease_seconds=120)
def run(ctx: JobContext, *, file: str, district: str) -> dict[str, Any]:
    """Read a stored file and publish what lies in the district; the result leads to the receipt."""
    actor = ctx.actor
    stored = files.get(actor, UUID(file))
    ctx.progress(0, 2, stored.name)
    path = file_services.opened(actor=actor, file=stored)
    draft = services.prepare(
        actor=actor, agency_id=stored.agency_id, path=path, name=stored.name, district=district
    )
    ctx.progress(1, 2, stored.name)
    with ctx.commit():
        vintage = services.keep(actor=actor, draft=draft, file_id=stored.id)
        url = reverse("sharing:vintage", args=[vintage.id])
        notify(
            kind="sharing.import",
            text=gettext_noop("A data file was read: %(rows)s rows, %(quarantined)s put aside."),
            params={"rows": vintage.rows, "quarantined": vintage.quarantined},
            url=url,
            agency_id=stored.agency_id,
            roles=(DATA_OFFICER,),
        )
        result = {"url": url, "rows": vintage.rows, "quarantined": vintage.quarantined}
        ctx.finish(result)
    return result
