"""Reads agencies from a CSV file: all or nothing, with a preview before, each error with its address."""

import csv
import hashlib
import io
from dataclasses import dataclass, replace

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from sunra.platform.agencies import services
from sunra.platform.agencies.codes import read_dongs
from sunra.platform.agencies.exports import COLUMNS, unsafe
from sunra.platform.agencies.models import Agency
from sunra.platform.base.access import get_visible, require, visible
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.problem import Problem
from sunra.platform.ledger.services import Act, record

MAX_BYTES = 1_000_000
MAX_ROWS = 5_000
_NO = frozenset({"0", "n", "no", "false", "아니오", "폐지"})


@dataclass(frozen=True, slots=True)
class Line:
    """What one row would do: ``add`` or ``change`` the agency ``name``."""

    row: int
    act: str
    name: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do, and why it cannot."""

    file: str
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]

    @property
    def added(self) -> int:
        """How many agencies are new."""
        return sum(line.act == "add" for line in self.lines)

    @property
    def changed(self) -> int:
        """How many agencies exist already."""
        return len(self.lines) - self.added


class ImportRefused(UserError):  # noqa: N818 - reads as what it is
    """The file was not taken; ``problems`` says why, row by row."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("agencies.import_refused", _("The file was not taken."), _("Mend the rows named."))
        self.problems = problems


def preview(*, actor: Actor, data: bytes, file: str) -> Preview:
    """What the file would do; nothing is kept."""
    require(actor, services.CHANGE)
    reader = _Reader(actor, file)
    with transaction.atomic():
        reader.take(data)
        transaction.set_rollback(True)
    return Preview(file, tuple(reader.lines), tuple(reader.problems))


def apply(*, actor: Actor, data: bytes, file: str) -> Preview:
    """Take the file, all or nothing; raises :class:`ImportRefused` with every problem in it."""
    tried = preview(actor=actor, data=data, file=file)
    if tried.problems:
        raise ImportRefused(tried.problems)
    detail = {"added": tried.added, "changed": tried.changed, "sha256": hashlib.sha256(data).hexdigest()}
    record(actor=actor, act=Act.CHANGE, subject="agencies.Agency", ref="import", purpose="", detail=detail)
    reader = _Reader(actor, file)
    with transaction.atomic():
        reader.take(data)
        if reader.problems:  # somebody changed the tree since the trial
            raise ImportRefused(tuple(reader.problems))
    return Preview(file, tuple(reader.lines), ())


