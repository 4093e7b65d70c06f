"""Everything that writes, one module a part."""

from sunra.systems.sharing.services.imports import (
    Draft,
    import_file,
    keep,
    prepare,
    retire_demo,
)
from sunra.systems.sharing.services.vintages import approve, reject, roll_back, source_of, undo

__all__ = [
    "Draft",
    "approve",
    "import_file",
    "keep",
    "prepare",
    "reject",
    "retire_demo",
    "roll_back",
    "source_of",
    "undo",
]
