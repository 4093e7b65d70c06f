"""Reads OpenStreetMap XML as a stream: ways with a highway tag, joined at common nodes only.

Two ways without a common node do not meet, so bridges and tunnels stay apart from what they cross. Points of
a way whose node is not in the file (an extract's edge) end it there and are counted in ``left_out``.
"""

from array import array
from pathlib import Path
from xml.parsers import expat

import numpy as np

from sunra.core.routing.network import Floats
from sunra.core.routing.streets import lines
from sunra.core.routing.streets.errors import Limits, StreetFileError, Watch
from sunra.core.routing.streets.files import chunks
from sunra.core.routing.streets.graph import StreetGraph
from sunra.core.routing.streets.lines import Flags, Ints
from sunra.core.routing.streets.places import outside, to_metres
from sunra.core.routing.streets.report import Source
from sunra.core.routing.streets.tags import Way, way_of


def read_osm(path: Path, *, limits: Limits | None = None) -> StreetGraph:
    """The graph of an OSM file (.osm, .osm.gz).

    Raises `StreetFileError` ("unreadable", "too_large", "too_deep", "too_slow", "xml_entities",
    "not_a_street_file", "bad_number", "repeated_node") and ``RoutingError("no_streets")``.
    """
    limits = limits or Limits()
    watch = Watch(path.name, limits)
    elements = _Elements(watch)
    _stream(path, watch, elements)
    return elements.graph()


def _stream(path: Path, watch: Watch, elements: "_Elements") -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = elements.start, elements.end

    def refuse(*_: object) -> None:
        raise StreetFileError("xml_entities", path.name, row=parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        for piece in chunks(path, watch):
            parser.Parse(piece, False)  # noqa: FBT003 - the library's own way
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise StreetFileError("not_a_street_file", path.name, row=error.lineno) from error


class _Elements:
    """Takes the elements one by one; numbers go to typed arrays, not to objects."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._depth = 0
        self._seen = 0
        self._id, self._lon, self._lat = array("q"), array("d"), array("d")
        self._ref, self._size = array("q"), array("q")
        self._ways: list[Way] = []
        self._names: list[str] = []
        self._way: list[int] | None = None
        self._tags: dict[str, str] = {}
        self._name = ""
        self._lost = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth > self._watch.limits.max_depth:
            raise StreetFileError("too_deep", self._watch.file)
        if self._depth == 1 and name != "osm":
            raise StreetFileError("not_a_street_file", self._watch.file, field=name[:40])
        if name == "node":
            self._node(attributes)
        elif name == "way":
            self._way, self._tags, self._name = [], {}, attributes.get("id", "")
        elif name == "nd" and self._way is not None:
            self._way.append(self._whole(attributes, "ref"))
            self._watch.rows(len(self._ways), len(self._way) + len(self._ref))
        elif name == "tag" and self._way is not None:
            self._tags[attributes.get("k", "")] = attributes.get("v", "")

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        if name != "way" or self._way is None:
            return
        found = way_of(self._tags)
        if found is not None:
            self._ways.append(found)
            self._names.append(self._name)
            self._ref.extend(self._way)
            self._size.append(len(self._way))
        self._way = None

    def _node(self, attributes: dict[str, str]) -> None:
        self._seen += 1
        self._watch.rows(0, self._seen)
        self._id.append(self._whole(attributes, "id"))
        try:
            self._lon.append(float(attributes["lon"]))
            self._lat.append(float(attributes["lat"]))
        except (KeyError, ValueError) as error:
            raise StreetFileError("bad_number", self._watch.file, row=self._seen, field="lon, lat") from error

    def _whole(self, attributes: dict[str, str], field: str) -> int:
        text = attributes.get(field, "")
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18):
            raise StreetFileError("bad_number", self._watch.file, row=self._seen, field=field)
        return int(text)

    def graph(self) -> StreetGraph:
        """The streets read."""
        ids: Ints = np.frombuffer(self._id, dtype=np.int64) if self._id else np.empty(0, np.int64)
        if not self._ways or not len(ids):
            raise StreetFileError("no_streets", self._watch.file)
        order = np.argsort(ids, kind="stable")
        again = order[1:][ids[order][1:] == ids[order][:-1]]
        if len(again):
            raise StreetFileError("repeated_node", self._watch.file, row=int(again.min()) + 1, field="id")
        xy = to_metres(np.column_stack([np.array(self._lon), np.array(self._lat)]), 4326)
        ref = np.array(self._ref, dtype=np.int64)
        spot = np.minimum(np.searchsorted(ids[order], ref), len(ids) - 1)
        node = order[spot]
        there = (ids[node] == ref) & ~outside(xy)[node]
        found = self._lines(xy, ref, node, there)
        lost = int((~there).sum())
        return StreetGraph.of(
            found, Source("osm", len(self._ways), len(set(self._names)), left_out=lost, levels=True)
        )

    def _lines(self, xy: Floats, ref: Ints, node: Ints, there: Flags) -> lines.Lines:
        """Ways cut where a point is missing; each piece keeps its way's values."""
        way = np.repeat(np.arange(len(self._ways)), np.array(self._size, dtype=np.int64))
        piece = np.cumsum(np.concatenate([[True], (way[1:] != way[:-1]) | ~there[:-1]]))[there]
        if not len(piece):
            raise StreetFileError("no_streets", self._watch.file)
        _, begin = np.unique(piece, return_index=True)
        row = way[there][begin]
        kind, level, foot, drive, oneway, kmh = (
            np.array([getattr(way, name) for way in self._ways])[row] for name in Way.__dataclass_fields__
        )
        return lines.make(
            xy[node[there]], np.append(begin, len(piece)), kind=kind, level=level, foot=foot, drive=drive,
            oneway=oneway, kmh=kmh, name=np.array(self._names)[row], key=ref[there], planar=False,
        )  # fmt: skip
