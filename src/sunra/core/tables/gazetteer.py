"""Where roads, lots and dong names lie, learnt from rows that have both an address and a point."""

from sunra.core.tables.names import names as gazetteer

__all__ = ["gazetteer"]
