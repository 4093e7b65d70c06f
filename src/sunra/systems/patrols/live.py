"""The live board's stream: one reader in a process asks for all who watch, and tells each what changed.

A watcher gets its whole board first and then only rows that changed or went; watchers with the same seat
share the same bytes. One that takes nothing in for a while gets its board whole again. Streams end after ten
minutes: the browser comes back and is checked again.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from sunra.platform.base.databases import let_go
from sunra.systems.patrols.selectors.live import Reading, Row, Seat, read

POLL_SECONDS = 2.0
HEARTBEAT_SECONDS = 20.0
LIFE_SECONDS = 600.0
_WAITING = 8

Queue = asyncio.Queue[bytes]
Ask = Callable[[], Awaitable[Reading]]


def whole(reading: Reading, seat: Seat) -> dict[str, Any]:
    """The board of a seat, JSON-ready."""
    return {"whole": True, "teams": list(reading.board(seat).values()), "gone": []}


def changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> dict[str, Any] | None:
    """Rows that are new or other, and ids that went; None when nothing is."""
    teams = [row for identity, row in after.items() if before.get(identity) != row]
    gone = [identity for identity in before if identity not in after]
    return {"whole": False, "teams": teams, "gone": gone} if teams or gone else None


def _event(found: Mapping[str, Any]) -> bytes:
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return f"event: board\ndata: {text}\n\n".encode()


def _ask() -> Reading:
    close_old_connections()
    try:
        return read()
    finally:
        close_old_connections()


class Hub:
    """The watchers of one event loop and the one reader that serves them."""

    def __init__(self, ask: Ask | None = None, poll_seconds: float = POLL_SECONDS) -> None:
        self._ask = ask or sync_to_async(_ask, thread_sensitive=False)
        self._poll_seconds = poll_seconds
        self._watchers: dict[Seat, set[Queue]] = {}
        self._boards: dict[Seat, dict[str, Row]] = {}
        self._reading: Reading | None = None
        self._first = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    @property
    def watchers(self) -> int:
        """How many streams are open."""
        return sum(len(found) for found in self._watchers.values())

    async def watch(self, seat: Seat) -> AsyncIterator[bytes]:
        """A seat's board, its changes, and heartbeats."""
        async with self._first:
            if self._task is None or self._task.done() or self._reading is None:
                self._reading = await self._ask()
                self._boards.clear()
                self._task = asyncio.create_task(self._poll())
        queue: Queue = asyncio.Queue(_WAITING)
        # The board as it stands is put there before the next reading can put its changes.
        board = self._boards.setdefault(seat, self._reading.board(seat))
        queue.put_nowait(_event({"whole": True, "teams": list(board.values()), "gone": []}))
        self._watchers.setdefault(seat, set()).add(queue)
        try:
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            self._watchers[seat].discard(queue)
            if not self._watchers[seat]:
                del self._watchers[seat]
                self._boards.pop(seat, None)

    async def _poll(self) -> None:
        """Read for all, as long as anybody watches."""
        await asyncio.sleep(self._poll_seconds)
        while self._watchers:
            with suppress(Exception):  # a database that is away for a moment must not end the streams
                self._reading = await self._ask()
                self._tell(self._reading)
            await asyncio.sleep(self._poll_seconds)

    def _tell(self, reading: Reading) -> None:
        for seat, queues in self._watchers.items():
            after = reading.board(seat)
            found = changes(self._boards.get(seat, {}), after)
            self._boards[seat] = after
            if found is None:
                continue
            event = _event(found)
            for queue in queues:
                if queue.full():
                    while not queue.empty():
                        queue.get_nowait()
                    queue.put_nowait(_event(whole(reading, seat)))
                else:
                    queue.put_nowait(event)


_hubs: dict[int, tuple[asyncio.AbstractEventLoop, Hub]] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    known = _hubs.get(id(loop))
    if known is None or known[0] is not loop:
        known = _hubs[id(loop)] = (loop, Hub())
    return known[1]


async def body(seat: Seat, served: Hub | None = None, life: float = LIFE_SECONDS) -> AsyncIterator[bytes]:
    """The text of one stream: ``event: board`` with rows; comments as heartbeat."""
    await let_go()
    source = (served or hub()).watch(seat)
    ends = asyncio.get_running_loop().time() + life
    try:
        yield b"retry: 5000\n\n"
        async for part in source:
            yield part
            if asyncio.get_running_loop().time() >= ends:
                return
    finally:
        await source.aclose()  # type: ignore[attr-defined]
