"""The stream of news: one question for all listeners, an end when the process ends, nothing personal."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sunra.platform.notices import pages, selectors, services, stream
from sunra.platform.notices.stream import Hub, News, body
from tests.platform.accounts.people import make_person, signed_in


class Table:
    """Stands in for the database: who has how many notices waiting, and how often that was asked."""

    def __init__(self) -> None:
        self.waiting: dict[int, News] = {}
        self.asked: list[list[int]] = []
        self.broken = False

    async def __call__(self, persons: list[int]) -> dict[int, News]:
        self.asked.append(persons)
        if self.broken:
            raise OSError
        return {person: self.waiting[person] for person in persons if person in self.waiting}


async def take(source: AsyncIterator[Any], count: int) -> list[Any]:
    """The next ``count`` items, within two seconds."""
    return [await asyncio.wait_for(anext(source), 2) for _ in range(count)]


def test_a_listener_hears_what_waits_and_each_change() -> None:
    """If this fails, the figure in the page is stale."""

    async def run() -> list[Any]:
        table = Table()
        table.waiting[1] = (2, 7)
        source = Hub(table, 0.01).listen(1)
        first = await take(source, 1)
        later = asyncio.ensure_future(anext(source))
        await asyncio.sleep(0.05)
        table.waiting[1] = (3, 8)
        return [*first, await asyncio.wait_for(later, 2)]

    assert asyncio.run(run()) == [(2, 7), (3, 8)]


def test_everyone_hears_their_own_and_one_question_serves_all() -> None:
    """If this fails, a person hears another's figure, or each open page asks the database for itself."""

    async def run() -> tuple[list[Any], Table]:
        table = Table()
        table.waiting = {1: (1, 1), 2: (5, 9)}
        hub = Hub(table, 0.01)
        sources = [hub.listen(1), hub.listen(1), hub.listen(2)]
        firsts = [(await take(source, 1))[0] for source in sources]
        waits = [asyncio.ensure_future(anext(source)) for source in sources]
        await asyncio.sleep(0.05)
        table.asked.clear()
        table.waiting = {1: (0, 0), 2: (6, 10)}
        return firsts + [await asyncio.wait_for(wait, 2) for wait in waits], table

    heard, table = asyncio.run(run())
    assert heard == [(1, 1), (1, 1), (5, 9), (0, 0), (0, 0), (6, 10)]
    assert set(map(tuple, table.asked)) == {(1, 2)}


def test_a_database_that_is_away_does_not_end_the_streams() -> None:
    """If this fails, a short outage cuts every page off."""

    async def run() -> list[Any]:
        table = Table()
        source = Hub(table, 0.01).listen(1)
        await take(source, 1)
        wait = asyncio.ensure_future(anext(source))
        table.broken = True
        await asyncio.sleep(0.05)
        table.broken, table.waiting = False, {1: (4, 4)}
        return [await asyncio.wait_for(wait, 2)]

    assert asyncio.run(run()) == [(4, 4)]


def test_a_silent_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a proxy takes a quiet stream for a dead one."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.02)

    async def run() -> list[bytes]:
        source = body(1, Hub(Table(), 10))
        return await take(source, 3)

    assert asyncio.run(run())[2] == b": still here\n\n"


def test_the_text_holds_a_figure_and_nothing_else() -> None:
    """If this fails, the stream carries what the notice says."""

    async def run() -> list[bytes]:
        table = Table()
        table.waiting[1] = (2, 7)
        return await take(body(1, Hub(table, 10)), 2)

    retry, event = asyncio.run(run())
    assert retry == b"retry: 5000\n\n"
    lines = event.decode().strip().split("\n")
    assert lines[:2] == ["id: 7", "event: notice"]
    assert json.loads(lines[2].removeprefix("data: ")) == {"unread": 2}


def test_a_stream_ends_with_the_process_and_leaves_nothing_behind() -> None:
    """If this fails, open pages hold up a shutdown."""

    async def run() -> tuple[list[bytes], int]:
        hub = Hub(Table(), 0.01)
        source = body(1, hub)
        got = await take(source, 2)
        asyncio.get_running_loop().call_later(0.02, hub.stop)
        got += [chunk async for chunk in source]
        return got, hub.listeners

    got, left = asyncio.run(run())
    assert (len(got), left) == (2, 0)


def test_a_stream_ends_by_itself_after_its_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a session that was revoked keeps listening for ever."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.01)

    async def run() -> int:
        return len([chunk async for chunk in body(1, Hub(Table(), 10), life=0.03)])

    assert 2 <= asyncio.run(run()) < 20


def test_a_signal_ends_the_streams_and_reaches_the_server_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, SIGTERM waits for every open page, or the server never hears of it."""
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    other = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(stream, "_hubs", {})

    async def run() -> list[bytes]:
        source = body(1)
        monkeypatch.setattr(stream.hub(), "_ask", Table())
        got = await take(source, 2)
        assert stream.hub() is stream.hub()
        asyncio.get_running_loop().call_later(0.02, signal.raise_signal, signal.SIGTERM)
        return got + [chunk async for chunk in source]

    try:
        assert len(asyncio.run(run())) == 2
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, other)
    assert heard == [signal.SIGTERM]
    stream.close_all()


@pytest.mark.django_db(databases=["default", "ledger"])
def test_the_page_opens_a_stream_of_the_readers_own() -> None:
    """If this fails, the browser cannot listen, or a proxy keeps the news back."""
    person = make_person("volunteer")
    services.notify(kind="x", text="x", persons=[person], email=False)
    assert selectors.waiting([person.pk, 0]) == {person.pk: (1, person.notices.get().pk)}
    answer = signed_in(person).get("/notices/stream/")
    assert answer["Content-Type"] == "text/event-stream"
    assert (answer["Cache-Control"], answer["X-Accel-Buffering"]) == ("no-store", "no")
    assert answer.is_async  # type: ignore[attr-defined]
    assert pages.news
