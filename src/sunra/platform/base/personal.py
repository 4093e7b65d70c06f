"""The register of personal fields: what is held about whom, how long, and how it leaves.

Every app declares its own fields in its ``personal.py``; a test walks all models and refuses a field
that looks personal and is not declared here.
"""

from dataclasses import dataclass
from typing import Literal

Subject = Literal["staff", "member", "resident", "child", "visitor"]
Erasure = Literal["delete", "blank", "keep_until_retention"]


@dataclass(frozen=True, slots=True)
class PersonalField:
    """One personal field: ``model`` as ``app.Model``, ``retention_days`` after the purpose ends."""

    model: str
    field: str
    subject: Subject
    retention_days: int
    exported: bool
    erasure: Erasure


_REGISTER: dict[tuple[str, str], PersonalField] = {}


def declare(
    model: str,
    *fields: str,
    subject: Subject,
    retention_days: int,
    exported: bool = False,
    erasure: Erasure = "blank",
) -> None:
    """Put ``fields`` of ``model`` into the register."""
    for field in fields:
        _REGISTER[model, field] = PersonalField(model, field, subject, retention_days, exported, erasure)


def register() -> tuple[PersonalField, ...]:
    """Everything declared, in a stable order."""
    return tuple(_REGISTER[key] for key in sorted(_REGISTER))


def days_kept(model: str) -> int:
    """The longest time that any personal field of ``model`` is kept; raises ``LookupError``."""
    found = [one.retention_days for one in _REGISTER.values() if one.model == model]
    if not found:
        raise LookupError(model)
    return max(found)
