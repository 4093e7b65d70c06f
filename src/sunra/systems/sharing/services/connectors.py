"""Pulling from open interfaces: who set what up, what is due, and what became of each pull."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.core.tables.streaming import Watch
from sunra.platform.accounts.access import Denied, get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.roles import DATA_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL, seoul_today
from sunra.platform.files import services as files
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.services import enqueue
from sunra.platform.notices.services import notify
from sunra.systems.sharing import services
from sunra.systems.sharing.connectors.client import Client, PullError
from sunra.systems.sharing.connectors.pulling import Progress, Pulled, pull
from sunra.systems.sharing.connectors.sources import SOURCES
from sunra.systems.sharing.models import Connector, Pull, Vintage
from sunra.systems.sharing.rules import CONNECT
from sunra.systems.sharing.services import drop_off

PULL_JOB = "sharing.pull"
LONGEST_CHOICE = 20
Every = Connector.Every


@transaction.atomic
def add(*, actor: Actor, source: str, chosen: Mapping[str, str], every: str) -> Connector:
    """Set up a source for the actor's agency. Raises ``UserError``: ``source_unknown``,
    ``choice_missing``, ``connector_exists``.
    """
    require(actor, CONNECT)
    if actor.agency_id is None:
        raise Denied(CONNECT)
    if source not in SOURCES or every not in Every.values:
        raise UserError("source_unknown", _("There is no such source."), _("Choose one from the list."))
    asked = SOURCES[source].asks or {}
    kept = {name: str(chosen.get(name, "")).strip() for name in asked}
    if not all(value.isdigit() and len(value) <= LONGEST_CHOICE for value in kept.values()):
        raise UserError(
            "choice_missing",
            _("This source must know for which year and area."),
            _("Fill in all three codes, digits only."),
        )
    row, made = Connector.objects.get_or_create(
        agency_id=actor.agency_id,
        source=source,
        chosen=kept,
        defaults={"every": every, "made_by_id": actor.person_id},
    )
    if not made:
        raise UserError(
            "connector_exists", _("Your agency pulls this already."), _("Change the one that is there.")
        )
    return row


@transaction.atomic
def change(*, actor: Actor, connector_id: UUID, every: str | None = None, active: bool | None = None) -> None:
    """Pull more or less often, pause or go on."""
    require(actor, CONNECT)
    row = get_visible(Connector.objects.all(), actor, id=connector_id)
    if every in Every.values:
        row.every = every
    if active is not None:
        row.active = active
    row.save(update_fields=["every", "active", "updated"])


def pull_now(*, actor: Actor, connector_id: UUID) -> Job:
    """Queue a pull at once; a second press while it runs gives the same job."""
    require(actor, CONNECT)
    row = get_visible(Connector.objects.all(), actor, id=connector_id)
    return enqueue(
        actor=Actor.job(row.agency_id, PULL_JOB),
        kind=PULL_JOB,
        args={"connector": str(row.id)},
        key=f"pull:{row.id}",
    )


def enqueue_due(today: date | None = None) -> int:
    """Queue every active connector whose turn came since its last pull; returns how many.

    A night that was missed is made up for: what counts is the last due day, not whether it is today.
    """
    day = today or seoul_today()
    queued = 0
    for row in Connector.objects.filter(active=True):
        last = row.pulls.values_list("created", flat=True).first()
        if last is not None and last.astimezone(SEOUL).date() >= last_due(row.every, day):
            continue
        enqueue(
            actor=Actor.job(row.agency_id, PULL_JOB),
            kind=PULL_JOB,
            args={"connector": str(row.id)},
            key=f"pull:{row.id}",
        )
        queued += 1
    return queued


def last_due(every: str, day: date) -> date:
    """The latest day, ``day`` included, on which a connector of this rhythm is due."""
    if every == Every.DAY:
        return day
    return day - timedelta(days=day.weekday()) if every == Every.WEEK else day.replace(day=1)


def fetch(row: Connector, target: Path, progress: Progress) -> Pulled:
    """Pull everything of a connector into ``target``. Raises ``PullError``."""
    source = SOURCES[row.source]
    key = settings.CONNECTOR_KEYS.get(source.key, "")
    if not key:
        raise PullError("no_key", source.key)
    client = Client(source, key, row.chosen, host=settings.CONNECTOR_HOSTS.get(source.host, ""))
    return pull(client.page, source.identity, target, progress)


def name_of(row: Connector) -> str:
    """What the pulled file is called: the source in Korean, what was chosen, the day."""
    with translation.override("ko"):
        parts = [str(SOURCES[row.source].title), *row.chosen.values(), f"{seoul_today():%Y%m%d}"]
    return "_".join(part.replace(" ", "") for part in parts) + ".csv"


def district_of(actor: Actor) -> str:
    """The five digits of the actor's district; "" for an agency of several."""
    if actor.agency_id is None:
        return ""
    return Agency.objects.filter(pk=actor.agency_id).values_list("district", flat=True).first() or ""


def has_key(row: Connector) -> bool:
    """Whether the installation has the key that the source asks for."""
    return bool(settings.CONNECTOR_KEYS.get(SOURCES[row.source].key))


def read(*, actor: Actor, row: Connector, path: Path, watch: Watch | None = None) -> services.Draft:
    """Read the pulled table; nothing is kept yet. Call it before the job's commit, as it takes long."""
    return services.prepare(
        actor=actor,
        agency_id=row.agency_id,
        path=path,
        name=name_of(row),
        district=district_of(actor),
        watch=watch,
    )


def keep(*, actor: Actor, row: Connector, path: Path, draft: services.Draft, pulled: Pulled) -> Pull:
    """The pulled table becomes a vintage that waits for approval; call inside the job's commit."""
    file_id = None
    if not draft.personal:
        with path.open("rb") as stream:
            file_id = files.store(
                actor=actor, agency_id=row.agency_id, name=draft.incoming.name, stream=stream, kind="dataset"
            ).id
    vintage = services.keep(actor=actor, draft=draft, file_id=file_id, publish=False)
    if vintage.state == Vintage.State.DRAFT and draft.known is None:
        drop_off.ask_for_approval(vintage)
    return Pull.objects.create(
        agency_id=row.agency_id,
        connector=row,
        vintage=vintage,
        announced=pulled.announced,
        records=pulled.records,
        repeated=pulled.repeated,
        pages=pulled.pages,
        rounds=pulled.rounds,
        problem="count_differs" if pulled.missing else "",
        detail=str(pulled.missing) if pulled.missing else "",
    )


def note_failure(*, row: Connector, problem: PullError) -> Pull:
    """A pull that came to nothing is kept and told to the data officers; what is published stays."""
    failed = Pull.objects.create(
        agency_id=row.agency_id, connector=row, problem=problem.code[:40], detail=problem.detail[:80]
    )
    notify(
        kind="sharing.pull",
        text=gettext_noop("Pulling from an open interface failed. What is in use stays."),
        url=reverse("sharing:connector", args=[row.id]),
        agency_id=row.agency_id,
        roles=(DATA_OFFICER,),
    )
    return failed
