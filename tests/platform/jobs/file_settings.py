"""The suite's settings with test databases in files, where connections wait for locks as they do in use."""

import os
from pathlib import Path

from tests.databases import FILES
from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

for _alias, _database in DATABASES.items():
    _database["TEST"] = {"NAME": str(Path(os.environ["SUNRA_TEST_FILES"]) / FILES[_alias])}
