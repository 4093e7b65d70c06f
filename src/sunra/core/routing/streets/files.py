"""Bytes of an untrusted file, plain or gzip, never more than the limits allow."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sunra.core.routing.streets.errors import StreetFileError, Watch

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"


def chunks(path: Path, watch: Watch) -> Iterator[bytes]:
    """The content piece by piece, unpacked. Raises `StreetFileError`."""
    try:
        with path.open("rb") as head:
            packed = head.read(2) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            while piece := file.read(_CHUNK):
                watch.took(len(piece))
                yield piece
    except (OSError, EOFError, zlib.error) as error:
        raise StreetFileError("unreadable", path.name) from error


def whole(path: Path, watch: Watch) -> bytes:
    """All of it. Raises `StreetFileError`."""
    return b"".join(chunks(path, watch))


def text_of(data: bytes, file: str) -> str:
    """UTF-8 (with or without mark) or CP949. Raises "bad_encoding"."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StreetFileError("bad_encoding", file)


def json_of(path: Path, watch: Watch) -> Any:
    """A JSON document; brackets nested past the limit are refused before they are parsed."""
    text = text_of(whole(path, watch), path.name)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise StreetFileError("too_deep", path.name) from error
    except ValueError as error:
        raise StreetFileError("not_a_street_file", path.name) from error
