"""The app's registration."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """Registers ``platform.agencies`` and tells the lowest floor how far an agency reaches."""

    name = "sunra.platform.agencies"
    label = "agencies"

    def ready(self) -> None:
        """Name the function that finds an agency's subtree and jurisdiction."""
        from sunra.platform.agencies.selectors import reach
        from sunra.platform.base.actor import resolve_reach_with

        resolve_reach_with(reach)
