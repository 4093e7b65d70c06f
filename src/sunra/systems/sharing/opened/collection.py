"""A dataset as others read it: which rows, which columns, under which name."""

from dataclasses import dataclass
from typing import Any

from sunra.platform.places.models import Area, Facility, Place, Street
from sunra.systems.sharing import frames
from sunra.systems.sharing.models import Agreement, Dataset, Opening
from sunra.systems.sharing.opened import columns
from sunra.systems.sharing.opened.columns import Column
from sunra.systems.sharing.services.vintages import source_of

MODELS: dict[str, type[Place]] = {"facility": Facility, "street": Street, "area": Area}
SHARED = "shared-"
"""What the ids of collections under an agreement begin with."""
SAMPLED = 5_000
"""Rows that are looked at to find which columns a dataset has."""


@dataclass(frozen=True, eq=False)
class Collection:
    """One dataset with the columns that this reader gets; ``opening`` is none for what is not open.

    With an ``agreement`` it is another agency's: its rows come through ``services.access`` and no other way.
    ``rows`` are the frozen figures of an opening of counts; otherwise the rows are those of ``model`` with
    the dataset's source.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    opening: Opening | None = None
    agreement: Agreement | None = None

    @property
    def id(self) -> str:
        """The dataset's id: it stays when the dataset is closed and opened again, or an agreement renewed.

        What is read under an agreement has a name of its own beside what may be open of the same dataset.
        """
        return f"{SHARED if self.agreement else ''}{self.dataset.id}"

    @property
    def title(self) -> str:
        """What it is called outside, else inside."""
        return self.opening.title if self.opening else self.dataset.title

    @property
    def counted(self) -> bool:
        """Whether figures by 법정동 or station leave instead of places."""
        return self.opening is not None and self.opening.form == Opening.Form.COUNTS

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The figures of an opening of counts."""
        return list(self.opening.rows) if self.opening else []

    @property
    def layer(self) -> str:
        """``facility``, ``street`` or ``area``; "" for counts and for what an agreement gives."""
        return "" if self.counted or self.agreement else str(frames.layer_of(self.dataset.kind))

    @property
    def model(self) -> type[Place]:
        """Where the rows lie."""
        return MODELS[self.layer]

    @property
    def source(self) -> str:
        """What published places carry as their source."""
        return source_of(self.dataset)


def opens_as(dataset: Dataset) -> str:
    """The form in which a dataset may be opened: places as they are, events and figures only counted.

    "" for a kind that holds nothing to open.
    """
    if dataset.kind == "crime_table":
        return str(Opening.Form.COUNTS)
    layer = frames.layer_of(dataset.kind)
    if layer == "event":
        return str(Opening.Form.COUNTS)
    return str(Opening.Form.FEATURES) if layer in MODELS else ""


def columns_found(dataset: Dataset) -> tuple[Column, ...]:
    """The explained columns that a dataset of places has, by its first rows."""
    layer = str(frames.layer_of(dataset.kind))
    rows = MODELS[layer]._default_manager.filter(source=source_of(dataset))  # noqa: SLF001 - Django documents it
    found: set[str] = set()
    for attrs in rows.order_by("id").values_list("attrs", flat=True)[:SAMPLED]:
        found.update(attrs)
    return columns.of_places(found, streets=layer == "street")


def of_opening(opening: Opening) -> Collection:
    """What an opening gives to everybody; ``opening.dataset`` is loaded."""
    counted = opening.form == Opening.Form.COUNTS
    return Collection(opening.dataset, columns.named(opening.columns, counts=counted), opening)


def of_dataset(dataset: Dataset) -> Collection:
    """What a dataset of places gives to those who may see it."""
    return Collection(dataset, columns_found(dataset))


def of_agreement(agreement: Agreement) -> Collection:
    """What an agreement gives to its receiver; ``agreement.dataset`` is loaded."""
    return Collection(agreement.dataset, columns.granted(agreement.fields), agreement=agreement)
