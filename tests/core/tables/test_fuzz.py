"""Five hundred damaged files per reader family: only typed errors come out."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sunra.core.tables import TableError, read
from tests.core.tables import made

TIMES = 500
CSVS = [
    made.text(made.CCTV, made.cctv_rows(6)).encode("cp949"),
    made.text(made.LIGHT, made.light_rows(6)).encode("utf-8-sig"),
    made.text(made.CALL, made.call_rows(6)).encode(),
    "자치구,2019,2019,2019\n자치구,살인,강도,절도\n성북구,1,2,3\n".encode(),
]
BOOK = made.xlsx(made.CCTV, made.cctv_rows(4))
OLD_BOOK = made.xls([(row, column) for row in range(9) for column in range(9)])
STREETS = made.geojson(made.lines(4))


def _text(rng: random.Random) -> bytes:
    return made.spoiled(rng.choice(CSVS), rng)


def _packed(rng: random.Random) -> bytes:
    inner = made.spoiled(CSVS[1], rng)
    return made.gz(inner) if rng.random() < 0.5 else made.spoiled(made.packed("a.csv", inner), rng)


FAMILIES: dict[str, tuple[str, Callable[[random.Random], bytes]]] = {
    "delimited": ("a.csv", _text),
    "xlsx": ("a.xlsx", lambda rng: made.spoiled(BOOK, rng)),
    "xls": ("a.xls", lambda rng: made.spoiled(OLD_BOOK, rng)),
    "geojson": ("a.geojson", lambda rng: made.spoiled(STREETS, rng)),
    "archive": ("a.zip", _packed),
}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_damaged_files_end_in_typed_errors(tmp_path: Path, family: str) -> None:
    """Cut, flipped, doubled and spliced bytes never crash a reader; what is still read balances."""
    name, make = FAMILIES[family]
    seen = _run(lambda rng: made.save(tmp_path / name, make(rng)), family)
    assert sum(seen.values()) == TIMES


def test_damaged_shapefiles_end_in_typed_errors(tmp_path: Path) -> None:
    """Any of the three parts may be damaged, in header or records."""
    good = made.shapefile(tmp_path, made.lines(6))
    parts = {suffix: good.with_suffix(suffix).read_bytes() for suffix in (".shp", ".shx", ".dbf")}

    def make(rng: random.Random) -> Path:
        for suffix, data in parts.items():
            made.save(tmp_path / f"bad{suffix}", made.spoiled(data, rng) if rng.random() < 0.6 else data)
        return tmp_path / "bad.shp"

    assert sum(_run(make, "shp").values()) == TIMES


def _run(make: Callable[[random.Random], Path], family: str) -> Counter[str]:
    seen: Counter[str] = Counter()
    for number in range(TIMES):
        try:
            seen[read(make(random.Random(f"{family} {number}"))).kind] += 1
        except TableError as error:
            seen[error.code] += 1
    return seen
