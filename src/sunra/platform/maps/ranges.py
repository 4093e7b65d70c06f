"""Parts of a file by byte range: how a browser reads a PMTiles file that only some may see."""

import re
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import http_date

PMTILES = "application/vnd.pmtiles"
MOST = 8 * 2**20
"""Bytes that one answer may carry; a longer range is cut, as RFC 9110 allows."""

_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


def respond(request: HttpRequest, path: Path, content_type: str = PMTILES) -> HttpResponseBase:
    """The whole file, or with a ``Range`` header the part asked for (206), or 416 for one outside the file.

    The caller has checked the permission; ``path`` comes from the product, never from the request. Several
    ranges at once are answered with the whole file.
    """
    size = path.stat().st_size
    found = _RANGE.match(request.headers.get("Range", ""))
    if found is None or found.group(0) == "bytes=-":
        answer: HttpResponseBase = FileResponse(path.open("rb"), content_type=content_type)
    else:
        first, last = span(found.group(1), found.group(2), size)
        if first >= size or last < first:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        answer = HttpResponse(_read(path, first, last - first + 1), status=206, content_type=content_type)
        answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Encoding"] = "identity"  # a compressor would shift the bytes that were asked for
    answer["Last-Modified"] = http_date(path.stat().st_mtime)
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def span(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte of ``bytes=first-last``; an empty ``first`` means the last so many bytes."""
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    return start, min(end, start + MOST - 1)


def _read(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)
