"""What OpenStreetMap's tags say of a way: its kind, who may use it, which way, how fast, on which level."""

from dataclasses import dataclass

from sunra.core.routing.streets.lines import KIND_ROW

_KINDS = {
    "motorway": "motorway", "motorway_link": "motorway", "trunk": "trunk", "trunk_link": "trunk",
    "primary": "primary", "primary_link": "primary", "secondary": "secondary",
    "secondary_link": "secondary", "tertiary": "tertiary", "tertiary_link": "tertiary",
    "unclassified": "residential", "residential": "residential", "road": "road", "service": "service",
    "living_street": "living", "pedestrian": "path", "footway": "path", "path": "path", "track": "path",
    "cycleway": "path", "bridleway": "path", "corridor": "indoor", "steps": "steps",
}  # fmt: skip
_ON_FOOT_ONLY = frozenset({"path", "indoor", "steps", "crossing"})
_NO = frozenset({"no", "private"})
_YES = frozenset({"yes", "designated", "permissive", "destination", "customers"})
_SPEEDS = (3, 130)
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class Way:
    """A street's row; fields as in ``lines.Lines``."""

    kind: int
    level: int
    foot: bool
    drive: bool
    oneway: int
    kmh: float


def way_of(tags: dict[str, str]) -> Way | None:
    """The street of these tags; None when they are no street that exists and is open to anyone."""
    kind = _KINDS.get(tags.get("highway", ""))
    if kind is None or tags.get("area") == "yes":
        return None
    if kind == "path" and tags.get("footway") == "crossing":
        kind = "crossing"
    closed = tags.get("access") in _NO
    foot = _may(tags, ("foot",), usual=kind != "motorway" and tags.get("motorroad") != "yes" and not closed)
    cars = ("motorcar", "motor_vehicle", "vehicle")
    drive = kind not in _ON_FOOT_ONLY and _may(tags, cars, usual=not closed)
    if not (foot or drive):
        return None
    return Way(KIND_ROW[kind], _level(tags), foot, drive, _oneway(tags, kind), _kmh(tags))


def _may(tags: dict[str, str], keys: tuple[str, ...], *, usual: bool) -> bool:
    """The first key that says yes or no decides."""
    for key in keys:
        value = tags.get(key)
        if value in _NO or value in _YES:
            return value in _YES
    return usual


def _oneway(tags: dict[str, str], kind: str) -> int:
    stated = tags.get("oneway")
    if stated in {"yes", "1", "true"}:
        return 1
    if stated in {"-1", "reverse"}:
        return -1
    if stated == "no":
        return 0
    return int(kind == "motorway" or tags.get("junction") in {"roundabout", "circular"})


def _kmh(tags: dict[str, str]) -> float:
    """Three quarters of the stated limit, for signals and queues; 0 = none stated."""
    stated = tags.get("maxspeed", "").removesuffix("km/h").strip()
    low, high = _SPEEDS
    return 0.75 * int(stated) if stated.isascii() and stated.isdigit() and low <= int(stated) <= high else 0.0


def _level(tags: dict[str, str]) -> int:
    stated = tags.get("layer", "")
    if stated.isascii() and stated.removeprefix("-").isdigit() and len(stated) <= 2:
        return max(-_LEVELS, min(_LEVELS, int(stated)))
    if tags.get("bridge", "no") != "no":
        return 1
    return -1 if tags.get("tunnel", "no") not in {"no", "building_passage"} else 0
