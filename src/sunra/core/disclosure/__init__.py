"""Nothing about a person leaves in numbers: small counts, identifying combinations, person columns.

>>> from sunra.core.disclosure import attack, split, suppress
>>> safe = suppress(split(frame, ["dong", "family"], name="2026-10"))     # doctest: +SKIP
>>> attack([one.public() for one in safe.releases]).narrower(5)           # doctest: +SKIP
[]
"""

from sunra.core.disclosure.anonymity import Failing, Report, k_anonymity, l_diversity
from sunra.core.disclosure.attack import Contradiction, Intervals, attack
from sunra.core.disclosure.persons import Finding, find
from sunra.core.disclosure.pseudonyms import pseudonym, to_cells
from sunra.core.disclosure.suppress import Suppressed, suppress
from sunra.core.disclosure.tables import BadTable, CountTable, Link, PublishedTable, Release, links, split

__all__ = [
    "BadTable",
    "Contradiction",
    "CountTable",
    "Failing",
    "Finding",
    "Intervals",
    "Link",
    "PublishedTable",
    "Release",
    "Report",
    "Suppressed",
    "attack",
    "find",
    "k_anonymity",
    "l_diversity",
    "links",
    "pseudonym",
    "split",
    "suppress",
    "to_cells",
]
