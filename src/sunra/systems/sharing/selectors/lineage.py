"""From a published place back to the file and the row that it came from; from a count to its vintages."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from django.db.models import Count, Max, QuerySet, Sum
from django.http import Http404

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.places import selectors as places
from sunra.platform.places.models import Facility, Place, PlaceEvent, Street
from sunra.systems.sharing import shelf
from sunra.systems.sharing.models import Dataset, Vintage
from sunra.systems.sharing.rules import VIEW

LAYERS = {"facility": places.facilities, "street": places.streets, "event": places.events}
_PREFIX = "sharing/"


@dataclass(frozen=True, slots=True)
class Origin:
    """One vintage that holds the row, and the line of its file (0 when the table is no longer there)."""

    vintage: Vintage
    line: int
    in_use: bool
    brought: bool
    """Whether what is published now came with this vintage; later ones repeat it."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a published place comes from: its dataset and the vintages that hold it, newest first."""

    place: Place
    layer: str
    dataset: Dataset
    origins: tuple[Origin, ...]
    may_open: bool
    """Whether the actor may also open the dataset's own pages."""


@dataclass(frozen=True, slots=True)
class Used:
    """A vintage that a count stands on: how many places (and units) of it were counted."""

    dataset: Dataset
    vintage: Vintage | None
    places: int
    units: int


def lineage(actor: Actor, layer: str, source: str, key: str) -> Lineage:
    """Where one published row comes from; ``Http404`` when the actor cannot see it, or it is no file's."""
    require(actor, VIEW)
    place = _place(actor, layer, source, key)
    dataset = _datasets([source]).get(source)
    if dataset is None:
        raise Http404
    states = (Vintage.State.PUBLISHED, Vintage.State.SUPERSEDED, Vintage.State.ROLLED_BACK)
    found = dataset.vintages.filter(state__in=states).select_related("dataset").defer("counts")
    origins = []
    for vintage in sorted(found, key=lambda one: (one.state != Vintage.State.PUBLISHED,)):
        line = _line(vintage, key)
        brought = str(vintage.id) == place.vintage
        if line is not None or brought:
            in_use = vintage.state == Vintage.State.PUBLISHED
            origins.append(Origin(vintage, line or 0, in_use, brought))
    return Lineage(place, layer, dataset, tuple(origins), dataset.agency_id in actor.scope)


def used(
    actor: Actor, *, layer: str = "facility", kinds: Iterable[str] | None = None, district: str | None = None
) -> tuple[Used, ...]:
    """Which vintages a count of places stands on, most places first; one row a source."""
    require(actor, VIEW)
    if layer not in LAYERS:
        raise Http404
    found: QuerySet[Place] = LAYERS[layer](actor, district=district, kinds=kinds)
    counted = list(
        found.order_by().values("source").annotate(rows=Count("id"), units=Sum("count"), last=Max("vintage"))
    )
    datasets = _datasets(row["source"] for row in counted)
    in_use = {
        vintage.dataset_id: vintage
        for vintage in Vintage.objects.filter(
            dataset__in=datasets.values(), state=Vintage.State.PUBLISHED
        ).defer("counts")
    }
    rows = [
        Used(dataset, in_use.get(dataset.id), row["rows"], int(row["units"] or 0))
        for row in counted
        if (dataset := datasets.get(row["source"])) is not None
    ]
    return tuple(sorted(rows, key=lambda one: -one.places))


def _place(actor: Actor, layer: str, source: str, key: str) -> Place:
    rows: dict[str, QuerySet[Facility] | QuerySet[Street] | QuerySet[PlaceEvent]] = {
        "facility": places.facilities(actor),
        "street": places.streets(actor),
        "event": places.events(actor) if actor.may("places.view_event") else PlaceEvent.objects.none(),
    }
    found = rows[layer].filter(source=source, key=key).first() if layer in rows else None
    if found is None:
        raise Http404
    return found


def _datasets(sources: Iterable[str]) -> dict[str, Dataset]:
    """The datasets behind the sources that are ours."""
    ids = {}
    for source in sources:
        try:
            ids[UUID(source.removeprefix(_PREFIX))] = source
        except ValueError:
            continue
    return {ids[one.id]: one for one in Dataset.objects.filter(id__in=ids).select_related("agency")}


def _line(vintage: Vintage, key: str) -> int | None:
    """The line of the file on which the row stands; None when the vintage does not hold it."""
    try:
        table = shelf.table(vintage)
    except UserError:
        return None
    if not {"key", "line"} <= set(table.columns):
        return None
    own = key.removesuffix(f"@{vintage.part}")  # what `services.series` put behind
    found = table.filter(pl.col("key") == own)["line"]
    return int(found[0]) if found.len() else None
