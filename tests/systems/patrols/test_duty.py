"""What phones say is kept once, in any order; the room is told; tracks are forgotten."""

import datetime as dt
import io
import itertools
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import now
from sunra.platform.events.models import Event
from sunra.platform.files.services import opened
from sunra.systems.patrols.models import (
    Alarm,
    AlarmKind,
    FieldEvent,
    Hazard,
    Message,
    Plan,
    Presence,
    Shift,
    ShiftStatus,
    WalkedCell,
)
from sunra.systems.patrols.selectors import stops_by_night
from sunra.systems.patrols.services import duty as duties
from sunra.systems.patrols.services.duty.effects import VISITED
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.patrols.duty import Phone, event, ms, night, refused, shift

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


@pytest.fixture
def phone(agency: Agency) -> Phone:
    """A phone on a shift that began an hour ago."""
    return Phone().joined(shift(night(agency)))


def said(phone: Phone, *events: dict[str, Any]) -> duties.Taken:
    """Events kept."""
    return duties.take(given=phone.given, events=list(events))


def begin(at: dt.datetime | None = None, people: int = 2) -> dict[str, Any]:
    """A pair sets out."""
    return event("begin", at=at, people=people, track=True)


def cell_of(row: Shift, order: int = 0) -> list[int]:
    """A stop's cell."""
    assert row.plan_team is not None
    stop = row.plan_team.stops.get(order=order)
    return [stop.cell_e, stop.cell_n]


def test_a_confirmed_plan_opens_a_shift_for_each_team_and_keeps_it_when_planned_again(agency: Agency) -> None:
    """The same team keeps its shift under the next plan; a team that is left out is cancelled."""
    first = night(agency, "가조", "나조")
    kept = {row.name: row.pk for row in Shift.objects.filter(plan=first)}
    second = night(agency, "가조")
    assert Shift.objects.get(plan=second).pk == kept["가조"]
    assert Shift.objects.get(pk=kept["나조"]).status == ShiftStatus.CANCELLED


def test_one_person_alone_is_not_let_out(phone: Phone) -> None:
    """Volunteers go in pairs: a beginning with one person is refused."""
    assert list(said(phone, begin(people=1)).refused.values()) == ["alone"]
    assert phone.given.shift.status == ShiftStatus.PLANNED


def test_an_event_sent_twice_is_kept_once(phone: Phone) -> None:
    """The second sending is answered as kept and changes nothing, effects included."""
    row = phone.given.shift
    stop = row.plan_team.stops.get(order=1)  # type: ignore[union-attr]
    events = [begin(), event("check_in", cell=[stop.cell_e, stop.cell_n], stop=stop.pk, method="position")]
    first, second = said(phone, *events), said(phone, *events)
    assert first.kept == second.kept == tuple(one["id"] for one in events)
    assert FieldEvent.objects.count() == 2
    assert Event.objects.filter(type=VISITED).count() == 1
    kept = FieldEvent.objects.get(kind="check_in")
    assert (kept.stop_id, kept.data["verified"]) == (stop.pk, True)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(5)), cut=st.integers(1, 4))
def test_the_order_of_arrival_changes_nothing(order: list[int], cut: int) -> None:
    """Whatever order and in how many calls events arrive, the shift ends the same."""
    row = shift(night(nights.office()))
    phone, start = Phone().joined(row), now() - 50 * MINUTE
    events = [
        begin(start), begin(start + MINUTE, 4), event("call112", at=start + 9 * MINUTE),
        event("end", at=start + 30 * MINUTE), event("end", at=start + 40 * MINUTE),
    ]  # fmt: skip
    arranged = [events[n] for n in order]
    for part in (arranged[:cut], arranged[cut:], arranged[:2]):
        said(phone, *part)
    row.refresh_from_db()
    assert row.status == ShiftStatus.ENDED
    assert (ms(row.begun_at), ms(row.ended_at)) == (ms(start), ms(start + 40 * MINUTE))  # type: ignore[arg-type]
    assert Alarm.objects.filter(shift=row).count() == 1


BAD = {
    "kind": {"kind": "score"},
    "time": {"at": ms(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))},
    "place": {"cell": [1, 1]},
    "shape": {"data": [1]},
}


@pytest.mark.parametrize("code", BAD)
def test_an_event_that_is_no_event_is_refused_by_itself(phone: Phone, code: str) -> None:
    """A bad event gets its code; the good one beside it is kept."""
    bad = event("check_in", method="hand") | BAD[code]
    taken = said(phone, bad, good := begin())
    assert taken.refused == {bad["id"]: code}
    assert taken.kept == (good["id"],)


