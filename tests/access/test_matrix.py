"""Role × address × verb, generated: whoever is not named is refused, whoever is named is not."""

import logging
from collections.abc import Iterator
from functools import cache
from http.cookies import SimpleCookie
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import NoReverseMatch, resolve, reverse

from sunra.platform.accounts import middleware
from sunra.platform.accounts.matrix import ANONYMOUS_COLUMN, Address, addresses, holders, matrix, matrix_csv
from sunra.platform.base.access import GRANTS, PUBLIC, SIGNED_IN
from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import AUDITOR, EVERYONE, PLATFORM_ADMIN, VOLUNTEER
from tests.access.objects import NOT_ROWS, OBJECTS
from tests.access.people_of_all_roles import Caller, callers, two_agencies
from tests.platform.accounts.people import make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
DOOR = middleware.AccessMiddleware(lambda _request: HttpResponse())
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def _address(address: Address, caller: Caller) -> str | None:
    """The address itself, with a row of the caller's agency; None for a nameless one of a third party."""
    arguments: dict[str, Any] = {}
    if address.has_arguments:
        factory = OBJECTS.get(address.name)
        arguments = factory(caller.agency, caller.person) if factory else NOT_ROWS[address.name]
    try:
        return reverse(address.name, kwargs=arguments)
    except NoReverseMatch:
        return None if address.has_arguments else f"/{address.pattern}"


