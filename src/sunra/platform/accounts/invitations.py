"""Invitations: how somebody becomes a person of an agency.

The token is random, signed, sent once and kept as a hash alone; it opens one account, once, for three days.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from sunra.platform.accounts.administration import CHANGE, check_role, kept_agency, narrowed
from sunra.platform.accounts.models import Invitation, Membership, Person
from sunra.platform.base.access import get_visible, require
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import ROLES
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record

VALID_FOR = timedelta(days=3)
_SALT = "accounts.invitation"
_SIGN_IN = re.compile(r"[\w.-]{4,30}")


class InvitationUnusable(UserError):  # noqa: N818 - reads as what it is
    """Unknown, expired, used or withdrawn: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(
            "accounts.invitation_unusable",
            _("This invitation cannot be used any more."),
            _("Ask the administrator of your agency for a new one."),
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    *,
    actor: Actor,
    agency_id: UUID,
    email: str,
    role: str,
    member_until: datetime | None = None,
    way: Literal["mail", "hand"] = "mail",
) -> tuple[Invitation, str]:
    """Invite an address into an agency; returns the invitation and its token, which is kept nowhere.

    Without an address (``""``) the invitation is handed over in person, for roles without a second factor
    alone: who has no mailbox can't get a new password by themselves.

    Raises ``PermissionDenied``, ``Http404`` for an agency whose people the actor does not keep,
    ``UserError`` for a role that the actor may not give.
    """
    require(actor, CHANGE)
    agency = kept_agency(actor, agency_id)
    check_role(actor, role)
    address = email.strip().lower()
    if address:
        validate_email(address)
    elif ROLES[role].staff:
        raise UserError(
            "accounts.staff_need_email",
            _("Staff sign in with an e-mail address."),
            _("Fill in the address."),
            ("email",),
        )
    token = signing.Signer(salt=_SALT).sign(secrets.token_urlsafe(32))
    invitation = Invitation(
        agency=agency,
        email=address,
        role=role,
        member_until=member_until,
        token_hash=_digest(token),
        expires=now() + VALID_FOR,
        invited_by_id=actor.person_id,
    )
    detail = {"role": role, "until": _iso(member_until), "way": way}
    _record(actor, Act.GRANT, invitation, "invitation", detail)
    with transaction.atomic():
        if address:
            earlier = Invitation.objects.filter(agency=agency, email=address, used=None, withdrawn=None)
            earlier.update(withdrawn=now())
        invitation.save()
    return invitation, token


def send(*, email: str, url: str) -> None:
    """Send the address of the invitation; the mail names neither the person nor the agency."""
    subject = _("Invitation to %(site)s") % {"site": settings.SITE_NAME}
    hours = int(VALID_FOR.total_seconds() // 3600)
    body = render_to_string("accounts/email/invitation.txt", {"url": url, "hours": hours})
    send_mail(subject, body, None, [email])


def withdraw(*, actor: Actor, invitation_id: UUID, reason: str) -> None:
    """Take an invitation back; raises ``Http404`` when it is not of the actor's agencies."""
    require(actor, CHANGE)
    invitation = get_visible(Invitation.objects.all(), narrowed(actor), pk=invitation_id)
    _record(actor, Act.REVOKE, invitation, reason, {})
    Invitation.objects.filter(pk=invitation.pk, used=None, withdrawn=None).update(withdrawn=now())


def opened_by(token: str) -> Invitation:
    """The invitation that a token opens; raises :class:`InvitationUnusable`."""
    try:
        signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature as error:
        raise InvitationUnusable from error
    usable = Invitation.objects.filter(used=None, withdrawn=None, expires__gt=now(), agency__active=True)
    found = usable.select_related("agency").filter(token_hash=_digest(token)).first()
    if found is None:
        raise InvitationUnusable
    return found


def existing_person(invitation: Invitation) -> Person | None:
    """The person who already signs in with the invited address."""
    return Person.objects.filter(email__iexact=invitation.email).first() if invitation.email else None


def accept(*, token: str, name: str, password: str, username: str = "") -> Person:
    """Make the account offered; raises :class:`InvitationUnusable`, or ``ValidationError`` (password).

    ``username`` is what somebody without an e-mail address chose to sign in with; ``UserError`` when taken.
    """
    invitation = opened_by(token)
    if existing_person(invitation) is not None:
        raise InvitationUnusable
    sign_in = invitation.email or _free(username)
    person = Person(username=sign_in, email=invitation.email, name=name.strip())
    validate_password(password, person)
    person.set_password(password)
    actor = Actor(kind="person", id=str(person.public_id), label="", agency_id=invitation.agency_id)
    _record(actor, Act.GRANT, invitation, "invitation accepted", {"role": invitation.role})
    with transaction.atomic():
        _use(invitation)
        person.save()
        if person.email:
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        _join(invitation, person)
    return person


def join(*, token: str, person: Person) -> Membership:
    """Add the membership that was offered to a person who has an account with the invited address."""
    invitation = opened_by(token)
    if not invitation.email or invitation.email != person.email.lower():
        raise InvitationUnusable
    actor = Actor(kind="person", id=str(person.public_id), label="", agency_id=invitation.agency_id)
    _record(actor, Act.GRANT, invitation, "invitation accepted", {"role": invitation.role})
    with transaction.atomic():
        _use(invitation)
        return _join(invitation, person)


def _use(invitation: Invitation) -> None:
    """Mark it used, once: of two who come at the same moment one is refused."""
    if not Invitation.objects.filter(pk=invitation.pk, used=None, withdrawn=None).update(used=now()):
        raise InvitationUnusable


def _join(invitation: Invitation, person: Person) -> Membership:
    until = invitation.member_until
    return Membership.objects.create(
        person=person, agency=invitation.agency, role=invitation.role, valid_from=now(), valid_until=until
    )


def _free(username: str) -> str:
    """The chosen sign-in name; raises ``UserError`` when nobody could sign in with it alone."""
    chosen = username.strip().lower()
    if not _SIGN_IN.fullmatch(chosen) or Person.objects.filter(username__iexact=chosen).exists():
        raise UserError(
            "accounts.username_taken",
            _("This sign-in name is taken or has other signs than letters and figures."),
            _("Choose another one of 4 to 30 signs."),
            ("username",),
        )
    return chosen


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _record(actor: Actor, act: Act, invitation: Invitation, purpose: str, detail: dict[str, str]) -> None:
    record(
        actor=actor,
        act=act,
        subject="accounts.Invitation",
        ref=str(invitation.pk),
        purpose=purpose,
        detail={"agency": str(invitation.agency_id), **detail},
    )
