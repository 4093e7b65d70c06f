"""The phone page: a shell without data that works offline, and the calls it makes with a shift's pass.

No cookie is read here, so no other site can make a phone say anything; each call is signed by the device.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from sunra.platform.accounts import limits
from sunra.platform.accounts.access import PUBLIC, allow, public
from sunra.platform.accounts.api import problem
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.ledger.errors import LedgerUnavailable
from sunra.systems.patrols import phone_words
from sunra.systems.patrols.models import Shift, ShiftPass
from sunra.systems.patrols.selectors.phone import ms, route_of
from sunra.systems.patrols.services import duty
from sunra.systems.patrols.services.duty.gather import answer_all, gatherer
from sunra.systems.patrols.services.duty.passes import SCHEME, Call, PassRefused
from sunra.systems.patrols.services.duty.reports import LARGEST_PHOTO
from sunra.systems.patrols.texts import HAZARDS, REPORT_TO

JOINS = 20
"""Invitations tried from one address in a minute."""
LARGEST_CALL = 256 * 1024
MODULES = (
    "app", "draw", "grid", "help", "join", "keys", "lines", "night", "page", "report", "route", "sender",
    "store", "track",
)  # fmt: skip
"""The page's own modules in static/patrols/phone/."""

Answer = Callable[..., HttpResponse]


def _shell() -> dict[str, Any]:
    modules = [static(f"patrols/phone/{one}.js") for one in MODULES]
    return {
        "words": phone_words.words(), "language": get_language(), "modules": modules, "hazards": HAZARDS,
        "places": REPORT_TO,
    }  # fmt: skip


@public
def shell(request: HttpRequest) -> HttpResponse:
    """The page: no data of anybody, the same for all, so that the phone may keep it."""
    answer = render(request, "patrols/phone/shell.html", _shell())
    answer["Cache-Control"] = "no-cache"
    return answer


@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: keeps the page and its files for a whole shift without a network.

    Its text changes with any of them, so that a phone takes in a new version whole or not at all.
    """
    content = _shell()
    page = render_to_string("patrols/phone/shell.html", content)
    files = [*content["modules"], static("patrols/phone/phone.css"), static("patrols/phone/icon.svg")]
    given = {
        "version": hashlib.sha256(page.encode()).hexdigest()[:16], "files": json.dumps(files),
        "shell": request.path.removesuffix("sw.js"),
    }  # fmt: skip
    answer = render(request, "patrols/phone/sw.js", given, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone needs to install the page."""
    start = request.path.removesuffix("manifest.webmanifest")
    return JsonResponse(
        {
            "name": _("Sunra patrol"), "short_name": _("Patrol"), "start_url": start, "scope": start,
            "display": "standalone", "lang": get_language(), "background_color": "#0d2a5c",
            "theme_color": "#0d2a5c",
            "icons": [
                {"src": static("patrols/phone/icon.svg"), "sizes": "any", "type": "image/svg+xml",
                 "purpose": "any maskable"}
            ],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


def carried(view: Answer) -> Answer:
    """Let in a call with a valid pass, given to the view as ``given``; 401 with the reason otherwise."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            (given,) = duty.authenticate_all([_call(request)])
            if isinstance(given, PassRefused):
                return _refused(request, given)
            return view(request, *args, given=given, **kwargs)
        except UserError as error:
            return problem(413, error.code) if error.code == "too_large" else _unusable(error)

    return checked


def _call(request: HttpRequest) -> Call:
    """The call as it was signed; raises ``UserError`` when it is too large or not to be understood."""
    header, length = request.headers.get("Authorization", ""), request.headers.get("Content-Length") or "0"
    if not length.isdecimal():
        raise UserError("shape", _("The call is not understood."), _("Load the page again."))
    if int(length) > max(LARGEST_CALL, LARGEST_PHOTO):
        raise UserError("too_large", _("The call is too large."), _("Send less at once."))
    return Call(
        token=header[len(SCHEME) :] if header.lower().startswith(SCHEME) else "",
        at_ms=request.headers.get("X-Sunra-At", ""), proof=request.headers.get("X-Sunra-Proof", ""),
        method=request.method or "", path=request.path, body=request.body,
    )  # fmt: skip


def _refused(request: HttpRequest, refused: PassRefused) -> HttpResponse:
    flood = limits.over_from("bad-pass", request, limits.BAD_KEYS)
    return limits.too_many() if flood else problem(401, refused.code, now=ms(now()))


def _unusable(error: UserError) -> HttpResponse:
    return problem(400, error.code, str(error.message), remedy=str(error.remedy))


def _object(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise UserError("shape", _("The call is not understood."), _("Load the page again.")) from error
    if not isinstance(found, dict):
        raise UserError("shape", _("The call is not understood."), _("Load the page again."))
    return found


@csrf_exempt
@allow(POST=PUBLIC)
def passes(request: HttpRequest) -> HttpResponse:
    """An invitation's code, its PIN and the device's key for a pass."""
    if limits.over_from("shift-join", request, JOINS):
        return limits.too_many()
    try:
        asked = _object(request)
        code, pin, key, device = (str(asked.get(name, "")) for name in ("code", "pin", "key", "device"))
        joined = duty.join(code=code, pin=pin, device_key=key, device=device)
    except UserError as error:
        return _unusable(error)
    except LedgerUnavailable as error:
        return problem(503, error.code, str(error.message), remedy=str(error.remedy))
    shift_row = joined.given.shift
    return _private(
        {
            "token": joined.token, "pass": str(joined.given.pk), "expires": ms(joined.given.expires),
            "now": ms(now()), **route_of(shift_row),
        }
    )  # fmt: skip


@csrf_exempt
@allow(GET=PUBLIC)
@carried
def shift(_request: HttpRequest, *, given: ShiftPass) -> HttpResponse:
    """The route of the pass's own shift."""
    row = Shift.objects.select_related("plan", "plan_team").get(pk=given.shift_id)
    return _private({"now": ms(now()), **route_of(row)})


@csrf_exempt
@allow(POST=PUBLIC)
async def events(request: HttpRequest) -> HttpResponse:
    """What the phone says; the answer tells what was kept and what is new. Phones' reports go together."""
    try:
        call = _call(request)
    except UserError as error:
        return _unusable(error) if error.code != "too_large" else problem(413, "too_large")
    if isinstance(request, ASGIRequest):
        answer = await gatherer().answer(call)
    else:
        (answer,) = await sync_to_async(answer_all)([call])
    if isinstance(answer, PassRefused):
        return await sync_to_async(_refused)(request, answer)
    return _unusable(answer) if isinstance(answer, UserError) else _private(answer)


@csrf_exempt
@allow(POST=PUBLIC)
@carried
def photo(request: HttpRequest, event_id: UUID, *, given: ShiftPass) -> HttpResponse:
    """The photo of a hazard, blurred and stripped on the device."""
    duty.keep_photo(given=given, event_id=event_id, content=request.body)
    return _private({"kept": [str(event_id)], "now": ms(now())})


def _private(content: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    answer["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", answer)
