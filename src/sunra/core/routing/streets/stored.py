"""A graph as one npz file, so that a plan does not join the same streets again."""

import io
import json
import zipfile
from dataclasses import asdict, fields

import numpy as np

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.streets.costs import Edges
from sunra.core.routing.streets.graph import StreetGraph
from sunra.core.routing.streets.report import Source

VERSION = 1


def dump(graph: StreetGraph) -> bytes:
    """The graph as bytes; `load` reads them."""
    xy, edges, names, source = graph.parts()
    arrays = {field.name: getattr(edges, field.name) for field in fields(Edges)}
    about = json.dumps({"version": VERSION, **asdict(source)})
    out = io.BytesIO()
    np.savez(out, xy=xy, names=names, about=np.array(about), **arrays)
    return out.getvalue()


def load(data: bytes) -> StreetGraph:
    """The graph that `dump` wrote. Raises ``RoutingError("bad_store")`` for anything else."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            if about.pop("version") != VERSION:
                raise RoutingError("bad_store")
            edges = Edges(**{field.name: file[field.name] for field in fields(Edges)})
            return StreetGraph(file["xy"], edges, file["names"], Source(**about))
    except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise RoutingError("bad_store") from error
