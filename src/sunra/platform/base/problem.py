"""What is wrong with one row of a file that somebody sent, in words that help."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """File, row (the header is row 1; 0 for the whole file), field, what is wrong, and what to do."""

    file: str
    row: int
    field: str
    message: str
    remedy: str
