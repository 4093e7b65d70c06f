"""Administrative dongs (행정동) and the legal dongs (법정동) that each of them covers.

From addresskr (행정안전부 KIKmix, 2026-03-01): many to many. 장위1동 lies in 장위동 alone; 혜화동 the office
covers five legal dongs besides the one of its own name; 신림동 the legal dong is cut up among eleven offices.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from python_calamine import CalamineWorkbook

_TABLE = "KIKmix.20260301.xlsx"
_ORDINAL = re.compile(r"제(?=\d)")
_MARKS = re.compile(r"[.,·\s]+")


@dataclass(frozen=True, slots=True)
class AdminDong:
    """One administrative dong: ten-digit ``code``, ``name`` as registered, ``legal`` ten-digit codes."""

    code: str
    name: str
    legal: tuple[str, ...]


FORMER = {
    # Made of both in 2009, cut up into both again in 2025: most files still name it.
    ("11230", "용신동"): AdminDong("1123053600", "용신동", ("1123010100", "1123010200")),
}
"""Administrative dongs no longer in force whose name says nothing about the legal dongs they held."""


def plain(name: str) -> str:
    """A dong's name without what agencies add or leave out: 불광제1동 = 불광1동, 종로1.2가동 = 종로12가동."""
    return _ORDINAL.sub("", _MARKS.sub("", name))


@lru_cache(maxsize=1)
def admin_dongs() -> dict[str, AdminDong]:
    """All administrative dongs in force, by code; towns (읍면) are their own legal dong."""
    spec = find_spec("addresskr")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("addresskr")
    book = CalamineWorkbook.from_path(Path(next(iter(spec.submodule_search_locations))) / _TABLE)
    legal: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, _, _, name, inside, *_ in book.get_sheet_by_index(0).to_python()[1:]:
        # Villages (리) count as the town that holds them.
        if name and (part := str(inside).split(".")[0][:8])[5:] != "000":
            legal[str(code).split(".")[0], str(name)].add(part + "00")
    return {
        code: AdminDong(code, name.strip(), tuple(sorted(parts)))
        for (code, name), parts in sorted(legal.items())
    }


@lru_cache(maxsize=1)
def _by_district() -> dict[str, dict[str, AdminDong]]:
    found: dict[str, dict[str, AdminDong]] = defaultdict(dict)
    twice: set[tuple[str, str]] = set()
    for dong in admin_dongs().values():
        district, name = dong.code[:5], plain(dong.name)
        if name in found[district]:
            twice.add((district, name))
        found[district][name] = dong
    for district, name in twice:
        del found[district][name]
    return dict(found)


def named(district: str, word: str) -> AdminDong | None:
    """The administrative dong that a word of an address names: 창제3동 = 창3동, 홍제1동 = 홍제제1동."""
    known = of_district(district)
    return known.get(_MARKS.sub("", word)) or known.get(plain(word)) or FORMER.get((district, plain(word)))


def of_district(district: str) -> dict[str, AdminDong]:
    """The administrative dongs of a district (of a divided city, of all its 구) by `plain` name.

    A name that several of them bear is left out: nobody can tell which is meant.
    """
    if district in _by_district() or not district.endswith("0"):
        return _by_district().get(district, {})
    parts = [names for code, names in _by_district().items() if code[:4] == district[:4]]
    seen = [name for names in parts for name in names]
    return {name: dong for names in parts for name, dong in names.items() if seen.count(name) == 1}
