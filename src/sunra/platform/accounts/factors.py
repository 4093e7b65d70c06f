"""The second factor: who must have one, and how its secret is kept."""

from allauth.mfa.models import Authenticator

from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import ROLES

_SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(person_id: int) -> bool:
    """Whether a person has set up TOTP or a security key."""
    return bool(Authenticator.objects.filter(user_id=person_id, type__in=_SECOND).exists())


def must_set_up(actor: Actor) -> bool:
    """Whether the actor's role asks for a second factor that is not there yet."""
    role = ROLES.get(actor.role)
    if role is None or not role.staff or actor.person_id is None:
        return False
    return not has_factor(actor.person_id)
