"""Background work of sharing, one module a part; the worker finds it by importing this package."""

from sunra.systems.sharing.jobs import (
    agreements,
    connectors,
    freshness,
    imports,
    opendata,
    statistics,
    vintages,
)

__all__ = ["agreements", "connectors", "freshness", "imports", "opendata", "statistics", "vintages"]
