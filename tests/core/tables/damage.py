"""Seeded damage to files of every reader family: bytes, cells, members of archives, values of answers."""
# ruff: noqa: E501, ISC004 - records and answers stay on one line, as they are in the files

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sunra.core.tables import TableError, read
from sunra.core.tables.limits import Limits
from sunra.core.tables.reading import parse
from tests.core.tables import made

LIMIT_SECONDS = 5.0
_SPOT = {
    "spot_cd": "11290001", "sido_sgg_nm": "서울특별시 성북구1", "spot_nm": "정릉동", "occrrnc_cnt": 5, "caslt_cnt": 6,
    "lo_crd": "127.0105", "la_crd": "37.6005", "bjd_cd": "1129013300",
    "geom_json": '{"type":"Polygon","coordinates":[[[127.01,37.6],[127.011,37.6],[127.011,37.601],[127.01,37.6]]]}',
}  # fmt: skip
_TABLES = (
    (made.CCTV, made.cctv_rows(6)),
    (made.LIGHT, made.light_rows(6)),
    (made.BELL, made.bell_rows(6)),
    (made.CALL, made.call_rows(6)),
)
_STATISTICS = (
    "자치구,2019,2019,2019\n자치구,살인,강도,절도\n성북구,1,2,3\n합계,1,2,3\n",
    '자치구별(2),2005.1,2005.1,2005\n자치구별(2),발생건수 (건),사망자수 (명),부상자수 (명)\n종로구,60,-,"1,088"\n',
    '"동별","구분별","항목","단위","2008. 1/4"\n"종로구","계","주민등록인구(동별)","명","9"\n',
    '?"기준일ID","시간대구분","집계구코드","총생활인구수"\n"20240105","00","1101053010001","5.3"\n',
)
_CSVS = [
    made.text(made.CCTV, made.cctv_rows(6)).encode("cp949"),
    made.text(made.LIGHT, made.light_rows(6)).encode("utf-8-sig"),
    made.text(made.CALL, made.call_rows(6)).encode("utf-16"),
    *(text.encode() for text in _STATISTICS),
]
_BOOK = made.xlsx(made.CCTV, made.cctv_rows(4))
_OLD_BOOK = made.xls([(row, column) for row in range(9) for column in range(9)])
_STREETS = made.geojson(made.lines(4))
_XMLS = (
    '<?xml version="1.0" encoding="UTF-8"?><response><header><resultCode>00</resultCode></header><body><items>'
    + "".join(f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in _SPOT.items())}</item>" for _ in range(3))
    + "</items><totalCount>3</totalCount></body></response>",
    '<osm><node id="1" lat="37.6" lon="127.01"/><node id="2" lat="37.601" lon="127.011"/>'
    '<way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="service"/></way></osm>',
    "<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>30</returnReasonCode></cmmMsgHeader>"
    "</OpenAPI_ServiceResponse>",
)
_PIECES = (
    "<a>",
    "</a>",
    "<!DOCTYPE a>",
    "&#0;",
    "&amp;",
    "<![CDATA[",
    "]]>",
    "<?x?>",
    "<!--",
    "<item>",
    "</item>",
    " x='1'",
)


def _delimited(rng: random.Random, folder: Path) -> Path:
    if rng.random() < 0.3:
        header, rows = rng.choice(_TABLES)
        data = made.spoiled_table(header, rows, rng).encode(rng.choice(["utf-8", "utf-16"]), "replace")
    else:
        data = made.spoiled(rng.choice(_CSVS), rng)
    match rng.randrange(6):
        case 0:
            return made.save(folder / "a.csv.gz", made.gz(data))
        case 1:
            return made.save(folder / "a.zip", made.spoiled(made.packed("a.csv", data), rng))
        case _:
            return made.save(folder / "a.csv", data)


@lru_cache(maxsize=1)
def _members() -> dict[str, bytes]:
    return made.unpacked(_BOOK)


def _workbook(rng: random.Random, folder: Path) -> Path:
    match rng.randrange(3):
        case 0:
            return made.save(folder / "a.xls", made.spoiled(_OLD_BOOK, rng))
        case 1:
            return made.save(folder / "a.xlsx", made.spoiled(_BOOK, rng))
        case _:
            name = rng.choice(sorted(_members()))
            return made.save(
                folder / "a.xlsx", made.repacked({**_members(), name: made.spoiled(_members()[name], rng)})
            )


