"""Where an installation keeps its data: ``SUNRA_HOME`` and the folders under it."""

import os
from pathlib import Path


def home() -> Path:
    """The installation's folder (``SUNRA_HOME``, else ``var`` under the working directory)."""
    return Path(os.environ.get("SUNRA_HOME", "var")).expanduser().resolve()


def folder(name: str) -> Path:
    """A folder of the installation, made when missing, readable by its owner alone."""
    path = home() / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
