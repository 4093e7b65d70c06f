"""News for open pages as server-sent events.

One poll in a process asks for all its listeners at once; what a listener gets is only how many notices
wait, so nothing personal travels. Streams end by themselves after a while (the browser comes back, and is
checked again) and at once when the process is asked to stop: an open stream must not hold up a shutdown.
"""

import asyncio
import json
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from sunra.platform.base.databases import let_go
from sunra.platform.notices import selectors

POLL_SECONDS = 3.0
HEARTBEAT_SECONDS = 20.0
LIFE_SECONDS = 600.0

News = tuple[int, int]
Ask = Callable[[list[int]], Awaitable[dict[int, News]]]


def _ask(persons: list[int]) -> dict[int, News]:
    close_old_connections()
    try:
        return selectors.waiting(persons)
    finally:
        close_old_connections()


class Hub:
    """The listeners of one event loop and the one poll that serves them."""

    def __init__(self, ask: Ask | None = None, poll_seconds: float = POLL_SECONDS) -> None:
        self._ask = ask or sync_to_async(_ask, thread_sensitive=False)
        self._poll_seconds = poll_seconds
        self._listeners: dict[asyncio.Queue[News | None], int] = {}
        self._last: dict[int, News] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        return len(self._listeners)

    async def listen(self, person: int) -> AsyncIterator[News | None]:
        """What waits for ``person``: now and at each change; ``None`` as heartbeat; ends with the process."""
        queue: asyncio.Queue[News | None] = asyncio.Queue()
        self._listeners[queue] = person
        try:
            first = (await self._ask([person])).get(person, (0, 0))
            self._last[person] = first
            yield first
            self._start()
            while not self._stopped:
                try:
                    news = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield None
                    continue
                if news is None:
                    return
                yield news
        finally:
            self._listeners.pop(queue, None)
            if person not in self._listeners.values():
                self._last.pop(person, None)

    def stop(self) -> None:
        """End every stream."""
        self._stopped = True
        for queue in self._listeners:
            queue.put_nowait(None)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._poll())

    async def _poll(self) -> None:
        """Ask for all listeners at once, as long as there are any."""
        while self._listeners and not self._stopped:
            persons = sorted(set(self._listeners.values()))
            with suppress(Exception):  # a database that is away for a moment must not end the streams
                self._tell(persons, await self._ask(persons))
            await asyncio.sleep(self._poll_seconds)

    def _tell(self, persons: list[int], found: dict[int, News]) -> None:
        for person in persons:
            news = found.get(person, (0, 0))
            if self._last.get(person) == news:
                continue
            self._last[person] = news
            for queue, listener in list(self._listeners.items()):
                if listener == person:
                    queue.put_nowait(news)


_hubs: dict[int, tuple[asyncio.AbstractEventLoop, Hub]] = {}


def hub() -> Hub:
    """The hub of the running event loop; the first one sees to it that a signal ends the streams."""
    loop = asyncio.get_running_loop()
    known = _hubs.get(id(loop))
    if known is None or known[0] is not loop:
        if not _hubs:
            _hook_signals()
        known = _hubs[id(loop)] = (loop, Hub())
    return known[1]


def close_all() -> None:
    """End every stream of this process; safe to call from a signal handler or another thread."""
    for loop, served in list(_hubs.values()):
        if not loop.is_closed():
            loop.call_soon_threadsafe(served.stop)


def _hook_signals() -> None:
    """End the streams before the server's own handler runs: it waits for open answers."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if not callable(before):
            continue

        def handle(received: int, frame: FrameType | None, then: Callable[..., Any] = before) -> None:
            close_all()
            then(received, frame)

        signal.signal(number, handle)


async def body(person: int, served: Hub | None = None, life: float = LIFE_SECONDS) -> AsyncIterator[bytes]:
    """The text of one stream: ``event: notice`` with ``{"unread": n}``, comments as heartbeat."""
    await let_go()
    source = (served or hub()).listen(person)
    ends = asyncio.get_running_loop().time() + life
    try:
        yield b"retry: 5000\n\n"
        async for news in source:
            if news is None:
                yield b": still here\n\n"
            else:
                data = json.dumps({"unread": news[0]})
                yield f"id: {news[1]}\nevent: notice\ndata: {data}\n\n".encode()
            if asyncio.get_running_loop().time() >= ends:
                return
    finally:
        await source.aclose()  # type: ignore[attr-defined]
