"""What a page says about its map; the drawing is done by ``static/maps/*.js``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.templatetags.static import static
from django.utils.translation import gettext as _

from sunra.platform.base.errors import Text
from sunra.platform.maps.basemap import ATTRIBUTION
from sunra.platform.ui.dates import show_slot

Kind = Literal["cell", "point", "line"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer over the base map.

    ``url`` gives GeoJSON (``cell``: polygons, ``point``, ``line``). Its features' properties: ``id`` (the
    ``row_id`` of the table beside the map), ``label``, for cells ``grade`` (1-10, 0 not graded) or, with
    ``slots``, ``grades``: twelve of them; for lines and points optionally ``series`` (1-4: colour of the
    team). ``series`` is that colour in the legend when all features of the layer share it. ``shown`` is
    whether the layer is on when the address says nothing.
    """

    id: str
    url: str
    kind: Kind
    label: Text
    slots: bool = False
    shown: bool = True
    legend: Text = ""
    series: int = 1


@dataclass(frozen=True, slots=True)
class Map:
    """A map for ``{% map m %}``: ``bounds`` west, south, east, north; or ``center`` lon, lat and ``zoom``.

    ``table_id`` is the ``element_id`` of the table whose rows are the features; ``slot`` is the two-hour slot
    0-11 shown first; ``streets`` is the address of a PMTiles file with a layer ``streets``
    (``maps.tiles.build``); ``name`` keeps two maps of one page apart.
    """

    title: Text
    layers: Sequence[Layer]
    bounds: Box | None = None
    center: tuple[float, float] = (127.0, 37.55)
    zoom: float = 12.0
    table_id: str = ""
    slot: int | None = None
    streets: str = ""
    name: str = "map"
    note: Text = ""

    @property
    def slots(self) -> bool:
        """Whether any layer changes with the slot."""
        return any(layer.slots for layer in self.layers)

    @property
    def graded(self) -> bool:
        """Whether the legend needs the grades."""
        return any(layer.kind == "cell" for layer in self.layers)

    def config(self) -> dict[str, Any]:
        """Everything the script needs, texts included, as JSON."""
        return {
            "maplibre": static("vendor/maplibre-gl.mjs"),
            "worker": static("vendor/maplibre-gl-worker.mjs"),
            "base": static("maps/korea.pmtiles"),
            "attribution": ATTRIBUTION,
            "streets": self.streets,
            "bounds": self.bounds,
            "center": self.center,
            "zoom": self.zoom,
            "table": self.table_id,
            "slot": self.slot,
            "layers": [
                {
                    "id": layer.id,
                    "url": layer.url,
                    "kind": layer.kind,
                    "label": str(layer.label),
                    "slots": layer.slots,
                    "shown": layer.shown,
                }
                for layer in self.layers
            ],
            "slots": [show_slot(slot) for slot in range(12)],
            "texts": _texts(str(self.title)),
        }


def _texts(title: str) -> dict[str, str]:
    """What the script shows or has read out; the second half under MapLibre's own names."""
    return {
        "view": _("{shown} of {all} in view"),
        "failed": _("A layer could not be loaded. The table below is complete."),
        "off": _("This browser cannot draw the map. The table below says the same."),
        "loading": _("Loading the map"),
        "none": _("Not graded"),
        "Map.Title": title,
        "NavigationControl.ZoomIn": _("Closer"),
        "NavigationControl.ZoomOut": _("Farther"),
        "NavigationControl.ResetBearing": _("North up"),
        "AttributionControl.ToggleAttribution": _("Source of the map"),
        "ScaleControl.Meters": "m",
        "ScaleControl.Kilometers": "km",
        "CooperativeGesturesHandler.WindowsHelpText": _("Hold Ctrl and turn the wheel to zoom"),
        "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and turn the wheel to zoom"),
        "CooperativeGesturesHandler.MobileHelpText": _("Move the map with two fingers"),
    }
