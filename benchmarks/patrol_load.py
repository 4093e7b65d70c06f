"""2,000 patrollers report every 15 s while 200 boards are open: how long a report takes, and is any lost.

    python -m benchmarks.patrol_load [--patrollers 2000] [--watchers 200] [--seconds 120] [--webs 2] [--json]

Teams of two, each with a phone, in Seoul's 25 districts. The product's own processes (``--webs`` web
processes and a worker) and PostgreSQL run on this machine beside the load generator, PostgreSQL with the
durability it has by default. Each report is a TCP connection of its own, signed as phones sign: cells
walked, and every 15 minutes a check-in. Times are from connecting to the answer's last byte. A report that
fails is sent again, as phones do; at the end the rows are counted against the ids that were sent.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_private_key
from tools.postgres import server

from benchmarks.machine import ROOT, arguments, report

EVERY, LIMIT_MS, TRIES = 15.0, 300.0, 3
PATH = "/duty/api/events"
TICKS = os.sysconf("SC_CLK_TCK")


class Phone:
    """One patroller's phone."""

    def __init__(self, given: dict[str, Any], port: int) -> None:
        self.token, self.walk, self.port = given["token"], given["walk"], port
        self.key: Any = load_der_private_key(base64.b64decode(given["key"]), None)
        self.step = random.randrange(60)

    def says(self) -> tuple[list[str], bytes]:
        """The ids and the body of the next report."""
        at = round(time.time() * 1000)
        cell = self.walk[self.step // 6 % len(self.walk)]
        events = [_event("walked", at, None, {"cells": [[*cell, at - round(EVERY * 1000), at]]})]
        if self.step % 60 == 0:
            events.append(_event("check_in", at, cell, {"method": "position"}))
        self.step += 1
        return [one["id"] for one in events], json.dumps({"events": events}).encode()

    def call(self, body: bytes) -> bytes:
        """The request, signed now."""
        at = round(time.time() * 1000)
        text = f"POST\n{PATH}\n{at}\n{hashlib.sha256(body).hexdigest()}".encode()
        r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA256())))
        proof = base64.urlsafe_b64encode(r.to_bytes(32) + s.to_bytes(32)).rstrip(b"=").decode()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: Shift {self.token}\r\nX-Sunra-At: {at}\r\nX-Sunra-Proof: {proof}\r\n\r\n"
        )
        return head.encode() + body


def _event(kind: str, at: int, cell: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "kind": kind, "at": at, "cell": cell, "data": data}


class Load:
    """All phones and boards, and what they saw."""

    def __init__(self, mark: Callable[[], None]) -> None:
        self.mark = mark
        self.took: list[float] = []
        self.sent: set[str] = set()
        self.failed = self.given_up = 0
        self.board_events = self.board_bytes = self.boards_open = 0
        self.reasons: dict[str, int] = {}

    async def patrol(self, phone: Phone, until: float) -> None:
        """Report every 15 s from a moment of its own."""
        due = time.monotonic() + random.random() * EVERY
        while due < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            ids, body = phone.says()
            for _try in range(TRIES):
                if await self.report(phone, body):
                    self.sent.update(ids)
                    break
                self.failed += 1
                await asyncio.sleep(1.0)
            else:
                self.given_up += 1
            due += EVERY

    async def report(self, phone: Phone, body: bytes) -> bool:
        """Send once; whether it was kept."""
        call, begun = phone.call(body), time.monotonic()
        try:
            async with asyncio.timeout(30):
                reader, writer = await asyncio.open_connection("127.0.0.1", phone.port)
                writer.write(call)
                answer = await reader.read()
                writer.close()
        except (OSError, TimeoutError) as error:
            self.reasons[type(error).__name__] = self.reasons.get(type(error).__name__, 0) + 1
            return False
        self.took.append((time.monotonic() - begun) * 1000)
        if answer.startswith(b"HTTP/1.1 200") and b'"refused":{}' in answer:
            return True
        reason = answer[9:12].decode() if answer else "empty"
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        return False

    async def watch(self, port: int, cookie: str) -> None:
        """Keep a board's stream open."""
        await asyncio.sleep(random.random() * EVERY)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /patrols/live/stream/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        with contextlib.closing(writer):
            first = await reader.readline()
            if b"200" not in first:
                self.reasons[f"board {first[9:12]!r}"] = self.reasons.get(f"board {first[9:12]!r}", 0) + 1
                return
            self.boards_open += 1
            while part := await reader.read(65536):
                self.board_bytes += len(part)
                self.board_events += part.count(b"event: board")


async def play(load: Load, given: dict[str, Any], ports: list[int], seconds: float) -> None:
    """The boards open first, as at the begin of a night; then everybody reports, and is measured."""
    boards = [
        asyncio.create_task(load.watch(ports[n % len(ports)], cookie))
        for n, cookie in enumerate(given["boards"])
    ]
    await asyncio.sleep(EVERY + 5)
    load.mark()
    until = time.monotonic() + seconds
    phones = [Phone(one, ports[n % len(ports)]) for n, one in enumerate(given["phones"])]
    await asyncio.gather(*(load.patrol(phone, until) for phone in phones))
    for board in boards:
        board.cancel()
    await asyncio.gather(*boards, return_exceptions=True)


