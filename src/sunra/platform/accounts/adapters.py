"""How allauth behaves here: no self sign-up, second factors are sealed, sign-ins are recorded."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts import lockout
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.sealing import seal, unseal
from sunra.platform.accounts.selectors import memberships_of, person_actor
from sunra.platform.base.roles import ROLES
from sunra.platform.ledger.services import Act, record


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by invitation only; every sign-in is in the ledger before the session exists."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Nobody signs up; people are invited."""
        return False

    def login(self, request: HttpRequest, user: Person) -> None:
        """Record the sign-in, then open the session."""
        record(
            actor=person_actor(user),
            act=Act.SIGN_IN,
            subject="accounts.Person",
            ref=str(user.public_id),
            purpose="sign-in",
        )
        super().login(request, user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that rate limits and the session list use."""
        return lockout.client_ip(request)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on opens existing accounts; it makes none."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: Any) -> bool:
        """Nobody signs up; people are invited."""
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Whether the provider, which the operator chose, vouches for an address of somebody invited.

        Only a plain ``true`` counts: some providers send the word "false".
        """
        return any(one.email == email and one.verified is True for one in login.email_addresses)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: sealed at rest, and staff cannot remove their last one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Your role needs a second factor; add another before removing this."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another second factor is left, or none is needed."""
        staff = any(ROLES[one.role].staff for one in memberships_of(authenticator.user) if one.role in ROLES)
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        left = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return left or not staff
