"""Whether a decision is carried out at once or in the background, and what is under way."""

from uuid import UUID

from sunra.platform.accounts.actor import Actor
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.services import enqueue
from sunra.systems.sharing.models import Decision, Vintage

JOB = "sharing.publish"
LARGE = 20_000
"""Rows, coming and going, from which a decision is carried out as a job.

Publishing writes some thousand rows a second on one core: up to here a page waits a few seconds.
"""


def is_large(vintage: Vintage) -> bool:
    """Whether so many rows come or go that no page should wait for it."""
    there = Vintage.objects.filter(dataset_id=vintage.dataset_id, state=Vintage.State.PUBLISHED)
    rows = sum(there.exclude(id=vintage.id).values_list("published", flat=True))
    return rows + vintage.published > LARGE


def queue(
    *, actor: Actor, vintage: Vintage, act: str, reason: str = "", undoes: Decision | None = None
) -> Job:
    """Carry a decision out in the background; there is one at a time for a dataset."""
    args = {"vintage": str(vintage.id), "act": act, "reason": reason, "person": actor.person_id}
    if undoes is not None:
        args["undoes"] = str(undoes.id)
    return enqueue(actor=actor, kind=JOB, args=args, key=key_of(vintage.dataset_id))


def under_way(dataset_id: UUID) -> Job | None:
    """The decision about a dataset that waits or is being carried out."""
    return Job.objects.filter(kind=JOB, key=key_of(dataset_id), state__in=Job.ACTIVE).first()


def last(vintage: Vintage) -> Job | None:
    """The newest decision about a vintage that was given to the background, whatever became of it."""
    found = Job.objects.filter(kind=JOB, key=key_of(vintage.dataset_id), args__vintage=str(vintage.id))
    return found.order_by("-created").first()


def key_of(dataset_id: UUID) -> str:
    """What makes two decisions about one dataset exclude each other."""
    return f"publish:{dataset_id}"
