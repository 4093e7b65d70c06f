"""Which backend a setting names; the code that asks stays the same."""

import re

from sunra.engine.errors import EngineError
from sunra.engine.partitioned import Partitioned
from sunra.engine.running import Backend, Embedded

_PARTITIONED = re.compile(r"^partitioned(?:\[(\d{1,4})\])?$")
_SPARK = re.compile(r"^(local(\[(\*|\d+)\])?|spark://\S+|yarn|k8s://\S+)$")


def backend_of(setting: str, *, processes: int = 1) -> Backend:
    """The backend of ``embedded``, ``partitioned[n]``, or a Spark master (``local[2]``, ``spark://host:7077``).

    Nothing starts yet. Raises ``EngineError`` bad_setting.
    """
    if setting in {"", "embedded"}:
        return Embedded(processes=processes)
    if found := _PARTITIONED.match(setting):
        return Partitioned(partitions=int(found.group(1) or 4), processes=processes)
    if _SPARK.match(setting):
        from sunra.engine.spark import Spark

        return Spark(master=setting)
    raise EngineError("bad_setting", setting=setting)
