"""Opens a file within bounds: plain, gz or zip with one table in it."""

import gzip
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np

from sunra.core.tables.errors import (
    Empty,
    ManyTables,
    NotATable,
    TableError,
    TooDeep,
    TooLarge,
    Unreadable,
    Unsupported,
    XmlEntities,
)
from sunra.core.tables.limits import Limits
from sunra.core.tables.sniff import SNIFFED, container_of

CHUNK = 1 << 20
TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".geojson", ".json", ".xml", ".osm"})
SIDECARS = frozenset({".dbf", ".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix"})
# RuntimeError is how zipfile reports a password, and covers NotImplementedError for odd compressions.
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, OSError, KeyError)
DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The bytes of one table: ``file`` is the given file's name, ``inner`` the packed name (or the same).

    ``parts``: a zipped shapefile's parts by ending (".shp", ".dbf" ...), else empty.
    """

    file: str
    inner: str
    container: str
    data: bytes
    path: Path
    parts: dict[str, bytes] = field(default_factory=dict)


def load(path: Path, limits: Limits) -> Source:
    """Reads ``path`` and unpacks gz and zip one level deep. Raises `TableError` subclasses only."""
    if path.suffix.lower() in SIDECARS:
        raise Unsupported(path.name, "a part of a shapefile: give its .shp")
    data = _read(path, limits)
    if not data:
        raise Empty(path.name)
    parts: dict[str, bytes] = {}
    container = container_of(data, path.suffix.lower())
    inner = path.name
    if container == "gz":
        inner = path.stem
        data = _gunzip(data, path.name, limits)
        container = container_of(data, Path(inner).suffix.lower())
    elif container == "zip":
        inner, data, parts = _unzip(data, path.name, limits)
        container = container_of(data, Path(inner).suffix.lower())
    if inner != path.name and container in {"gz", "zip"}:
        raise TooDeep(path.name, "an archive inside an archive")
    if not data:
        raise Empty(path.name)
    return Source(file=path.name, inner=inner, container=container, data=data, path=path, parts=parts)


def _read(path: Path, limits: Limits) -> bytes:
    try:
        if not path.is_file():
            raise Unreadable(path.name, "not a file")
        if path.stat().st_size > limits.max_bytes:
            raise TooLarge(path.name, f"{path.stat().st_size} bytes, limit {limits.max_bytes}")
        with path.open("rb") as stream:
            data = stream.read(limits.max_bytes + 1)
    except OSError as error:
        raise Unreadable(path.name, error.strerror or "cannot be opened") from None
    if len(data) > limits.max_bytes:
        raise TooLarge(path.name, f"over {limits.max_bytes} bytes")
    return data


def _allowed(packed: int, limits: Limits) -> int:
    """Bytes that ``packed`` bytes may become."""
    return min(limits.max_expanded, max(limits.free_expanded, int(packed * limits.max_ratio)))


def _gunzip(data: bytes, file: str, limits: Limits) -> bytes:
    allowed = _allowed(len(data), limits)
    engine = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    total, rest = 0, data
    try:
        while rest and not engine.eof:
            part = engine.decompress(rest, CHUNK)
            total += len(part)
            if total > allowed:
                raise TooLarge(file, f"expands past {allowed} bytes")
            parts.append(part)
            rest = engine.unconsumed_tail
            if not part and not rest:
                break
    except zlib.error as error:
        raise NotATable(file, f"damaged gzip: {error}") from None
    if not engine.eof:
        raise NotATable(file, "gzip ends too early")
    return b"".join(parts)


def open_archive(data: bytes, file: str, limits: Limits) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """The archive and its members, after its claims were checked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (*_BROKEN, OverflowError, struct.error) as error:
        raise NotATable(file, f"damaged archive: {error}") from None
    if len(members) > limits.max_members:
        raise TooLarge(file, f"{len(members)} members")
    claimed = sum(entry.file_size for entry in members)
    allowed = _allowed(len(data), limits)
    if claimed > allowed:
        raise TooLarge(file, f"claims {claimed} bytes, limit {allowed}")
    return archive, members


def member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> bytes:
    """One member's bytes; ``zipfile`` stops at the claimed size, which was checked before."""
    try:
        with archive.open(entry) as stream:
            return stream.read(entry.file_size)
    except _BROKEN as error:
        raise NotATable(file, f"damaged archive: {type(error).__name__}") from None


