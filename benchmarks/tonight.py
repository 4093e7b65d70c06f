"""The main job on real files: Seongbuk end to end, and Gangnam with its real streets as the routing check.

    python -m benchmarks.tonight [--json]

Reads ``korea/`` under ``$SUNRA_SHARED_DATA``. Each district gets a folder of its own and a fresh home; the
command is
run as people run it, migrations and code tables included, then once more to see that nothing is doubled.
Bounds:
≤ 60 s each, rows in = accepted + merged + put aside in every file. Afterwards the home and map pages are
asked 200
times over Seongbuk's real places: server time p95 ≤ 200 ms.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import machine

KOREA = machine.SHARED_DATA / "korea"
FOLDERS: dict[str, tuple[str, ...]] = {
    "11290": ("cctv/*성북구*", "lights/*성북구*", "bells/Seoul_Bell.csv", "police/*", "police_2022/*"),
    "11680": ("cctv/*강남구*_2020*", "lights/*강남구*", "roads_gangnam_juso/TL_SPRD_MANAGE.*"),
}
NIGHT = "2026-11-20"
LIMIT_SECONDS, LIMIT_PAGE_MS, REQUESTS = 60.0, 200.0, 200


def folder_of(district: str, place: Path) -> Path:
    """A folder with the district's real files."""
    place.mkdir(parents=True)
    for pattern in FOLDERS[district]:
        found = sorted(KOREA.glob(pattern))
        if not found:
            raise SystemExit(f"no file for {pattern} under {KOREA} (set SUNRA_SHARED_DATA)")
        for path in found:
            shutil.copy2(path, place / path.name)
    return place


def run(district: str, data: Path, home: Path) -> dict[str, Any]:
    """The command's JSON, from a process of its own."""
    command = [
        str(Path(sys.executable).with_name("sunra")),
        "tonight",
        "--district",
        district,
        "--data",
        str(data),
    ]
    done = subprocess.run(
        [*command, "--day", NIGHT, "--json"],
        check=False,
        capture_output=True,
        text=True,
        env=environment(home),
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def environment(home: Path) -> dict[str, str]:
    """The surroundings of a process of a fresh installation."""
    return (
        {"SUNRA_ASSETS": str(machine.ROOT / ".assets")}
        | os.environ
        | {
            "SUNRA_HOME": str(home),
            "SUNRA_DEMO": "false",
            "SUNRA_SECRET_KEY": "bench-" + "k" * 60,
        }
    )


def balanced(answer: dict[str, Any]) -> bool:
    """Whether every file's rows are the sum of their parts."""
    return all(one["rows"] == one["accepted"] + one["merged"] + one["quarantined"] for one in answer["files"])


def pages(home: Path) -> dict[str, float]:
    """Server time of the home and map pages, p95 in ms, asked in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.tonight", "--pages"],
        check=True, capture_output=True, text=True, env=environment(home),
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def ask_pages() -> None:
    """Sign a safety officer of the district in, ask each page through Django's own handler, print page →
    p95.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "sunra.web.settings"
    os.environ["SUNRA_HTTPS"] = "false"
    import django

    django.setup()
    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.test import Client

    from sunra.platform.accounts.models import Membership, Person
    from sunra.platform.accounts.sealing import seal
    from sunra.platform.base.time import now
    from sunra.systems.risk.models import Forecast

    settings.ALLOWED_HOSTS = ["testserver"]
    forecast = Forecast.objects.latest("updated")
    person, made = Person.objects.get_or_create(username="bench", defaults={"name": "bench"})
    if made:
        Membership.objects.create(
            person=person, agency=forecast.agency, role="safety_officer", valid_from=now()
        )
        Authenticator.objects.create(user=person, type="totp", data={"secret": seal("A" * 32)})
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    urls = ("/", "/risk/", f"/risk/{forecast.id}/cells.geojson", "/patrols/", "/data/")
    print(json.dumps({url.replace(str(forecast.id), "…"): p95(client, url) for url in urls}))


def p95(client: Any, url: str) -> float:
    """The 95th percentile of the server's time for one page, in ms; the first two answers warm up."""
    times = []
    for number in range(REQUESTS + 2):
        started = time.perf_counter()
        answer = client.get(url, headers={"Accept-Encoding": "gzip"})
        if answer.status_code != 200:
            raise SystemExit(f"{url}: {answer.status_code}")
        if number >= 2:
            times.append((time.perf_counter() - started) * 1000)
    return round(sorted(times)[int(len(times) * 0.95) - 1], 1)


def measure() -> dict[str, Any]:
    """All figures."""
    report: dict[str, Any] = {"machine": machine.describe(), "night": NIGHT, "districts": {}}
    with tempfile.TemporaryDirectory(prefix="sunra-bench-") as place:
        for district in FOLDERS:
            data = folder_of(district, Path(place) / f"data-{district}")
            home = Path(place) / f"home-{district}"
            first, second = run(district, data, home), run(district, data, home)
            report["districts"][district] = {
                "seconds": first["seconds"],
                "again_seconds": second["seconds"],
                "balanced": balanced(first),
                "same_plan": first["plan"]["id"] == second["plan"]["id"],
                "files": first["files"],
                "risk": first["risk"],
                "plan": first["plan"],
            }
        report["pages_p95_ms"] = pages(Path(place) / "home-11290")
    report["ok"] = all(
        one["seconds"] <= LIMIT_SECONDS and one["balanced"] and one["same_plan"]
        for one in report["districts"].values()
    ) and all(value <= LIMIT_PAGE_MS for value in report["pages_p95_ms"].values())
    return report


def in_words(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [str(report["machine"])]
    for district, one in report["districts"].items():
        plan = one["plan"]
        lines.append(
            f"{district}: {one['seconds']} s (again {one['again_seconds']} s), rows balance:"
            f" {one['balanced']}, {plan['distance_source']}, {len(plan['teams'])} teams, seed {plan['seed']}"
        )
        lines += [
            f"  {row['file']}: {row['kind']} {row['rows']} = {row['accepted']} + {row['merged']}"
            f" + {row['quarantined']} (units {row['units']}, in the district {row['published']})"
            for row in one["files"]
        ]
        lines += [
            f"  {row['team']}: {row['stops']} stops, {row['minutes']} min, {row['metres']} m"
            for row in plan["teams"]
        ]
    lines += [f"{page}: p95 {value:.0f} ms" for page, value in report["pages_p95_ms"].items()]
    return "\n".join([*lines, "within bounds" if report["ok"] else "OUT OF BOUNDS"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--pages", action="store_true", help="only ask pages of the home in SUNRA_HOME")
    arguments = parser.parse_args()
    if arguments.pages:
        ask_pages()
        return
    report = measure()
    print(json.dumps(report, ensure_ascii=False) if arguments.json else in_words(report))
    sys.exit(0 if report["ok"] else 1)


if __name__ == "__main__":
    main()
