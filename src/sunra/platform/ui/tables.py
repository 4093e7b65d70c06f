"""A table that people can sort, filter, page through and take away as CSV; it works without JavaScript."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.base.errors import Text
from sunra.platform.base.time import SEOUL
from sunra.platform.ui import csv
from sunra.platform.ui.dates import show_date, show_datetime

NOTHING_YET = gettext_lazy("Nothing here yet")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``key`` is an attribute, a mapping key or a dotted path of the row; ``value`` replaces it with a function
    of the row. ``format`` makes the shown text (may be safe HTML) from the value; ``link`` gives the address
    a cell leads to. ``order`` is the database expression for sorting a queryset (default: ``key`` with
    ``__`` for dots). ``whole`` keeps the text on one line, as numbers are kept anyway.
    """

    key: str
    label: Text
    sort: bool = True
    numeric: bool = False
    format: Callable[[Any], Any] | None = None
    value: Callable[[Any], Any] | None = None
    link: Callable[[Any], str] | None = None
    order: str = ""
    unit: Text = ""
    export: bool = True
    whole: bool = False

    def of(self, row: Any) -> Any:
        """The row's bare value in this column."""
        if self.value is not None:
            return self.value(row)
        found = row
        for part in self.key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
        return found

    def show(self, row: Any) -> Any:
        """The value as people read it."""
        value = self.of(row)
        if self.format is not None:
            return self.format(value)
        return display(value)

    @property
    def style(self) -> str:
        """The class of the column's cells."""
        return "number" if self.numeric else "whole" if self.whole else ""

    def ordering(self) -> str:
        """What the database sorts by."""
        return self.order or self.key.replace(".", "__")


def display(value: Any) -> Any:
    """A bare value as people here read it: dates of Seoul, digits in groups, yes and no as words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return show_datetime(value) if isinstance(value, datetime) else show_date(value)
    if isinstance(value, int | float | Decimal):
        shown = round(value, 2) if isinstance(value, float) else value
        return number_format(shown, use_l10n=True, force_grouping=True)
    return value


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter above the table: a choice when ``choices`` are given, else a text to look for.

    ``apply(rows, value)`` narrows; without it a choice compares ``key`` and a text looks inside ``key``.
    """

    key: str
    label: Text
    choices: Sequence[tuple[str, Text]] = ()
    apply: Callable[[Any, str], Any] | None = None

    def narrow(self, rows: Any, value: str) -> Any:
        """The rows that pass."""
        if self.apply is not None:
            return self.apply(rows, value)
        lookup = self.key.replace(".", "__")
        if isinstance(rows, QuerySet):
            return rows.filter(**{lookup if self.choices else f"{lookup}__icontains": value})
        column = Column(self.key, "")
        if self.choices:
            return [row for row in rows if str(column.of(row)) == value]
        return [row for row in rows if value.casefold() in str(column.of(row) or "").casefold()]


@dataclass(frozen=True, slots=True)
class Head:
    """A column head as the template needs it."""

    column: Column
    url: str
    direction: str


