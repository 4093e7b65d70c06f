"""Delimited texts of any size on the disk: encoding and separator found once, records read as asked for."""

import codecs
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sunra.core.tables import delimited, files
from sunra.core.tables.errors import BadEncoding, Empty, NotATable, TooLarge, Unreadable
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw
from sunra.core.tables.sniff import BLANK, CANDIDATES, SNIFFED, container_of, delimiter_of, is_binary, wide_of

STREAMED = 32 * 1024 * 1024
"""Bytes from which a text is read in parts."""
MOST_BYTES = 8 * 1024**3
OPENING = 220
"""Records that tell what a table is: titles, column names, and enough rows to judge them by."""
_BLOCK = 1 << 20

Record = tuple[int, list[str], bool]


class LongText:
    """One text; raises `TableError` for what is wrong with its bytes, before the first record."""

    def __init__(self, path: Path) -> None:
        self.file, self._path = path.name, path
        self.size = path.stat().st_size
        self._open: BinaryIO | None = None
        if self.size > MOST_BYTES:
            raise TooLarge(path.name, f"{self.size} bytes, limit {MOST_BYTES}")
        with path.open("rb") as stream:
            head = stream.read(4 * SNIFFED)
        if not head.strip(BLANK):
            raise Empty(path.name)
        self.encoding = self._encoding(head)
        self._delimiter = delimiter_of(head.decode(self.encoding, "ignore"))

    @property
    def position(self) -> int:
        """Bytes of the file that were read so far for the records handed out."""
        return 0 if self._open is None or self._open.closed else self._open.tell()

    def records(self, limits: Limits) -> Iterator[Record]:
        """(first line, cells, cut off) of every record, read as they are asked for."""
        try:
            with self._path.open("rb") as raw:
                self._open = raw
                with io.TextIOWrapper(raw, self.encoding, newline="") as stream:
                    yield from delimited.walk(_ended(stream), self._delimiter, self.file, limits)
        except OSError as error:
            raise Unreadable(self.file, error.strerror or "cannot be opened") from None
        except UnicodeDecodeError as error:
            raise BadEncoding(self.file, f"not {self.encoding}: {error.reason}") from None

    def opening(self, limits: Limits) -> Raw:
        """The first records, as `delimited.parse` gives all of them."""
        first = list(islice(self.records(limits), OPENING))
        return Raw(
            file=self.file,
            records=[record for _, record, _ in first],
            lines=[line for line, _, _ in first],
            encoding=self.encoding,
        )

    def _encoding(self, head: bytes) -> str:
        """As `sniff.encoding_of`, block by block."""
        if head.startswith(codecs.BOM_UTF8):
            names: tuple[str, ...] = ("utf-8-sig",)
        elif wide := wide_of(head[:SNIFFED], self.size):
            names = (wide,)
        elif is_binary(head):
            raise NotATable(self.file, "binary content")
        else:
            names = CANDIDATES
        farthest = (-1, 0, "")
        for name in names:
            broken = self._broken(name)
            if broken is None:
                return name
            farthest = max(farthest, (*broken, name), key=lambda found: found[0])
        offset, line, name = farthest
        raise BadEncoding(self.file, f"not {name} from byte {offset}", line=line)

    def _broken(self, name: str) -> tuple[int, int] | None:
        """Byte and line from which the text is not in this encoding.

        Refuses on the way what no reader of lines could hold: zero bytes, a line without an end.
        """
        decoder = codecs.getincrementaldecoder(name.removesuffix("-sig"))()
        newlines = io.IncrementalNewlineDecoder(None, translate=True)
        offset, line, open_line, text = 0, 1, 0, ""
        with self._path.open("rb") as stream:
            while True:
                block = stream.read(_BLOCK)
                pending = len(decoder.getstate()[0])
                try:
                    text = newlines.decode(decoder.decode(block, final=not block), final=not block)
                except UnicodeDecodeError as error:
                    good = error.object[: error.start].decode(name, "ignore")
                    return offset - pending + error.start, line + good.count("\n")
                if "\x00" in text:
                    raise NotATable(self.file, "binary content", line=line)
                open_line = self._line(text, open_line, line)
                line, offset = line + text.count("\n"), offset + len(block)
                if not block:
                    return None

    def _line(self, text: str, before: int, line: int) -> int:
        """Characters since the last line's end, after ``text``; ``before`` as many before it."""
        first, last = text.find("\n"), text.rfind("\n")
        if before + (first if first >= 0 else len(text)) > delimited.MOST_LINE:
            raise TooLarge(self.file, f"a line over {delimited.MOST_LINE} characters", line=line)
        return before + len(text) if last < 0 else len(text) - last - 1


def _ended(stream: Iterable[str]) -> Iterator[str]:
    """Lines as `delimited.walk` takes them: the last one gets its end, and the sentinel follows."""
    for found in stream:
        line = found.replace("\x1a", "")
        if line:
            yield line if line.endswith(("\n", "\r")) else line + "\n"
    yield delimited.END


def is_streamed(path: Path) -> bool:
    """True for a delimited text that is better read in parts."""
    try:
        if path.stat().st_size < STREAMED:
            return False
        with path.open("rb") as stream:
            return container_of(stream.read(SNIFFED), path.suffix.lower()) == "text"
    except OSError:
        return False


def unpacked(path: Path, folder: Path, limits: Limits | None = None) -> Path | None:
    """A long text out of its gz or zip, written into ``folder``; None for everything else."""
    return files.unpack_text(path, folder, limits or Limits(), least=STREAMED)


def opening(path: Path, limits: Limits) -> Raw:
    """The first `OPENING` records of a long text; raises `TableError`."""
    try:
        return LongText(path).opening(limits)
    except OSError as error:
        raise Unreadable(path.name, error.strerror or "cannot be opened") from None
