"""What every figure stands beside: the machine, the versions, the seed."""

import argparse
import atexit
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import sunra

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("SUNRA_SHARED_DATA", ROOT.parent / "shared" / "data"))


def shared(*parts: str) -> Path:
    """A real file; without it the benchmark ends with a clear word."""
    path = SHARED_DATA.joinpath(*parts)
    if not path.exists():
        sys.exit(f"real data not found: {path} (set SUNRA_SHARED_DATA)")
    return path


def describe() -> dict[str, Any]:
    """Processor, cores, memory, Python and Sunra."""
    info = Path("/proc/cpuinfo")
    names = (
        [
            line.split(":", 1)[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        if info.exists()
        else []
    )
    return {
        "cpu": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "python": platform.python_version(),
        "sunra": sunra.__version__,
    }


def report(name: str, figures: dict[str, Any], *, seed: int | None = None, as_json: bool = False) -> None:
    """Print the figures as JSON or as lines, the machine with them."""
    whole = {"benchmark": name, **figures, "seed": seed, "machine": describe()}
    if as_json:
        print(json.dumps(whole, ensure_ascii=False, default=str))
        return
    for key, value in whole.items():
        print(f"{key:>24}  {value}")


def with_django() -> None:
    """Load the product's settings in a home that is thrown away; call it before importing what needs them."""
    home = tempfile.mkdtemp(prefix="sunra-bench-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["SUNRA_HOME"] = home
    os.environ.setdefault("SUNRA_ASSETS", str(ROOT / ".assets"))
    from sunra.cli.main import start_django

    start_django()


def arguments(description: str, **defaults: Any) -> argparse.Namespace:
    """The arguments common to all scripts: ``--json`` and what ``defaults`` name."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", dest="as_json")
    for key, value in defaults.items():
        parser.add_argument(f"--{key.replace('_', '-')}", type=type(value), default=value)
    return parser.parse_args()


def new_home() -> Path:
    """A folder of this run, to be removed by it; ``SUNRA_BENCH_FROM`` names an installation to begin as."""
    home = Path(tempfile.mkdtemp(prefix="sunra-bench-"))
    if ready := os.environ.get("SUNRA_BENCH_FROM"):
        shutil.copytree(ready, home, dirs_exist_ok=True)
    return home
