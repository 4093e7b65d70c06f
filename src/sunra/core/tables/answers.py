"""Records inside the answers of open interfaces: dict or list, one hit or none, errors under HTTP 200.

Shapes: data.go.kr (response.body.items.item, items.item, body), Seoul (name.row), Gyeonggi ([head, row]),
odcloud (data), standard files (fields, records), and plain lists of records or rows.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from sunra.core.tables.errors import NoRows, NotATable, ServiceError, TooLarge
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw

_ONE = frozenset({"item", "row", "record"})
"""Names under which a single hit comes as itself instead of a list of one."""
_HOLDERS = (*_ONE, "items", "rows", "records", "data", "list", "result", "body", "response", "features")
_FINE = frozenset(
    {"00", "0", "000", "200", "INFO-000", "INFO-00", "NORMAL_CODE", "NORMAL SERVICE", "OK", "SUCCESS"}
)
_NOTHING = frozenset({"03", "3", "INFO-200", "NODATA_ERROR"})
_CODES = ("resultcode", "returnreasoncode", "errcode", "errorcode")
_TOTALS = ("totalcount", "list_total_count", "matchcount")
_DEEPEST = 8
_FRAMES = 3
"""Parts of a frame that comes as a list: its head and its rows."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The records of one answer and how many the service says there are in all (None when it does not)."""

    records: list[dict[str, Any]]
    total: int | None


def read_answer(value: Any, *, file: str) -> Answer:
    """Finds the records in a parsed answer.

    Raises `ServiceError` when the body is an error, `NoRows` for an answer without hits ("" or null where
    records would be), `NotATable` when nothing in it looks like records.
    """
    code = _status(value, 0)
    if code and code not in _FINE | _NOTHING:
        raise ServiceError(file, code)
    found = _rows(value, "", 0)
    if not found and (code in _NOTHING or found == []):
        raise NoRows(file, code or "no hits")
    if found is None:
        found = _single(value, 0)
    if found is None:
        raise NotATable(file, "no records inside")
    return Answer(records=found, total=_total(value, 0))


def _status(value: Any, depth: int) -> str:
    """The result code near the top of an answer, "" when it has none."""
    if isinstance(value, list) and len(value) <= _FRAMES:
        return next((code for part in value if (code := _status(part, depth + 1))), "")
    if not isinstance(value, dict) or depth > _DEEPEST:
        return ""
    for key, inner in value.items():
        name = str(key).lower()
        if (name in _CODES or (name == "code" and depth and "MESSAGE" in value)) and not isinstance(
            inner, (dict, list)
        ):
            return re.sub(r"[^A-Za-z0-9_ -]", "", str(inner))[:60].strip().upper()
    parts = ((key, inner) for key, inner in value.items() if str(key).lower() not in _ONE | {"items"})
    return next((code for _, inner in parts if (code := _status(inner, depth + 1))), "")


def _total(value: Any, depth: int) -> int | None:
    if isinstance(value, list) and len(value) <= _FRAMES:
        return next((total for part in value if (total := _total(part, depth + 1)) is not None), None)
    if not isinstance(value, dict) or depth > _DEEPEST:
        return None
    for key, inner in value.items():
        if str(key).lower() in _TOTALS and re.fullmatch(r"\d{1,12}", str(inner)):
            return int(inner)
    return next((total for part in value.values() if (total := _total(part, depth + 1)) is not None), None)


def _rows(value: Any, name: str, depth: int) -> list[dict[str, Any]] | None:
    """Records at or below ``value``; [] where there would be some, None where nothing points to any."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return _listed(value, name, depth)
    if isinstance(value, dict):
        if name in _ONE:
            return [value]
        ranked = sorted(value, key=lambda key: _rank(str(key)))
        found = [_rows(value[key], str(key).lower(), depth + 1) for key in ranked]
        return next((rows for rows in found if rows), [] if [] in found else None)
    return [] if value in ("", None) and name in {"items", *_ONE} else None


def _rank(key: str) -> int:
    return _HOLDERS.index(key.lower()) if key.lower() in _HOLDERS else len(_HOLDERS)


def _listed(value: list[Any], name: str, depth: int) -> list[dict[str, Any]] | None:
    if not value:
        return [] if name in _HOLDERS else None
    if all(isinstance(part, dict) for part in value):
        wrapped = [
            part
            for part in value
            if any(
                str(key).lower() in _ONE and isinstance(inner, (dict, list)) for key, inner in part.items()
            )
        ]
        if not wrapped:
            # A list inside the status (head) is no list of records.
            return None if name in {"head", "header", "fields"} else value
        inner = [_rows(part, "", depth + 1) or [] for part in wrapped]
        return [record for part in inner for record in part]
    if (
        all(isinstance(part, list) for part in value)
        and all(isinstance(cell, str) for cell in value[0])
        and value[0]
    ):
        return [dict(zip(value[0], row, strict=False)) for row in value[1:]]
    return None


def _single(value: Any, depth: int) -> list[dict[str, Any]] | None:
    """A lone record: the first dict with at least two plain values and no further dicts."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return None
    plain = [inner for inner in value.values() if not isinstance(inner, (dict, list))]
    if len(plain) >= 2 and len(plain) == len(value):
        return [value]
    return next((found for inner in value.values() if (found := _single(inner, depth + 1))), None)


def raw_of(answer: Answer, *, file: str, encoding: str | None, limits: Limits) -> Raw:
    """The records as text under the union of their names, in the order in which they first occur."""
    names: dict[str, None] = {}
    for record in answer.records:
        names.update(dict.fromkeys(record))
        if len(names) > limits.max_columns:
            raise TooLarge(file, f"over {limits.max_columns} columns")
    count = len(answer.records)
    if count > limits.max_rows:
        raise TooLarge(file, f"over {limits.max_rows} rows")
    if count * len(names) > limits.max_cells:
        raise TooLarge(file, f"{count} records of {len(names)} fields")
    rows = [[text_of(record.get(name)) for name in names] for record in answer.records]
    raw = Raw(
        file=file,
        records=[[sound(str(name)) for name in names], *rows],
        lines=list(range(count + 1)),
        encoding=encoding,
    )
    if answer.total is not None and answer.total > count:
        raw.notes["part_of_answer"] = answer.total - count
    return raw


def text_of(value: Any) -> str:
    """A JSON value as people type it; lists and dicts as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (dict, list)):
        return sound(json.dumps(value, ensure_ascii=False))
    return sound(str(value)).strip()


def sound(text: str) -> str:
    """Without halves of surrogate pairs and NUL, which no column can hold."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
