"""The kinds of tables that are read, one module each; `recognise` says which one a table is."""

from dataclasses import dataclass

from sunra.core.tables import headers
from sunra.core.tables.kinds import (
    accident_event,
    accident_hotspot,
    bus_stop,
    call112,
    cctv,
    child_zone,
    cpted_site,
    emergency_bell,
    enforcement_camera,
    licence,
    locker,
    park,
    police_office,
    road,
    safe_house,
    safe_return,
    school,
    security_light,
    shapes,
    street_lamp,
    subway_station,
)
from sunra.core.tables.kinds.base import Kind
from sunra.core.tables.raw import Raw

KINDS: tuple[Kind, ...] = tuple(
    module.KIND
    for module in (
        call112,
        emergency_bell,
        security_light,
        street_lamp,
        cctv,
        enforcement_camera,
        child_zone,
        police_office,
        school,
        subway_station,
        bus_stop,
        park,
        licence,
        safe_house,
        locker,
        cpted_site,
        safe_return,
        accident_event,
        accident_hotspot,
        road,
    )
)
_TITLE_ROWS = 10
_LOOKED = 200
_ENOUGH = 8


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """A kind, the record that is its header, and the column of each field."""

    kind: Kind
    header: int
    columns: dict[str, int]


def recognise(raw: Raw) -> Recognised | None:
    """The kind whose needs the columns meet, first header row first; of several, the best known."""
    if shaped := shapes.kind_of(raw):
        return Recognised(kind=shaped[0], header=0, columns=shaped[1])
    points = {"lon": -1, "lat": -1} if raw.geometry is not None else {}
    for index, record in enumerate(raw.records[:_TITLE_ROWS]):
        if raw.geometry is None and _is_text(raw.records[index : index + _LOOKED], len(record)):
            continue
        candidates = []
        for kind in KINDS:
            found = headers.match(record, kind.fields)
            if kind.fits({**found, **points}, raw.file):
                candidates.append((len(found), kind, found))
        if candidates:
            _, kind, found = max(candidates, key=lambda candidate: candidate[0])
            return Recognised(kind=kind, header=index, columns=found)
    return None


def _is_text(records: list[list[str]], width: int) -> bool:
    """A line of column names among lines of any other width is a sentence about a table, no header."""
    body = records[1:]
    fit = sum(len(row) == width or not any(row[width:]) for row in body if len(row) >= width)
    return len(body) >= _ENOUGH and fit * 5 < len(body)
