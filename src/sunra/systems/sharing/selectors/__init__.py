"""Everything that reads, one module a part."""

from sunra.systems.sharing.selectors.columns import fields_of
from sunra.systems.sharing.selectors.differences import bounds, differences, drawn
from sunra.systems.sharing.selectors.drop_offs import Receipt, drop_offs, receipt, report
from sunra.systems.sharing.selectors.held import (
    Entry,
    Problem,
    as_of,
    catalogue,
    crime_counts,
    dataset,
    datasets,
    decisions,
    is_stale,
    owned,
    problems_of,
    quarantine,
    recent,
    stewards,
    vintage,
    vintages,
)
from sunra.systems.sharing.selectors.lineage import Lineage, Origin, Used, lineage, used

__all__ = [
    "Entry",
    "Lineage",
    "Origin",
    "Problem",
    "Receipt",
    "Used",
    "as_of",
    "bounds",
    "catalogue",
    "crime_counts",
    "dataset",
    "datasets",
    "decisions",
    "differences",
    "drawn",
    "drop_offs",
    "fields_of",
    "is_stale",
    "lineage",
    "owned",
    "problems_of",
    "quarantine",
    "receipt",
    "recent",
    "report",
    "stewards",
    "used",
    "vintage",
    "vintages",
]
