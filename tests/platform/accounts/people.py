"""Agencies, people and sign-ins for tests: every helper here leaves a valid, signed-in state."""

import itertools
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.test import Client

from sunra.platform.accounts.models import Membership, Person
from sunra.platform.accounts.sealing import seal
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import ROLES
from sunra.platform.base.time import now

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "night-watch-of-old-seoul"
_numbers = itertools.count(1)


def make_agency(
    name: str = "", *, parent: Agency | None = None, dongs: tuple[str, ...] = (), **fields: object
) -> Agency:
    """An agency, with its jurisdiction."""
    number = next(_numbers)
    kind, _made = AgencyType.objects.get_or_create(
        code="district", defaults={"name_ko": "자치구", "name_en": "District"}
    )
    given = {"type": kind, "name": name or f"기관 {number}", "parent": parent} | fields
    agency = Agency.objects.create(**given)
    for dong in dongs:
        agency.jurisdiction.create(dong=dong)
    return agency


def make_person(
    role: str | None,
    agency: Agency | None = None,
    *,
    factor: bool | None = None,
    password: str = "",
    until: datetime | None = None,
    **fields: object,
) -> Person:
    """A person with one membership (none when ``role`` is None); staff get a second factor."""
    number = next(_numbers)
    names = {"username": f"person{number}", "name": f"사람 {number}", "email": f"person{number}@example.org"}
    person = Person(**(names | fields))
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.save()
    if role is not None:
        began = now() - timedelta(days=30)
        Membership.objects.create(
            person=person, agency=agency or make_agency(), role=role, valid_from=began, valid_until=until
        )
    if factor if factor is not None else (role is not None and ROLES[role].staff):
        Authenticator.objects.create(
            user=person, type=Authenticator.Type.TOTP, data={"secret": seal(TOTP_SECRET)}
        )
    return person


def make_actor(role: str, agency: Agency | None = None) -> Actor:
    """The actor of a new person."""
    return person_actor(make_person(role, agency))


def signed_in(person: Person) -> Client:
    """A client with the person's session."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
