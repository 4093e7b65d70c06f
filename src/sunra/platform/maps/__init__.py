"""Maps: one component with layers, legend and the table of what is in view."""

from sunra.platform.maps.component import Layer, Map

__all__ = ["Layer", "Map"]
