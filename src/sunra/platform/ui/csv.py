"""CSV that a spreadsheet opens as data and never runs as a formula."""

from collections.abc import Iterable, Iterator, Sequence
from csv import writer
from io import StringIO
from itertools import chain
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from sunra.platform.base.time import seoul_now

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(value: Any) -> Any:
    """The value; a text that a spreadsheet would take for a formula gets an apostrophe, numbers stay."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text


def lines(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file line by line; begins with the byte-order mark by which Excel knows UTF-8."""
    buffer = StringIO()
    out = writer(buffer)
    buffer.write("\ufeff")
    for row in chain([heads], rows):
        out.writerow([neutral(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def response(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The download; its name carries the moment it was made."""
    filename = f"{name}-{seoul_now():%Y%m%d-%H%M}.csv"
    answer = HttpResponse("".join(lines(heads, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