def test_too_much_at_once_and_no_id_are_refused_whole(phone: Phone) -> None:
    """A call is bounded; an event without an id cannot be kept once."""
    with refused("too_many"):
        said(phone, *[begin()] * 101)
    with refused("shape"):
        said(phone, {"kind": "begin"})


def test_a_stolen_id_belongs_to_its_first_shift(agency: Agency, phone: Phone) -> None:
    """An id of another shift's event is refused and shows nothing of it."""
    other = Phone().joined(shift(night(nights.office(nights.NEIGHBOUR))))
    said(phone, taken := begin())
    assert said(other, taken).refused == {taken["id"]: "taken"}


def test_nobody_is_tracked_before_the_patrol_begins(phone: Phone) -> None:
    """A track without a beginning is refused; after it, it is kept as cells."""
    start = now() - 20 * MINUTE
    cells = [[11_410, 16_800, ms(start), ms(start + 5 * MINUTE)]]
    assert list(said(phone, event("walked", cells=cells)).refused.values()) == ["not_begun"]
    said(phone, begin(start), event("walked", cells=cells))
    row = Shift.objects.get(pk=phone.given.shift_id)
    assert (row.cell_e, row.cell_n) == (11_410, 16_800)
    assert FieldEvent.objects.get(kind="walked").data == {"cells": 1, "minutes": 5.0}


def test_where_a_team_is_is_forgotten_when_it_ends(phone: Phone) -> None:
    """The end of a shift takes the team off the map."""
    said(phone, begin(), event("check_in", cell=cell_of(phone.given.shift), method="hand"))
    said(phone, event("end"))
    row = phone.given.shift
    assert (row.status, row.cell_e, row.cell_n) == (ShiftStatus.ENDED, None, None)


def test_old_tracks_become_sums_and_are_deleted(agency: Agency, phone: Phone) -> None:
    """After the agency's days only minutes by cell of all teams remain."""
    start = now() - 20 * MINUTE
    walks = [[11_410, 16_800, ms(start), ms(start + 5 * MINUTE)], [11_411, 16_800, ms(start), ms(start)]]
    said(phone, begin(start), event("walked", cells=walks))
    assert duties.forget_tracks(now() + dt.timedelta(days=6)) == 0
    assert duties.forget_tracks(now() + dt.timedelta(days=8)) == 2
    assert not Presence.objects.exists()
    kept = WalkedCell.objects.get(agency=agency, cell_e=11_410)
    assert (kept.minutes, kept.passes) == (pytest.approx(5), 1)


def test_a_missed_check_in_raises_one_alarm_and_its_arrival_closes_it(phone: Phone) -> None:
    """The server's timer raises it once; what arrives late closes it."""
    row = phone.given.shift
    said(phone, begin(row.starts))
    late = row.starts + 30 * MINUTE
    assert (duties.watch(late), duties.watch(late + MINUTE)) == (1, 0)
    said(phone, event("check_in", at=row.starts + 12 * MINUTE, cell=cell_of(row), method="position"))
    assert Alarm.objects.get().closed_at is not None
    assert duties.watch(late + 2 * MINUTE) == 0


def test_a_team_that_never_reports_its_end_raises_an_alarm(phone: Phone) -> None:
    """Half an hour after the shift the room is told."""
    row = phone.given.shift
    said(phone, begin(row.starts))
    duties.watch(row.ends + 31 * MINUTE)
    assert list(Alarm.objects.values_list("kind", flat=True)) == [AlarmKind.NO_END]


def test_a_closed_alarm_stays_closed(agency: Agency, phone: Phone) -> None:
    """What a person closed is not raised again for the same stop."""
    row = phone.given.shift
    said(phone, begin(row.starts))
    duties.watch(row.starts + 30 * MINUTE)
    actor = make_actor("control_operator", agency)
    alarm = duties.see_alarm(actor=actor, alarm_id=Alarm.objects.get().pk)
    duties.close_alarm(actor=actor, alarm_id=alarm.pk, note="통화함")
    assert duties.watch(row.starts + 32 * MINUTE) == 0


def test_volunteers_are_recalled_and_police_crews_are_not(agency: Agency) -> None:
    """An alert of active violence calls volunteers back; they see it as a line, a car without a group not."""
    plan = night(agency, "가조", "순찰차")
    Shift.objects.filter(name="순찰차").update(kind="car", organisation=None)
    actor = make_actor("control_operator", agency)
    assert duties.recall(actor=actor, district=plan.district, day=plan.day) == 1
    assert Shift.objects.get(name="가조").recalled_at is not None
    assert Message.objects.get().recall