def cpu(pids: list[int]) -> float:
    """Seconds of processor that these processes, their children and the children's dead have had."""
    total = 0.0
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):
            part = (place / "stat").read_text().rsplit(")", 1)[1].split()
            if int(place.name) in pids:
                total += sum(map(int, part[11:15])) / TICKS
            elif int(part[1]) in pids:
                total += sum(map(int, part[11:13])) / TICKS
    return total


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def durable(url: str) -> int:
    """Give the server the durability of a real one; its process id."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM RESET {name}")  # type: ignore[arg-type]
        connection.execute("SELECT pg_reload_conf()")
        folder = connection.execute("SHOW data_directory").fetchone()
    return int((Path(folder[0]) / "postmaster.pid").read_text().split()[0]) if folder else 0


def measure(options: Any, home: Path, url: str, postmaster: int) -> dict[str, Any]:
    """Start the product, play the night, count."""
    split = urlsplit(url)
    host = parse_qs(split.query).get("host", [split.hostname or ""])[0]
    environment = os.environ | {
        "SUNRA_HOME": str(home), "SUNRA_DEMO": "true", "SUNRA_HTTPS": "false", "DATABASE_URL": url,
        "EMAIL_URL": "dummymail://", "DJANGO_SETTINGS_MODULE": "sunra.web.settings",
        "SUNRA_ASSETS": os.environ.get("SUNRA_ASSETS", str(ROOT / ".assets")),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip
    target, teams = home / "night.json", -(-options.patrollers // 2)
    line = [sys.executable, "-m", "benchmarks.patrol_load_night", str(teams), str(options.watchers)]
    subprocess.run([*line, str(target)], env=environment, cwd=ROOT, check=True)
    given = json.loads(target.read_text())
    given["phones"] = given["phones"][: options.patrollers]
    ports = [free_port() for _web in range(options.webs)]
    this = [sys.executable, "-m", "sunra.cli.processes"]
    with (home / "log").open("wb") as log, contextlib.ExitStack() as stack:
        started = [
            stack.enter_context(subprocess.Popen(line, env=environment, cwd=ROOT, stdout=log, stderr=log))
            for line in [*([*this, "web", "--port", str(port)] for port in ports), [*this, "worker"]]
        ]
        for process in started:
            stack.callback(process.terminate)
        for port in ports:
            _wait(port)
        pids = [process.pid for process in started]
        meter: list[list[float]] = []

        def mark() -> None:
            meter.append(
                [time.monotonic(), *(cpu([pid]) for pid in [*pids, postmaster]), time.process_time()]
            )

        load = Load(mark)
        asyncio.run(play(load, given, ports, options.seconds))
        mark()
        (begun, *before), (ended, *after) = meter
        wall = ended - begun
        words = (home / "log").read_text("utf-8", "replace")[-600:]
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT id::text FROM patrols_fieldevent").fetchall()
        looks = f"{split.scheme}://{split.netloc}/sunra_ledger?host={host}"
    with psycopg.connect(looks) as connection:
        opened = connection.execute("SELECT count(*) FROM ledger_record WHERE act = 'look'").fetchone()
    used = [round((b - a) / wall, 3) for a, b in zip(before, after, strict=True)]
    kept = {row[0] for row in found}
    took = sorted(load.took) or [0.0]
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else took * 99
    return {
        "patrollers": len(given["phones"]), "watchers": len(given["boards"]), "seconds": round(wall, 1),
        "reports": len(took), "per_second": round(len(took) / wall, 1), "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1), "p99_ms": round(cuts[98], 1), "max_ms": round(took[-1], 1),
        "failed_once": load.failed, "given_up": load.given_up, "reasons": load.reasons,
        "events_sent": len(load.sent), "rows_kept": len(kept), "lost": len(load.sent - kept),
        "boards_open": load.boards_open, "board_events": load.board_events, "board_bytes": load.board_bytes,
        "looks_in_ledger": opened[0] if opened else 0,
        "cores_used": {
            **{f"web_{n + 1}": used[n] for n in range(options.webs)}, "worker": used[-3],
            "postgresql": used[-2], "load_generator": used[-1],
        },
        "generator_share": round(used[-1] / max(sum(used), 1e-9), 3),
        "limit_ms": LIMIT_MS, "within": cuts[94] <= LIMIT_MS and not load.sent - kept and not load.given_up,
        "log": words,
    }  # fmt: skip


def _wait(port: int) -> None:
    """Until the process answers; its first answer loads the program and is nobody's report."""
    for _try in range(300):
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/duty/", timeout=60),
        ):
            return
        time.sleep(0.1)
    sys.exit("the server does not answer")


def main() -> None:
    """A server, a night, the figures."""
    options = arguments(__doc__ or "", patrollers=2000, watchers=200, seconds=120, webs=2)
    home = Path(tempfile.mkdtemp(prefix="sunra-load-"))
    try:
        with server() as url:
            figures = measure(options, home, url, durable(url))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    report("patrol_load", figures, as_json=options.as_json)


if __name__ == "__main__":
    main()
