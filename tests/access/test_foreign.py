"""A row of another agency does not exist: same role, other agency, 404 at every address that takes a row."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from sunra.platform.accounts.matrix import ANONYMOUS_COLUMN, addresses, holders
from tests.access.objects import OBJECTS
from tests.access.people_of_all_roles import Caller, callers, two_agencies

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def _status(caller: Caller, verb: str, url: str) -> int:
    with transaction.atomic():
        answer = caller.client.generic(verb, url, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.one_database  # that the same rows are found on either is shown by each system's own tests
@pytest.mark.usefixtures("_known_people")
@pytest.mark.no_cover  # a thousand calls; the tests of each page count its lines
def test_rows_of_another_agency_do_not_exist(settings: Any) -> None:
    """If this fails, an id from elsewhere opens a page, or tells that something is there."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    here, elsewhere = two_agencies()
    own = {caller.role: caller for caller in callers(here)}
    foreign = {caller.role: caller for caller in callers(elsewhere)}
    wrong = []
    for address in addresses():
        if address.name not in OBJECTS:
            continue
        for verb, need in address.access.verbs.items():
            found_by_somebody = False
            for role in sorted(holders(need) - {ANONYMOUS_COLUMN}):
                url = reverse(address.name, kwargs=OBJECTS[address.name](here, own[role].person))
                if (status := _status(foreign[role], verb, url)) != 404:
                    wrong.append(f"{verb} /{address.pattern} as {role} of another agency: {status}")
                found_by_somebody |= found_by_somebody or _status(own[role], verb, url) != 404
            if not found_by_somebody:
                wrong.append(f"{verb} /{address.pattern}: nobody of its own agency finds the row")
    assert not wrong, "\n".join(wrong)
