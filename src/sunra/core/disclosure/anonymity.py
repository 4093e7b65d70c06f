"""Would a combination of ordinary columns point at somebody? k-anonymity and l-diversity of a table.

k-anonymity: L. Sweeney, IJUFKS 10(5), 2002. l-diversity (distinct): A. Machanavajjhala et al., ACM TKDD 1(1),
2007. Both say which combinations fail, because that is what the owner has to coarsen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Failing:
    """One combination of values that too few rows (k) or too few sensitive values (l) share."""

    values: tuple[Any, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked and what was found.

    ``reached`` is the smallest group (or smallest number of values in a group); ``rows`` how many rows lie
    in failing groups; ``failing`` the worst combinations first, at most ``SHOWN`` of ``groups_failing``.
    """

    wanted: int
    reached: int
    groups: int
    groups_failing: int
    rows: int
    failing: tuple[Failing, ...]

    @property
    def passed(self) -> bool:
        """Whether every group is large enough; an empty table passes."""
        return self.groups_failing == 0


SHOWN = 100


def k_anonymity(frame: pl.DataFrame, quasi: Sequence[str], k: int = 5) -> Report:
    """Whether at least ``k`` rows share each combination of the ``quasi`` columns; null is a value."""
    return _report(frame, quasi, pl.len(), k)


def l_diversity(frame: pl.DataFrame, quasi: Sequence[str], sensitive: str, l: int = 3) -> Report:  # noqa: E741
    """Whether each combination of ``quasi`` has at least ``l`` different values of ``sensitive``.

    Where all who share a combination share the sensitive value too, knowing the one tells the other.
    """
    return _report(frame, quasi, pl.col(sensitive).n_unique(), l)


def _report(frame: pl.DataFrame, quasi: Sequence[str], size: pl.Expr, wanted: int) -> Report:
    if not quasi:
        raise ValueError("name the columns by which somebody could be recognised")
    groups = frame.group_by(list(quasi)).agg(size.alias("_size"), pl.len().alias("_rows"))
    failing = groups.filter(pl.col("_size") < wanted).sort("_size", "_rows", *quasi, nulls_last=True)
    worst = failing.head(SHOWN).select(*quasi, "_size").iter_rows()
    return Report(
        wanted=wanted,
        reached=int(groups["_size"].min() or 0) if groups.height else 0,  # type: ignore[arg-type]
        groups=groups.height,
        groups_failing=failing.height,
        rows=int(failing["_rows"].sum()),
        failing=tuple(Failing(tuple(row[:-1]), int(row[-1])) for row in worst),
    )
