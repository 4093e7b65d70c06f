"""One file or a folder of files → typed tables and what was kept out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import polars as pl

from sunra.core.tables import (
    delimited,
    files,
    jsons,
    keys,
    kinds,
    locate,
    longtext,
    markup,
    oddities,
    sheets,
    vectors,
)
from sunra.core.tables.errors import HeaderOnly, TableError, Unsupported
from sunra.core.tables.gazetteer import Gazetteer
from sunra.core.tables.kinds import statistics
from sunra.core.tables.kinds.base import COLUMNS, Kind, reference_column, text_column
from sunra.core.tables.limits import Limits
from sunra.core.tables.mapping import Mapping, recognised
from sunra.core.tables.raw import Raw
from sunra.core.tables.result import REJECT_SCHEMA, TableRead
from sunra.core.tables.rows import begin
from sunra.core.tables.work import WHOLE, Work


def read(
    path: str | Path,
    *,
    limits: Limits | None = None,
    mapping: Mapping | None = None,
    head: int | None = None,
    gazetteer: Gazetteer | None = None,
) -> TableRead:
    """Reads one file of any supported format and kind.

    ``gazetteer`` helps to place rows without a point: what other files taught (`gazetteer.learn`).
    ``mapping`` says what the columns of an unknown table hold; ``head`` reads only that many records below
    the header, to try it out.
    Returns rows placed and typed, refused rows with reasons, and a balance that always holds (`TableRead`).
    Raises `TableError` subclasses when the file as a whole cannot be read; nothing else.
    """
    limits = limits or Limits()
    raw = parse(Path(path), limits, opening=head is not None)
    if not raw.records:
        raise HeaderOnly(raw.file, "no rows")
    if mapping is not None:
        return typed(_first(raw, mapping.header, head), recognised(raw, mapping), limits, gazetteer)
    if counted := statistics.read(raw):
        return counted
    known = kinds.recognise(raw)
    if len(raw.records) - (known.header if known else 0) < 2:
        raise HeaderOnly(raw.file, "no rows below the column names")
    return typed(raw, known, limits, gazetteer) if known else unknown(raw)


def parse(path: Path, limits: Limits, *, opening: bool = False) -> Raw:
    """The records of one file as text, whatever they mean; raises `TableError`.

    ``opening``: of a text too long for one piece the first records only.
    """
    if opening and longtext.is_streamed(path):
        return longtext.opening(path, limits)
    return _parse(files.load(path, limits), limits)


def _parse(source: files.Source, limits: Limits) -> Raw:
    match source.container:
        case "text":
            return delimited.parse(source, limits)
        case "xlsx" | "xls":
            return sheets.parse(source, limits)
        case "shp" | "geojson":
            return vectors.parse(source, limits)
        case "json":
            return jsons.parse(source, limits)
        case "xml":
            return markup.parse(source, limits)
        case other:
            raise Unsupported(source.file, other)


def _first(raw: Raw, header: int, head: int | None) -> Raw:
    """The header and the first ``head`` records below it; all when it is None."""
    end = None if head is None else header + 1 + head
    geometry = raw.geometry if raw.geometry is None else raw.geometry[:head]
    return replace(raw, records=raw.records[:end], lines=raw.lines[:end], geometry=geometry)


class Part(Protocol):
    """One part of a file: the whole file's ``rows``, and what is known of it ``across`` all parts."""

    rows: int
    across: keys.Across

    def enter(self, work: Work) -> None:
        """Brings what is known of the whole file to the rows of this part."""


def unknown(raw: Raw) -> TableRead:
    """A table of no known kind: every row is refused, so that nothing is silently lost."""
    lines = raw.lines[1:]
    rejects = pl.DataFrame({"line": lines}, schema={"line": pl.Int64}).with_columns(
        pl.lit("").alias("field"), pl.lit("unknown_kind").alias("reason"), pl.lit("").alias("value")
    )
    return TableRead(
        file=raw.file,
        kind="unknown",
        encoding=raw.encoding,
        crs=raw.epsg,
        rows=len(lines),
        merged=0,
        table=pl.DataFrame(schema=COLUMNS),
        rejects=rejects,
        flags=dict(raw.notes),
    )


