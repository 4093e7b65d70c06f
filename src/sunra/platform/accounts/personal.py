"""The personal fields of accounts, and of the libraries that keep something about people who sign in."""

from sunra.platform.base.personal import declare

_YEAR = 365

declare(
    "accounts.Person",
    "username",
    "name",
    "first_name",
    "last_name",
    "email",
    "password",
    "last_login",
    subject="staff",
    retention_days=3 * _YEAR,
    exported=True,
)
declare("accounts.Invitation", "email", subject="staff", retention_days=30, erasure="delete")
declare("account.EmailAddress", "email", subject="staff", retention_days=0, exported=True, erasure="delete")
declare("mfa.Authenticator", "data", subject="staff", retention_days=0, erasure="delete")
declare("usersessions.UserSession", "ip", "user_agent", subject="staff", retention_days=0, erasure="delete")
declare(
    "socialaccount.SocialAccount", "uid", "extra_data", subject="staff", retention_days=0, erasure="delete"
)
for _model in ("axes.AccessAttempt", "axes.AccessLog", "axes.AccessFailureLog"):
    declare(
        _model, "username", "ip_address", "user_agent", subject="staff", retention_days=90, erasure="delete"
    )
