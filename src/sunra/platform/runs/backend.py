"""The engine's backend as the installation sets it."""

from functools import lru_cache

from django.conf import settings

from sunra.engine import Backend, Limits
from sunra.engine.backends import backend_of


def chosen() -> Backend:
    """The backend named by ``SUNRA_ENGINE``. Raises ``EngineError`` bad_setting."""
    return _made(settings.ENGINE, settings.ENGINE_PROCESSES)


@lru_cache(maxsize=4)
def _made(setting: str, processes: int) -> Backend:
    return backend_of(setting, processes=processes)


def limits() -> Limits:
    """The bounds of every run: ``SUNRA_ENGINE_SECONDS``, ``SUNRA_ENGINE_MEMORY``, ``SUNRA_ENGINE_ROWS``."""
    return Limits(seconds=settings.ENGINE_SECONDS, memory=settings.ENGINE_MEMORY, rows=settings.ENGINE_ROWS)
