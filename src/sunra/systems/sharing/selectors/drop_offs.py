"""What was handed in and what became of it: the receipt, and the report of every row put aside."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from sunra.platform.accounts.access import get_visible, require, visible
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.models import Job
from sunra.systems.sharing import shelf, texts
from sunra.systems.sharing.models import DropOff, DroppedFile, Vintage
from sunra.systems.sharing.rules import VIEW

Line = tuple[str, int, str, str, str, str]
State = DroppedFile.State
_OVER = {Job.State.FAILED, Job.State.CANCELLED}


@dataclass(frozen=True, slots=True)
class Receipt:
    """A drop-off with its files; ``busy`` while one still waits to be read.

    ``reading`` has the files that are being read, with the percent done of each.
    """

    drop_off: DropOff
    files: tuple[DroppedFile, ...]
    busy: bool
    reading: tuple[tuple[str, int], ...] = ()

    @property
    def vintages(self) -> list[Vintage]:
        """The vintages of the files that were read."""
        return [one.vintage for one in self.files if one.vintage is not None]

    @property
    def done(self) -> int:
        """Files that wait no more."""
        return sum(one.state != State.WAITING for one in self.files)

    @property
    def share(self) -> float:
        """Files that wait no more, and what is read of the others."""
        return round(self.done + sum(percent for _name, percent in self.reading) / 100, 2)


def drop_offs(actor: Actor) -> QuerySet[DropOff]:
    """What the actor's agencies have handed in, newest first."""
    require(actor, VIEW)
    found = visible(DropOff.objects.select_related("agency", "dataset"), actor)
    return found.annotate(file_count=Count("files")).order_by("-created")


def receipt(actor: Actor, drop_off_id: UUID) -> Receipt:
    """One drop-off; a file whose job ended without a result counts as failed. ``Http404`` elsewhere."""
    require(actor, VIEW)
    rows = DropOff.objects.select_related("agency", "dataset", "sender")
    found = get_visible(rows, actor, id=drop_off_id)
    dropped = list(found.files.select_related("vintage__dataset", "file"))
    waiting = [one.job for one in dropped if one.state == State.WAITING and one.job]
    jobs = {job.id: job for job in Job.objects.filter(id__in=waiting)} if waiting else {}
    reading = []
    for one in dropped:
        job = jobs.get(one.job) if one.job and one.state == State.WAITING else None
        if job is not None and job.state in _OVER:
            one.state = State.FAILED
        elif job is not None and job.state == Job.State.RUNNING and job.total:
            reading.append((one.name, 100 * job.done // job.total))
    return Receipt(found, tuple(dropped), any(one.state == State.WAITING for one in dropped), tuple(reading))


def report(actor: Actor, vintages: list[Vintage]) -> Iterator[Line]:
    """Every row put aside in the vintages: file, line, field, reason, value, remedy, in people's words.

    The whole report, not only what the page lists; a table that is gone gives what the database kept.
    """
    require(actor, VIEW)
    for vintage in [one for one in vintages if one.agency_id in actor.scope]:
        try:
            rows = shelf.rejects(vintage).iter_rows()
        except UserError:
            rows = vintage.quarantine.values_list("line", "field", "reason", "value", "remedy").iterator()
        for line, field, reason, value, remedy in rows:
            yield (
                vintage.file_name, line, field, str(texts.reason(reason)), value, str(texts.remedy(remedy)),
            )  # fmt: skip