@dataclass
class Table:
    """A table for ``{% table t %}``; ``page.py`` calls ``table.response() or render(...)``.

    ``name`` keeps two tables of one page apart (their parameters get it as prefix); ``row_id`` names a row
    for the map beside it; ``on_export(count)`` runs before rows leave as CSV (the place for the ledger's
    record).
    """

    columns: Sequence[Column]
    rows: Any
    request: HttpRequest
    filters: Sequence[Filter] = ()
    name: str = ""
    caption: Text = ""
    page_size: int = 25
    row_id: Callable[[Any], str] | None = None
    default_sort: str = ""
    export: bool = True
    on_export: Callable[[int], None] | None = None
    empty_title: Text = NOTHING_YET
    empty_text: Text = ""
    empty_link: tuple[str, Text] | None = None
    selectable: bool = field(default=False)

    @property
    def element_id(self) -> str:
        """The id of the table's frame in the page."""
        return f"table-{self.name or 'main'}"

    def parameter(self, key: str) -> str:
        """The address parameter of ``key`` for this table."""
        return f"{self.name}-{key}" if self.name else key

    def asked(self, key: str) -> str:
        """What the address says for ``key``."""
        return self.request.GET.get(self.parameter(key), "").strip()

    @cached_property
    def filter_values(self) -> list[tuple[Filter, str, str]]:
        """Each filter with its parameter and the value asked for; a choice that does not exist is ignored."""
        result = []
        for item in self.filters:
            value = self.asked(item.key)
            if item.choices and value not in {str(code) for code, _label in item.choices}:
                value = ""
            result.append((item, self.parameter(item.key), value))
        return result

    @property
    def filtered(self) -> bool:
        """Whether any filter narrows the rows."""
        return any(value for _item, _parameter, value in self.filter_values)

    @cached_property
    def sorting(self) -> tuple[Column | None, bool]:
        """The column sorted by and whether downwards; unknown columns are ignored."""
        asked = self.asked("sort") or self.default_sort
        for column in self.columns:
            if column.sort and column.key == asked.removeprefix("-"):
                return column, asked.startswith("-")
        return None, False

    @cached_property
    def chosen(self) -> Any:
        """All rows after filters, in order."""
        rows = self.rows
        for item, _parameter, value in self.filter_values:
            if value:
                rows = item.narrow(rows, value)
        column, down = self.sorting
        if column is None:
            return rows
        if isinstance(rows, QuerySet) and (column.order or column.value is None):
            return rows.order_by(("-" if down else "") + column.ordering(), "pk")
        return sorted(rows, key=lambda row: _sort_key(column.of(row), down=down), reverse=down)

    @cached_property
    def page(self) -> Page[Any]:
        """The page asked for, else the nearest one that exists."""
        return Paginator(self.chosen, self.page_size).get_page(self.asked("page") or 1)

    @property
    def count(self) -> int:
        """How many rows pass the filters."""
        return self.page.paginator.count

    def url(self, **changes: str) -> str:
        """This page's address with ``changes`` to the table's parameters; everything else is kept."""
        query = self.request.GET.copy()
        for key, value in changes.items():
            query.pop(self.parameter(key), None)
            if value:
                query[self.parameter(key)] = value
        return f"{self.request.path}?{query.urlencode()}"

    @property
    def heads(self) -> list[Head]:
        """The column heads with the address that sorts by them."""
        current, down = self.sorting
        result = []
        for column in self.columns:
            here = column is current
            direction = ("descending" if down else "ascending") if here else "none"
            asked = column.key if not here or down else f"-{column.key}"
            result.append(Head(column, self.url(sort=asked, page="") if column.sort else "", direction))
        return result

    @property
    def body(self) -> list[tuple[str, list[tuple[Column, Any, str]]]]:
        """The rows of this page: id, and per column the shown value and link."""
        return [
            (
                str(self.row_id(row)) if self.row_id else "",
                [
                    (column, column.show(row), column.link(row) if column.link else "")
                    for column in self.columns
                ],
            )
            for row in self.page.object_list
        ]

    @property
    def kept(self) -> Iterable[tuple[str, str]]:
        """Parameters of the address that the filter form must carry along."""
        own = {parameter for _item, parameter, _value in self.filter_values} | {
            self.parameter("page"),
            "export",
            "table",
        }
        return [
            (key, value) for key, values in self.request.GET.lists() if key not in own for value in values
        ]

    @property
    def page_urls(self) -> list[tuple[str, str, bool]]:
        """(number or gap, address, current) of the pager."""
        found = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)
        return [
            (
                str(number),
                self.url(page=str(number)) if isinstance(number, int) else "",
                number == self.page.number,
            )
            for number in found
        ]

    @property
    def previous_url(self) -> str:
        """The page before, or nothing."""
        return self.url(page=str(self.page.number - 1)) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        """The page after, or nothing."""
        return self.url(page=str(self.page.number + 1)) if self.page.has_next() else ""

    @property
    def clear_url(self) -> str:
        """The address without this table's filters."""
        return self.url(**{item.key: "" for item in self.filters}, page="")

    @property
    def export_url(self) -> str:
        """Where the CSV of the rows chosen comes from."""
        query = [
            (key, value)
            for key, values in self.request.GET.lists()
            for value in values
            if key not in {"export", "table"}
        ]
        return f"{self.request.path}?{urlencode([*query, ('export', 'csv'), ('table', self.name)])}"

    def response(self) -> HttpResponse | None:
        """The CSV or the changed table alone when the request asks for one of them, else ``None``."""
        asked = (
            self.request.GET.get("export") == "csv" and self.request.GET.get("table", self.name) == self.name
        )
        if self.export and asked:
            return self._csv()
        if self.request.headers.get("HX-Target") == self.element_id:
            return render(self.request, "ui/table.html", {"table": self})
        return None

    def _csv(self) -> HttpResponse:
        if self.on_export is not None:
            self.on_export(self.count)
        columns = [column for column in self.columns if column.export]
        heads = [
            f"{column.label} ({column.unit})" if column.unit else str(column.label) for column in columns
        ]
        rows = ([_plain(column.of(row)) for column in columns] for row in self.chosen)
        return csv.response(self.name or "table", heads, rows)


def _plain(value: Any) -> Any:
    """A value for a spreadsheet: times in Seoul without their offset."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(SEOUL).replace(tzinfo=None).isoformat(" ", "minutes")
    return value


def _sort_key(value: Any, *, down: bool) -> tuple[bool, Any]:
    """Rows without a value come last in both directions; texts and numbers do not mix."""
    if value is None or value == "":
        return (not down, "")
    return (down, value if isinstance(value, int | float | Decimal | date) else str(value).casefold())
