"""The app's registration."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Registers ``platform.files``."""

    name = "sunra.platform.files"
    label = "files"
