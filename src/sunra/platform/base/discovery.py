"""Finds the rooms of each app (``rules.py``, ``jobs.py`` ...) and imports them when somebody first asks."""

from importlib import import_module
from importlib.util import find_spec
from threading import RLock

from django.apps import apps

_found: set[str] = set()
_lock = RLock()


def import_rooms(room: str) -> None:
    """Import ``<app>.<room>`` of every Sunra app that has one, once in a process.

    Registries call it before they answer, so a process that asks for no job and no consumer does not pay
    for the libraries behind all of them.
    """
    if room in _found:
        return
    with _lock:
        for config in apps.get_app_configs():
            if config.name.startswith("sunra.") and find_spec(f"{config.name}.{room}"):
                import_module(f"{config.name}.{room}")
        _found.add(room)