def _call(caller: Caller, verb: str, url: str) -> HttpResponse:
    """One call that leaves neither rows nor a changed session behind."""
    cookies = SimpleCookie(caller.client.cookies)
    with transaction.atomic():
        answer = caller.client.generic(verb, url, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    caller.client.cookies = cookies
    return answer


def _refused(answer: HttpResponse) -> bool:
    to_login = answer.status_code == 302 and answer["Location"].startswith("/account/login/?next=")
    return answer.status_code in (401, 403) or to_login


def _wrong(address: Address, verb: str, caller: Caller, answer: HttpResponse) -> str:
    need = address.access.needs(verb)
    if need is None:
        right = answer.status_code == 405 if address.access.verbs else _refused(answer)
    elif need == PUBLIC:
        right = answer.status_code not in (403, 405) and answer.status_code < 500
    elif caller.role not in holders(need):
        right = _refused(answer)
    else:
        broken = answer.status_code >= 500
        right = not (_refused(answer) or answer.status_code == 405 or broken)
    return "" if right else f"{verb} /{address.pattern} as {caller.role}: {answer.status_code} (needs {need})"


def _at_the_door(actor: Actor, verb: str, url: str) -> HttpResponse:
    """What the middleware itself says; an empty answer when it lets the call pass."""
    request = RequestFactory().generic(verb, url)
    match = resolve(urlsplit(url).path)
    vars(request).update(resolver_match=match, actor=actor)
    return DOOR.process_view(request, match.func, match.args, match.kwargs) or HttpResponse()


def _told(address: Address, everybody: list[Caller], turn: Caller, actors: dict[str, Actor]) -> Iterator[str]:
    """What is wrong. A verb that a caller may not use is carried through the whole stack by one caller, in
    turn; for the others the middleware, which alone decides, is asked directly. ``actors``: who called
    before, by role, as the middleware saw them.
    """
    for caller in everybody:
        with transaction.atomic():  # a row made for one address must not show on another
            url = _address(address, caller)
            for verb in VERBS if url is not None else ():
                need = address.access.needs(verb)
                passes = need == PUBLIC or caller.role in holders(need or "")
                if verb == "HEAD" and passes:  # what GET does, once more
                    continue
                if not passes and caller is not turn and caller.role in actors:
                    answer = _at_the_door(actors[caller.role], verb, str(url))
                else:
                    answer = _call(caller, verb, str(url))
                    actor = getattr(answer.wsgi_request, "actor", None)
                    if actor is not None:
                        actors[caller.role] = actor
                yield _wrong(address, verb, caller, answer)
            transaction.set_rollback(True)


@pytest.mark.one_database  # rules are decided before a row is asked for
@pytest.mark.usefixtures("_known_people")
@pytest.mark.xdist_group("matrix")
@pytest.mark.no_cover  # thousands of calls; the tests of each page count its lines
def test_every_role_meets_its_rule_at_every_address(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """If this fails, somebody passes who is not named, or somebody named is turned away."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    monkeypatch.setattr(
        "sunra.platform.accounts.middleware.permission_denied", lambda *_args: HttpResponse(status=403)
    )
    monkeypatch.setattr("sunra.platform.accounts.middleware.write_denial", lambda *_args: None)
    for name in ("person_actor", "machine_actor", "must_set_up"):  # the same people call thousands of times
        monkeypatch.setattr(middleware, name, cache(getattr(middleware, name)))
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    everybody = callers(two_agencies()[0])
    turns, actors = cycle(everybody), dict[str, Actor]()
    wrong = [
        line for address in addresses() for line in _told(address, everybody, next(turns), actors) if line
    ]
    assert not wrong, "\n".join(wrong)


def test_every_address_with_arguments_has_a_row_to_try() -> None:
    """If this fails, a new address escapes the tests: give it a factory in objects.py."""
    named = {address.name for address in addresses() if address.has_arguments and address.access.verbs}
    assert named - set(OBJECTS) - set(NOT_ROWS) == set()


def test_every_permission_asked_for_is_granted_to_somebody() -> None:
    """If this fails, a page asks for a permission that nobody can hold, perhaps by a slip of the pen."""
    asked = {need for address in addresses() for need in address.access.permissions()}
    assert asked - {name for name, roles in GRANTS.items() if roles} == set()


def test_public_addresses_are_few_and_known() -> None:
    """If this fails, an address was opened to everybody: add it here only when it must be."""
    found = {address.name for address in addresses() if PUBLIC in address.access.verbs.values()}
    ours = {name for name in found if not name.startswith(("account_", "mfa_", "socialaccount_", "openid_"))}
    opened = {name for name in ours if name.startswith(("open:", "request:", "api:ogc_", "api:open_"))}
    known = {"accounts:join", "ui:preference", "set_language", "area:area"}
    # The phone page holds no data, and its calls ask for a shift's pass themselves (test_phone.py).
    known |= {
        f"duty:{name}" for name in ("phone", "worker", "manifest", "passes", "shift", "events", "photo")
    }
    known |= {"patrols:calendar_ics"}  # a secret of 256 bits opens it (test_calendar.py)
    known |= {"patrols:certificate_check"}  # 64 bits from a paper open sums without a name (test_after.py)
    assert ours - opened <= known | {"risk:honesty", "risk:fairness_open", "risk:public"}


def test_the_table_knows_whom_a_need_names() -> None:
    """If this fails, the page of rules tells another story than the middleware."""
    assert ANONYMOUS_COLUMN in holders(PUBLIC)
    assert holders(SIGNED_IN) == set(EVERYONE)
    assert holders("accounts.view_rules") == GRANTS["accounts.view_rules"]
    assert holders("no.such_permission") == frozenset()
    rule = next(rule for rule in matrix() if rule.name == "accounts:rules")
    assert (rule.pattern, rule.verb) == ("rules/", "GET")


def test_the_page_of_rules_is_for_auditors_and_administrators() -> None:
    """If this fails, the rules cannot be checked, or everybody studies them for gaps."""
    client = signed_in(make_person(AUDITOR))
    page = client.get("/rules/?part=/patrols&role=volunteer").content.decode()
    assert "/patrols/" in page
    assert "<code>/account" not in page
    assert "page=2" in client.get("/rules/").content.decode()
    assert signed_in(make_person(PLATFORM_ADMIN)).get("/rules/?export=csv").status_code == 200
    assert signed_in(make_person(VOLUNTEER)).get("/rules/").status_code == 403
    lines = matrix_csv().splitlines()
    assert len(lines) == len(matrix()) + 1
    assert lines[0].startswith("address,name,verb,need,anonymous,platform_admin")
