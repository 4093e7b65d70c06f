"""A nation-size lights file handed in: what the job that reads it takes, and what comes of it.

    python -m benchmarks.drop_off [--json] [--rows 1840000] [--seed 7]

The made-up file of `benchmarks.nation` is stored as the drop-off page stores it, for an agency without a
district (every located row is kept), and read by the worker's own code in this process; memory is looked at
ten times a second. Then a second file of the same series, one row in fifty changed, is compared with the
first. ``floor`` is reading the same file in parts without keeping anything. Approval is not measured.
"""

import os
import resource
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Self

from benchmarks import machine, nation
from sunra.core.tables import read_stream

EVERY = 50


class Watched:
    """Memory in use while a block runs, in megabytes, and progress as the receipt shows it."""

    def __init__(self) -> None:
        self.peak, self.steps = 0, set[int]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._begun, self._worked = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds, self.cpu = time.perf_counter() - self._begun, time.process_time() - self._worked
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        from sunra.platform.jobs.models import Job

        while not self._over.wait(0.1):
            self.peak = max(self.peak, nation.resident())
            done = Job.objects.filter(state="running").values_list("done", flat=True).first()
            if done is not None:
                self.steps.add(done)


def changed(path: Path, target: Path) -> None:
    """The same file with one row in fifty renamed."""
    with (
        path.open(encoding="cp949", newline="") as old,
        target.open("w", encoding="cp949", newline="") as new,
    ):
        for number, line in enumerate(old):
            new.write("x" + line if number and number % EVERY == 0 else line)


def handed_in(actor: Any, path: Path) -> tuple[Watched, float, Any]:
    """Memory and time of the job, seconds of the hand-in, and the vintage that came of it."""
    from sunra.platform.jobs.models import Job
    from sunra.platform.jobs.worker import Worker
    from sunra.systems.sharing.models import DroppedFile
    from sunra.systems.sharing.services import drop_off

    begun = time.perf_counter()
    with path.open("rb") as stream:
        made = drop_off.hand_in(actor=actor, uploads=[drop_off.Upload(path.name, stream)])
    stored = time.perf_counter() - begun
    with Watched() as seen:
        Worker(threading.Event(), worker_id="bench").run_one()
    row = DroppedFile.objects.select_related("vintage").get(drop_off=made)
    if row.vintage is None:
        raise SystemExit(f"the job ended badly: {Job.objects.latest('created').error}")
    return seen, stored, row.vintage


def measure(rows: int, seed: int) -> dict[str, Any]:
    """Everything this script prints."""
    machine.with_django()

    from sunra.platform.agencies.models import Agency, AgencyType
    from sunra.platform.base.actor import Actor
    from sunra.platform.base.databases import bring_up_to_date
    from sunra.systems.sharing.models import Vintage

    bring_up_to_date()
    kind, _made = AgencyType.objects.get_or_create(
        code="committee", defaults={"name_ko": "x", "name_en": "x"}
    )
    agency = Agency.objects.create(type=kind, name="bench")
    actor = Actor.job(agency.id, "bench")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "전국_보안등정보_20240501.csv"
        later = Path(folder) / "전국_보안등정보_20240601.csv"
        child = os.fork()  # in a process of its own: its memory must not count
        if child == 0:
            nation.write(path, rows, seed)
            changed(path, later)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise SystemExit("the file could not be made")
        before = nation.resident()
        seen, stored, vintage = handed_in(actor, path)
        Vintage.objects.filter(id=vintage.id).update(state="published")
        again, _stored, second = handed_in(actor, later)
        begun = time.perf_counter()
        for _part in read_stream(path):
            pass
        floor = time.perf_counter() - begun
        return {
            "rows": vintage.rows,
            "bytes": path.stat().st_size,
            "seconds_hand_in": round(stored, 1),
            "seconds_job": round(seen.seconds, 1),
            "processor_seconds_job": round(seen.cpu, 1),
            "mb_before": before,
            "mb_peak_job": seen.peak,
            "progress_steps_seen": len(seen.steps),
            "balanced": vintage.rows == vintage.accepted + vintage.merged + vintage.quarantined,
            "accepted": vintage.accepted,
            "to_publish": vintage.published,
            "merged": vintage.merged,
            "put_aside": vintage.quarantined,
            "seconds_second_vintage": round(again.seconds, 1),
            "mb_peak_second_vintage": again.peak,
            "changes": {
                key: second.changes.get(key) for key in ("added", "changed", "moved", "gone", "same")
            },
            "mb_peak_all": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "floor_reading_in_parts_seconds": round(floor, 1),
        }


def main() -> None:
    """Measures and prints."""
    chosen = machine.arguments(__doc__ or "", rows=1_840_000, seed=7)
    machine.report("drop_off", measure(chosen.rows, chosen.seed), seed=chosen.seed, as_json=chosen.as_json)


if __name__ == "__main__":
    main()
