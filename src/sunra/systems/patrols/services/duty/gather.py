"""Reports of many phones in one transaction: what comes within a moment is taken together.

A report costs mostly the questions around it, not its rows; 2,000 phones that report every 15 s need them
asked a few times a second, not 133 times. A phone's answer comes after the commit, as if it were alone.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.systems.patrols.models import Shift, ShiftPass
from sunra.systems.patrols.selectors.duty import lines_of
from sunra.systems.patrols.selectors.phone import ms, news
from sunra.systems.patrols.services.duty.passes import Call, PassRefused, authenticate_all
from sunra.systems.patrols.services.duty.reports import Taken, take_all

WAIT_SECONDS = 0.06
"""How long a report waits for others."""
MOST = 64
"""Reports in one transaction."""
log = logging.getLogger(__name__)

Answer = dict[str, Any] | PassRefused | UserError
Work = Callable[[Sequence[Call]], list[Answer]]


@dataclass(slots=True)
class _Waiting:
    call: Call
    answer: "asyncio.Future[Answer]"


def answer_all(calls: Sequence[Call]) -> list[Answer]:
    """The answer to each call, kept and committed; a call that is refused does not touch the others."""
    answers: list[Answer | None] = [None] * len(calls)
    reports: list[tuple[ShiftPass, Sequence[Any]]] = []
    places: list[int] = []
    for place, (call, given) in enumerate(zip(calls, authenticate_all(calls), strict=True)):
        if isinstance(given, PassRefused):
            answers[place] = given
            continue
        events = _events(call.body)
        if isinstance(events, UserError):
            answers[place] = events
            continue
        reports.append((given, events))
        places.append(place)
    if reports:
        for place, answer in zip(places, _taken(reports), strict=True):
            answers[place] = answer
    return [answer for answer in answers if answer is not None]


def _taken(reports: Sequence[tuple[ShiftPass, Sequence[Any]]]) -> list[Answer]:
    results = take_all(reports)
    rows = Shift.objects.in_bulk([given.shift_id for given, _events in reports])
    lines = lines_of(rows.values())
    return [
        _answer(result, rows[given.shift_id], lines[given.shift_id])
        for (given, _events), result in zip(reports, results, strict=True)
    ]


def _answer(result: Taken | UserError, shift: Shift, lines: list[Any]) -> Answer:
    if isinstance(result, UserError):
        return result
    return {"kept": result.kept, "refused": result.refused, "now": ms(now()), **news(shift, lines)}


def _events(body: bytes) -> list[Any] | UserError:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return UserError("shape", _("The call is not understood."), _("Load the page again."))
    events = found.get("events")
    return events if isinstance(events, list) else []


def _work(calls: Sequence[Call]) -> list[Answer]:
    close_old_connections()
    try:
        return answer_all(calls)
    finally:
        close_old_connections()


class Gatherer:
    """The reports of one event loop; a thread of its own keeps its connection to the database."""

    def __init__(self, work: Work = _work, wait: float = WAIT_SECONDS) -> None:
        self._work, self._wait = work, wait
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reports")

    async def answer(self, call: Call) -> Answer:
        """The answer to one call; raises what went wrong with it."""
        one = _Waiting(call, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await one.answer

    async def _run(self) -> None:
        while self._waiting:
            if len(self._waiting) < MOST:
                await asyncio.sleep(self._wait)
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            await self._together(batch)

    async def _together(self, batch: list[_Waiting]) -> None:
        try:
            answers = await self._do([one.call for one in batch])
        except Exception as error:  # noqa: BLE001 - one that breaks must not cost the others
            if len(batch) == 1:
                _tell(batch[0], error)
                return
            log.warning("%s reports did not go together: %s", len(batch), type(error).__name__)
            for one in batch:
                await self._together([one])
            return
        for one, answer in zip(batch, answers, strict=True):
            _tell(one, answer)

    async def _do(self, calls: list[Call]) -> list[Answer]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, calls)


def _tell(one: _Waiting, answer: Answer | Exception) -> None:
    if one.answer.done():  # the phone hung up
        return
    if isinstance(answer, Exception) and not isinstance(answer, PassRefused | UserError):
        one.answer.set_exception(answer)
    else:
        one.answer.set_result(answer)


_gatherers: dict[int, tuple[asyncio.AbstractEventLoop, Gatherer]] = {}


def gatherer() -> Gatherer:
    """The gatherer of the running event loop."""
    loop = asyncio.get_running_loop()
    known = _gatherers.get(id(loop))
    if known is None or known[0] is not loop:
        known = _gatherers[id(loop)] = (loop, Gatherer())
    return known[1]
