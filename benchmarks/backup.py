"""Backup, wipe, restore: seconds, sizes, identical pages, and a ledger that verifies.

    python -m benchmarks.backup [--home FOLDER] [--records 10000] [--json]

Takes the installation in FOLDER (a copy is made first), or makes the demonstration district in a temporary
folder, adds ledger records, and signs in as one person of every role there is. Every address without
parameters that answers is fetched before the backup and after the restore into an empty folder, and compared
without its form tokens. Every step is a process of its own, as in an installation.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import machine

LEFT_OUT = ("account/", "ledger/", "logout", "stream", "ui/", "statistics/report/", "brief.pdf")
"""What differs by design: sign-in pages, the record of these very looks, endless answers, and documents
that say when they were made."""
TOKEN = re.compile(
    rb'(<input type="hidden" name="[a-z_]+" value="|nonce="|"csrfToken": "'
    rb'|href="/ledger/[?][^>]*>[^<]*</a></p><p class="stat-value">)[^"]*'
)
"""What changes with every answer: tokens, and how many records these very looks have left."""
STARTER = "import sys; from sunra.cli.main import main; sys.exit(main(sys.argv[1:]))"


def environment(home: Path) -> dict[str, str]:
    """An installation on SQLite in demo mode."""
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "LEDGER_DATABASE_URL"}}
    return kept | {
        "SUNRA_HOME": str(home),
        "SUNRA_DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "sunra.web.settings",
    }


def run(home: Path, *words: str) -> tuple[str, float]:
    """Run Python in an installation; its output and the seconds it took."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words], env=environment(home), capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{words[:3]} failed:\n{done.stderr[-3000:]}")
    return done.stdout, round(time.perf_counter() - started, 2)


def sunra(home: Path, *words: str) -> tuple[str, float]:
    """Run the command."""
    return run(home, "-c", STARTER, *words)


def addresses() -> Iterator[str]:
    """Every address without parameters."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: list[Any], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            address = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
            if isinstance(pattern, URLPattern):
                if "<" not in address and "(" not in address:
                    yield address
            else:
                yield from walk(pattern.url_patterns, address)

    found = sorted(set(walk(get_resolver().url_patterns, "")))
    return (a for a in found if not any(part in a for part in LEFT_OUT))


def pages() -> dict[str, str]:
    """The hash of every page that one person of each role may see."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from sunra.platform.accounts.models import Membership

    settings.ALLOWED_HOSTS = ["*"]
    people = {m.role: m.person for m in Membership.objects.select_related("person").order_by("-role", "-pk")}
    found = {}
    for number, (role, person) in enumerate(people.items(), 1):
        # An address of its own for each: many people at one would meet the limits of public pages.
        client = Client(raise_request_exception=False, REMOTE_ADDR=f"192.0.2.{number}")
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        for address in addresses():
            answer = client.get(f"/{address}", secure=settings.HTTPS)
            if answer.status_code == 200:
                body = b"".join(answer) if answer.streaming else answer.content
                found[f"{role} /{address}"] = hashlib.sha256(TOKEN.sub(b"", body)).hexdigest()
    return found


def fill(records: int) -> None:
    """Ledger records, and an anchor over them."""
    import django

    django.setup()
    from sunra.platform.base.actor import Actor
    from sunra.platform.ledger.services import Act, anchor, record

    for number in range(records):
        record(
            actor=Actor(kind="job", id="job:bench"),
            act=Act.LOOK,
            subject="bench",
            ref=str(number),
            purpose="bench",
        )
    anchor()


def looked(home: Path) -> dict[str, str]:
    """``pages`` in an installation."""
    out, _seconds = run(home, "-m", "benchmarks.backup", "--step", "pages")
    return dict(json.loads(out.splitlines()[-1]))


def measure(source: Path | None, records: int, work: Path) -> dict[str, Any]:
    """The whole drill; figures as the JSON shows them."""
    home, again, archive = work / "home", work / "again", work / "backup.tar"
    if source is None:
        sunra(home, "demo", "--json")
    else:
        shutil.copytree(source, home, ignore=shutil.ignore_patterns("assets", "before-restore-*"))
    run(home, "-m", "benchmarks.backup", "--step", "fill", "--records", str(records))
    before = looked(home)
    made, backup_seconds = sunra(home, "backup", str(archive), "--keys-out", str(work / "keys.tar"), "--json")
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    shutil.rmtree(home)
    back, restore_seconds = sunra(again, "restore", str(archive), "--keys", str(work / "keys.tar"), "--json")
    after = looked(again)
    ledger = json.loads(back)["ledger"]
    differing = sorted(page for page in before.keys() | after.keys() if before.get(page) != after.get(page))
    return {
        "machine": machine.describe(),
        "backup_seconds": backup_seconds,
        "restore_seconds": restore_seconds,
        "home_bytes": size,
        "archive_bytes": archive.stat().st_size,
        "parts": json.loads(made)["parts"],
        "pages": len(before),
        "pages_identical": len(before) - len(differing),
        "pages_differing": differing,
        "ledger_records": ledger["records"],
        "ledger_ok": ledger["ok"],
    }


def main() -> None:
    """Parse the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--home", type=Path, help="an installation to copy; else the demonstration district")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--step", choices=["pages", "fill"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step == "pages":
        print(json.dumps(pages()))
    elif asked.step == "fill":
        fill(asked.records)
    else:
        with tempfile.TemporaryDirectory(prefix="sunra-bench-backup-") as work:
            result = measure(asked.home, asked.records, Path(work))
        if asked.json:
            print(json.dumps(result, ensure_ascii=False))
        else:
            for name, value in result.items():
                print(f"{name}: {value}")
        sys.exit(0 if result["ledger_ok"] and not result["pages_differing"] else 1)


if __name__ == "__main__":
    main()
