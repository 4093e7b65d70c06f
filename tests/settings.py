"""The product's own settings, in a home that belongs to this test run alone."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_assets = os.environ.get("SUNRA_ASSETS", str(Path(__file__).resolve().parent.parent / ".assets"))
if "PYTEST_XDIST_WORKER" in os.environ or "SUNRA_TEST_HOME" not in os.environ:
    _home = tempfile.mkdtemp(prefix="sunra-test-")
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
    os.environ["SUNRA_HOME"] = _home
else:
    os.environ["SUNRA_HOME"] = os.environ["SUNRA_TEST_HOME"]
os.environ["SUNRA_ASSETS"] = _assets
os.environ["SUNRA_HTTPS"] = "false"
os.environ["EMAIL_URL"] = "memorymail://"

from sunra.web.settings import *  # noqa: E402, F403
