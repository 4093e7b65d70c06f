"""Column names as agencies write them, made comparable."""

import re

_NOISE = re.compile(r"[\s\ufeff\u200b\"'`_·]+")
_MANGLED_BOM = re.compile(r"^(?:ï»¿|\?|癤|\ufffd)+")


def normal(name: str) -> str:
    """A header cell without spaces, quotes, underscores and the remains of a byte-order mark, lower case.

    >>> normal(' 카메라대수 '), normal('?"기준일ID"')
    ('카메라대수', '기준일id')
    """
    return _NOISE.sub("", _MANGLED_BOM.sub("", name.strip())).lower()


def match(header: list[str], fields: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Canonical field → column index; earlier aliases win over later ones, a column serves one field."""
    names = [normal(cell) for cell in header]
    found: dict[str, int] = {}
    taken: set[int] = set()
    for name, aliases in fields.items():
        for alias in aliases:
            if alias in names and (index := names.index(alias)) not in taken:
                found[name] = index
                taken.add(index)
                break
    return found
