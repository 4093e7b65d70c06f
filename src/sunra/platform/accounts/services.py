"""Changes to memberships, sessions, second factors and keys; privilege changes are in the ledger before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from sunra.platform.accounts.administration import CHANGE, KEYS, check_role, kept_agency, kept_by, narrowed
from sunra.platform.accounts.keys import new_key
from sunra.platform.accounts.models import MachineKey, Membership, Person
from sunra.platform.accounts.sealing import seal
from sunra.platform.accounts.selectors import memberships_of
from sunra.platform.base.access import GRANTS, get_visible, require
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import MACHINE, PLATFORM_ADMIN
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record


class TakesAway(Protocol):
    """A service that takes something from a member, with the reason."""

    def __call__(self, *, actor: Actor, membership_id: UUID, reason: str) -> None:
        """Do it."""


def change_membership(
    *, actor: Actor, membership_id: UUID, role: str, valid_until: datetime | None, reason: str
) -> Membership:
    """Give a membership another role or end; raises ``PermissionDenied``, ``Http404`` or ``UserError``."""
    require(actor, CHANGE)
    membership = _changeable(actor, membership_id)
    check_role(actor, role)
    if valid_until is not None and valid_until < membership.valid_from:
        raise UserError(
            "accounts.ends_before_it_begins",
            _("The membership would end before it begins."),
            _("Choose a later day."),
            ("valid_until",),
        )
    detail = {"from": membership.role, "to": role, "until": valid_until.isoformat() if valid_until else ""}
    _record(actor, Act.GRANT, membership, reason, detail)
    membership.role, membership.valid_until = role, valid_until
    membership.save(update_fields=["role", "valid_until"])
    return membership


def end_membership(*, actor: Actor, membership_id: UUID, reason: str) -> None:
    """End a membership now; the next click of the person is refused."""
    require(actor, CHANGE)
    membership = _changeable(actor, membership_id)
    _record(actor, Act.REVOKE, membership, reason, {"role": membership.role})
    moment = max(now(), membership.valid_from)
    Membership.objects.filter(pk=membership.pk).update(valid_until=moment)
    if not memberships_of(membership.person).exists():
        end_all_sessions(membership.person)


def reset_factors(*, actor: Actor, membership_id: UUID, reason: str) -> None:
    """Remove the second factors of a person who lost them; they set up new ones at the next sign-in.

    Raises ``UserError`` when the person also belongs to agencies whose people the actor does not keep.
    """
    require(actor, CHANGE)
    membership = _changeable(actor, membership_id)
    held = {one.agency_id for one in memberships_of(membership.person)}
    if not held <= kept_by(actor):
        raise UserError(
            "accounts.not_yours_alone",
            _("This person also belongs to another agency."),
            _("Ask a platform administrator."),
        )
    _record(actor, Act.REVOKE, membership, reason, {"factors": "all"})
    Authenticator.objects.filter(user=membership.person).delete()
    end_all_sessions(membership.person)


def end_session(*, person: Person, session_pk: int) -> None:
    """End one of the person's own sessions; raises ``Http404`` for one that is not theirs."""
    session = UserSession.objects.filter(user=person, pk=session_pk).first()
    if session is None:
        raise Http404("not found")
    session.end()


def end_all_sessions(person: Person) -> None:
    """Sign a person out everywhere."""
    for session in UserSession.objects.filter(user=person):
        session.end()


def machine_permissions() -> tuple[str, ...]:
    """What a key can be allowed: every permission that programs may hold."""
    return tuple(sorted(name for name, roles in GRANTS.items() if MACHINE in roles))


def create_key(
    *, actor: Actor, agency_id: UUID, name: str, permissions: list[str], expires: datetime
) -> tuple[MachineKey, str]:
    """Make a key for a program; the second value is the key itself, shown once and kept nowhere."""
    require(actor, KEYS)
    agency = kept_agency(actor, agency_id)
    if not permissions or not set(permissions) <= set(machine_permissions()):
        raise UserError(
            "accounts.bad_permissions",
            _("A key needs at least one permission that programs may hold."),
            _("Choose from the list."),
            ("permissions",),
        )
    if expires <= now():
        raise UserError(
            "accounts.expired_key", _("The key would be expired."), _("Choose a later day."), ("expires",)
        )
    prefix, digest, full = new_key()
    key = MachineKey(
        agency=agency,
        name=name.strip(),
        prefix=prefix,
        secret_hash=digest,
        permissions=sorted(permissions),
        expires=expires,
        created_by_id=actor.person_id,
    )
    key.full_clean(exclude=["created_by"])
    record(
        actor=actor,
        act=Act.GRANT,
        subject="accounts.MachineKey",
        ref=str(key.pk),
        purpose="",
        detail={"agency": str(agency.pk), "permissions": key.permissions, "expires": expires.isoformat()},
    )
    key.save(force_insert=True)
    return key, full


def revoke_key(*, actor: Actor, key_id: UUID, reason: str) -> None:
    """Make a key useless at once; raises ``Http404`` when it is not of the actor's agencies."""
    require(actor, KEYS)
    key = get_visible(MachineKey.objects.all(), narrowed(actor), pk=key_id)
    record(actor=actor, act=Act.REVOKE, subject="accounts.MachineKey", ref=str(key.pk), purpose=reason)
    MachineKey.objects.filter(pk=key.pk, revoked=None).update(revoked=now())


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A sign-in of the demonstration; ``totp_secret`` (base32) empty for roles without a second factor."""

    username: str
    name: str
    role: str
    agency_id: UUID
    password: str
    totp_secret: str = ""


@transaction.atomic
def create_demo_people(people: list[DemoPerson]) -> list[Person]:
    """Make the sign-ins of the demonstration, or set them back; refused outside demo mode."""
    if not settings.DEMO:
        raise UserError(
            "accounts.not_a_demo",
            _("Demonstration sign-ins exist in demo mode only."),
            _("Start with SUNRA_DEMO=true."),
        )
    return [_demo_person(given) for given in people]


def _demo_person(given: DemoPerson) -> Person:
    email = f"{given.username}@demo.invalid"
    values = {"name": given.name, "email": email, "demo": True, "is_active": True}
    person, made = Person.objects.update_or_create(username=given.username, defaults=values)
    if made or not person.check_password(given.password):
        person.set_password(given.password)
        person.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, "primary": True}
    )
    person.memberships.filter(Q(valid_until=None) | Q(valid_until__gt=now())).exclude(
        agency_id=given.agency_id, role=given.role
    ).delete()
    if not memberships_of(person).exists():
        person.memberships.create(agency_id=given.agency_id, role=given.role, valid_from=now())
    Authenticator.objects.filter(user=person).delete()
    if given.totp_secret:
        sealed = {"secret": seal(given.totp_secret)}
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=sealed)
    return person


def _changeable(actor: Actor, membership_id: UUID) -> Membership:
    """A membership of the actor's people that is not their own nor above them."""
    rows = Membership.objects.select_related("person")
    membership = get_visible(rows, narrowed(actor), pk=membership_id)
    if membership.person_id == actor.person_id:
        raise UserError(
            "accounts.own_membership",
            _("Nobody changes their own membership."),
            _("Ask another administrator."),
        )
    if membership.role == PLATFORM_ADMIN:
        check_role(actor, PLATFORM_ADMIN)
    return membership


def _record(actor: Actor, act: Act, membership: Membership, reason: str, detail: dict[str, str]) -> None:
    record(
        actor=actor,
        act=act,
        subject="accounts.Membership",
        ref=str(membership.pk),
        purpose=reason,
        detail={"person": str(membership.person.public_id), **detail},
    )
