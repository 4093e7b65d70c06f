"""What can go wrong with the ledger."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError


class LedgerUnavailable(UserError):  # noqa: N818 - a name agreed between the parts
    """The record could not be written, so the act must not happen (HTTP 503)."""

    def __init__(self) -> None:
        super().__init__(
            code="ledger.unavailable",
            message=_("The access record cannot be written, so nothing was opened or changed."),
            remedy=_("Try again in a minute; if it stays so, call the administrator."),
        )


class PurposeMissing(UserError):  # noqa: N818 - reads as what it is
    """A look, opening or export without a purpose."""

    def __init__(self) -> None:
        super().__init__(
            code="ledger.purpose_missing",
            message=_("A purpose is needed to see personal data."),
            remedy=_("Say what you need it for."),
        )
