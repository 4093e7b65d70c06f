"""Background work of sharing, one module a part; the worker finds it by importing this package."""

from sunra.systems.sharing.jobs import freshness, imports, opendata, statistics

__all__ = ["freshness", "imports", "opendata", "statistics"]
