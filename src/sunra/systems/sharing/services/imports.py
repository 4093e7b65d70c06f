"""A file becomes a vintage of a dataset: read, compared with what is in use, and kept with every row put
aside. Whether it is published is decided in ``vintages``, by a person with the right.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from sunra import __version__
from sunra.core import tables
from sunra.core.tables import TableError, TableRead
from sunra.core.tables.messages import remedy_of
from sunra.core.tables.streaming import Totals, Watch
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.places.services import publish as publish_places
from sunra.systems.sharing import frames, gathering, shelf
from sunra.systems.sharing.gathering import REJECTS, Gathered
from sunra.systems.sharing.incoming import Incoming, leaves, working_folder
from sunra.systems.sharing.models import ColumnMapping, Dataset, Decision, QuarantinedRow, Vintage
from sunra.systems.sharing.rules import APPROVE, IMPORT
from sunra.systems.sharing.services import mapping as mappings
from sunra.systems.sharing.services import persons, population, series
from sunra.systems.sharing.services.vintages import Step, compare, source_of, use

KEPT_QUARANTINE = 5_000
KEPT_COUNTS = 20_000
OUTSIDE_FOLDER, KEPT_BEFORE, NEWER_HERE = "outside_folder", "kept_before", "newer_here"
_REMEDIES = {OUTSIDE_FOLDER: "copy_into_folder", persons.REFUSED: "treat_persons"}


@dataclass(frozen=True, eq=False)
class Draft:
    """A file that has been read and not stored yet; ``known`` when this very file was kept before."""

    agency_id: UUID
    incoming: Incoming
    district: str
    known: Vintage | None = None
    dataset_id: UUID | None = None
    """The series that the sender chose; taken when the file is of its kind."""
    mapping: ColumnMapping | None = None
    read: TableRead | Totals | None = None
    sorted: frames.Sorted | None = None
    gathered: Gathered | None = None
    """Where the rows lie of a file that was too large for one piece."""
    warnings: tuple[str, ...] = ()
    line: int = 0
    """Where the reader gave up, when it says so."""
    personal: bool = False
    """The file as it came holds persons' data: its content is not to be kept."""

    def forget(self) -> None:
        """Leave nothing behind that was not kept."""
        if self.gathered is not None:
            self.gathered.forget()


def import_file(
    *,
    actor: Actor,
    agency_id: UUID,
    path: Path,
    name: str = "",
    district: str = "",
    file_id: UUID | None = None,
    demo: bool = False,
) -> Vintage:
    """Read, keep and publish in one go; see ``prepare`` and ``keep``."""
    draft = prepare(actor=actor, agency_id=agency_id, path=path, name=name, district=district)
    try:
        return keep(actor=actor, draft=draft, file_id=file_id, demo=demo)
    finally:
        draft.forget()


def prepare(
    *,
    actor: Actor,
    agency_id: UUID,
    path: Path,
    name: str = "",
    district: str = "",
    within: Path | None = None,
    dataset_id: UUID | None = None,
    watch: Watch | None = None,
) -> Draft:
    """Read one file and choose what lies in ``district`` (all located rows when ""); nothing is kept.

    ``name`` is the file's own name when ``path`` is a stored copy; ``dataset_id`` the series it belongs to.
    A long text, packed or not, is read in parts; ``watch`` is told which share is done and may raise.
    A file that cannot be read, or that is a link leading out of ``within``, is a draft without rows whose
    warning says why. Raises ``PermissionDenied``.
    """
    require(actor, IMPORT)
    if agency_id not in actor.scope:
        raise PermissionDenied
    if within is not None and leaves(path, within):
        outside = Incoming.unread(path, name or path.name)
        return Draft(agency_id, outside, district, warnings=(OUTSIDE_FOLDER,))
    incoming = Incoming.at(path, name)
    known = _known(agency_id, incoming, district)
    if known:
        return Draft(agency_id, incoming, district, known=known)
    with working_folder() as own:
        named = incoming.under_its_name(own)
        path = tables.unpacked(named, own) or named
        reader = _in_parts if tables.is_streamed(path) else _in_one_piece
        try:
            draft = reader(Draft(agency_id, incoming, district, dataset_id=dataset_id), path, watch)
        except TableError as error:
            return Draft(agency_id, incoming, district, warnings=(error.code,), line=error.line)
    return draft


def _in_one_piece(draft: Draft, path: Path, _watch: Watch | None) -> Draft:
    """The file read as a whole; raises ``TableError``."""
    screened = persons.screen(agency_id=draft.agency_id, incoming=draft.incoming, path=path)
    if screened.refused:
        return _refused(draft)
    try:
        read = tables.read(screened.path)
        mapping = mappings.remembered(draft.agency_id, screened.path) if read.kind == "unknown" else None
        if mapping is not None:
            read = tables.read(screened.path, mapping=mappings.as_told(mapping))
    finally:
        screened.forget()
    return replace(
        draft,
        mapping=mapping,
        read=read,
        sorted=frames.sort(read, district=draft.district),
        warnings=read.warnings,
        personal=screened.treated is not None,
    )


