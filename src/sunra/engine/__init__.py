"""Where big tables lie and run.

``store`` keeps tables as Parquet. ``run`` answers one SQL text over named tables, on the embedded engine or
per partition on Spark, with the same rows; ``map_partitions`` does the same for Python work by district.
Which of them is the caller's ``backend``; the text and the code stay the same.
"""

from sunra.engine.errors import EngineError
from sunra.engine.partitions import map_partitions
from sunra.engine.query import CELLS, At, Input, Limits, Query
from sunra.engine.running import Backend, Embedded, Ran, execute, run

__all__ = [
    "CELLS",
    "At",
    "Backend",
    "Embedded",
    "EngineError",
    "Input",
    "Limits",
    "Query",
    "Ran",
    "execute",
    "map_partitions",
    "run",
]