def jpeg(**extra: Any) -> bytes:
    """A small photo with the data a camera writes into it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG", exif=exif, **extra)
    return out.getvalue()


def test_a_photo_is_drawn_anew_and_kept_once(phone: Phone) -> None:
    """Nothing of the camera's data remains; sending it twice keeps one file."""
    said(phone, begin(), report := event("hazard", kind="lamp", to="120", note="꺼진 등"))
    first = duties.keep_photo(given=phone.given, event_id=uuid.UUID(report["id"]), content=jpeg())
    again = duties.keep_photo(given=phone.given, event_id=uuid.UUID(report["id"]), content=jpeg())
    assert first.pk == again.pk
    kept = opened(actor=make_actor("safety_officer", first.agency), file=first, purpose="test").read_bytes()
    assert b"where I live" in jpeg()
    assert b"where I live" not in kept
    assert Hazard.objects.get().photo_id == first.pk


@pytest.mark.parametrize("content", [b"", b"GIF89a", jpeg()[:60]])
def test_what_is_no_photo_is_refused(phone: Phone, content: bytes) -> None:
    """Empty, another type, cut off."""
    said(phone, begin(), report := event("hazard", kind="lamp", to="120"))
    with refused("file_type"):
        duties.keep_photo(given=phone.given, event_id=uuid.UUID(report["id"]), content=content)


def test_a_photo_without_its_report_is_refused(phone: Phone) -> None:
    """Another shift's report, or none, takes no photo."""
    with refused("no_hazard"):
        duties.keep_photo(given=phone.given, event_id=uuid.uuid4(), content=jpeg())


REFUSED = {
    "invite": lambda actor, row: duties.invite(actor=actor, shift_id=row.pk),
    "say": lambda actor, row: duties.say(actor=actor, text="가", shift_id=row.pk),
    "say_all": lambda actor, row: duties.say(actor=actor, text="가", district=row.district, day=row.day),
    "recall": lambda actor, row: duties.recall(actor=actor, district=row.district, day=row.day),
    "revoke": lambda actor, row: duties.revoke(actor=actor, pass_id=row.passes.get().pk),
    "see": lambda actor, row: duties.see_alarm(actor=actor, alarm_id=row.alarms.get().pk),
    "close": lambda actor, row: duties.close_alarm(actor=actor, alarm_id=row.alarms.get().pk, note=""),
    "hazard": lambda actor, row: duties.close_hazard(
        actor=actor, hazard_id=row.hazards.get().pk, outcome="고침"
    ),
    "rules": lambda actor, row: duties.set_rules(
        actor=actor, late_minutes=10, end_minutes=20, track_days=3
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_who_may_not_is_refused_and_another_agency_finds_nothing(phone: Phone, name: str) -> None:
    """An analyst is refused everything; the same role of another agency gets 404, or only its own."""
    row = phone.given.shift
    said(phone, begin(), event("hazard", kind="lamp", to="120"), event("call112"))
    with pytest.raises(PermissionDenied):
        REFUSED[name](make_actor("analyst", row.agency), row)
    if name in ("say_all", "recall", "rules"):
        return
    with pytest.raises(Http404):
        REFUSED[name](make_actor("safety_officer", nights.office(nights.NEIGHBOUR)), row)


def test_those_who_lead_the_room_may(phone: Phone) -> None:
    """The same calls succeed for the agency's own safety officer; what they wrote is there."""
    row = phone.given.shift
    said(phone, begin(), event("hazard", kind="lamp", to="120"), event("call112"))
    actor = make_actor("safety_officer", row.agency)
    for name in itertools.filterfalse(lambda one: one == "revoke", REFUSED):
        REFUSED[name](actor, row)
    REFUSED["revoke"](actor, row)
    assert phone.given.revoked_at is not None
    assert Hazard.objects.get().outcome == "고침"
    assert Message.objects.filter(shift=None, recall=True).count() == 1


def test_a_night_with_phones_counts_what_was_walked(agency: Agency, phone: Phone) -> None:
    """Stops nobody checked in at looked after nothing; a night without a phone counts as planned."""
    row = phone.given.shift
    later = Plan.objects.get(pk=row.plan_id)
    later.day += dt.timedelta(days=1)
    actor = make_actor("safety_officer", agency)
    assert len(stops_by_night(actor, later, 7)[row.day]) == 4
    said(phone, begin(), event("check_in", cell=cell_of(row), method="hand"))
    assert stops_by_night(actor, later, 7)[row.day] == {tuple(cell_of(row))}
