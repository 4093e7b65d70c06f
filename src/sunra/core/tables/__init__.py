"""Reads any Korean public safety file into a typed table plus a quarantine.

>>> from sunra.core.tables import read            # doctest: +SKIP
>>> read("서울특별시_성북구_CCTV.csv").summary()      # doctest: +SKIP
"""

from sunra.core.tables.errors import TableError
from sunra.core.tables.gazetteer import Gazetteer, learn
from sunra.core.tables.limits import Limits
from sunra.core.tables.longtext import is_streamed, unpacked
from sunra.core.tables.mapping import Mapping
from sunra.core.tables.reading import read, read_folder
from sunra.core.tables.result import Quarantined, TableRead
from sunra.core.tables.streaming import Stream, read_stream
from sunra.core.tables.summing import summaries

__all__ = [
    "Gazetteer",
    "Limits",
    "Mapping",
    "Quarantined",
    "Stream",
    "TableError",
    "TableRead",
    "is_streamed",
    "learn",
    "read",
    "read_folder",
    "read_stream",
    "summaries",
    "unpacked",
]
