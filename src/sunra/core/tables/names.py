"""Districts and legal dongs by the names that addresses use."""

import re
from functools import lru_cache

from sunra.core.geo import codes

_NOISE = re.compile(r"[\s_,()]+")
_SHORT = {
    "서울": "서울특별시",
    "부산": "부산광역시",
    "대구": "대구광역시",
    "인천": "인천광역시",
    "광주": "광주광역시",
    "대전": "대전광역시",
    "울산": "울산광역시",
    "세종": "세종특별자치시",
    "경기": "경기도",
    "충북": "충청북도",
    "충남": "충청남도",
    "전북": "전북특별자치도",
    "전남": "전라남도",
    "경북": "경상북도",
    "경남": "경상남도",
    "제주": "제주특별자치도",
    "강원": "강원특별자치도",
    "서울시": "서울특별시",
    "부산시": "부산광역시",
    "대구시": "대구광역시",
    "인천시": "인천광역시",
    "대전시": "대전광역시",
    "울산시": "울산광역시",
    "세종시": "세종특별자치시",
    "제주도": "제주특별자치도",
    "강원도": "강원특별자치도",
    "전라북도": "전북특별자치도",
}
_LONGEST_PROVINCE, _LONGEST_DISTRICT = 8, 11


class Names:
    """Current names without spaces; built once from the code table (use `names`)."""

    def __init__(self) -> None:
        self._provinces: dict[str, str] = {}
        self._districts: dict[str, dict[str, str]] = {}
        self._dongs: dict[str, dict[str, str]] = {}
        everywhere: dict[str, set[str]] = {}
        table = codes.current()
        for code, entry in table.items():
            if code.endswith("00000000"):
                self._provinces[entry.full_name] = code[:2]
        for short, name in _SHORT.items():
            if name in self._provinces:
                self._provinces[short] = self._provinces[name]
        for code, entry in table.items():
            words = entry.full_name.split()
            if code.endswith("00000") and not code.endswith("00000000"):
                name = "".join(words[1:])
                self._districts.setdefault(code[:2], {})[name] = code[:5]
                everywhere.setdefault(name, set()).add(code[:5])
            elif code.endswith("00") and not code.endswith("00000"):
                self._dongs.setdefault(code[:5], {})[words[-1]] = code
        self._unique = {name: found.pop() for name, found in everywhere.items() if len(found) == 1 and name}

    def provinces(self) -> tuple[str, ...]:
        """Every spelling of a province."""
        return tuple(sorted(self._provinces))

    def all_districts(self) -> tuple[str, ...]:
        """Every name of a district, without spaces (수원시장안구)."""
        return tuple(sorted({name for names_ in self._districts.values() for name in names_ if name}))

    def province(self, text: str) -> str:
        """Two-digit code of the province that the text begins with, or ""."""
        return self._province(_NOISE.sub("", text))[0]

    def _province(self, bare: str) -> tuple[str, str]:
        for length in range(_LONGEST_PROVINCE, 1, -1):
            if code := self._provinces.get(bare[:length]):
                return code, bare[length:]
        return "", bare

    def district(self, text: str, province: str = "") -> str:
        """Five-digit code of the district that an address or agency begins with, or "".

        Without a province in the text, a name that several provinces share (중구) needs ``province``.
        """
        bare = _NOISE.sub("", text)
        code, rest = self._province(bare)
        if code:
            names = self._districts.get(code, {})
            if found := _longest(rest, names) or names.get("", ""):
                return found
        return _longest(bare, self._districts.get(province, {})) or _longest(bare, self._unique)

    def dongs(self, district: str) -> dict[str, str]:
        """Name → ten-digit code of a district's legal dongs (읍면동); of a divided city, of all its 구."""
        if district in self._dongs:
            return self._dongs[district]
        return {
            name: code
            for part, names in self._dongs.items()
            if district and part[:4] == district[:4] and district.endswith("0")
            for name, code in names.items()
        }

    @lru_cache(maxsize=512)  # noqa: B019 - one instance lives as long as the process
    def pattern(self, district: str) -> str:
        """A regular expression whose first group is a legal dong of the district, named as a whole word.

        The next sign must not continue the word: 정동길 and 세종로번길 are streets, not dongs.
        """
        names = sorted(self.dongs(district), key=lambda name: (-len(name), name))
        return r"(?:^|[\s,(])(" + "|".join(map(re.escape, names)) + r")(?:[^가-힣]|$)" if names else ""


def _longest(bare: str, names: dict[str, str]) -> str:
    for length in range(min(_LONGEST_DISTRICT, len(bare)), 1, -1):
        if code := names.get(bare[:length]):
            return code
    return ""


@lru_cache(maxsize=1)
def names() -> Names:
    """The names of Korea, read once per process."""
    return Names()
