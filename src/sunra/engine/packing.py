"""Tables and pieces as bytes between processes: Arrow's own stream, so that no type changes on the way."""

import json
from collections.abc import Iterator

import pyarrow as pa

from sunra.engine.errors import EngineError
from sunra.engine.sources import Span

_CHUNK = 64 * 1024 * 1024
"""Bytes of a table that travel as one; Spark keeps rows whole."""


def pack(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpack(data: bytes) -> pa.Table:
    """The table of a stream."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def chunks(table: pa.Table) -> Iterator[bytes]:
    """A table as one or more streams of bounded size."""
    step = max(1, int(table.num_rows * _CHUNK / max(table.nbytes, 1)))
    for start in range(0, max(1, table.num_rows), step):
        yield pack(table.slice(start, step))


def pack_piece(piece: pa.Table | Span) -> bytes:
    """A piece of a table: what to read, or the rows themselves."""
    if isinstance(piece, Span):
        return b"S" + json.dumps([piece.path, piece.first, piece.last, piece.rows]).encode()
    return b"T" + pack(piece)


def unpack_piece(data: bytes) -> pa.Table | Span:
    """The piece again."""
    if data[:1] == b"S":
        return Span(*json.loads(data[1:]))
    return unpack(data[1:])


def pack_error(error: EngineError) -> bytes:
    """A typed error, which travels as a row so that it arrives typed."""
    return json.dumps([error.code, {key: str(value) for key, value in error.params.items()}]).encode()


def unpack_error(data: bytes) -> EngineError:
    """The error again."""
    code, params = json.loads(data)
    return EngineError(code, **params)
