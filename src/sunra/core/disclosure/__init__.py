"""Nothing about a person leaves in numbers: small counts, identifying combinations, person columns."""

from sunra.core.disclosure.attack import Contradiction, Intervals, attack
from sunra.core.disclosure.suppress import Suppressed, suppress
from sunra.core.disclosure.tables import BadTable, CountTable, Link, PublishedTable, Release, links, split

__all__ = [
    "BadTable", "Contradiction", "CountTable", "Intervals", "Link", "PublishedTable", "Release", "Suppressed",
    "attack", "links", "split", "suppress",
]  # fmt: skip