def _in_parts(draft: Draft, path: Path, watch: Watch | None) -> Draft:
    """The file read part by part onto the shelf, with the same result; raises ``TableError``."""
    stream = tables.read_stream(path, watch=watch)
    screened = persons.screen(agency_id=draft.agency_id, incoming=draft.incoming, path=path, stream=stream)
    if screened.refused:
        return _refused(draft)
    try:
        if screened.treated is not None:
            stream = tables.read_stream(screened.path, watch=watch)
        unknown = stream.kind == "unknown"
        mapping = mappings.remembered(draft.agency_id, screened.path) if unknown else None
        if mapping is not None:
            told = mappings.as_told(mapping)
            stream = tables.read_stream(screened.path, mapping=told, watch=watch)
        name, district = draft.incoming.name, draft.district
        found = gathering.gather(stream, name=name, district=district, shown=KEPT_QUARANTINE)
    finally:
        screened.forget()
    return replace(
        draft,
        mapping=mapping,
        read=found.totals,
        sorted=found.sorted,
        gathered=found,
        warnings=found.totals.warnings,
        personal=screened.treated is not None,
    )


def _refused(draft: Draft) -> Draft:
    """A file with persons' columns that nobody has decided about."""
    return replace(draft, dataset_id=None, warnings=(persons.REFUSED,), personal=True)


def _known(agency_id: UUID, incoming: Incoming, district: str) -> Vintage | None:
    """The vintage of this very file, read by this very version; none when columns were mapped since."""
    found = (
        Vintage.objects.select_related("dataset")
        .filter(
            Q(dataset__title=incoming.title) | Q(file_name=incoming.name[:255]),
            agency_id=agency_id,
            dataset__district=district,
            sha256=incoming.sha256,
            reader__startswith=__version__,
        )
        .first()
    )
    if found is None or (found.accepted and not found.table):
        return None
    mapped = found.kind == "unknown" or found.reader != __version__
    newer = ColumnMapping.objects.filter(agency_id=agency_id, updated__gt=found.created)
    return None if mapped and newer.exists() else found


@transaction.atomic
def keep(
    *,
    actor: Actor,
    draft: Draft,
    file_id: UUID | None = None,
    demo: bool = False,
    publish: bool = True,
    sender: str = "",
    together: Collection[str] = (),
) -> Vintage:
    """Store the vintage with its quarantine; ``publish`` takes it into use at once, else it waits.

    ``sender`` names who handed the file in when a job reads it for them; ``together`` the files that one
    folder brought at once: those of one series and date are in use side by side, an older one is history.

    Publishing needs the right to approve, and is noted as done by this actor. A file that was kept before
    changes nothing, unless it had been replaced: then it comes back into use. What a person rejected or
    rolled back stays out.
    """
    require(actor, IMPORT)
    if publish:
        require(actor, APPROVE)
    if draft.known:
        return _again(actor, draft.known, together, publish=publish)
    dataset = _dataset(actor, draft, demo=demo)
    reader = mappings.reader_of(draft.mapping)
    same = Vintage.objects.filter(dataset=dataset, sha256=draft.incoming.sha256, reader=reader).first()
    if same is not None and (same.table or not same.accepted):
        return _again(actor, same, together, publish=publish)
    if same is not None:  # from before tables were kept
        same.delete()
    useless = _useless(draft)
    in_use = dataset.vintages.filter(state=Vintage.State.PUBLISHED).exists()
    laid = draft.gathered
    vintage = Vintage(
        dataset=dataset,
        sha256=draft.incoming.sha256,
        reader=reader,
        **_values(draft, (KEPT_BEFORE,) if useless and in_use else ()),
        **({"id": laid.number} if laid else {}),
        agency_id=draft.agency_id,
        file_id=file_id,
        file_name=draft.incoming.name[:255],
        kind=dataset.kind,
        imported_by=(sender or actor.label or actor.id)[:120],
        state=Vintage.State.UNUSABLE if useless else Vintage.State.DRAFT,
    )
    table = _table(draft)
    if not useless and laid is not None and laid.table is not None:
        vintage.table, vintage.table_sha256 = shelf.adopt(vintage, "table", laid.table)
    elif not useless and table is not None:
        vintage.table, vintage.table_sha256 = shelf.put(vintage, "table", table)
    if vintage.table:
        series.mark(vintage, table)
        compare(vintage, table, series.beside(vintage, together))
    put = shelf.adopt(vintage, "rejects", laid.rejects) if laid else None
    rejects = laid.first if laid else _rejects(draft)
    vintage.rejects, vintage.rejects_sha256 = put or shelf.put(vintage, "rejects", rejects)
    vintage.save(force_insert=True)
    QuarantinedRow.objects.bulk_create(_quarantine(vintage, rejects), batch_size=1_000)
    if publish and vintage.table:
        _take(actor, vintage, together, table)
    return vintage


def _again(actor: Actor, known: Vintage, together: Collection[str], *, publish: bool) -> Vintage:
    """A file that came before: replaced or still waiting, it is taken into use when that was asked."""
    if publish and known.state in {Vintage.State.SUPERSEDED, Vintage.State.DRAFT}:
        _take(actor, known, together)
    return known


