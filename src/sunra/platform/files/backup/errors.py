"""What can go wrong, with its remedy."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text, UserError

_WORDS: dict[str, tuple[Text, Text]] = {
    "backup_exists": (_("There is a file of this name already."), _("Choose another name for the backup.")),
    "backup_inside": (
        _("The backup would lie inside the installation that it is to save."),
        _("Choose a place outside its folder, best on another disk."),
    ),
    "backup_keys_same": (
        _("Keys and data must not lie in the same file."),
        _("Choose another name for the keys and keep them elsewhere."),
    ),
    "backup_unreadable": (
        _("This is not a complete backup."),
        _("Fetch the file again, or take an older backup."),
    ),
    "backup_altered": (
        _("A part of the backup is not as it was written."),
        _("Fetch the file again, or take an older backup."),
    ),
    "backup_unsafe": (
        _("The backup holds a name that leads outside its folder."),
        _("Do not use it: it was not written by Sunra."),
    ),
    "backup_newer": (
        _("The backup was written by a newer release."),
        _("Install that release, then restore."),
    ),
    "backup_vendor": (
        _("The backup holds another kind of database than this installation uses."),
        _("Set DATABASE_URL to the same kind, then restore."),
    ),
    "home_not_empty": (
        _("The installation already holds data."),
        _("Restore into an empty SUNRA_HOME, or use --replace: what is there is then kept aside."),
    ),
}


def refusal(code: str, *where: str) -> UserError:
    """The error of that code, about ``where``."""
    message, remedy = _WORDS[code]
    return UserError(code, message, remedy, tuple(where))


Progress = Callable[[str, int, int], None]
"""Called with what is being done, and bytes done of bytes in all."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Show no progress."""
