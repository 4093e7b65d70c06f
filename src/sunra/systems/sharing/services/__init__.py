"""Everything that writes, one module a part."""

from sunra.systems.sharing.services.imports import (
    Draft,
    import_file,
    keep,
    prepare,
    retire_demo,
    source_of,
)

__all__ = ["Draft", "import_file", "keep", "prepare", "retire_demo", "source_of"]
