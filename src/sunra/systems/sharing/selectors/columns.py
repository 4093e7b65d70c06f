"""The fields that a kind of table can have, for whoever says what columns mean."""

from sunra.core.tables.kinds import KINDS
from sunra.core.tables.kinds.base import COMMON


def fields_of(kind: str) -> list[str]:
    """Canonical fields of a kind: where it lies first, then what is its own; empty for an unknown kind."""
    found = next((one.fields for one in KINDS if one.name == kind), {})
    return [name for name in found if name in COMMON] + [name for name in found if name not in COMMON]
