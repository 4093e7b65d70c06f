"""The live board: who is where, only on duty, only in reach, always on record; one reader for all."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied

from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import now
from sunra.platform.ledger.errors import LedgerUnavailable
from sunra.platform.ledger.models import Record
from sunra.systems.patrols import live
from sunra.systems.patrols.models import Alarm, AlarmKind, Message, Shift
from sunra.systems.patrols.selectors import live as boards
from sunra.systems.patrols.services import duty as duties
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights
from tests.systems.patrols.duty import Phone, event, night, shift

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]
CELL = [11500, 16800]
NOTHING = boards.Reading(now())


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


@pytest.fixture
def team(agency: Agency) -> Shift:
    """A team that began and was last heard of in a cell, beside one that has not begun."""
    made = shift(night(agency, "가조", "나조"))
    phone = Phone().joined(made)
    duties.take(given=phone.given, events=[event("begin", people=2, cell=CELL)])
    made.refresh_from_db()
    return made


def states(actor: Any) -> dict[str, str]:
    """Each team's state on an actor's board."""
    seat = boards.Seat.of(actor)
    return {row["name"]: row["state"] for row in boards.read(seat=seat).board(seat).values()}


def looks() -> int:
    """Openings of boards in the ledger."""
    return Record.objects.filter(subject="patrols.Presence", act="look", purpose=boards.PURPOSE).count()


def test_a_board_has_teams_on_duty_with_their_cell_and_nobody_else(team: Shift) -> None:
    """The one on patrol has a place, the one that should have begun has none, the one at home is gone."""
    operator = make_actor("control_operator", team.agency)
    assert states(operator) == {"가조": "on", "나조": "waiting"}
    row = boards.read().board(boards.Seat.of(operator))[str(team.pk)]
    assert row["cell"]
    assert row["lon"] is not None
    assert not {"person", "people", "device", "phone"} & set(row)
    Shift.objects.filter(pk=team.pk).update(status="ended")
    assert states(operator) == {"나조": "waiting"}


def test_each_sees_the_own_agencys_teams_and_a_leader_the_own_group_alone(team: Shift) -> None:
    """Another office sees nothing, another group's leader neither; volunteers are refused the board."""
    assert states(make_actor("control_operator", nights.office(nights.NEIGHBOUR))) == {}
    assert states(make_actor("patrol_leader", make_agency("옆 동네", parent=team.agency))) == {}
    assert set(states(make_actor("patrol_leader", team.group))) == {"가조", "나조"}
    with pytest.raises(PermissionDenied):
        boards.open_board(make_actor("volunteer", team.group))


