"""The pages of the frame itself: language and brightness, and what stands when something fails."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language

from sunra.platform.base.access import PUBLIC, allow
from sunra.platform.ui.context import THEMES

YEAR = 365 * 24 * 3600


@allow(POST=PUBLIC)
def preference(request: HttpRequest) -> HttpResponse:
    """Keep the language or the brightness in a cookie and go back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    answer = HttpResponseRedirect(target)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        _keep(answer, request, settings.LANGUAGE_COOKIE_NAME, language)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        _keep(answer, request, "theme", theme)
    elif theme == "auto":
        answer.delete_cookie("theme", samesite="Lax")
    return answer


def _keep(answer: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())


def _failed(request: HttpRequest, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    return render(request, f"{status}.html", context or {}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """``handler400``."""
    return _failed(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """``handler403``; says nothing of what was refused."""
    return _failed(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """``handler404``; the same for what does not exist and what another agency owns."""
    return _failed(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: the full page, or without a database the bare one."""
    try:
        return _failed(request, 500)
    except Exception:  # noqa: BLE001 - the error page must stand whatever broke
        return HttpResponse(render_to_string("500_bare.html"), status=500)


def unavailable(request: HttpRequest, message: object = "", remedy: object = "") -> HttpResponse:
    """503, for what cannot be done right now (the ledger cannot be written)."""
    return _failed(request, 503, {"message": message, "remedy": remedy})