def typed(
    raw: Raw,
    known: kinds.Recognised,
    limits: Limits,
    gazetteer: Gazetteer | None = None,
    part: Part | None = None,
) -> TableRead:
    """The rows of a recognised table, or of one ``part`` of it (see `streaming`)."""
    kind = known.kind
    work, rows = begin(raw, known, limits)
    across = part.across if part else None
    if part:
        part.enter(work)
    reference_column(work)
    kind.prepare(work)
    locate.place(work, bordered=kind.bordered, learnt=gazetteer)
    merged = keys.merge(work, kind.unit, across)
    if kind.identifier:
        work.put(work.text(kind.identifier).alias("_id"))
    stable = [field for field in kind.fields if field not in kind.volatile]
    content = [*stable, "lon", "lat", WHOLE] if raw.geometry is not None else stable
    keys.assign(work, content, across)
    text_column(work, "name", "name", "address", "lot_address", "road_address")
    text_column(work, "address", "address", "lot_address", "road_address")
    work.put(work.text("agency").alias("agency"))
    kind.finish(work)
    work.flag("rows_cut", int(oddities.is_cut(part.rows if part else rows)))
    table = _columns(work, kind)
    if kind.bordered and not part:
        work.flag("missing_districts", len(oddities.missing_districts(table["dong"])))
    units = int(table[kind.unit].sum()) if kind.unit else int(table["line"].n_unique())
    return TableRead(
        file=raw.file,
        kind=kind.name,
        encoding=raw.encoding,
        crs=work.crs,
        rows=rows,
        merged=merged,
        table=table,
        rejects=work.rejects(),
        units=units,
        flags=dict(work.flags),
        witness=work.witness,
    )


def _columns(work: Work, kind: Kind) -> pl.DataFrame:
    """The canonical columns of the kind, in order and type; address and name lose nothing else."""
    schema = {**COLUMNS, **kind.columns}
    return work.frame.select(
        pl.col(name).cast(dtype) if name in work.frame.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in schema.items()
    ).with_columns(pl.col(pl.String).fill_null(""))


def read_folder(
    path: str | Path, *, limits: Limits | None = None, gazetteer: Gazetteer | None = None
) -> Iterator[TableRead]:
    """Every file under a folder, by name; parts of a shapefile belong to their .shp, hidden files are none.

    A refused file comes as kind "unknown" without rows, its error code among the warnings.
    """
    for file in files_in(Path(path)):
        yield read_or_refuse(file, limits=limits, gazetteer=gazetteer)


def files_in(root: Path) -> list[Path]:
    """The files under a folder that `read_folder` reads, in its order."""
    found = []
    for file in sorted(entry for entry in root.rglob("*") if entry.is_file()):
        hidden = any(part.startswith((".", "~$")) for part in file.relative_to(root).parts)
        if not hidden and not _is_sidecar(file):
            found.append(file)
    return found


def _is_sidecar(file: Path) -> bool:
    return file.suffix.lower() in files.SIDECARS


def read_or_refuse(
    path: Path, *, limits: Limits | None = None, gazetteer: Gazetteer | None = None
) -> TableRead:
    """`read`, with a refused file as an empty table that carries the error code."""
    try:
        return read(path, limits=limits, gazetteer=gazetteer)
    except TableError as error:
        return refused(path, error)


def refused(path: Path, error: TableError) -> TableRead:
    """A file that could not be read as a table, with the reason among its flags."""
    return TableRead(
        file=path.name,
        kind="unknown",
        encoding=None,
        crs=None,
        rows=0,
        merged=0,
        table=pl.DataFrame(schema=COLUMNS),
        rejects=pl.DataFrame(schema=REJECT_SCHEMA),
        flags={error.code: 1},
    )