def test_the_board_is_in_the_ledger_before_it_is_read(team: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening it writes a look; its own questions with the ticket do not; without a ledger nothing shows."""
    client = signed_in(make_person("control_operator", team.agency))
    page = client.get("/patrols/live/")
    assert "가조" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert looks() == 1
    words = page.context["words"]
    assert json.loads(client.get(words["now"]).content)["teams"][0]["name"] == "가조"
    assert "다시" not in client.get(words["alarms_part"]).content.decode()
    assert looks() == 1
    other = signed_in(make_person("safety_officer", team.agency))
    assert other.get(words["now"]).status_code == 200
    assert looks() == 2, "another's ticket opens nothing unrecorded"

    def away(**_given: Any) -> None:
        raise LedgerUnavailable

    monkeypatch.setattr(boards, "record", away)
    answer = client.get("/patrols/live/")
    assert answer.status_code == 503
    assert "가조" not in answer.content.decode()


def test_a_late_team_is_asked_and_its_alarm_closed_with_a_note(team: Shift) -> None:
    """The alarm stands first with one thing to press; a leader may ask but not close."""
    alarm = Alarm.objects.create(shift=team, agency=team.agency, kind=AlarmKind.LATE, raised_at=now())
    client = signed_in(make_person("control_operator", team.agency))
    assert "체크인" in client.get("/patrols/live/").content.decode()
    assert states(make_actor("cpo", team.agency))["가조"] == "alarm"
    client.post(f"/patrols/live/{team.pk}/ask/", {"kind": AlarmKind.LATE})
    assert Message.objects.get().shift_id == team.pk
    leader = signed_in(make_person("patrol_leader", team.group))
    assert leader.post(f"/patrols/live/alarms/{alarm.pk}/close/", {"note": "x"}).status_code == 403
    client.post(f"/patrols/live/alarms/{alarm.pk}/close/", {"note": "통화함"})
    alarm.refresh_from_db()
    assert (alarm.note, alarm.closed_at is None) == ("통화함", False)


def test_a_night_gets_a_line_and_its_volunteers_are_called_back(team: Shift) -> None:
    """Both need a night in reach; a CPO may watch but not direct."""
    client = signed_in(make_person("control_operator", team.agency))
    given = {"night": f"{team.district} {team.day}", "text": "비가 옵니다"}
    assert client.post("/patrols/live/say/", given | {"night": "11110 2026-01-01"}).status_code == 400
    assert client.post("/patrols/live/say/", given).status_code == 302
    assert Message.objects.get().shift_id is None
    assert client.post("/patrols/live/recall/", given | {"text": ""}).status_code == 302
    assert states(make_actor("control_operator", team.agency))["가조"] == "recalled"
    cpo = signed_in(make_person("cpo", team.agency))
    assert "<h1>" in cpo.get("/patrols/live/").content.decode()
    assert cpo.post("/patrols/live/say/", given).status_code == 403
    assert cpo.post("/patrols/live/recall/", given).status_code == 403


def test_only_rows_that_changed_travel() -> None:
    """New and other rows, ids that went, nothing when nothing is."""
    before = {"a": {"id": "a", "cell": "1"}, "b": {"id": "b", "cell": "1"}}
    after = {"a": {"id": "a", "cell": "1"}, "c": {"id": "c", "cell": "2"}}
    assert live.changes(before, before) is None
    assert live.changes(before, after) == {"whole": False, "teams": [after["c"]], "gone": ["b"]}


def test_one_reader_serves_all_who_watch() -> None:
    """Twenty streams cost the questions of one; each gets the whole board, then what changed."""
    seat = boards.Seat(walks=False, scope=frozenset())
    readings = iter([NOTHING, boards.Reading(now(), ((None, None, {"id": "a"}),))])  # type: ignore[arg-type]
    seen = boards.Seat(walks=False, scope=frozenset({None}))  # type: ignore[arg-type]
    asked = []

    async def ask() -> boards.Reading:
        asked.append(1)
        return next(readings)

    async def watch() -> list[list[bytes]]:
        served = live.Hub(ask, poll_seconds=0.3)

        async def first_two(one: boards.Seat) -> list[bytes]:
            stream = live.body(one, served)
            found = [await anext(stream) for _part in range(3 if one == seen else 2)]
            await stream.aclose()  # type: ignore[attr-defined]
            return found

        return list(await asyncio.gather(first_two(seat), *(first_two(seen) for _n in range(20))))

    streams = async_to_sync(watch)()
    assert len(asked) == 2
    assert b'"teams":[]' in streams[0][1]
    assert {stream[2] for stream in streams[1:]} == {
        b'event: board\ndata: {"whole":false,"teams":[{"id":"a"}],"gone":[]}\n\n'
    }


def test_the_stream_is_refused_to_whom_the_board_is(team: Shift) -> None:
    """A volunteer's stream ends before its first byte; an operator's opening is in the ledger."""
    assert signed_in(make_person("volunteer", team.group)).get("/patrols/live/stream/").status_code == 403
    answer = signed_in(make_person("control_operator", team.agency)).get("/patrols/live/stream/")
    assert answer["Content-Type"] == "text/event-stream"
    assert looks() == 1
