"""The data dictionary: every column that may leave, with its type, unit and meaning.

A column without an entry here never leaves: what nobody has explained, nobody has judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

import polars as pl
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from sunra.core.tables.kinds import KINDS
from sunra.core.tables.kinds.base import COLUMNS
from sunra.platform.base.errors import Text
from sunra.systems.sharing import agreement_texts
from sunra.systems.sharing.opened.explained import EXPLAINED

Type = Literal["string", "integer", "number", "boolean", "date", "date-time"]
Home = Literal["field", "attrs", "made"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``home`` is where a place keeps it; ``made`` ones are computed."""

    name: str
    type: Type
    meaning: Text
    unit: Text = ""
    home: Home = "attrs"

    @property
    def meaning_ko(self) -> str:
        """The meaning in Korean, whoever reads."""
        return _in("ko", self.meaning)

    @property
    def meaning_en(self) -> str:
        """The meaning in English, whoever reads."""
        return _in("en", self.meaning)


def _in(language: str, text: Text) -> str:
    with override(language):
        return str(text)


_DONG = _("Code of the legal dong, ten digits; of the administrative dong where the precision says so")

_ALWAYS = (
    Column("key", "string", _("Identifier within the source"), home="field"),
    Column("kind", "string", _("Kind of place, as a code"), home="field"),
    Column("name", "string", _("Name"), home="field"),
    Column("count", "integer", _("Units that the row stands for"), _("units"), home="field"),
    Column("dong", "string", _DONG, home="field"),
    Column("cell", "string", _("Cell of 100 m, as the national point number"), home="made"),
    Column("changed", "date-time", _("When the row last changed in the published data (UTC)"), home="field"),
)
_LEVEL = Column("level", "string", _("Class: of the road, or of the office"))
_SOMETIMES = (
    Column(
        "precision", "string", _("How the place is known: point, or dong when only the legal dong is known")
    ),
    Column("address", "string", _("Address as the source gives it")),
    Column("agency", "string", _("Managing institution")),
    Column("reference_date", "date", _("Day as of which the source counts")),
    Column("purpose", "string", _("Purpose of the installation")),
    Column("installed", "string", _("Year or month of the installation")),
    _LEVEL,
    Column("station", "string", _("Police station in charge")),
    *(Column(name, cast("Type", kind), meaning, unit) for name, kind, meaning, unit in EXPLAINED),
)
_COUNTS = (
    Column("dong", "string", _DONG, home="made"),
    Column("dong_name", "string", _("Name of the legal dong"), home="made"),
    Column("station", "string", _("Police station in charge"), home="made"),
    Column("year", "integer", _("Year"), home="made"),
    Column("category", "string", _("Category of the figure"), home="made"),
    Column("count", "integer", _("Cases; empty where the figure is withheld to protect persons"), _("cases"),
           home="made"),
)  # fmt: skip

DICTIONARY = {column.name: column for column in (*_ALWAYS, *_SOMETIMES)}
COUNTED = {column.name: column for column in _COUNTS}


def always() -> tuple[str, ...]:
    """The columns that every collection of places has."""
    return tuple(column.name for column in _ALWAYS)


def of_places(found: Iterable[str], *, streets: bool = False) -> tuple[Column, ...]:
    """The columns of a collection of places: the common ones and those of ``found`` that are explained."""
    names = set(found) | ({"level"} if streets else set())
    return (*_ALWAYS, *(column for column in _SOMETIMES if column.name in names))


def named(names: Iterable[str], *, counts: bool = False) -> tuple[Column, ...]:
    """The columns of these names, in the order of the dictionary; unknown names are left out."""
    wanted = set(names)
    return tuple(one for one in (COUNTED if counts else DICTIONARY).values() if one.name in wanted)


_READ: dict[str, pl.DataType | type[pl.DataType]] = {
    **{name: kind for one in KINDS for name, kind in one.columns.items()},
    **COLUMNS,
}


def granted(fields: Iterable[str]) -> tuple[Column, ...]:
    """The columns of fields that an agreement grants, in its order."""
    return tuple(Column(name, _type(name), agreement_texts.field(name), home="made") for name in fields)


def _type(name: str) -> Type:
    kind = _READ.get(name, pl.String)
    if kind in {pl.Int32, pl.Int64}:
        return "integer"
    if kind == pl.Float64:
        return "number"
    return "date" if kind == pl.Date else "date-time" if kind == pl.Datetime else "string"