@lru_cache(maxsize=1)
def _layer() -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        good = made.shapefile(Path(folder), made.lines(6))
        return {suffix: good.with_suffix(suffix).read_bytes() for suffix in (".shp", ".shx", ".dbf")}


def _vector(rng: random.Random, folder: Path) -> Path:
    for suffix, data in _layer().items():
        made.save(folder / f"a{suffix}", made.spoiled(data, rng) if rng.random() < 0.6 else data)
    prj = rng.choice([b"", b"GEOGCS[", b"EPSG:5179", rng.randbytes(40)])
    made.save(folder / "a.prj", prj)
    return folder / "a.shp"


def _value(rng: random.Random, depth: int = 0) -> Any:
    match rng.randrange(9 if depth < 4 else 6):
        case 0:
            return rng.choice(made.NASTY)
        case 1:
            return rng.choice([0, -1, 10**40, 1e308, None, True])
        case 2:
            return rng.choice(["", "item", "00", "INFO-200"])
        case 3:
            return dict(_SPOT)
        case 4:
            return []
        case 5:
            return {}
        case 6:
            return [_value(rng, depth + 1) for _ in range(rng.randrange(4))]
        case _:
            names = [
                "item",
                "items",
                "row",
                "body",
                "response",
                "resultCode",
                "RESULT",
                "CODE",
                "features",
                "nodes",
                "edges",
                "type",
            ]
            return {rng.choice(names): _value(rng, depth + 1) for _ in range(rng.randrange(4))}


def _json(rng: random.Random, folder: Path) -> Path:
    match rng.randrange(4):
        case 0:
            return made.save(folder / "a.geojson", made.spoiled(_STREETS, rng))
        case 1:
            record = {**_SPOT, rng.choice(sorted(_SPOT)): _value(rng)}
            frame = {"resultCode": "00", "items": {"item": [record, _value(rng)]}, "totalCount": 3}
            return made.save(folder / "a.json", json.dumps(frame).encode())
        case 2:
            return made.save(folder / "a.json", json.dumps(_value(rng)).encode())
        case _:
            data = json.loads(_STREETS)
            rng.choice(data["features"])["geometry"] = _value(rng)
            return made.save(folder / "a.geojson", json.dumps(data).encode())


def _xml(rng: random.Random, folder: Path) -> Path:
    text = rng.choice(_XMLS)
    if rng.random() < 0.5:
        return made.save(
            folder / "a.xml", made.spoiled(text.encode(rng.choice(["utf-8", "cp949", "utf-16"])), rng)
        )
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(_PIECES) + text[at + rng.randrange(3) :]
    return made.save(folder / "a.xml", text, "utf-8")


FAMILIES: dict[str, Callable[[random.Random, Path], Path]] = {
    "delimited": _delimited,
    "workbook": _workbook,
    "vector": _vector,
    "json": _json,
    "xml": _xml,
}


@dataclass
class Outcome:
    """What a run of damaged files ended in: kinds and error codes, crashes by number, the slowest second."""

    seen: Counter[str] = field(default_factory=Counter)
    crashes: list[tuple[int, str]] = field(default_factory=list)
    slow: list[int] = field(default_factory=list)
    slowest: float = 0.0


def run(family: str, numbers: range, *, whole: int = 1) -> Outcome:
    """Reads the damaged files with these numbers, every ``whole``-th up to its rows, the others to records.

    A number always makes the same file, so a crash can be looked at by itself.
    """
    found = Outcome()
    with TemporaryDirectory(prefix="sunra-fuzz-") as folder:
        # Names and borders of Korea are read once per process; that is no file's fault.
        read(made.save(Path(folder) / "a.csv", _CSVS[0]))
        for number in numbers:
            path = FAMILIES[family](random.Random(f"{family} {number}"), Path(folder))
            begun = time.perf_counter()
            try:
                if number % whole == 0:
                    found.seen[read(path).kind] += 1
                else:
                    found.seen["records" if parse(path, Limits()).records else "nothing"] += 1
            except TableError as error:
                found.seen[error.code] += 1
            except Exception as error:  # noqa: BLE001 - any other exception is what is looked for
                found.crashes.append((number, f"{type(error).__name__}: {error}"[:200]))
            seconds = time.perf_counter() - begun
            found.slowest = max(found.slowest, seconds)
            if seconds > LIMIT_SECONDS:
                found.slow.append(number)
    return found
