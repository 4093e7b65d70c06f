"""Reads any Korean public safety file into a typed table plus a quarantine.

>>> from sunra.core.tables import read            # doctest: +SKIP
>>> read("서울특별시_성북구_CCTV.csv").summary()      # doctest: +SKIP
"""

from sunra.core.tables.errors import TableError
from sunra.core.tables.limits import Limits
from sunra.core.tables.mapping import Mapping
from sunra.core.tables.reading import read, read_folder, summaries
from sunra.core.tables.result import Quarantined, TableRead

__all__ = ["Limits", "Mapping", "Quarantined", "TableError", "TableRead", "read", "read_folder", "summaries"]
