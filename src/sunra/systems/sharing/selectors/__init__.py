"""Everything that reads, one module a part."""

from sunra.systems.sharing.selectors.held import (
    Entry,
    Problem,
    catalogue,
    crime_counts,
    dataset,
    datasets,
    problems_of,
    quarantine,
    recent,
    vintage,
    vintages,
)

__all__ = [
    "Entry",
    "Problem",
    "catalogue",
    "crime_counts",
    "dataset",
    "datasets",
    "problems_of",
    "quarantine",
    "recent",
    "vintage",
    "vintages",
]
