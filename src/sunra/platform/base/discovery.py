"""Finds the rooms of each app (``rules.py``, ``jobs.py`` ...) and imports them once all apps are ready."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


def import_rooms(room: str) -> None:
    """Import ``<app>.<room>`` of every Sunra app that has one."""
    for config in apps.get_app_configs():
        if config.name.startswith("sunra.") and find_spec(f"{config.name}.{room}"):
            import_module(f"{config.name}.{room}")
