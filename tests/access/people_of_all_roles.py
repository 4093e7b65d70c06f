"""One signed-in client per role, in one agency; made once per test because a session is costly."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.test import Client

from sunra.platform.accounts.keys import new_key
from sunra.platform.accounts.matrix import ANONYMOUS_COLUMN
from sunra.platform.accounts.models import MachineKey, Person
from sunra.platform.agencies.models import Agency
from sunra.platform.base.access import GRANTS
from sunra.platform.base.roles import EVERYONE, MACHINE
from sunra.platform.base.time import now
from tests.platform.accounts.people import make_agency, make_person, signed_in

_HASH = make_password("night-watch-of-old-seoul")  # once: hashing is slow by design


@dataclass(frozen=True)
class Caller:
    """A column of the table of rules, as somebody who calls."""

    role: str
    client: Client
    person: Person
    agency: Agency


def callers(agency: Agency) -> list[Caller]:
    """Everybody: the anonymous, each role with its second factor, and a program that holds all scopes."""
    nobody = make_person(None)
    found = [Caller(ANONYMOUS_COLUMN, Client(raise_request_exception=False), nobody, agency)]
    for role in EVERYONE:
        person = make_person(role, agency)
        Person.objects.filter(pk=person.pk).update(password=_HASH)
        person.refresh_from_db()
        client = signed_in(person)
        client.raise_request_exception = False
        found.append(Caller(role, client, person, agency))
    found.append(Caller(MACHINE, machine(agency), nobody, agency))
    return found


def machine(agency: Agency) -> Client:
    """A program's client with every permission that programs may hold."""
    prefix, digest, full = new_key()
    MachineKey.objects.create(
        agency=agency,
        name="x",
        prefix=prefix,
        secret_hash=digest,
        permissions=[name for name, roles in GRANTS.items() if MACHINE in roles],
        expires=now() + timedelta(days=1),
        last_used=now(),
    )
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {full}"})


def two_agencies() -> tuple[Agency, Agency]:
    """An agency and another one that is neither above nor below it, without a common jurisdiction."""
    root = make_agency("위원회")
    return make_agency("가", parent=root), make_agency("나", parent=root)
