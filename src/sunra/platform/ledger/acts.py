"""What can be recorded, and how long it is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """What was done to the subject."""

    LOOK = "look", _("looked")
    CHANGE = "change", _("changed")
    DENIED = "denied", _("denied")
    OPEN = "open", _("opened")
    CLOSE = "close", _("closed")
    EXPORT = "export", _("exported")
    GRANT = "grant", _("granted")
    REVOKE = "revoke", _("revoked")
    SIGN_IN = "sign_in", _("signed in")


class Retention(models.IntegerChoices):
    """Retention class in years; each class is a chain of its own."""

    ONE_YEAR = 1, _("1 year")
    TWO_YEARS = 2, _("2 years")
    THREE_YEARS = 3, _("3 years")
