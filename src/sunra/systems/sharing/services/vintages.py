"""What people decide about vintages: approve, reject, roll back, undo. What is in use changes here only.

A vintage is published from its table on disk, whose digest is checked first, so that a rollback brings
back exactly what was published then. Every step leaves a ``Decision`` that says who and why.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
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
from sunra.systems.sharing.suspicion import suspicions

State, Act = Vintage.State, Decision.Act
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
    """Publish a waiting vintage in place of the one in use, all or nothing.

    Only a person (or job) of the agency that owns the dataset. Raises ``PermissionDenied``, ``Http404``,
    ``UserError``: ``vintage_state``, ``table_gone``, ``table_altered``.
    """
    vintage = _mine(actor, vintage_id)
    _expect(vintage, State.DRAFT)
    table = shelf.table(vintage)
    base = _base(vintage)
    if (base.id if base else None) != vintage.compared_id:
        compare(vintage, table)
        vintage.save(update_fields=["compared", "changes", "updated"])
    use(actor=actor, vintage=vintage, step=Step(Act.APPROVE, reason), frame=table)
    return vintage


@transaction.atomic
def reject(*, actor: Actor, vintage_id: UUID, reason: str) -> Vintage:
    """Turn a waiting vintage down; the sender reads the reason. Raises as ``approve``, and ``no_reason``."""
    vintage = _mine(actor, vintage_id)
    _expect(vintage, State.DRAFT)
    _set(vintage, State.REJECTED)
    _note(actor, vintage, Step(Act.REJECT, _reason(reason)), before=None)
    return vintage


@transaction.atomic
def roll_back(*, actor: Actor, vintage_id: UUID, reason: str) -> Vintage:
    """Publish an earlier vintage again, exactly as it was; raises as ``approve``, and ``no_reason``."""
    vintage = _mine(actor, vintage_id)
    _expect(vintage, State.SUPERSEDED, State.ROLLED_BACK)
    use(actor=actor, vintage=vintage, step=Step(Act.ROLL_BACK, _reason(reason)))
    return vintage


@transaction.atomic
def undo(*, actor: Actor, decision_id: UUID) -> Dataset:
    """Take the latest decision about a dataset back; raises as ``approve``, and ``cannot_undo``."""
    require(actor, APPROVE)
    decision = get_visible(
        Decision.objects.select_related("vintage", "before__dataset"), actor, id=decision_id
    )
    vintage = _mine(actor, decision.vintage_id)
    dataset = vintage.dataset
    latest = dataset.decisions.first()
    if latest is None or latest.id != decision.id or decision.act == Act.UNDO:
        raise _refusal("cannot_undo")
    step = Step(Act.UNDO, undoes=decision)
    if decision.act == Act.REJECT:
        _set(vintage, State.DRAFT)
        _note(actor, vintage, step, before=None)
        return dataset
    leaves = {Act.APPROVE: State.DRAFT, Act.ROLL_BACK: State.SUPERSEDED}
    after = leaves.get(Decision.Act(decision.act), State.ROLLED_BACK)
    before = decision.before
    if before is None:
        _withdraw(actor, vintage, after, step)
    else:
        use(actor=actor, vintage=before, step=step, leaves=after)
    return dataset


@transaction.atomic
def use(
    *,
    actor: Actor,
    vintage: Vintage,
    step: Step,
    frame: pl.DataFrame | None = None,
    leaves: Vintage.State | None = None,
) -> Decision:
    """Publish ``vintage`` (its stored table, or ``frame`` just stored) and note who did it.

    What was in use until now becomes ``leaves`` (by default replaced, or rolled back).
    """
    require(actor, APPROVE)
    dataset = Dataset.objects.select_for_update().get(id=vintage.dataset_id)
    before = dataset.vintages.filter(state=State.PUBLISHED).exclude(id=vintage.id).first()
    if before is not None:
        usual = State.ROLLED_BACK if step.act == Act.ROLL_BACK else State.SUPERSEDED
        _set(before, leaves or usual)
    _set(vintage, State.PUBLISHED)
    Dataset.objects.filter(id=dataset.id).update(alarmed=None)
    rows = shelf.table(vintage) if frame is None else frame
    changed = _publish(actor, dataset, vintage, rows)
    return _note(actor, vintage, step, before=before, changed=changed)


def compare(vintage: Vintage, table: pl.DataFrame | None) -> None:
    """Compare a new table with the one in use and keep the result with the vintage (not saved).

    None: the table lies on the shelf; only what differs from the one in use is read.
    """
    base = _base(vintage)
    found = None
    if base is not None:
        found = _compared(base, shelf.place_of_table(vintage) if table is None else table)
    vintage.compared, vintage.changes = base, {"first": base is None}
    if found is not None:
        shelf.put(vintage, "changes", found.table)
        counts = {kind: found.count(kind) for kind in comparison.KINDS}
        vintage.changes = {**counts, "same": found.same, "before": found.before, "fields": found.fields()}
    vintage.changes["warnings"] = suspicions(vintage, base, found)


def _base(vintage: Vintage) -> Vintage | None:
    """The vintage of the dataset that is in use beside this one."""
    in_use = Vintage.objects.filter(dataset_id=vintage.dataset_id, state=State.PUBLISHED)
    return in_use.select_related("dataset").exclude(id=vintage.id).first()


def _compared(base: Vintage, table: pl.DataFrame | Path) -> comparison.Comparison | None:
    """Nothing when the older table is no longer there: that must not keep a new file out."""
    try:
        before = shelf.place_of_table(base)
    except UserError:
        return None
    near = 0.0 if frames.layer_of(base.kind) == "event" else comparison.NEAR
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


def _publish(actor: Actor, dataset: Dataset, vintage: Vintage, rows: pl.DataFrame) -> tuple[int, int, int]:
    layer = frames.layer_of(dataset.kind)
    if layer is None:
        return (0, 0, 0)
    done = publish(
        actor=actor,
        agency_id=dataset.agency_id,
        layer=layer,
        kind=dataset.kind,
        source=source_of(dataset),
        frame=rows,
        vintage=str(vintage.id),
        demo=dataset.demo,
    )
    return (done.added, done.changed, done.gone)


def _withdraw(actor: Actor, vintage: Vintage, after: Vintage.State, step: Step) -> None:
    """Take the only published vintage out of use: nothing of the dataset is published then."""
    dataset = Dataset.objects.select_for_update().get(id=vintage.dataset_id)
    _set(vintage, after)
    layer = frames.layer_of(dataset.kind)
    changed = _publish(actor, dataset, vintage, frames.nothing(layer)) if layer else (0, 0, 0)
    _note(actor, vintage, step, before=vintage, changed=changed)


def _mine(actor: Actor, vintage_id: UUID) -> Vintage:
    """A vintage of the actor's own agency, locked; agencies above see it and do not decide about it."""
    require(actor, APPROVE)
    found = get_visible(Vintage.objects.select_related("dataset"), actor, id=vintage_id)
    if found.agency_id != actor.agency_id:
        raise Denied(APPROVE)
    Dataset.objects.select_for_update().get(id=found.dataset_id)
    found.refresh_from_db(fields=["state"])
    return found


def _expect(vintage: Vintage, *states: Vintage.State) -> None:
    if vintage.state not in states:
        raise _refusal("vintage_state")


def _set(vintage: Vintage, state: Vintage.State) -> None:
    vintage.state = state
    vintage.save(update_fields=["state", "updated"])


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
    )


_WORDS: dict[str, tuple[Text, Text]] = {
    "vintage_state": (
        _("Somebody has already decided about this vintage."),
        _("Look at the page again; the latest decision stands there."),
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
