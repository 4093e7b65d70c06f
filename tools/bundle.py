"""Packs wheels and built assets so that a machine without a network can install Sunra."""

import os
import shutil
import sys
import tarfile
from pathlib import Path

from sunra import __version__
from tools.steps import ROOT, Step, run

README = """Sunra {version}, offline bundle

    python3.11 -m venv .venv
    .venv/bin/pip install --no-index --find-links wheels "sunra[postgres]=={version}"
    export SUNRA_ASSETS=$PWD/assets SUNRA_HOME=/var/lib/sunra
    .venv/bin/sunra setup && .venv/bin/sunra up
"""


def main() -> int:
    """Download the locked wheels, build our own, add the assets, write one archive."""
    target = ROOT / "bundle"
    shutil.rmtree(target, ignore_errors=True)
    wheels = target / "wheels"
    wheels.mkdir(parents=True)
    code = run(
        [
            Step(
                "wheels",
                (
                    "pip",
                    "download",
                    "-q",
                    "--only-binary=:all:",
                    "--require-hashes",
                    "-r",
                    "requirements/run.txt",
                    "-d",
                    str(wheels),
                ),
            ),
            Step("our wheel", ("pip", "wheel", "-q", "--no-deps", "-w", str(wheels), ".")),
        ]
    )
    if code:
        return code
    assets = Path(os.environ.get("SUNRA_ASSETS", ROOT / ".assets"))
    shutil.copytree(assets, target / "assets", ignore=shutil.ignore_patterns("node_modules"))
    (target / "README.txt").write_text(README.format(version=__version__), encoding="utf-8")
    archive = ROOT / "dist" / f"sunra-{__version__}-bundle.tar"
    archive.parent.mkdir(exist_ok=True)
    with tarfile.open(archive, "w") as tar:
        tar.add(target, arcname=f"sunra-{__version__}")
    print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
