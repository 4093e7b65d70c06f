"""A table whose column names nobody knows: a proposal what it holds, and reading it as a person said.

`propose` scores every kind by header similarity (Dice coefficient of letter pairs: L. R. Dice, Ecology 26,
1945) and by what the cells look like; `Mapping` is the answer of a person, handed to `read`.
"""

from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field

from sunra.core.tables.errors import TableError
from sunra.core.tables.kinds import KINDS, Recognised
from sunra.core.tables.raw import Raw


class BadMapping(TableError):  # noqa: N818
    """The mapping names a kind, a header row or columns that this table does not have."""

    code = "bad_mapping"


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a table holds: its ``kind``, the record that is its header, canonical field → column index."""

    kind: str
    columns: Pairs[str, int] = field(default_factory=dict)
    header: int = 0


def recognised(raw: Raw, mapping: Mapping) -> Recognised:
    """The table as the mapping says; raises `BadMapping` when it does not fit the file."""
    kind = next((kind for kind in KINDS if kind.name == mapping.kind), None)
    if kind is None or not 0 <= mapping.header < len(raw.records):
        raise BadMapping(raw.file, f"kind {mapping.kind}, header {mapping.header}")
    width = len(raw.records[mapping.header])
    strange = set(mapping.columns) - set(kind.fields)
    if strange or not all(0 <= index < width for index in mapping.columns.values()):
        raise BadMapping(raw.file, "columns")
    return Recognised(kind=kind, header=mapping.header, columns=dict(mapping.columns))
