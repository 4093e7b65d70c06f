"""A real server (uvicorn) in a process and a home of its own."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ASSETS = Path(os.environ.get("SUNRA_ASSETS", ROOT / ".assets"))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Server:
    """One running installation; ``commands`` (``sunra`` verbs) run before it starts."""

    urlconf: str = "sunra.web.urls"
    commands: tuple[tuple[str, ...], ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="sunra-browser-")))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of its processes."""
        return os.environ | {
            "SUNRA_HOME": str(self.home),
            "SUNRA_ASSETS": str(ASSETS),
            "SUNRA_DEMO": "true",
            "SUNRA_HTTPS": "false",
            "EMAIL_URL": "dummymail://",
            "PORT": str(self.port),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "SUNRA_TEST_URLCONF": self.urlconf,
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            **self.environment,
        }

    def sunra(self, *arguments: str) -> str:
        """Run a ``sunra`` verb in this installation."""
        line = [sys.executable, "-c", "from sunra.cli.main import main; main()", *arguments]
        done = subprocess.run(line, env=self.variables, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def python(self, code: str) -> str:
        """Run Python with the installation's Django loaded; what it prints is returned."""
        line = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
        done = subprocess.run(line, env=self.variables, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def ask(self, question: str, database: str = "sunra") -> Any:
        """The one value that an SQL question to its database ("sunra" or "ledger") gives."""
        with closing(sqlite3.connect(f"file:{self.home / database}.sqlite3?mode=ro", uri=True)) as opened:
            return opened.execute(question).fetchone()[0]

    def start(self) -> "Server":
        """Prepare the home, start uvicorn, wait for its first answer."""
        for command in self.commands:
            self.sunra(*command)
        log = (self.home / "server.log").open("wb")
        line = [
            sys.executable,
            "-m",
            "uvicorn",
            "sunra.web.asgi:application",
            "--port",
            str(self.port),
            "--no-access-log",
        ]
        self.process = subprocess.Popen(line, env=self.variables, cwd=ROOT, stdout=log, stderr=log)
        for _attempt in range(300):
            assert self.process.poll() is None, self.log()
            try:
                urllib.request.urlopen(f"{self.url}/static/", timeout=5)
            except (urllib.error.URLError, OSError) as error:
                if isinstance(error, urllib.error.HTTPError):
                    break
                time.sleep(0.1)
            else:
                break
        return self

    def log(self) -> str:
        """What it wrote."""
        return (self.home / "server.log").read_text("utf-8", "replace")[-4000:]

    def stop(self) -> None:
        """End it and remove its home."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)
