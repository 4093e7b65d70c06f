"""하기 › 순찰 현황: which team is where, who is late, and the one thing to do about it."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.maps.component import Layer, Map
from sunra.platform.ui import chips
from sunra.systems.patrols import live as stream_of
from sunra.systems.patrols.rules import DIRECT, LEAD, VIEW_LIVE
from sunra.systems.patrols.selectors import duty as nights
from sunra.systems.patrols.selectors import live as boards
from sunra.systems.patrols.services import duty
from sunra.systems.patrols.texts import ALARMS, ASKS, BOARD, KINDS

_TONES = {boards.ON: "now", boards.WAITING: "warn", boards.RECALLED: "warn", boards.ALARM: "failed"}
_MARGIN = 0.004  # degrees, about 400 m


class AllForm(forms.Form):
    """One line to every team of a night."""

    night = forms.ChoiceField(label=gettext_lazy("Night"))
    text = forms.CharField(
        label=gettext_lazy("Message to all teams"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self, data: QueryDict | None, choices: list[tuple[str, str]], *, recall: bool = False
    ) -> None:
        # Both forms stand on one page: each has ids of its own.
        super().__init__(data, auto_id="recall_%s" if recall else "all_%s")
        self.fields["night"].choices = choices  # type: ignore[attr-defined]
        if recall:
            self.fields["text"].required = False
            self.fields["text"].label = _("What volunteers read")


@allow(VIEW_LIVE)
def board(request: HttpRequest) -> HttpResponse:
    """The board; its opening is in the ledger before anything is read. ``part=alarms``: that part alone."""
    actor = actor_of(request)
    shown = request.GET.get("ticket", "")
    seat = boards.seat_again(actor, shown) if shown else boards.open_board(actor)
    context = _alarm_part(actor)
    if request.GET.get("part") == "alarms":
        return _private(render(request, "patrols/live/alarms.html", context))
    return _page(request, actor, seat, context)


def _page(
    request: HttpRequest, actor: Actor, seat: boards.Seat, context: dict[str, Any], **more: Any
) -> HttpResponse:
    teams = boards.read(seat=seat).board(seat)
    request.demo = any(row["demo"] for row in teams.values())  # type: ignore[attr-defined]
    mark = boards.ticket(actor)
    open_nights = _nights(actor)
    directs = actor.may(DIRECT) and bool(open_nights)
    context |= {
        "rows": [_shown(row) for row in teams.values()],
        "words": {
            "kinds": _plain(KINDS), "alarms": _plain(ALARMS), "states": _plain(BOARD), "tones": _TONES,
            "nothing": _("not yet"), "lost": _("The connection is lost. What stands here may be old."),
            "live": _("Live"), "alarm": _("There is a new alarm. Send or empty what you write to see it."),
            "stream": f"{reverse('patrols:live_stream')}?ticket={mark}",
            "now": f"{reverse('patrols:live_now')}?ticket={mark}",
            "alarms_part": f"{reverse('patrols:live')}?part=alarms&ticket={mark}",
        },
        "map": Map(
            title=_("Teams on duty"), bounds=_bounds(teams), table_id="live-teams", name="live",
            layers=[Layer("teams", f"{reverse('patrols:live_places')}?ticket={mark}", "point",
                          gettext_lazy("Teams"))],
            note=_("A mark stands for a square of 100 m, not for a person."),
        ),
        "all_form": AllForm(None, open_nights) if directs else None,
        "recall_form": AllForm(None, open_nights, recall=True) if directs else None,
    } | more  # fmt: skip
    bad = any(form is not None and form.errors for form in more.values())
    return _private(render(request, "patrols/live/board.html", context, status=400 if bad else 200))


def _alarm_part(actor: Actor) -> dict[str, Any]:
    directs = actor.may(DIRECT)
    found = boards.board_alarms(actor)
    return {
        "alarms": [(one, ALARMS[one.kind], ASKS[one.kind]) for one in found],
        "may_direct": directs, "may_lead": actor.may(LEAD), "may_run": actor.may("journeys.run_tonight"),
    }  # fmt: skip


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    state = chips.tag(_TONES[row["state"]], BOARD[row["state"]])
    return row | {
        "state": state,
        "kind": KINDS[row["kind"]],
        "alarms": [ALARMS[one] for one in row["alarms"]],
    }


def _plain(words: dict[str, Any]) -> dict[str, str]:
    return {key: str(word) for key, word in words.items()}


def _bounds(teams: dict[str, dict[str, Any]]) -> tuple[float, float, float, float] | None:
    places = [(row["lon"], row["lat"]) for row in teams.values() if row["lon"] is not None]
    if not places:
        return None
    lons, lats = zip(*places, strict=True)
    return min(lons) - _MARGIN, min(lats) - _MARGIN, max(lons) + _MARGIN, max(lats) + _MARGIN


def _nights(actor: Actor) -> list[tuple[str, str]]:
    return [
        (f"{code} {day}", f"{districts().district(code).name} {day}")
        for code, day in nights.open_nights(actor)
    ]  # fmt: skip


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer


@allow(VIEW_LIVE)
def now(request: HttpRequest) -> HttpResponse:
    """The board as JSON, for browsers whose stream does not come through."""
    seat = boards.seat_again(actor_of(request), request.GET.get("ticket", ""))
    return _private(JsonResponse(stream_of.whole(boards.read(seat=seat), seat)))


@allow(VIEW_LIVE)
def places(request: HttpRequest) -> HttpResponse:
    """The teams' squares for the map."""
    seat = boards.seat_again(actor_of(request), request.GET.get("ticket", ""))
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {
                "id": row["id"], "label": f"{row['name']} · {row['cell']}",
                "series": 2 if row["state"] == boards.ALARM else 1,
            },
        }
        for row in boards.read(seat=seat).board(seat).values()
        if row["lon"] is not None
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return _private(HttpResponse(text, content_type="application/geo+json"))


