"""The app's registration."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers ``platform.ledger``."""

    name = "sunra.platform.ledger"
    label = "ledger"
