"""The app's registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers ``platform.accounts`` and collects the rules and personal fields of every app."""

    name = "sunra.platform.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Import each app's ``rules.py`` and ``personal.py``, and the checks that run at start."""
        from sunra.platform.accounts import checks  # noqa: F401 - registers itself
        from sunra.platform.base.discovery import import_rooms

        import_rooms("rules")
        import_rooms("personal")