@allow(GET=VIEW_LIVE)
async def stream(request: HttpRequest) -> StreamingHttpResponse:
    """What changes on the board, as server-sent events."""
    seat = await sync_to_async(boards.seat_again)(actor_of(request), request.GET.get("ticket", ""))
    answer = StreamingHttpResponse(stream_of.body(seat), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    answer["Content-Encoding"] = "identity"  # a compressor would hold events back
    return answer


@allow(POST=LEAD)
def ask(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Send a team the line that its alarm asks for."""
    kind = request.POST.get("kind", "")
    try:
        duty.say(actor=actor_of(request), shift_id=shift_id, text=str(ASKS.get(kind, ASKS["late_check_in"])))
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The message goes to the team's phones."))
    return redirect("patrols:live")


@allow(POST=DIRECT)
def close(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Close an alarm with a word on what was found."""
    duty.close_alarm(actor=actor_of(request), alarm_id=alarm_id, note=request.POST.get("note", ""))
    messages.success(request, _("The alarm is closed."))
    return redirect("patrols:live")


@allow(POST=DIRECT)
def say(request: HttpRequest) -> HttpResponse:
    """A line to every team of a night."""
    actor = actor_of(request)
    form = AllForm(request.POST, _nights(actor))
    if not form.is_valid():
        return _page(request, actor, boards.open_board(actor), _alarm_part(actor), all_form=form)
    district, day = _night_of(form)
    duty.say(actor=actor, text=form.cleaned_data["text"], district=district, day=day)
    messages.success(request, _("The message goes to all teams of the night."))
    return redirect("patrols:live")


@allow(POST=DIRECT)
def recall(request: HttpRequest) -> HttpResponse:
    """Call the volunteers of a night back, on an alert of active violence."""
    actor = actor_of(request)
    form = AllForm(request.POST, _nights(actor), recall=True)
    if not form.is_valid():
        return _page(request, actor, boards.open_board(actor), _alarm_part(actor), recall_form=form)
    district, day = _night_of(form)
    count = duty.recall(actor=actor, district=district, day=day, text=form.cleaned_data["text"])
    said = ngettext("Called back: %(count)d team.", "Called back: %(count)d teams.", count)
    messages.success(request, said % {"count": count})
    return redirect("patrols:live")


def _night_of(form: AllForm) -> tuple[str, dt.date]:
    district, _space, day = form.cleaned_data["night"].partition(" ")
    return district, dt.date.fromisoformat(day)
