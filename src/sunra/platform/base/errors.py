"""Errors that people see: what happened, where, and what to do next, in their language."""

from dataclasses import dataclass, field

from django.utils.functional import Promise

Text = str | Promise


@dataclass(eq=False)
class UserError(Exception):
    """An error with its remedy; pages and the command print both.

    ``code`` is stable and for programs; ``where`` names file, row or field, most general first.
    """

    code: str
    message: Text
    remedy: Text = ""
    where: tuple[str, ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        """The message, where it applies and the remedy, in the active language."""
        place = " · ".join(self.where)
        return " ".join(
            part for part in (str(self.message), f"({place})" if place else "", str(self.remedy)) if part
        )
