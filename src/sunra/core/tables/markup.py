"""Reads XML: answers of open interfaces, exports of records, and OpenStreetMap's streets."""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from sunra.core.tables import answers, osm
from sunra.core.tables.errors import NotATable, TooDeep, TooLarge, Unsupported, XmlEntities
from sunra.core.tables.files import Source, check_xml
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw
from sunra.core.tables.sniff import encoding_of

_CHUNK = 1 << 20
_ELEMENTS = 3_000_000
_OTHER_ROOTS = {"net": "a SUMO network", "kml": "KML", "gpx": "GPX", "svg": "a drawing", "rss": "news"}


def parse(source: Source, limits: Limits) -> Raw:
    """The records of an XML text. Raises `TableError` subclasses only."""
    data = source.data
    if len(data) > limits.max_json:
        raise TooLarge(source.file, f"{len(data)} bytes of XML, limit {limits.max_json}")
    if b"<html" in data[:4_096].lower():
        raise NotATable(source.file, "a web page")
    check_xml(data, source.file)
    encoding = encoding_of(data, file=source.file)
    text = data.decode(encoding)
    root = _root(text, source.file)
    if root == "osm":
        handler = osm.Streets(source.file, limits)
        walk(text, source.file, limits, start=handler.start, end=handler.end)
        return handler.raw(encoding)
    if root in _OTHER_ROOTS:
        raise Unsupported(source.file, _OTHER_ROOTS[root])
    answer = answers.read_answer(tree_of(text, source.file, limits), file=source.file)
    return answers.raw_of(answer, file=source.file, encoding=encoding, limits=limits)


def tree_of(text: str, file: str, limits: Limits) -> dict[str, Any]:
    """An XML text as dicts and lists (see `_Tree`). Raises what `walk` raises."""
    tree = _Tree()
    walk(text, file, limits, start=tree.start, end=tree.end, text_in=tree.text)
    return tree.value


class _Found(Exception):  # noqa: N818
    """Stops the parser at the first element."""


def _root(text: str, file: str) -> str:
    """Name of the outermost element, lower case, without its namespace."""
    seen: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        seen.append(name.rpartition(":")[2].lower())
        raise _Found

    try:
        walk(text[:_CHUNK], file, Limits(), start=start, end=lambda _: None, whole=False)
    except _Found:
        return seen[0]
    raise NotATable(file, "no element")


def walk(
    text: str,
    file: str,
    limits: Limits,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text_in: Callable[[str], None] | None = None,
    whole: bool = True,
) -> None:
    """Parses with bounds: no document type, no entities, limited depth and number of elements.

    The text is handed on as UTF-8 whatever its declaration says. Raises `XmlEntities`, `TooDeep`,
    `TooLarge`, `NotATable` with the line.
    """
    depth = count = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > limits.max_depth:
            raise TooDeep(file, f"nested deeper than {limits.max_depth}")
        if count > _ELEMENTS or len(attributes) > limits.max_columns:
            raise TooLarge(file, f"over {_ELEMENTS} elements")
        start(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    def refuse(*_: Any) -> None:
        raise XmlEntities(file)

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    if text_in is not None:
        parser.CharacterDataHandler = text_in
    try:
        for at in range(0, len(text), _CHUNK):
            parser.Parse(text[at : at + _CHUNK].encode("utf-8", "replace"), False)  # noqa: FBT003
        if whole:
            parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise NotATable(file, f"damaged XML: {expat.ErrorString(error.code)}", line=error.lineno) from None


class _Tree:
    """XML as dicts and lists: repeated elements become a list, leaves their text, attributes fields."""

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}
        self._open: list[dict[str, Any]] = [self.value]
        self._texts: list[list[str]] = [[]]

    def start(self, _: str, attributes: dict[str, str]) -> None:
        self._open.append(dict(attributes))
        self._texts.append([])

    def text(self, part: str) -> None:
        self._texts[-1].append(part)

    def end(self, name: str) -> None:
        value: Any = self._open.pop()
        text = "".join(self._texts.pop()).strip()
        if not value:
            value = text
        elif text:
            value["text"] = text
        parent = self._open[-1]
        name = name.rpartition(":")[2]
        if name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]