class _Reader:
    """One pass over a file; collects lines and problems, writes inside the caller's transaction."""

    def __init__(self, actor: Actor, file: str) -> None:
        self.actor = actor
        self.file = file
        self.lines: list[Line] = []
        self.problems: list[Problem] = []

    def take(self, data: bytes) -> None:
        """Read and write every row; a row with a problem is left out."""
        for number, cells in self._rows(data):
            try:
                with transaction.atomic():
                    self._row(number, cells)
            except UserError as error:
                self._problem(number, ":".join(error.where), str(error.message), str(error.remedy))
            except Http404:
                self._problem(number, "parent", _("This agency is not below yours."), _("Leave the row out."))

    def _rows(self, data: bytes) -> list[tuple[int, dict[str, str]]]:
        """The rows with their numbers; none when the file as a whole is no use."""
        try:
            heads, *rows = table(data)
        except UserError as error:
            self._problem(0, "", str(error.message), str(error.remedy))
            return []
        found = []
        for number, row in enumerate(rows, start=2):
            if not any(row):
                continue
            if len(row) > len(heads):
                said = _("The row has more cells than the header.")
                self._problem(number, "", said, _("Check the commas."))
                continue
            found.append((number, dict.fromkeys(COLUMNS, "") | dict(zip(heads, row, strict=False))))
        return found

    def _row(self, number: int, cells: dict[str, str]) -> None:
        parent = self._named(cells["parent"], "parent") if cells["parent"] else None
        agency = self._existing(cells, parent) or Agency()
        is_new = agency.created is None
        draft = services.Draft(
            name=cells["name"],
            type=cells["type"],
            parent_id=parent.id if parent else agency.parent_id,
            code=cells["code"],
            police_code=cells["police_code"],
            district=cells["district"],
            active=cells["active"].lower() not in _NO,
        )
        dongs = read_dongs(cells["jurisdiction"].replace(";", " ").split())
        services.fill(agency=agency, draft=draft, actor=self.actor)
        services.put(agency=agency, dongs=dongs)
        self.actor = replace(self.actor, scope=self.actor.scope | {agency.id})
        self.lines.append(Line(number, "add" if is_new else "change", agency.name))

    def _existing(self, cells: dict[str, str], parent: Agency | None) -> Agency | None:
        """The agency that a row means: by code, by police code, or by name below the same parent."""
        for field in ("code", "police_code"):
            if cells[field]:
                known = Agency.objects.filter(**{field: cells[field]}).first()
                if known is not None:
                    return get_visible(Agency.objects.all(), self.actor, pk=known.pk)
        same = Agency.objects.filter(name=cells["name"], parent=parent)
        if parent is None:
            same = Agency.objects.filter(name=cells["name"])
        return visible(same, self.actor).first() if not (cells["code"] or cells["police_code"]) else None

    def _named(self, word: str, field: str) -> Agency:
        """The agency that a word names: its code, police code or name."""
        mine = visible(Agency.objects.all(), self.actor)
        for lookup in ("code", "police_code", "name"):
            found = list(mine.filter(**{lookup: word})[:2])
            if len(found) == 1:
                return found[0]
            if found:
                raise UserError(
                    "agencies.ambiguous",
                    _("Several agencies are called “%(name)s”.") % {"name": word[:60]},
                    _("Use the code instead."),
                    (field,),
                )
        raise UserError(
            "agencies.unknown_parent",
            _("There is no agency “%(name)s” among yours, nor above this row.") % {"name": word[:60]},
            _("Put the row of the agency above first."),
            (field,),
        )

    def _problem(self, row: int, field: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, row, field, message, remedy))


def table(data: bytes) -> list[list[str]]:
    """The file's cells, header first; raises ``UserError`` for a file that is no use as a whole."""
    if len(data) > MAX_BYTES:
        raise _useless(_("The file is larger than one megabyte."), _("Split it."))
    text = _text(data)
    if text is None:
        raise _useless(_("The file is not text."), _("Save it as CSV in UTF-8 or EUC-KR."))
    try:
        rows = [[unsafe(cell.strip()) for cell in row] for row in csv.reader(io.StringIO(text), strict=True)]
    except csv.Error as error:
        raise _useless(_("A quotation mark is never closed."), _("Save it as CSV again.")) from error
    if not rows or not any(rows[0]):
        raise _useless(_("The file is empty."), _("Export the agencies to see the columns."))
    if not any(any(row) for row in rows[1:]):
        raise _useless(_("The file has a header only."), _("Add a row for each agency."))
    if len(rows) - 1 > MAX_ROWS:
        raise _useless(_("The file has more than 5,000 rows."), _("Split it."))
    rows[0] = heads = [head.lower() for head in rows[0]]
    wrong = [name for name in ("name", "type") if name not in heads]
    wrong += [head for head in heads if head not in COLUMNS or heads.count(head) > 1]
    if wrong:
        raise _useless(
            _("These columns are missing, unknown or doubled: %(columns)s.")
            % {"columns": ", ".join(wrong)[:200]},
            _("The columns are: %(columns)s.") % {"columns": ", ".join(COLUMNS)},
        )
    return rows


def _useless(message: str, remedy: str) -> UserError:
    return UserError("agencies.useless_file", message, remedy)


def _text(data: bytes) -> str | None:
    """The file as text: UTF-8, else the Windows code page of Korea; None when it is neither."""
    if b"\x00" in data:
        return None
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