def _table_in(members: list[zipfile.ZipInfo], file: str) -> zipfile.ZipInfo:
    """The one table of an archive; raises `TooDeep`, `ManyTables`, `NotATable`."""
    suffixes = [Path(entry.filename).suffix.lower() for entry in members]
    if any(suffix in {".zip", ".gz", ".7z"} for suffix in suffixes):
        raise TooDeep(file, "an archive inside an archive")
    tables = [e for e, suffix in zip(members, suffixes, strict=True) if suffix in {*TABLE_SUFFIXES, ".shp"}]
    # A shapefile's description (.shp.xml) and a note beside a table are no tables.
    tables = [e for e in tables if not e.filename.lower().endswith(".xml")] or tables
    if len(tables) > 1:
        raise ManyTables(file, f"{len(tables)} tables")
    if not tables:
        raise NotATable(file, "no table in the archive")
    return tables[0]


def _unzip(data: bytes, file: str, limits: Limits) -> tuple[str, bytes, dict[str, bytes]]:
    """Name and bytes of the one table in an archive, and for a shapefile all its parts."""
    archive, members = open_archive(data, file, limits)
    table = _table_in(members, file)
    parts = {}
    if table.filename.lower().endswith(".shp"):
        stem = table.filename[:-4]
        suffixes = [Path(entry.filename).suffix.lower() for entry in members]
        parts = {
            suffix: member(archive, entry, file)
            for entry, suffix in zip(members, suffixes, strict=True)
            if entry.filename[: -len(suffix) or None] == stem and suffix in {*SIDECARS, ".shp"}
        }
    return Path(table.filename).name, parts.get(".shp") or member(archive, table, file), parts


def unpack_text(path: Path, folder: Path, limits: Limits, *, least: int) -> Path | None:
    """A packed text of at least ``least`` bytes, written into ``folder`` without ever being in memory whole.

    None for everything else, also for what `load` refuses: it says why. The limits are the same.
    """
    try:
        with path.open("rb") as stream:
            container = container_of(stream.read(SNIFFED), path.suffix.lower())
        packed = path.stat().st_size
        if container not in {"gz", "zip"} or packed > limits.max_bytes or _allowed(packed, limits) < least:
            return None
        if container == "gz":
            with gzip.open(path) as source:
                return _copied(source, folder / path.stem, _allowed(packed, limits), least)
        with zipfile.ZipFile(path) as archive:
            members = [entry for entry in archive.infolist() if not entry.is_dir()]
            table = _table_in(members, path.name)
            claimed = sum(entry.file_size for entry in members)
            if table.file_size < least or claimed > _allowed(packed, limits):
                return None
            with archive.open(table) as source:
                name = Path(table.filename).name
                return _copied(source, folder / name, table.file_size, least)
    except (*_BROKEN, OverflowError, struct.error, TableError):
        return None


def _copied(source: IO[bytes] | gzip.GzipFile, target: Path, most: int, least: int) -> Path | None:
    """What ``source`` gives, when it is a text of ``least`` to ``most`` bytes."""
    total = 0
    with target.open("wb") as out:
        while chunk := source.read(CHUNK):
            if not total and container_of(chunk, target.suffix.lower()) != "text":
                break
            total += len(chunk)
            if total > most:
                break
            out.write(chunk)
    if least <= total <= most:
        return target
    target.unlink()
    return None


def check_xml(data: bytes, file: str) -> None:
    """Raises `XmlEntities` when an XML text declares a document type or entities."""
    if DECLARATION.search(data):
        raise XmlEntities(file)


def check_nesting(data: bytes, file: str, limits: Limits) -> None:
    """Refuses JSON that is nested deeply, or of too many parts, before any parser unfolds it.

    Brackets and commas in text count too. An empty pair of brackets of two bytes becomes sixty in memory.
    """
    signs = np.frombuffer(data, dtype=np.uint8)
    opened = (signs == ord("[")) | (signs == ord("{"))
    closed = (signs == ord("]")) | (signs == ord("}"))
    parts = int(opened.sum()), int((signs == ord(",")).sum())
    if parts[0] > limits.max_brackets or parts[1] > limits.max_cells:
        raise TooLarge(file, f"{parts[0]} brackets, {parts[1]} commas")
    marks = opened.astype(np.int8)[opened | closed] * 2 - 1
    if len(marks) and int(np.cumsum(marks, dtype=np.int64).max()) > limits.max_depth:
        raise TooDeep(file, f"nested deeper than {limits.max_depth}")
