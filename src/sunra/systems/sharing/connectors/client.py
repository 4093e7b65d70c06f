"""Asks one interface for one page: retries with growing pauses, bounded answers, errors in words.

The key stands in the address, as these services want it; it is never part of an error or a log line.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

import urllib3

from sunra.core.tables.answers import Answer
from sunra.core.tables.errors import NoRows, ServiceError, TableError
from sunra.core.tables.page import read_page
from sunra.systems.sharing.connectors.sources import Source, Style

MOST_BYTES = 32 * 1024 * 1024
"""Of one answer; a page of 1,000 records has about one."""
TRIES = 5
BUSY = frozenset({"01", "02", "04", "05", "99", "ERROR-500", "ERROR-600", "ERROR-601"})
"""Codes under HTTP 200 that pass: application, database, HTTP and time-out errors of the service."""
_FORMAT = {Style.STANDARD: "type", Style.LOCALDATA: "returnType", Style.HOTSPOT: "_type"}
_TIMEOUT = urllib3.Timeout(connect=10, read=60)


class PullError(Exception):
    """A pull that came to nothing.

    ``code``: "no_key", "unreachable", "http_status", "too_large", "not_an_answer" or "service"; ``detail``
    the status or the service's own code.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


class Asks(Protocol):
    """Gives the page ``number`` (from 1) of a source; no records means the end."""

    def __call__(self, number: int) -> Answer: ...


@dataclass(frozen=True)
class Client:
    """One source with its key and choices. ``host`` replaces the documented one (a relay, or a test)."""

    source: Source
    key: str
    chosen: Mapping[str, str]
    host: str = ""
    pause: Callable[[float], None] = time.sleep
    first_pause: float = 1.0

    def page(self, number: int) -> Answer:
        """The records of a page. Raises `PullError` when all tries failed or none can help."""
        for attempt in range(TRIES):
            try:
                return self._once(number)
            except PullError as error:
                if attempt == TRIES - 1 or not _passes(error):
                    raise
            self.pause(self.first_pause * 2**attempt)
        raise AssertionError

    def _once(self, number: int) -> Answer:
        try:
            answer = urllib3.request(
                "GET", self._address(number), timeout=_TIMEOUT, retries=False, preload_content=False
            )
        except urllib3.exceptions.HTTPError:
            raise PullError("unreachable") from None  # the cause names the address, and with it the key
        try:
            if answer.status != 200:
                raise PullError("http_status", str(answer.status))
            data = answer.read(MOST_BYTES + 1, decode_content=True)
        except urllib3.exceptions.HTTPError:
            raise PullError("unreachable") from None
        finally:
            answer.close()
        if len(data) > MOST_BYTES:
            raise PullError("too_large")
        return _understood(data, self.source.code)

    def _address(self, number: int) -> str:
        source, base = self.source, self.host or self.source.host
        if source.style is Style.SEOUL:
            first = (number - 1) * source.page_size + 1
            return (
                f"{base}/{quote(self.key, safe='')}/json{source.path}{first}/{first + source.page_size - 1}/"
            )
        wanted = {
            "pageNo": number,
            "numOfRows": source.page_size,
            **self.chosen,
            _FORMAT[source.style]: "json",
        }
        # Portals give keys out encoded or plain; "%" tells which, and encoding twice is refused by them.
        key = self.key if "%" in self.key else quote(self.key, safe="")
        name = "ServiceKey" if source.style is Style.HOTSPOT else "serviceKey"
        return f"{base}{source.path}?{name}={key}&{urlencode(wanted)}"


def _understood(data: bytes, name: str) -> Answer:
    try:
        return read_page(data, file=name)
    except NoRows:
        return Answer(records=[], total=0)
    except ServiceError as error:
        raise PullError("service", error.detail) from None
    except TableError as error:
        raise PullError("not_an_answer", error.code) from None


def _passes(error: PullError) -> bool:
    """Whether asking again may help."""
    if error.code == "service":
        return error.detail.upper() in BUSY
    if error.code == "http_status":
        return error.detail == "429" or error.detail.startswith("5")
    return error.code == "unreachable"
