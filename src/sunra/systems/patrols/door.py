"""A door for phones' reports before all that pages need: sessions, languages, forms and their twenty steps.

A report carries no cookie and is signed by its device, so nothing of that would look at it. What the door
cannot answer with "kept" it hands on unread to the page of the same address, which answers in words.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sunra.systems.patrols.services.duty.gather import gatherer
from sunra.systems.patrols.services.duty.passes import SCHEME, Call

PATH = "/duty/api/events"
LARGEST_CALL = 256 * 1024

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
]


def with_door(application: Application) -> Application:
    """The application with the door before it."""

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await application(scope, receive, send)
            return
        body, whole = await _body(receive)
        answer = await gatherer().answer(_call(scope, body)) if whole else None
        if not isinstance(answer, dict):
            await application(scope, _again(body, receive, whole=whole), send)
            return
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        headers = [*_HEADERS, (b"content-length", str(len(text)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})

    return serve


async def _body(receive: Receive) -> tuple[bytes, bool]:
    """What was sent, and whether it is whole: not too large and not broken off."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts), False
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body", False):
            return b"".join(parts), size <= LARGEST_CALL
        if size > LARGEST_CALL:
            return b"".join(parts), False


def _call(scope: Message, body: bytes) -> Call:
    found = {name: value.decode("latin-1") for name, value in scope["headers"]}
    header = found.get(b"authorization", "")
    return Call(
        token=header[len(SCHEME) :] if header.lower().startswith(SCHEME) else "",
        at_ms=found.get(b"x-sunra-at", ""), proof=found.get(b"x-sunra-proof", ""), method="POST", path=PATH,
        body=body,
    )  # fmt: skip


def _again(body: bytes, receive: Receive, *, whole: bool) -> Receive:
    """What was read, once more; then what follows."""
    first = [{"type": "http.request", "body": body, "more_body": not whole}]

    async def read() -> Message:
        return first.pop() if first else await receive()

    return read
