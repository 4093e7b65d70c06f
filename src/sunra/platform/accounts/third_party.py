"""What the views of others need, by URL name. A name that is not here is refused to everybody."""

from sunra.platform.base.access import PUBLIC, SIGNED_IN, declare_url

_FOR_ANYBODY = (
    "account_login",
    "account_reset_password",
    "account_reset_password_from_key",
    "account_confirm_email",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "openid_connect_login",
)
_FOR_ANYBODY_TO_SEE = (
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
)
_BEFORE_SECOND_FACTOR = (
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
)
_FOR_THE_SIGNED_IN = (
    "account_change_password",
    "account_email",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "socialaccount_connections",
    "usersessions_list",
)
_FOR_THE_SIGNED_IN_TO_SEE = ("mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes")


def declare() -> None:
    """Enter the table; the views of django-allauth and of Django itself."""
    for name in _FOR_ANYBODY:
        declare_url(name, GET=PUBLIC, POST=PUBLIC)
    for name in _FOR_ANYBODY_TO_SEE:
        declare_url(name, GET=PUBLIC)
    for name in _BEFORE_SECOND_FACTOR:
        declare_url(name, before_mfa=True, GET=SIGNED_IN, POST=SIGNED_IN)
    for name in _FOR_THE_SIGNED_IN:
        declare_url(name, GET=SIGNED_IN, POST=SIGNED_IN)
    for name in _FOR_THE_SIGNED_IN_TO_SEE:
        declare_url(name, GET=SIGNED_IN)
    declare_url("set_language", POST=PUBLIC)
    declare_url("javascript-catalog", GET=PUBLIC)
