"""The page of rules: who may do what, generated from what the middleware obeys."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sunra.platform.accounts.matrix import ANONYMOUS_COLUMN, COLUMNS, Rule, matrix, matrix_csv
from sunra.platform.base.access import PUBLIC, SIGNED_IN, allow
from sunra.platform.base.roles import ROLES

PAGE = 40
"""Rules on a page: each is a mark for every role, and a screen reader reads them all."""


@allow("accounts.view_rules")
def rules(request: HttpRequest) -> HttpResponse:
    """Role × address × verb, by part of the address and by role; ``?export=csv`` is the whole as a file."""
    if request.GET.get("export") == "csv":
        return HttpResponse(
            "\ufeff" + matrix_csv(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="rules.csv"'},
        )
    found = matrix()
    parts = sorted({_part(rule) for rule in found})
    names = {ANONYMOUS_COLUMN: _("Nobody signed in")} | {code: str(role.name) for code, role in ROLES.items()}
    asked = {"part": request.GET.get("part", ""), "role": request.GET.get("role", "")}
    shown = [
        rule
        for rule in found
        if asked["part"] in ("", _part(rule))
        and (asked["role"] not in names or asked["role"] in rule.holders)
    ]
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    words = {PUBLIC: _("Anybody"), SIGNED_IN: _("Anybody signed in")}
    lines = [
        (rule, words.get(rule.need, rule.need), [column in rule.holders for column in COLUMNS])
        for rule in page
    ]
    context = {"names": names, "lines": lines, "parts": parts, "page": page, "kept": urlencode(asked)} | asked
    return render(request, "accounts/rules.html", context)


def _part(rule: Rule) -> str:
    """The first piece of the address: one part of the product."""
    return f"/{rule.pattern.partition('/')[0]}"
