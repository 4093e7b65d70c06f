"""The app's registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers ``platform.accounts``."""

    name = "sunra.platform.accounts"
    label = "accounts"
