"""A fresh clone to the first page: ``make run`` with an empty pip cache, then a second start.

The wheels are first downloaded apart, into a folder that is thrown away, so that the network's share
can be told.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.machine import ROOT, arguments, report


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_page(url: str, process: subprocess.Popen[bytes], limit: float = 900) -> float:
    """Seconds until ``url`` answers 200."""
    begun = time.monotonic()
    while time.monotonic() - begun < limit:
        if process.poll() is not None:
            sys.exit(f"make run ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return time.monotonic() - begun
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit("no page within the limit")


def stop(process: subprocess.Popen[bytes]) -> float:
    """Seconds from SIGTERM until no process of the group is left."""
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    while time.monotonic() - begun < 30:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return time.monotonic() - begun
        time.sleep(0.02)
    sys.exit("processes are left 30 s after SIGTERM")


def start(clone: Path, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """``make run`` in a process group of its own."""
    with log.open("wb") as out:
        return subprocess.Popen(
            ["make", "run"], cwd=clone, env=env, stdout=out, stderr=out, start_new_session=True
        )


def main() -> None:
    """Clone, run, stop, run again."""
    options = arguments(__doc__ or "")
    work = Path(tempfile.mkdtemp(prefix="sunra-fresh-"))
    port = free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SUNRA_", "VIRTUAL_ENV"))}
    env |= {
        "PORT": str(port),
        "PIP_NO_CACHE_DIR": "1",
        "npm_config_cache": str(work / "npm"),
        "PYTHON": sys.executable,
    }
    try:
        clone = work / "sunra"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        begun = time.monotonic()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "-r",
                "requirements/run.txt",
                "-d",
                str(work / "wheels"),
            ],
            cwd=clone,
            env=env,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        download = time.monotonic() - begun
        url = f"http://127.0.0.1:{port}/"
        process = start(clone, env, work / "first.log")
        fresh = first_page(url, process)
        first_stop = stop(process)
        process = start(clone, env, work / "second.log")
        again = first_page(url, process)
        second_stop = stop(process)
        figures = {
            "fresh_seconds": round(fresh, 1),
            "of_which_download_about": round(download, 1),
            "next_start_seconds": round(again, 1),
            "stop_seconds": [round(first_stop, 1), round(second_stop, 1)],
            "limits": {"fresh": 360, "next": 10, "stop": 5},
        }
        report("fresh_start", figures, as_json=options.as_json)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
