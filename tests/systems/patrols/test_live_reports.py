"""Reports of many phones together: each answered as if it were alone, none lost with another's fault."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from sunra.platform.base.time import now
from sunra.systems.patrols import door
from sunra.systems.patrols.models import FieldEvent, Presence
from sunra.systems.patrols.services import duty as duties
from sunra.systems.patrols.services.duty.gather import Answer, Gatherer, answer_all
from sunra.systems.patrols.services.duty.passes import Call, PassRefused
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.patrols.duty import Phone, event, ms, night

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]


def call(phone: Phone, body: bytes) -> Call:
    """A signed call."""
    found = phone.headers("POST", door.PATH, body, ms(now()))
    token, at, proof = (
        found["Authorization"].removeprefix("Shift "),
        found["X-Sunra-At"],
        found["X-Sunra-Proof"],
    )
    return Call(token, at, proof, "POST", door.PATH, body)


def says(*events: dict[str, Any]) -> bytes:
    """A report's body."""
    return json.dumps({"events": events}).encode()


def walked(cell: int) -> dict[str, Any]:
    """A cell walked for the last 15 seconds."""
    at = ms(now())
    return event("walked", cells=[[cell, 16800, at - 15_000, at]])


def test_reports_that_go_together_are_each_kept_once_and_a_bad_one_costs_the_others_nothing() -> None:
    """Two phones of a team, one of another, a revoked one, nonsense, and one event sent twice."""
    agency = nights.office()
    teams = list(night(agency, "가조", "나조").shifts.all())
    one, two, other, gone = (Phone().joined(teams[n]) for n in (0, 0, 1, 1))
    duties.revoke(actor=make_actor("safety_officer", agency), pass_id=gone.given.pk)
    twice = walked(11500)
    answers = answer_all(
        [
            call(one, says(event("begin", people=2), twice)), call(two, says(walked(11501))),
            call(other, says(walked(11502))), call(gone, says(walked(11503))), call(one, b"[]"),
            call(two, says(twice)),
        ]
    )  # fmt: skip
    kept = [len(answer["kept"]) if isinstance(answer, dict) else answer.code for answer in answers]
    assert kept == [2, 1, 0, "revoked", "shape", 1]
    assert list(answers[2]["refused"].values()) == ["not_begun"]  # type: ignore[index]
    assert FieldEvent.objects.count() == 3
    assert set(Presence.objects.values_list("shift_id", "cell_e")) == {
        (teams[0].pk, 11500), (teams[0].pk, 11501)
    }  # fmt: skip
    teams[0].refresh_from_db()
    assert teams[0].status == "on_patrol"
    assert teams[0].cell_e in {11500, 11501}


def test_what_breaks_together_is_done_one_by_one() -> None:
    """A fault reaches the report that has it; the others are answered; a moment's reports share one turn."""
    turns = []

    def work(calls: Sequence[Call]) -> list[Answer]:
        turns.append(len(calls))
        if any(one.token == "bad" for one in calls):
            raise RuntimeError
        return [{"kept": one.token} for one in calls]

    async def run(*tokens: str) -> list[Any]:
        served = Gatherer(work, wait=0.01)
        calls = [served.answer(Call(token, "", "", "POST", "", b"")) for token in tokens]
        return list(await asyncio.gather(*calls, return_exceptions=True))

    assert async_to_sync(run)("a", "b") == [{"kept": "a"}, {"kept": "b"}]
    assert turns == [2]
    found = async_to_sync(run)("a", "bad", "b")
    assert (found[0], found[2]) == ({"kept": "a"}, {"kept": "b"})
    assert isinstance(found[1], RuntimeError)


@pytest.mark.parametrize(
    ("answer", "path", "status"),
    [({"kept": ["1"]}, door.PATH, 200), (PassRefused("revoked"), door.PATH, 418), ({}, "/duty/", 418)],
)
def test_the_door_answers_what_was_kept_and_hands_on_the_rest_unread(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, path: str, status: int
) -> None:
    """A refusal, and every other address, go to the pages with their whole body."""
    served = Gatherer(lambda calls: [answer for _call in calls], wait=0)
    monkeypatch.setattr(door, "gatherer", lambda: served)
    handed: list[bytes] = []

    async def pages(_scope: Any, receive: Any, send: Any) -> None:
        handed.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 418, "headers": []})

    async def run() -> list[Any]:
        parts = [{"type": "http.request", "body": b"{}", "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            return parts.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"authorization", b"Shift x")]}
        await door.with_door(pages)(scope, receive, send)
        return sent

    sent = async_to_sync(run)()
    assert sent[0]["status"] == status
    assert handed == ([] if status == 200 else [b"{}"])
    if status == 200:
        assert (b"cache-control", b"private, no-store") in sent[0]["headers"]
