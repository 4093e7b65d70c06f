"""The real files that lie outside the project: found through ``$SUNRA_SHARED_DATA``."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("SUNRA_SHARED_DATA", ROOT.parent / "shared" / "data"))


def shared_data(*parts: str) -> Path:
    """The path of a real file; without it a user's machine skips, CI fails."""
    path = SHARED_DATA.joinpath(*parts)
    if not path.exists():
        reason = f"real data not found: {path} (set SUNRA_SHARED_DATA to the folder that holds it)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
