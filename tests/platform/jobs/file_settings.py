"""The suite's settings with test databases in files, where connections wait for locks as they do in use."""

from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, HOME

for _alias, _database in DATABASES.items():
    _database["TEST"] = {"NAME": str(Path(HOME) / f"test-{_alias}.sqlite3")}
