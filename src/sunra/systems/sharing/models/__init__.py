"""Tables of sharing, one module a part."""

from sunra.systems.sharing.models.catalogue import Dataset, QuarantinedRow, Vintage

__all__ = ["Dataset", "QuarantinedRow", "Vintage"]
