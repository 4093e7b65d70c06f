"""Trained methods on disk: what a week's choice has learnt, kept for the nights until the next choice.

One file a choice, named by the digest of its content; a choice keeps that digest and a key of all that the
training saw. A file that is gone, damaged or of another key is not used: the choice is then made anew.
"""

import hashlib
import importlib.metadata
import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sunra import __version__
from sunra.core.forecast import Covariates, Events, Grid
from sunra.core.forecast.history import Trained
from sunra.engine import store

_MODULES = ("sunra.core.forecast.", "numpy.", "sklearn.", "collections")
_PLAIN = frozenset(
    {"numpy", "_codecs", "copyreg", "builtins.object", "builtins.set", "builtins.frozenset", "builtins.slice"}
)


class _Reader(pickle.Unpickler):
    """Reads nothing but arrays, scikit-learn's trees and the methods of this program."""

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.".startswith(_MODULES) or module in _PLAIN or f"{module}.{name}" in _PLAIN:
            return super().find_class(module, name)
        message = f"{module}.{name} does not belong to a trained method"
        raise pickle.UnpicklingError(message)


def pack(trained: Trained) -> bytes:
    """A trained method as bytes."""
    return pickle.dumps(trained, protocol=5)


def unpack(content: bytes) -> Trained:
    """The method again; raises ``pickle.UnpicklingError`` for bytes that name anything else."""
    found: Trained = _Reader(io.BytesIO(content)).load()
    return found


def key_of(
    events: Events, grid: Grid, covariates: Covariates, *, before: np.datetime64, seed: int, training: object
) -> str:
    """The digest of all that a training up to the day ``before`` sees: events, cells, what stands there,
    seed, ``training`` (parameters), this program's version and scikit-learn's.
    """
    used = events.take(events.day < before)
    order = np.lexsort((used.weight, used.hour, used.kind, used.cell_n, used.cell_e, used.day))
    found = hashlib.sha256(
        repr((__version__, importlib.metadata.version("scikit-learn"), str(before), seed, training)).encode()
    )
    found.update(" ".join(used.families).encode())
    for column in (used.cell_e, used.cell_n, used.day.astype(np.int64), used.hour, used.kind, used.weight):
        found.update(np.ascontiguousarray(column[order]).tobytes())
    found.update(grid.cell_e.tobytes() + grid.cell_n.tobytes())
    for name in sorted(covariates.values):
        found.update(name.encode() + covariates.values[name].tobytes())
    return found.hexdigest()


def keep(folder: Path, packed: Mapping[str, bytes]) -> tuple[Path, str]:
    """Write the methods of a choice by family; the file and its digest. The same methods are one file."""
    frame = pl.DataFrame(
        {"family": sorted(packed), "trained": [packed[name] for name in sorted(packed)]},
        schema={"family": pl.String, "trained": pl.Binary},
    )
    name = hashlib.sha256(b"".join(frame["trained"].to_list())).hexdigest()
    path = folder / f"{name}.parquet"
    return path, store.write(path, frame, {"kind": "trained methods"}).sha256


def load(path: Path, sha256: str) -> dict[str, bytes]:
    """The methods by family, still packed; empty when the file is not the one that was written."""
    if not sha256 or not path.is_file() or store.digest(path) != sha256:
        return {}
    return dict(store.read(path).iter_rows())
