"""Sets of dongs: police stations by their jurisdiction, districts by their code; never each other's."""

from dataclasses import dataclass

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.core.indicators import UnitType
from sunra.platform.agencies.models import Agency, Jurisdiction
from sunra.systems.sharing.coarse import Coarse

STATION_TYPE = "police_station"


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of dongs by code, their names, and the names of those that the actor sees only in part."""

    members: dict[str, frozenset[str]]
    names: dict[str, str]
    partial: tuple[str, ...]


def groups(unit_type: UnitType, dongs: tuple[str, ...], coarse: Coarse | None = None) -> Groups:
    """Stations or districts that lie wholly within ``dongs``: a part of one is not the one.

    With ``coarse`` their members are also the codes that say less than a dong and lie wholly in them.
    """
    found = stations() if unit_type == "station" else _districts(dongs)
    mine = frozenset(dongs)
    touched = {code: entry for code, entry in found.items() if entry[1] & mine}
    whole = {code: entry for code, entry in touched.items() if entry[1] <= mine}
    partial = tuple(sorted(name for code, (name, _members) in touched.items() if code not in whole))
    return Groups(
        {code: coarse.within(members) if coarse else members for code, (_name, members) in whole.items()},
        {code: name for code, (name, _members) in whole.items()},
        partial,
    )


def stations() -> dict[str, tuple[str, frozenset[str]]]:
    """Every active police station: code → name and the dongs of its jurisdiction."""
    rows = Jurisdiction.objects.filter(agency__type_id=STATION_TYPE, agency__active=True).values_list(
        "agency_id", "dong"
    )
    members: dict[str, set[str]] = {}
    for agency_id, dong in rows:
        members.setdefault(str(agency_id), set()).add(dong)
    names = {str(key): name for key, name in Agency.objects.filter(pk__in=members).values_list("pk", "name")}
    return {key: (names[key], frozenset(dongs)) for key, dongs in members.items()}


def _districts(dongs: tuple[str, ...]) -> dict[str, tuple[str, frozenset[str]]]:
    found = {}
    for code in sorted({dong[:5] for dong in dongs}):
        try:
            name = districts().district(code).name
            found[code] = (name, frozenset(dong.code for dong in districts().dongs(code)))
        except GeoError:  # a code without a polygon has no district here
            continue
    return found
