"""Damaged files by the thousand, per reader family: crashes, files over the time limit, and how each ended.

    python -m benchmarks.fuzz [--json] [--times 20000] [--start 0] [--family xml]

Baseline: 0 crashes and 0 files over 5 s. A file is made from its family and number alone (see
``tests/core/tables/damage.py``), so a crash names the file that caused it. Every file is read to its rows.
"""

import os
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from tests.core.tables import damage

from benchmarks import machine

PIECE = 500


def _family(family: str, start: int, times: int) -> dict[str, object]:
    """The outcome of one family over all its pieces; a process that dies is a crash of that piece."""
    begun = time.perf_counter()
    seen: Counter[str] = Counter()
    crashes: list[str] = []
    slow: list[int] = []
    slowest = 0.0
    pieces = [range(at, min(at + PIECE, start + times)) for at in range(start, start + times, PIECE)]
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        waiting = [(piece, pool.submit(damage.run, family, piece)) for piece in pieces]
        for piece, future in waiting:
            try:
                found = future.result()
            except BrokenProcessPool:
                crashes.append(f"{piece}: the process died")
                continue
            seen += found.seen
            crashes += [f"{number}: {what}" for number, what in found.crashes]
            slow += found.slow
            slowest = max(slowest, found.slowest)
    return {
        "files": seen.total() + len(crashes),
        "crashes": len(crashes),
        "crashed": crashes[:20],
        "over_time_limit": len(slow),
        "slow": slow[:20],
        "slowest_s": round(slowest, 3),
        "seconds": round(time.perf_counter() - begun, 1),
        "ended_in": dict(seen.most_common()),
    }


def main() -> None:
    """Print counts per family; end with an error when any file crashed or took too long."""
    args = machine.arguments(str(__doc__).splitlines()[0], times=20_000, start=0, family="")
    families = [args.family] if args.family else sorted(damage.FAMILIES)
    figures = {family: _family(family, args.start, args.times) for family in families}
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    machine.report(
        "fuzz",
        {"time_limit_s": damage.LIMIT_SECONDS, "peak_mb_per_process": round(peak), "families": figures},
        seed=args.start,
        as_json=args.as_json,
    )
    if any(figure["crashes"] or figure["over_time_limit"] for figure in figures.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