def _take(
    actor: Actor, vintage: Vintage, together: Collection[str], table: pl.DataFrame | None = None
) -> None:
    """Take a vintage into use, unless its own folder holds a newer one of the series."""
    if series.stands_back(vintage, together):
        if vintage.state != Vintage.State.SUPERSEDED:
            vintage.state, vintage.warnings = Vintage.State.SUPERSEDED, [*vintage.warnings, NEWER_HERE]
            vintage.save(update_fields=["state", "warnings", "updated"])
        return
    beside = series.beside(vintage, together)
    use(actor=actor, vintage=vintage, step=Step(Decision.Act.PUBLISH), frame=table, beside=beside)


def _dataset(actor: Actor, draft: Draft, *, demo: bool) -> Dataset:
    """The series that the sender chose when the kind fits, else the one of this name, made when missing."""
    kind = draft.read.kind if draft.read else "unknown"
    if draft.dataset_id is not None:
        mine = Dataset.objects.filter(agency_id=draft.agency_id, kind=kind)
        chosen = mine.filter(id=draft.dataset_id).first()
        if chosen is not None:
            return chosen
    found, _made = Dataset.objects.get_or_create(
        agency_id=draft.agency_id,
        kind=kind,
        title=draft.incoming.title,
        district=draft.district,
        defaults={"steward_id": actor.person_id, "demo": demo},
    )
    return found


def _table(draft: Draft) -> pl.DataFrame | None:
    """What is kept of the rows: those to publish; all of a table that holds no places."""
    if not isinstance(draft.read, TableRead) or draft.sorted is None:
        return None
    return draft.sorted.frame if draft.sorted.layer else draft.read.table


def _useless(draft: Draft) -> bool:
    """Not one row could be used: such a file must not take away what an earlier one gave."""
    return draft.read is None or draft.read.accepted == 0


def _values(draft: Draft, notes: tuple[str, ...]) -> dict[str, Any]:
    """What the vintage keeps of the reader's balance."""
    read, found, warnings = draft.read, draft.sorted, [*draft.warnings, *notes]
    if read is None or found is None:
        return {"rows": 0, "accepted": 0, "merged": 0, "quarantined": 0, "warnings": warnings}
    return {
        "encoding": read.encoding or "",
        "crs": read.crs,
        "rows": read.rows,
        "accepted": read.accepted,
        "merged": read.merged,
        "quarantined": read.quarantined,
        "published": found.published,
        "elsewhere": found.elsewhere,
        "withheld": found.withheld,
        "units": read.units,
        "reasons": dict(read.reasons),
        "placed": dict(read.placed),
        "warnings": warnings,
        "counts": _counts(read),
        "reference_date": draft.gathered.reference_date if draft.gathered else _reference_date(read),
    }


def _counts(read: TableRead | Totals) -> list[dict[str, Any]]:
    """The figures of a table by station; such tables hold no places."""
    if read.kind != "crime_table" or isinstance(read, Totals):
        return []
    names = [name for name in ("station", "year", "category", "count") if name in read.table.columns]
    return list(read.table.head(KEPT_COUNTS).select(names).iter_rows(named=True))


def _reference_date(read: TableRead | Totals) -> Any:
    if isinstance(read, Totals) or "reference_date" not in read.table.columns or read.table.is_empty():
        return None
    return read.table["reference_date"].max()


def _rejects(draft: Draft) -> pl.DataFrame:
    """Every row put aside, in the order of the file; a personal column's value never leaves the file.

    A file refused as a whole has one entry, which says where and why.
    """
    if not isinstance(draft.read, TableRead):
        why = draft.warnings[0]
        remedy = _REMEDIES.get(why) or remedy_of(why)
        return pl.DataFrame([(draft.line, "", why, "", remedy)], schema=REJECTS, orient="row")
    return gathering.put_aside(draft.read.rejects)


def _quarantine(vintage: Vintage, rejects: pl.DataFrame) -> list[QuarantinedRow]:
    """The first rows put aside, for the page; all of them are in the report."""
    return [
        QuarantinedRow(
            vintage=vintage, line=line, field=field[:80], reason=reason, value=value[:120], remedy=remedy
        )
        for line, field, reason, value, remedy in rejects.head(KEPT_QUARANTINE).iter_rows()
    ]


@transaction.atomic
def retire_demo(*, actor: Actor, agency_id: UUID, district: str) -> int:
    """Take demonstration datasets of a district back when real files take their place; returns how many."""
    require(actor, IMPORT)
    found = list(Dataset.objects.filter(agency_id=agency_id, district=district, demo=True))
    for dataset in found:
        layer = frames.layer_of(dataset.kind)
        if layer:
            publish_places(
                actor=actor, agency_id=agency_id, layer=layer, kind=dataset.kind,
                source=source_of(dataset), frame=frames.nothing(layer),
            )  # fmt: skip
        population.forget(dataset)
        for number in dataset.vintages.values_list("id", flat=True):
            transaction.on_commit(partial(shelf.remove, dataset.id, number))
        dataset.vintages.all().delete()
        dataset.delete()
    return len(found)
