"""Background work of vintages: publishing one so large that no page should wait for it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.platform.accounts.actor import Actor
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job
from sunra.platform.notices.services import notify
from sunra.systems.sharing.models import Decision, Vintage
from sunra.systems.sharing.services import publishing, vintages

STEPS = 2


@job(publishing.JOB, title=_("Publishing a large vintage"), lease_seconds=300)
def run(
    ctx: JobContext,
    *,
    vintage: str,
    act: str,
    reason: str = "",
    person: int | None = None,
    undoes: str = "",
) -> dict[str, Any]:
    """Carry out what a person decided; rows, decision and the end of the job are one transaction.

    A run that takes over after a crash finds nothing done and begins anew; what somebody else decided
    meanwhile ends it with that word.
    """
    found = Vintage.objects.select_related("dataset").get(id=UUID(vintage))
    ctx.progress(0, STEPS, found.file_name)
    taken_back = Decision.objects.select_related("vintage", "before").get(id=UUID(undoes)) if undoes else None
    step = vintages.Step(Decision.Act(act), reason, taken_back)
    ctx.progress(1, STEPS, found.file_name)
    url = reverse("sharing:vintage", args=[found.id])
    with ctx.commit():
        vintages.carry_out(actor=_decider(ctx.actor, person), vintage=found, step=step)
        if person is not None:
            text = gettext_noop("What you decided about a large vintage has been carried out.")
            notify(kind="sharing.published", text=text, url=url, persons=[person])
        ctx.finish({"url": url})
    return {"url": url}


def _decider(actor: Actor, person: int | None) -> Actor:
    """The job in the name of who decided: the decision says who it was."""
    found = get_user_model().objects.filter(pk=person).first() if person is not None else None
    return (
        actor if found is None else replace(actor, person_id=found.pk, label=str(getattr(found, "name", "")))
    )
