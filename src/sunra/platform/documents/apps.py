"""The app's registration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers ``platform.documents``."""

    name = "sunra.platform.documents"
    label = "documents"
