"""순찰 요청: residents ask for a patrol without an account, and look at what became of it with a code."""

import time
from typing import Any

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import PUBLIC, allow, public
from sunra.platform.accounts.limits import guarded, over_from
from sunra.platform.accounts.lockout import client_ip
from sunra.platform.base.errors import Text, UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.maps import Layer, Map
from sunra.platform.places.models import LegalDong
from sunra.platform.ui.dates import show_slot
from sunra.platform.ui.timeline import TimelineItem
from sunra.systems.risk import hours, screening
from sunra.systems.risk import request_texts as texts
from sunra.systems.risk.models import RequestState
from sunra.systems.risk.selectors import requests as selectors
from sunra.systems.risk.services import requests as services

A_MINUTE, WRONG_CODES = 6, 20
"""Askings, and codes that open nothing, from one address in a minute."""
SOONEST, LONGEST = 3, 12 * 3600
"""Seconds between seeing the page and sending it: no hand is faster, no page stands open longer."""
_SALT = "risk.ask"


class Slots(forms.CheckboxSelectMultiple):
    """Boxes in columns."""

    template_name = "risk/requests_boxes.html"


class AskForm(forms.Form):
    """Where, when, what is the matter; a field that only programs fill, and when the page was seen."""

    cause = forms.ChoiceField(
        label=gettext_lazy("What is the matter?"),
        choices=[("", gettext_lazy("Choose")), *texts.CAUSES.items()],
    )
    lon = forms.FloatField(required=False, min_value=120, max_value=140, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=30, max_value=45, widget=forms.HiddenInput)
    dong = forms.ChoiceField(
        label=gettext_lazy("Legal dong"),
        required=False,
        help_text=gettext_lazy("Not needed when the place is marked on the map or taken from your position."),
    )
    landmark = forms.CharField(
        label=gettext_lazy("Landmark"),
        required=False,
        max_length=80,
        help_text=gettext_lazy(
            "A place all know: the back gate of a school, a bus stop, a crossing. No home, no names."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    slots = forms.MultipleChoiceField(
        label=gettext_lazy("At what time?"),
        choices=[(str(slot), "") for slot in range(hours.SLOTS)],
        widget=Slots,
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("On which days?"),
        choices=[(str(number), name) for number, name in enumerate(texts.DAYS)],
        initial=[str(number) for number in range(hours.DAYS)],
        widget=Slots,
    )
    note = forms.CharField(
        label=gettext_lazy("Anything else about the place"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "What happens there, not who. Names, numbers, homes and descriptions of people are refused."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dong"].choices = [("", gettext_lazy("Choose")), *_dongs()]  # type: ignore[attr-defined]
        self.fields["slots"].choices = [  # type: ignore[attr-defined]
            (str(slot), show_slot(slot)) for slot in range(hours.SLOTS)
        ]

    def clean_landmark(self) -> str:
        """No persons, no homes."""
        return self._screened("landmark")

    def clean_note(self) -> str:
        """No persons, no homes."""
        return self._screened("note")

    def _screened(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        found = screening.codes(text)
        if found:
            raise forms.ValidationError([_refusal(code) for code in found])
        return text

    def wish(self) -> services.Wish:
        """What was asked for."""
        data = self.cleaned_data
        marked = data["lon"] is not None and data["lat"] is not None
        return services.Wish(
            cause=data["cause"],
            slots=tuple(int(one) for one in data["slots"]),
            days=tuple(int(one) for one in data["days"]),
            lon=data["lon"] if marked else None,
            lat=data["lat"] if marked else None,
            dong=data["dong"],
            landmark=data["landmark"],
            note=data["note"],
        )


def _refusal(code: str) -> str:
    message, remedy = texts.REFUSED[code]
    return f"{message} {remedy}"


def _dongs() -> list[tuple[str, list[tuple[str, str]]]]:
    """The 법정동 for which somebody takes requests, by district."""
    names = dict(LegalDong.objects.filter(code__in=selectors.served()).values_list("code", "name"))
    found: dict[str, list[tuple[str, str]]] = {}
    for code in sorted(names):
        found.setdefault(code[:5], []).append((code, names[code]))
    return [(districts().district(code).name, rows) for code, rows in found.items()]


@allow(GET=PUBLIC, POST=PUBLIC)
@guarded("patrol-request-page", "PUBLIC_CALLS")
def ask(request: HttpRequest) -> HttpResponse:
    """The form; what was sent leads to the page of its own code."""
    form = AskForm(request.POST or None) if request.method == "POST" else AskForm()
    status = 200
    if request.method == "POST":
        if over_from("patrol-request", request, A_MINUTE):
            answer = render(request, "429.html", status=429)
            answer["Retry-After"] = "60"
            return answer
        sent = _sent(request, form)
        if sent is not None:
            return redirect("request:status", code=sent.code)
        status = 400
    request.demo = False  # type: ignore[attr-defined]
    context = {
        "form": form,
        "map": _map(),
        "seen": signing.dumps(int(time.time()), salt=_SALT),
        "served": bool(selectors.served()),
    }
    answer = render(request, "risk/requests_ask.html", context, status=status)
    add_never_cache_headers(answer)
    return answer


def _sent(request: HttpRequest, form: AskForm) -> services.Asked | None:
    """The asking, or nothing with the reason in the form."""
    if not form.is_valid():
        return None
    doubt = _doubt(form)
    if doubt:
        form.add_error(None, str(doubt))
        return None
    try:
        return services.ask(wish=form.wish(), address=client_ip(request))
    except UserError as error:
        form.add_error(None, str(error))
        return None


def _doubt(form: AskForm) -> Text:
    """Why this looks like a program or a page left open; empty for a person."""
    if form.cleaned_data["website"]:
        return _("A field was filled that people do not see. Reload the page and try again.")
    try:
        seen = int(signing.loads(form.cleaned_data["seen"], salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return _("The page is not complete. Send it once more; what you typed is still here.")
    passed = time.time() - seen
    if passed < SOONEST:
        return _("That was very fast. Look it over and send it once more.")
    if passed > LONGEST:
        return _("The page stood open for long. Send it once more; what you typed is still here.")
    return ""


def _map() -> Map | None:
    """A small map over all districts served, with landmarks that everybody knows."""
    codes = sorted({dong[:5] for dong in selectors.served()})
    if not codes:
        return None
    edges = [districts().district(code).polygon.bounds for code in codes]
    west, south = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
    east, north = max(edge[2] for edge in edges), max(edge[3] for edge in edges)
    layer = Layer("landmarks", reverse("request:landmarks"), "point", _("Landmarks"), series=6)
    return Map(
        title=_("Mark the place on the map"),
        layers=[layer],
        bounds=(west, south, east, north),
        note=_("Touch the map. Only the square of 100 m is kept, not the exact point."),
    )


@public
@guarded("patrol-request-page", "PUBLIC_CALLS")
def landmarks(_request: HttpRequest) -> HttpResponse:
    """Stations, schools, stops, parks and police offices by name, so that a map can be read."""
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"id": str(number), "label": name, "short": name},
        }
        for number, (name, lon, lat) in enumerate(selectors.landmarks())
    ]
    answer = JsonResponse(
        {"type": "FeatureCollection", "features": features}, json_dumps_params={"ensure_ascii": False}
    )
    answer["Content-Type"] = "application/geo+json"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@public
@guarded("patrol-request-page", "PUBLIC_CALLS")
def place(request: HttpRequest) -> HttpResponse:
    """What a point is called, and the outline of its cell, so that the reader sees what was understood."""
    try:
        lon, lat = float(request.GET["lon"]), float(request.GET["lat"])
        inside = 120 <= lon <= 140 and 30 <= lat <= 45
    except (KeyError, ValueError):
        inside = False
    dong = str(districts().locate(lon, lat)) if inside else ""
    if not dong or selectors.responsible(dong) is None:
        text = f"{texts.NOT_SERVED} {texts.NOT_SERVED_REMEDY}"
        return JsonResponse({"served": False, "text": text}, json_dumps_params={"ensure_ascii": False})
    east, north = (int(one) for one in cells.cell_of(lon, lat))
    name = LegalDong.objects.filter(code=dong).values_list("full_name", flat=True).first() or dong
    text = _("Chosen: %(dong)s, square %(cell)s") % {"dong": name, "cell": cells.format_cell(east, north)}
    ring = [[round(float(x), 6), round(float(y), 6)] for x, y in cells.corners([east], [north])[0]]
    return JsonResponse(
        {"served": True, "text": text, "ring": ring}, json_dumps_params={"ensure_ascii": False}
    )


@public
@guarded("patrol-request-page", "PUBLIC_CALLS")
def find(request: HttpRequest) -> HttpResponse:
    """From a code that was typed to its page."""
    code = "".join(sign for sign in request.GET.get("code", "")[:40] if sign.isalnum() or sign == "-")
    if not code:
        return redirect("request:ask")
    return redirect("request:status", code=code)


@public
@guarded("patrol-request-page", "PUBLIC_CALLS")
def status(request: HttpRequest, code: str) -> HttpResponse:
    """What became of one asking; stops of plans are told once they are over, never before."""
    found = _found(request, code)
    if isinstance(found, HttpResponse):
        return found
    row = found.request
    request.demo = row.demo  # type: ignore[attr-defined]
    context = {
        "code": code.upper(),
        "found": found,
        "state": "closed" if found.asking.withdrawn else row.state,
        "word": _("Withdrawn") if found.asking.withdrawn else texts.STATES[row.state],
        "tag": "plain" if found.asking.withdrawn else texts.STATE_TAGS[row.state],
        "meaning": "" if found.asking.withdrawn else texts.STATE_MEANINGS[row.state],
        "dong": LegalDong.objects.filter(code=row.dong).values_list("full_name", flat=True).first()
        or row.dong,
        "cell": cells.format_cell(row.cell_e, row.cell_n) if row.cell_e is not None and row.cell_n else "",
        "cause": texts.CAUSES.get(found.asking.cause, found.asking.cause),
        "slots": [show_slot(slot) for slot in hours.numbers(found.asking.slots)],
        "days": _days(found.asking.days),
        "timeline": _timeline(found),
        "joined": found.asking.request_id != row.id or row.askers > 1,
    }
    answer = render(request, "risk/requests_status.html", context)
    return _private(answer)


def _found(request: HttpRequest, code: str) -> selectors.Status | HttpResponse:
    try:
        return selectors.status(code)
    except Http404:
        many = over_from("patrol-request-code", request, WRONG_CODES)
        template, number = ("429.html", 429) if many else ("risk/requests_unknown.html", 404)
        return _private(render(request, template, status=number))


def _private(answer: HttpResponse) -> HttpResponse:
    add_never_cache_headers(answer)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _days(held: int) -> str:
    if held == hours.ALL_DAYS:
        return _("Every day")
    return ", ".join(str(texts.DAYS[number]) for number in hours.numbers(held))


def _timeline(found: selectors.Status) -> list[TimelineItem]:
    row, asking = found.request, found.asking
    items = [TimelineItem(asking.created, _("You asked"))]
    if asking.withdrawn:
        return [*items, TimelineItem(asking.withdrawn, _("You took it back"))]
    if row.decided_at and row.state in (RequestState.ACCEPTED, RequestState.DECLINED):
        items.append(TimelineItem(row.decided_at, texts.STATES[row.state], row.answer, who=row.agency.name))
    for visit in reversed(found.visits):
        asked = _asked_for(asking.slots, asking.days, visit)
        text = "" if asked else _("At another time than you asked for.")
        word = (
            _("A team was here on patrol")
            if visit.walked
            else _("A team had a stop here in its confirmed plan")
        )
        items.append(TimelineItem(visit.walked or visit.since, word, text))
    if row.state == RequestState.NEW:
        items.append(TimelineItem(None, _("The officers decide"), state="next"))
    elif row.state == RequestState.ACCEPTED and not found.visits:
        items.append(TimelineItem(None, _("A patrol plan stops here"), state="next"))
    return items


def _asked_for(slots: int, days: int, visit: Any) -> bool:
    local = visit.since.astimezone(SEOUL)
    return bool(slots >> local.hour // 2 & 1 and days >> local.weekday() & 1)


@allow(POST=PUBLIC)
@guarded("patrol-request-page", "PUBLIC_CALLS")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take an asking back with its code."""
    found = _found(request, code)
    if isinstance(found, HttpResponse):
        return found
    services.withdraw(code=code)
    return redirect("request:status", code=code)
