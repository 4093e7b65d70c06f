"""Deny by default: gives each request its actor and refuses what is not declared or not held."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views.defaults import permission_denied

from sunra.platform.accounts import limits, quotas
from sunra.platform.accounts.api import problem
from sunra.platform.accounts.declared import access_for, is_api
from sunra.platform.accounts.denials import write_denial
from sunra.platform.accounts.factors import must_set_up
from sunra.platform.accounts.keys import machine_actor
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.base.access import PUBLIC, Access, Denied, Refused, holds
from sunra.platform.base.actor import ANONYMOUS, Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.ledger.errors import LedgerUnavailable

MEMBERSHIP_KEY = "sunra_membership"
_BEARER = "bearer "
_SPENT = "sunra_spent"


class AccessMiddleware(MiddlewareMixin):
    """Names the actor, checks every view against what it declares, and writes each denial to the ledger."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Put ``actor`` on the request; a key that opens nothing is answered 401 at once."""
        header = request.headers.get("Authorization", "")
        if header[: len(_BEARER)].lower() == _BEARER:
            machine = machine_actor(header[len(_BEARER) :].strip())
            if machine is None:
                flood = limits.over_from("bad-key", request, limits.BAD_KEYS)
                return limits.too_many() if flood else _unauthenticated()
            spent = quotas.spend(machine.id)
            if spent.refused:
                return quotas.answer_refused(spent)
            vars(request)["actor"] = machine
            vars(request)[_SPENT] = spent
            return None
        vars(request)["actor"] = _person(request)
        return None

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse the view unless its declaration lets this actor use this verb."""
        match = request.resolver_match
        access = access_for(view, match.view_name if match else "") or Access()
        need = access.needs(request.method or "")
        if need is None and access.verbs:
            return HttpResponseNotAllowed(sorted(access.verbs))
        actor = actor_of(request)
        if need is None or not holds(actor, need):
            return _refuse(request, actor, need or "undeclared")
        if need != PUBLIC and not access.before_mfa and must_set_up(actor):
            return _to_second_factor(request)
        return None

    def process_response(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        """Tell a program what is left of its quota."""
        spent = vars(request).get(_SPENT)
        return quotas.show(answer, spent) if isinstance(spent, quotas.Spent) else answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Write what a view refused to the ledger; answer 503 when the ledger cannot be written."""
        if isinstance(error, LedgerUnavailable):
            return _unavailable(request)
        if isinstance(error, PermissionDenied | Http404):
            refused = getattr(error, "refused", None)
            if refused is not None or isinstance(error, PermissionDenied):
                return _written_or_503(request, refused, None)
        if isinstance(error, UserError):
            return _mendable(request, error)
        return None


def _person(request: HttpRequest) -> Actor:
    if not isinstance(request.user, Person):
        return ANONYMOUS
    chosen = request.session.get(MEMBERSHIP_KEY)
    return person_actor(request.user, UUID(chosen) if chosen else None)


def _mendable(request: HttpRequest, error: UserError) -> HttpResponse:
    """409 with what happened, where, and what to do, for an error that no page had a better place for."""
    return render(request, "409.html", {"error": error, "where": " · ".join(error.where)}, status=409)


def _refuse(request: HttpRequest, actor: Actor, need: str) -> HttpResponseBase:
    if actor.signed_in:
        denied = Denied(need)
        if is_api(request.resolver_match):
            answer: HttpResponseBase = problem(403, "denied", _("You may not do this."))
        else:
            answer = permission_denied(request, denied)
        refusal = _written_or_503(request, denied.refused, answer)
        return refusal or answer
    if is_api(request.resolver_match):
        return _unauthenticated()
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("account_login")})
    if "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponse(status=401)
    follow = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(follow, resolve_url("account_login"))


def _written_or_503(
    request: HttpRequest, refused: Refused | None, answer: HttpResponseBase | None
) -> HttpResponseBase | None:
    try:
        write_denial(request, refused)
    except LedgerUnavailable:
        return _unavailable(request)
    return answer


def _to_second_factor(request: HttpRequest) -> HttpResponseBase:
    if is_api(request.resolver_match):
        return problem(403, "second_factor_missing", _("Set up your second factor first."))
    if "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)  # tells the browser not to ask again
    return redirect("mfa_activate_totp")


def _unauthenticated() -> HttpResponse:
    answer = problem(401, "unauthenticated", _("Sign in, or send a valid key."))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _unavailable(request: HttpRequest) -> HttpResponse:
    error = LedgerUnavailable()
    if is_api(request.resolver_match):
        return problem(503, error.code, str(error.message), remedy=str(error.remedy))
    context = {"message": error.message, "remedy": error.remedy}
    answer = render(request, "503.html", context, status=503)
    answer["Retry-After"] = "60"
    return answer
