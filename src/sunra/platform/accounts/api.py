"""For programs: what an operation needs, and how its refusals read."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.utils import check_csrf

from sunra.platform.accounts.denials import write_denial
from sunra.platform.base.access import PUBLIC, Denied, NotVisible, holds
from sunra.platform.base.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.ledger.errors import LedgerUnavailable


class Needs:
    """``auth=Needs("app.verb_noun")``: its permission; people need their CSRF token for changes."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        if permission != PUBLIC:  # ninja describes the scheme of a callback that has one
            self.openapi_security_schema = {"type": "http", "scheme": "bearer"}

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The actor when allowed, None (401) for the anonymous; raises ``Denied`` for others."""
        actor = actor_of(request)
        if self.permission != PUBLIC and not actor.signed_in:
            return None
        if not holds(actor, self.permission):
            raise Denied(self.permission)
        if actor.kind == "person" and check_csrf(request, self.__call__) is not None:
            raise Denied("csrf")
        return actor


_PROBLEM = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
}
_ALWAYS = {
    400: "A parameter is not understood",
    404: "Not found, or not to be seen",
    422: "A parameter has the wrong form",
    429: "Too many calls",
    503: "The record of looks cannot be written",
}
_KEYED = {401: "Sign in, or send a valid key", 403: "The key lacks the permission"}


class Api(NinjaAPI):
    """The API root: its description names the refusals that every operation shares."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Ninja's description with the common refusals."""
        schema = super().get_openapi_schema(**kwargs)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, text in (_ALWAYS | (_KEYED if operation.get("security") else {})).items():
                    content = {"application/json": {"schema": _PROBLEM}}
                    operation["responses"].setdefault(status, {"description": text, "content": content})
        return schema


def problem(status: int, code: str, message: str = "", **more: Any) -> JsonResponse:
    """One shape for every refusal: ``{"code", "message", ...}``."""
    return JsonResponse({"code": code, "message": message, **more}, status=status)


def install_handlers(api: NinjaAPI) -> None:
    """Give an API root the platform's answers to refusals and to errors that people can mend."""

    @api.exception_handler(NotVisible)
    def _not_visible(request: HttpRequest, error: NotVisible) -> HttpResponse:
        write_denial(request, error.refused)
        return problem(404, "not_found")

    @api.exception_handler(Http404)
    def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem(404, "not_found")

    @api.exception_handler(PermissionDenied)
    def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        write_denial(request, getattr(error, "refused", None))
        return problem(403, "denied")

    @api.exception_handler(ValidationError)
    def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        where = [".".join(str(part) for part in one.get("loc", ())[1:]) for one in error.errors]
        return problem(422, "invalid", str(_("A parameter has the wrong form.")), where=where)

    @api.exception_handler(LedgerUnavailable)
    def _unrecorded(_request: HttpRequest, error: LedgerUnavailable) -> HttpResponse:
        return problem(503, error.code, str(error.message), remedy=str(error.remedy), where=[])

    @api.exception_handler(UserError)
    def _user_error(_request: HttpRequest, error: UserError) -> HttpResponse:
        return problem(400, error.code, str(error.message), remedy=str(error.remedy), where=list(error.where))
