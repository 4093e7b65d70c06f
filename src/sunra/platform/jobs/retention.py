"""The end of what accounts keep about people: once its declared time is over it goes, every night.

It lives here because accounts, the floor below, cannot declare jobs. Notices are cleared by their own floor.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from sunra.platform.accounts.models import Invitation, Membership, Person
from sunra.platform.base.actor import Actor
from sunra.platform.base.personal import days_kept
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record

_ACTOR = Actor(kind="job", id="job:accounts.purge", label="accounts.purge")
_GONE = "gone-"


def clear_accounts(moment: datetime | None = None) -> dict[str, int]:
    """Delete what has outlived its time; how many rows of each kind went.

    Invitations count from their end (used, withdrawn or expired), failed sign-ins from the attempt,
    sessions from the moment they stop opening anything, people from the end of their last membership:
    the row stays for what points at it, without anything that tells who it was.
    """
    at = moment or now()
    return {
        "sessions": _sessions(at),
        "invitations": _invitations(at),
        "people": _people(at),
        "attempts": sum(_attempts(model, at) for model in (AccessAttempt, AccessLog, AccessFailureLog)),
    }


def _sessions(at: datetime) -> int:
    Session.objects.filter(expire_date__lt=at).delete()
    living = Session.objects.values("session_key")
    rows = UserSession.objects.exclude(session_key__in=living)
    return int(rows.delete()[0])


def _invitations(at: datetime) -> int:
    before = at - timedelta(days=days_kept("accounts.Invitation"))
    over = Q(used__lt=before) | Q(withdrawn__lt=before) | Q(expires__lt=before)
    return Invitation.objects.filter(over).delete()[0]


def _attempts(model: type[AccessAttempt | AccessLog | AccessFailureLog], at: datetime) -> int:
    before = at - timedelta(days=days_kept(f"axes.{model.__name__}"))
    return int(model.objects.filter(attempt_time__lt=before).delete()[0])


def _people(at: datetime) -> int:
    before = at - timedelta(days=days_kept("accounts.Person"))
    recent = Membership.objects.filter(Q(valid_until=None) | Q(valid_until__gte=before))
    gone = (
        Person.objects.filter(date_joined__lt=before)
        .exclude(memberships__in=recent)
        .exclude(username__startswith=_GONE)
    )
    found = list(gone)
    for person in found:
        ref = str(person.public_id)
        record(actor=_ACTOR, act=Act.CHANGE, subject="accounts.Person", ref=ref, purpose="retention over")
        _blank(person)
    return len(found)


@transaction.atomic
def _blank(person: Person) -> None:
    """Take everything off that tells who it was."""
    for model in (EmailAddress, Authenticator, SocialAccount, UserSession):
        model.objects.filter(user=person).delete()
    person.username = f"{_GONE}{person.public_id}"
    person.name = person.first_name = person.last_name = person.email = ""
    person.last_login, person.is_active = None, False
    person.set_unusable_password()
    person.save()
