"""All pages of a source as one table: counted against the announced total, written as CSV.

Services repeat and skip records between pages while they are being changed, so what counts is the number of
distinct records. When it is not what was announced, everything is pulled once more; the fuller of the two
pulls is kept, and the difference is said.
"""

import csv
import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sunra.core.tables.answers import Answer, text_of
from sunra.systems.sharing.connectors.client import Asks, PullError

MOST_PAGES = 40_000
MOST_RECORDS = 2_500_000
ROUNDS = 2
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pulled:
    """What came: ``records`` kept, of them none twice; ``announced`` what the service said there is.

    ``repeated`` records came again and were left out; ``rounds`` how often everything was asked for.
    """

    records: int
    announced: int | None
    repeated: int
    pages: int
    rounds: int

    @property
    def missing(self) -> int:
        """Announced records that never came (negative: more came than announced)."""
        return 0 if self.announced is None else self.announced - self.records


def pull(ask: Asks, identity: tuple[str, ...], target: Path, progress: Progress) -> Pulled:
    """Pull everything into ``target`` (CSV, UTF-8); the table is there whole or not at all.

    Raises `PullError` ("too_large", "no_records" and those of the client).
    """
    best: Pulled | None = None
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        for number in range(1, ROUNDS + 1):
            spool = Path(folder) / str(number)
            found, names = _round(ask, identity, spool, progress, number)
            if best is None or abs(found.missing) <= abs(best.missing):
                best = found
                _as_csv(spool, names, Path(folder) / "table.csv")
            if not found.missing:
                break
        if best is None or not best.records:
            raise PullError("no_records")
        (Path(folder) / "table.csv").replace(target)
    return best


def _round(
    ask: Asks, identity: tuple[str, ...], spool: Path, progress: Progress, number: int
) -> tuple[Pulled, dict[str, None]]:
    """One pull of all pages, a record a line; names of fields in the order in which they first came."""
    seen: set[bytes] = set()
    names: dict[str, None] = {}
    came = page = 0
    announced: int | None = None
    with spool.open("w", encoding="utf-8") as out:
        while page < MOST_PAGES:
            page += 1
            answer: Answer = ask(page)
            announced = answer.total if answer.total is not None else announced
            if not answer.records:
                break
            came += len(answer.records)
            before = len(seen)
            _keep(answer.records, identity, seen, names, out)
            if len(seen) > MOST_RECORDS:
                raise PullError("too_large")
            progress(min(came, announced or came), announced or came)
            # Some services know no number of pages: they give the last one, or the first, for ever.
            if came >= announced if announced is not None else len(seen) == before:
                break
    return Pulled(len(seen), announced, came - len(seen), page, number), names


def _keep(
    records: list[dict[str, Any]],
    identity: tuple[str, ...],
    seen: set[bytes],
    names: dict[str, None],
    out: IO[str],
) -> None:
    for record in records:
        own = [record.get(name) for name in identity]
        said = own if identity and all(own) else record
        digest = hashlib.blake2b(
            json.dumps(said, sort_keys=True, ensure_ascii=False).encode(), digest_size=12
        ).digest()
        if digest in seen:
            continue
        seen.add(digest)
        names.update(dict.fromkeys(record))
        out.write(json.dumps(record, ensure_ascii=False) + "\n")


def _as_csv(spool: Path, names: dict[str, None], target: Path) -> None:
    with spool.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for line in lines:
            record = json.loads(line)
            writer.writerow([text_of(record.get(name)) for name in names])
