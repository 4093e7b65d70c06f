"""The one way to another agency's dataset: under an agreement, its fields only, and on record first.

The order is the point: permission, agreement, ledger, then data. What is refused is in the ledger too. When
the ledger cannot be written, nothing is read.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
from django.core.exceptions import PermissionDenied
from django.db.models import Manager
from django.http import Http404

from sunra.core.disclosure import pseudonym, to_cells
from sunra.core.geo import cells
from sunra.core.geo.errors import OutsideGrid
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import Act, PurposeMissing, record
from sunra.platform.places.models import Facility, PlaceEvent, Street
from sunra.systems.sharing import frames
from sunra.systems.sharing.models import Agreement, Dataset, Use
from sunra.systems.sharing.selectors import agreements as selectors
from sunra.systems.sharing.services import keys, series
from sunra.systems.sharing.services.vintages import source_of

SUBJECT = "sharing.Dataset"
_MODELS: dict[str, Manager[Any]] = {
    "facility": Facility.objects,
    "street": Street.objects,
    "event": PlaceEvent.objects,
}
_OF_PLACES = ("key", "name", "lon", "lat", "dong", "count")
_OF_EVENTS = ("time_from", "time_to", "family", "category", "weight")
RESEARCH_HOURS = "2h"


class NoAgreement(PermissionDenied):
    """No agreement in force lets the actor read the dataset; the denial is in the ledger."""


@dataclass(frozen=True, eq=False)
class Shared:
    """What was read: the rows with the granted fields alone, under which agreement, by which record."""

    agreement: Agreement
    frame: pl.DataFrame
    record: Record


def read(
    *,
    actor: Actor,
    dataset_id: UUID,
    purpose: str,
    act: Act = Act.LOOK,
    limit: int | None = None,
    choose: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> Shared:
    """The accepted rows of a dataset of another agency, with the granted fields only.

    ``purpose`` says what this reading is for, in the reader's words; ``act`` is LOOK, or EXPORT when the
    rows leave as a file. ``choose`` picks rows (a page, a box): it is given the granted fields and no other,
    so that nothing can be found out about the rest by asking. Research gets pseudonymous keys, middles of
    100 m cells and two-hour steps. Raises
    :class:`NoAgreement`, ``PurposeMissing``, ``LedgerUnavailable``, ``Http404``, ``UserError`` when the
    table on disk is gone or altered. Nothing is read before the record stands.
    """
    dataset = Dataset.objects.select_related("agency").filter(id=dataset_id).first()
    if dataset is None:
        raise Http404("not found")
    agreement = selectors.granted_to(actor, dataset_id) if selectors.may_read(actor) else None
    if agreement is None:
        _deny(actor, dataset_id, "no_agreement")
        raise NoAgreement
    if not purpose.strip():
        raise PurposeMissing
    written = record(
        actor=actor,
        act=act,
        subject=SUBJECT,
        ref=str(dataset_id),
        purpose=purpose,
        basis=agreement.basis,
        detail={"agreement": str(agreement.id), "fields": agreement.fields, "agreed": agreement.purpose},
    )
    still = selectors.granted_to(actor, dataset_id)
    if still is None or still.id != agreement.id:  # revoked while the record was written
        _deny(actor, dataset_id, "revoked")
        raise NoAgreement
    use = _note(actor, agreement, act, purpose, written)
    frame = _granted(agreement, accepted(dataset))
    frame = frame if choose is None else choose(frame)
    frame = frame if limit is None else frame.head(limit)
    Use.objects.filter(id=use.id).update(rows=frame.height)
    return Shared(agreement, frame, written)


def accepted(dataset: Dataset) -> pl.DataFrame:
    """The rows of the dataset in use: the stored tables of its vintages, else what is published of it."""
    vintages = series.in_use(dataset)
    if dataset.kind == "crime_table" and vintages:
        return pl.DataFrame(vintages[0].counts, infer_schema_length=None)
    if vintages and all(one.table for one in vintages):
        return series.rows(vintages)
    layer = frames.layer_of(dataset.kind)
    if layer is None:
        return pl.DataFrame()
    rows = _MODELS[layer].filter(agency_id=dataset.agency_id, source=source_of(dataset))
    names = (*_OF_PLACES, *(_OF_EVENTS if layer == "event" else ()))
    return pl.DataFrame(list(rows.order_by("key").values(*names, "attrs")), infer_schema_length=None)


def _granted(agreement: Agreement, frame: pl.DataFrame) -> pl.DataFrame:
    if agreement.kind == Agreement.Kind.RESEARCH:
        frame = _for_research(agreement, frame)
    return frame.select(name for name in agreement.fields if name in frame.columns)


def _for_research(agreement: Agreement, frame: pl.DataFrame) -> pl.DataFrame:
    """Keys as pseudonyms of this agreement alone, points as cells, times in two-hour steps, no names."""
    frame = frame.drop(selectors.RESEARCH_LEAVES_OUT, strict=False)
    if "key" in frame.columns:
        key = keys.of_agreement(agreement.id)
        told = [pseudonym(str(value or ""), key=key, field="key") for value in frame["key"]]
        frame = frame.with_columns(pl.Series("key", told, dtype=pl.String))
    if {"lon", "lat"} <= set(frame.columns):
        lon, lat = (frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("lon", "lat"))
        east, north = to_cells(lon, lat)
        frame = frame.with_columns(
            pl.Series("lon", east).fill_nan(None), pl.Series("lat", north).fill_nan(None), _names(east, north)
        )
    steps = [name for name in ("time_from", "time_to") if name in frame.columns]
    return frame.with_columns(pl.col(name).dt.truncate(RESEARCH_HOURS) for name in steps)


def _names(lon: np.ndarray, lat: np.ndarray) -> pl.Series:
    """The printed number of each cell; none where the point is unknown or off the grid."""
    known = np.isfinite(lon)
    found: list[str | None] = [None] * len(lon)
    cell_e, cell_n = cells.cell_of(lon[known], lat[known])
    for place, e, n in zip(np.flatnonzero(known), cell_e, cell_n, strict=True):
        with suppress(OutsideGrid):
            found[int(place)] = cells.format_cell(int(e), int(n))
    return pl.Series("cell", found, dtype=pl.String)


def _deny(actor: Actor, dataset_id: UUID, why: str) -> None:
    record(actor=actor, act=Act.DENIED, subject=SUBJECT, ref=str(dataset_id), purpose="", detail={"why": why})


def _note(actor: Actor, agreement: Agreement, act: Act, purpose: str, written: Record) -> Use:
    """What the owner sees of it."""
    return Use.objects.create(
        agreement=agreement,
        at=now(),
        act=act,
        user=actor.id[:64],
        role=actor.role,
        purpose=" ".join(purpose.split())[:300],
        fields=agreement.fields,
        record=f"{written.retention}/{written.seq}",
    )
