"""What people decide about vintages: approve, reject, roll back, undo. What is in use changes here only.

A vintage is published from its table on disk, whose digest is checked first, so that a rollback brings
back exactly what was published then. Every step leaves a ``Decision`` that says who and why. Which vintages
are in use side by side is said in ``series``; what takes long is done by a job (``publishing``).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import Denied, get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import Text, UserError
from sunra.platform.base.time import now
from sunra.platform.files import blobs
from sunra.platform.places.services import publish
from sunra.systems.sharing import comparison, frames, shelf
from sunra.systems.sharing.models import Dataset, Decision, Vintage
from sunra.systems.sharing.rules import APPROVE
from sunra.systems.sharing.services import population, publishing, series
from sunra.systems.sharing.suspicion import suspicions

State, Act = Vintage.State, Decision.Act
_EARLIER = (State.SUPERSEDED, State.ROLLED_BACK)
_LONGEST_REASON = 300
_SHORTEST_REASON = 5
_SETTLED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """What is decided, why, and which decision it takes back."""

    act: Decision.Act
    reason: str = ""
    undoes: Decision | None = None


@transaction.atomic
def approve(*, actor: Actor, vintage_id: UUID, reason: str = "") -> Vintage:
    """Publish a waiting vintage, all or nothing: in place of the one in use; of events for its days.

    Only a person (or job) of the agency that owns the dataset. A large one is published in the background and
    waits until then. Raises ``PermissionDenied``, ``Http404``, ``UserError``: ``vintage_state``,
    ``being_published``, ``table_gone``, ``table_altered``.
    """
    vintage = _mine(actor, vintage_id)
    _expect(vintage, State.DRAFT)
    return _now_or_later(actor, vintage, Step(Act.APPROVE, reason))


@transaction.atomic
def reject(*, actor: Actor, vintage_id: UUID, reason: str) -> Vintage:
    """Turn a waiting vintage down; the sender reads the reason. Raises as ``approve``, and ``no_reason``."""
    vintage = _mine(actor, vintage_id)
    _expect(vintage, State.DRAFT)
    was = _standing([vintage])
    _set(vintage, State.REJECTED)
    _note(actor, vintage, Step(Act.REJECT, _reason(reason)), before=None, was=was)
    return vintage


@transaction.atomic
def roll_back(*, actor: Actor, vintage_id: UUID, reason: str) -> Vintage:
    """Publish an earlier vintage again, exactly as it was, of events its days; raises as ``approve``, and
    ``no_reason``.
    """
    vintage = _mine(actor, vintage_id)
    _expect(vintage, *_EARLIER)
    return _now_or_later(actor, vintage, Step(Act.ROLL_BACK, _reason(reason)))


@transaction.atomic
def undo(*, actor: Actor, decision_id: UUID) -> Dataset:
    """Take the latest decision about a dataset back; raises as ``approve``, and ``cannot_undo``."""
    require(actor, APPROVE)
    decision = get_visible(Decision.objects.all(), actor, id=decision_id)
    vintage = _mine(actor, decision.vintage_id)
    _expect_latest(vintage, decision)
    _now_or_later(actor, vintage, Step(Act.UNDO, undoes=decision))
    return vintage.dataset


def _now_or_later(actor: Actor, vintage: Vintage, step: Step) -> Vintage:
    """Carry a step out, or have it carried out when many rows come or go."""
    undoes = step.undoes
    light = undoes is not None and undoes.act == Act.REJECT
    if light or frames.layer_of(vintage.kind) is None or not publishing.is_large(vintage):
        return carry_out(actor=actor, vintage=vintage, step=step)
    if step.act != Act.UNDO:
        shelf.table(vintage)  # a table that is gone is said at once
    publishing.queue(actor=actor, vintage=vintage, act=str(step.act), reason=step.reason, undoes=undoes)
    return vintage


@transaction.atomic
def carry_out(*, actor: Actor, vintage: Vintage, step: Step) -> Vintage:
    """Do what was decided, when it still stands to be decided; raises as ``approve`` and ``undo``."""
    require(actor, APPROVE)
    _lock(vintage)
    if step.undoes is not None:
        _expect_latest(vintage, step.undoes)
        _restore(actor, vintage, step)
        return vintage
    table = None
    if step.act == Act.APPROVE:
        _expect(vintage, State.DRAFT)
        table = shelf.table(vintage)
        bases = _bases(vintage)
        if len(bases) > 1 or vintage.since or (bases[0].id if bases else None) != vintage.compared_id:
            compare(vintage, table)
            vintage.save(update_fields=["compared", "changes", "updated"])
    else:
        _expect(vintage, *_EARLIER)
    use(actor=actor, vintage=vintage, step=step, frame=table)
    return vintage


@transaction.atomic
def use(
    *,
    actor: Actor,
    vintage: Vintage,
    step: Step,
    frame: pl.DataFrame | None = None,
    beside: Collection[Vintage] = (),
) -> Decision:
    """Publish ``vintage`` (its stored table, or ``frame`` just stored) and note who did it.

    What it replaces becomes replaced, or rolled back: all that was in use but ``beside``; of events what has
    no day left of its own.
    """
    require(actor, APPROVE)
    dataset = Dataset.objects.select_for_update().get(id=vintage.dataset_id)
    stack = [one for one in series.in_use(dataset) if one.id != vintage.id]
    for one in (vintage, *stack):
        series.mark_old(one)
    kept = {one.id for one in beside}
    if beside:
        vintage.part = vintage.file_name[:255]
    newer: list[Vintage] = [vintage]
    leaving: list[Vintage] = []
    for one in stack:
        stays = one.id in kept if vintage.since is None else not series.covered(one, newer)
        (newer if stays else leaving).append(one)
    was = _standing([vintage, *leaving])
    if step.act == Act.PUBLISH:  # taken back, it stays out: the same file comes again every night
        was[str(vintage.id)]["state"] = State.ROLLED_BACK
    for one in leaving:
        _set(one, State.ROLLED_BACK if step.act == Act.ROLL_BACK else State.SUPERSEDED)
    vintage.taken = now()
    _set(vintage, State.PUBLISHED)
    Dataset.objects.filter(id=dataset.id).update(alarmed=None)
    fresh = {} if frame is None else {str(vintage.id): frame}
    changed = _publish(actor, dataset, vintage, newer, fresh)
    before = leaving[0] if leaving else None
    return _note(actor, vintage, step, before=before, changed=changed, was=was)


def _restore(actor: Actor, vintage: Vintage, step: Step) -> None:
    """Put every vintage that a decision changed back to where it stood, and publish what is in use then."""
    decision = step.undoes
    assert decision is not None  # noqa: S101 - the caller has it
    was = decision.was or _was_before_it_was_kept(decision)
    rows = {str(row.id): row for row in Vintage.objects.filter(id__in=list(was))}
    rows[str(vintage.id)] = vintage
    steps = sorted(rows.items(), key=lambda pair: was[pair[0]]["state"] == State.PUBLISHED)
    for number, row in steps:  # what leaves goes first: one at most is in use for a part
        row.part = was[number]["part"]
        taken = was[number]["taken"]
        row.taken = datetime.fromisoformat(taken) if taken else None
        _set(row, State(was[number]["state"]))
    changed = (0, 0, 0)
    if decision.act != Act.REJECT:
        changed = _publish(actor, vintage.dataset, vintage, series.in_use(vintage.dataset), {})
    _note(actor, vintage, step, before=None, changed=changed)


def _was_before_it_was_kept(decision: Decision) -> dict[str, Any]:
    """How the vintages of an older decision stood, told from its kind."""
    usual = {Act.APPROVE: State.DRAFT, Act.REJECT: State.DRAFT, Act.ROLL_BACK: State.SUPERSEDED}
    state = usual.get(Act(decision.act), State.ROLLED_BACK)
    found = {str(decision.vintage_id): {"state": state, "part": decision.vintage.part, "taken": None}}
    if decision.before is not None:
        part = decision.before.part
        found[str(decision.before_id)] = {"state": State.PUBLISHED, "part": part, "taken": None}
    return found


def _standing(rows: Iterable[Vintage]) -> dict[str, Any]:
    return {
        str(one.id): {
            "state": str(one.state), "part": one.part, "taken": one.taken.isoformat() if one.taken else None,
        }
        for one in rows
    }  # fmt: skip


def compare(vintage: Vintage, table: pl.DataFrame | None, beside: Collection[Vintage] = ()) -> None:
    """Compare a new table with what it would replace and keep the result with the vintage (not saved).

    That is the vintage in use; of events what is in use for the same days. None: the table lies on the shelf;
    only what differs from the one in use is read.
    """
    kept = {one.id for one in beside}
    bases = [one for one in _bases(vintage) if one.id not in kept]
    found = None
    if bases:
        found = _compared(vintage, bases, shelf.place_of_table(vintage) if table is None else table)
    base = bases[0] if bases else None
    vintage.compared, vintage.changes = base, {"first": base is None}
    if found is not None:
        shelf.put(vintage, "changes", found.table)
        counts = {kind: found.count(kind) for kind in comparison.KINDS}
        vintage.changes = {**counts, "same": found.same, "before": found.before, "fields": found.fields()}
    vintage.changes["warnings"] = suspicions(vintage, base, found)
    if vintage.since is not None:
        vintage.changes["overlaps"] = [
            {"id": str(one.id), "file": one.file_name, "since": str(one.since), "until": str(one.until)}
            for one in bases
            if one.since is not None
        ]


def _bases(vintage: Vintage) -> list[Vintage]:
    """The vintages in use that have a part in what this one would replace, the newest first."""
    stack = [one for one in series.in_use(vintage.dataset) if one.id != vintage.id]
    for one in stack:
        series.mark_old(one)
    return series.overlapping(vintage, stack)


def _compared(
    vintage: Vintage, bases: list[Vintage], table: pl.DataFrame | Path
) -> comparison.Comparison | None:
    """Nothing when an older table is no longer there: that must not keep a new file out."""
    try:
        alone = len(bases) == 1 and vintage.since is None
        before = shelf.place_of_table(bases[0]) if alone else series.within(series.rows(bases), vintage)
    except UserError:
        return None
    near = 0.0 if series.is_timed(vintage.kind) else comparison.NEAR
    return comparison.compare(before, table, near=near)


def sweep() -> int:
    """Remove tables of vintages that no longer exist, unless a backup is being written; how many files."""
    removed, oldest = 0, (now() - _SETTLED).timestamp()
    with blobs.sweeping() as may_go_on:
        found = shelf.parts() if may_go_on else []
        ids = {number for number, _path in found}
        known = set(Vintage.objects.filter(id__in=ids).values_list("id", flat=True)) if ids else set()
        for number, path in found:
            if number not in known and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def source_of(dataset: Dataset) -> str:
    """What published places carry as their source."""
    return f"sharing/{dataset.id}"


def _publish(
    actor: Actor,
    dataset: Dataset,
    vintage: Vintage,
    stack: Sequence[Vintage],
    fresh: dict[str, pl.DataFrame],
) -> tuple[int, int, int]:
    """Publish what the vintages in use give together; ``fresh`` are tables at hand."""
    layer = frames.layer_of(dataset.kind)
    if dataset.kind == population.KIND:
        population.renew(actor=actor, dataset=dataset, stack=stack, fresh=fresh)
    if layer is None:
        return (0, 0, 0)
    done = publish(
        actor=actor,
        agency_id=dataset.agency_id,
        layer=layer,
        kind=dataset.kind,
        source=source_of(dataset),
        frame=series.rows(stack, fresh) if stack else frames.nothing(layer),
        vintage=str(vintage.id if vintage in stack or not stack else stack[0].id),
        demo=dataset.demo,
    )
    return (done.added, done.changed, done.gone)


def _mine(actor: Actor, vintage_id: UUID) -> Vintage:
    """A vintage of the actor's own agency, locked; agencies above see it and do not decide about it.

    While a decision about the dataset is being carried out nobody takes another one.
    """
    require(actor, APPROVE)
    found = get_visible(Vintage.objects.select_related("dataset"), actor, id=vintage_id)
    if found.agency_id != actor.agency_id:
        raise Denied(APPROVE)
    _lock(found)
    if publishing.under_way(found.dataset_id) is not None:
        raise _refusal("being_published")
    return found


def _lock(vintage: Vintage) -> None:
    Dataset.objects.select_for_update().get(id=vintage.dataset_id)
    vintage.refresh_from_db(fields=["state", "part", "taken"])


def _expect_latest(vintage: Vintage, decision: Decision) -> None:
    latest = Decision.objects.filter(dataset_id=vintage.dataset_id).first()
    if latest is None or latest.id != decision.id or decision.act == Act.UNDO:
        raise _refusal("cannot_undo")


def _expect(vintage: Vintage, *states: Vintage.State) -> None:
    if vintage.state not in states:
        raise _refusal("vintage_state")


def _set(vintage: Vintage, state: Vintage.State) -> None:
    vintage.state = state
    vintage.save(update_fields=["state", "part", "taken", "updated"])


def _reason(text: str) -> str:
    bare = text.strip()
    if len(bare) < _SHORTEST_REASON:
        raise _refusal("no_reason")
    return bare[:_LONGEST_REASON]


def _note(
    actor: Actor,
    vintage: Vintage,
    step: Step,
    *,
    before: Vintage | None,
    changed: tuple[int, int, int] = (0, 0, 0),
    was: dict[str, Any] | None = None,
) -> Decision:
    return Decision.objects.create(
        agency_id=vintage.agency_id,
        dataset_id=vintage.dataset_id,
        vintage=vintage,
        before=before,
        undoes=step.undoes,
        act=step.act,
        person_id=actor.person_id,
        label=(actor.label or actor.id)[:120],
        reason=step.reason[:_LONGEST_REASON],
        added=changed[0],
        changed=changed[1],
        gone=changed[2],
        was=was or {},
    )


_WORDS: dict[str, tuple[Text, Text]] = {
    "vintage_state": (
        _("Somebody has already decided about this vintage."),
        _("Look at the page again; the latest decision stands there."),
    ),
    "being_published": (
        _("A decision about this dataset is being carried out."),
        _("Wait until it is done; its page shows how far it is."),
    ),
    "cannot_undo": (
        _("Only the latest decision about a dataset can be taken back."),
        _("Look at the page again, or roll back to the vintage that you want."),
    ),
    "no_reason": (
        _("The reason is missing."),
        _("Write in a few words why; the sender and later readers see it."),
    ),
}


def _refusal(code: str) -> UserError:
    message, remedy = _WORDS[code]
    return UserError(code, message, remedy)
