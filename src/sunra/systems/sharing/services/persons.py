"""Columns of persons in files that arrive: refused, or made pseudonymous, before anything of them is kept.

``screen`` is called once by ``services.imports.prepare``; what it finds is kept without a single value.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import numpy as np
import polars as pl
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.core.disclosure import Finding, find, pseudonym, to_cells
from sunra.core.tables import Limits, Stream, TableError
from sunra.core.tables.mapping import header_row
from sunra.core.tables.raw import Raw
from sunra.core.tables.reading import parse
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import folder
from sunra.platform.ledger.services import Act, record
from sunra.systems.sharing.incoming import Incoming
from sunra.systems.sharing.models import Dataset, PersonRule, Screening, Vintage
from sunra.systems.sharing.rules import TREAT_PERSONS
from sunra.systems.sharing.services import keys

REFUSED = "person_columns"
TREATMENTS = ("drop", "pseudonym", "cell", "keep")
"""What can be done with a column; "cell" puts coordinates at the middle of their 100 m cell."""
NEVER_KEPT = frozenset({"resident_number", "image"})
"""Kinds that no word of an officer lets in, and of which a pseudonym makes no sense (image) or no law."""
_PART = 50_000
_LON, _LAT = ("경도", "lon", "lng", "longitude", "x좌표"), ("위도", "lat", "latitude", "y좌표")


@dataclass(frozen=True, eq=False)
class Screened:
    """A file after the search for persons: what to read now, or nothing when it is refused."""

    incoming: Incoming
    findings: tuple[Finding, ...] = ()
    refused: bool = False
    treated: Path | None = None
    untreated: Path | None = None
    """The file under its own name, where it is stored under another."""

    @property
    def path(self) -> Path:
        """The file to read: the treated copy when there is one."""
        return self.treated or self.untreated or self.incoming.path

    def forget(self) -> None:
        """Remove the treated copy after it was read."""
        if self.treated is not None:
            self.treated.unlink(missing_ok=True)
            self.treated.parent.rmdir()


def screen(
    *, agency_id: UUID, incoming: Incoming, path: Path | None = None, stream: Stream | None = None
) -> Screened:
    """Look for columns of persons; refuse the file, or treat it as its officer decided.

    A file that is no table is passed on: the reader says so better. What was found is kept (columns, kinds
    and shares), never a value. ``path`` is the file under its own name; ``stream`` it when it is too large
    for one piece.
    """
    try:
        table = _Table.of_stream(stream) if stream else _Table.of(parse(path or incoming.path, Limits()))
    except TableError:
        return Screened(incoming, untreated=path)
    found = find(_frame(table.names, table.sample), table.names)
    if not found:
        return Screened(incoming, untreated=path)
    rule = PersonRule.objects.filter(agency_id=agency_id, title=incoming.title[:200]).first()
    columns = dict(rule.columns) if rule else {}
    left = [one for one in found if columns.get(one.column) not in allowed(one.kind)]
    if table.shaped:  # shapes cannot be written back without their columns
        left += [one for one in found if columns.get(one.column) != "keep"]
    _keep(agency_id, incoming, found, columns, refused=bool(left))
    if left:
        return Screened(incoming, found, refused=True, untreated=path)
    if all(columns[one.column] == "keep" for one in found):
        return Screened(incoming, found, untreated=path)
    treated = _treat(agency_id, incoming, table, columns)
    return Screened(incoming, found, treated=treated, untreated=path)


@dataclass(frozen=True, eq=False)
class _Table:
    """What is looked at: column names, rows to judge them by, all records below the names."""

    names: list[str]
    sample: list[list[str]]
    rows: Iterable[list[str]]
    shaped: bool = False

    @classmethod
    def of(cls, raw: Raw) -> "_Table":
        start = header_row(raw)
        rows = raw.records[start + 1 :]
        return cls(_names(raw, start), rows, rows, shaped=raw.geometry is not None)

    @classmethod
    def of_stream(cls, stream: Stream) -> "_Table":
        start = header_row(stream.opening)
        return cls(_names(stream.opening, start), stream.sample, islice(stream.records(), start + 1, None))


def _names(raw: Raw, start: int) -> list[str]:
    return [cell.strip() for cell in raw.records[start]] if raw.records else []


def allowed(kind: str) -> tuple[str, ...]:
    """What an officer may decide about a column of this kind."""
    return ("drop",) if kind in NEVER_KEPT else TREATMENTS


@transaction.atomic
def decide(
    *, actor: Actor, agency_id: UUID, title: str, columns: Mapping[str, str], reason: str
) -> PersonRule:
    """Say how the person columns of files with this title are treated from now on.

    Raises ``PermissionDenied``, ``UserError`` ``bad_treatment`` or ``no_reason``.
    """
    require(actor, TREAT_PERSONS)
    if agency_id not in actor.scope:
        raise PermissionDenied
    kinds = {
        finding["column"]: finding["kind"]
        for row in Screening.objects.filter(agency_id=agency_id, title=title)
        for finding in row.findings
    }
    strange = [name for name, how in columns.items() if name not in kinds or how not in allowed(kinds[name])]
    if strange or not columns:
        raise UserError(
            "bad_treatment",
            _("A column cannot be treated this way."),
            _("Resident numbers and images are dropped; other columns are dropped or made pseudonymous."),
            tuple(name[:60] for name in strange),
        )
    if len(reason.strip()) < 5:
        raise UserError("no_reason", _("Write why it is treated so."))
    record(
        actor=actor, act=Act.CHANGE, subject="sharing.PersonRule", ref=str(agency_id),
        purpose=reason.strip(), detail={"columns": len(columns), "how": sorted(set(columns.values()))},
    )  # fmt: skip
    _forget_refused(agency_id, title)
    rule, _made = PersonRule.objects.update_or_create(
        agency_id=agency_id,
        title=title[:200],
        defaults={
            "columns": dict(columns), "reason": reason.strip()[:300], "decided_by_id": actor.person_id,
        },
    )  # fmt: skip
    return rule


def _forget_refused(agency_id: UUID, title: str) -> None:
    """A file refused before is read when it comes again: its empty vintage goes."""
    rows = Vintage.objects.filter(
        agency_id=agency_id, dataset__title=title, state=Vintage.State.UNUSABLE, rows=0
    )
    Vintage.objects.filter(id__in=[row.id for row in rows if REFUSED in row.warnings]).delete()


def may_join(dataset_ids: Iterable[UUID]) -> None:
    """Refuse to bring pseudonymised sets of different controllers together (PIPA 28-3: only a designated
    body may). Every service that joins datasets row by row calls this first.

    Raises ``UserError`` ``pseudonyms_not_joined``.
    """
    held = Dataset.objects.filter(id__in=list(dataset_ids))
    holders = {row.agency_id for row in held if _pseudonymous(row)}
    if len(holders) > 1:
        raise UserError(
            "pseudonyms_not_joined",
            _("Pseudonymised data of different controllers is not joined here."),
            _("Ask a designated expert body to join them (Personal Information Protection Act 28-3)."),
        )


def _pseudonymous(dataset: Dataset) -> bool:
    rows = Screening.objects.filter(agency_id=dataset.agency_id, title=dataset.title, refused=False)
    return any("pseudonym" in row.treated.values() for row in rows)


def _keep(
    agency_id: UUID,
    incoming: Incoming,
    found: Sequence[Finding],
    columns: Mapping[str, str],
    *,
    refused: bool,
) -> None:
    Screening.objects.update_or_create(
        agency_id=agency_id,
        title=incoming.title,
        sha256=incoming.sha256,
        defaults={
            "file_name": incoming.name[:255],
            "findings": [
                {"column": one.column[:80], "kind": one.kind, "share": one.share, "by_name": one.by_name}
                for one in found
            ],
            "treated": {} if refused else {one.column: columns[one.column] for one in found},
            "refused": refused,
        },
    )


def _frame(names: list[str], records: list[list[str]]) -> pl.DataFrame:
    width = len(names)
    rows = [(row + [""] * width)[:width] for row in records]
    labels = [f"c{number}" for number in range(width)]
    return pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row")


def _treat(agency_id: UUID, incoming: Incoming, table: _Table, columns: Mapping[str, str]) -> Path:
    """The treated copy as a CSV file in a folder of its own, under the file's own name."""
    key = keys.of_controller(agency_id)
    names = table.names
    kept = [place for place, name in enumerate(names) if columns.get(name) != "drop"]
    own = Path(mkdtemp(prefix="treated-", dir=folder("tmp")))  # for its owner alone
    path = own / f"{Path(incoming.name).stem}.csv"
    path.touch(mode=0o600)
    records = iter(table.rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow([names[at] for at in kept])
        while part := list(islice(records, _PART)):
            rows = [(row + [""] * len(names))[: len(names)] for row in part]
            if any(how != "keep" for how in columns.values()):
                _coarsen(names, rows)
            for place, name in enumerate(names):
                if columns.get(name) == "pseudonym":
                    for row in rows:
                        row[place] = pseudonym(row[place], key=key, field=name)
            out.writerows([row[at] for at in kept] for row in rows)
    return path


def _coarsen(names: list[str], rows: list[list[str]]) -> None:
    """Coordinates in a table about persons become the middle of their 100 m cell; what cannot, goes."""
    plain = [name.casefold().replace(" ", "") for name in names]
    lon = next((at for at, name in enumerate(plain) if name in _LON), None)
    lat = next((at for at, name in enumerate(plain) if name in _LAT), None)
    if lon is None or lat is None:
        return
    x, y = (np.array([_number(row[at]) for row in rows]) for at in (lon, lat))
    inside = (x > 120) & (x < 135) & (y > 30) & (y < 40)
    east, north = to_cells(np.where(inside, x, np.nan), np.where(inside, y, np.nan))
    for row, one, two in zip(rows, east, north, strict=True):
        known = np.isfinite(one) and np.isfinite(two)
        row[lon], row[lat] = (f"{one:.7f}", f"{two:.7f}") if known else ("", "")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
