"""Legal dong codes, their validity and their successors."""

import datetime as dt
import re
from functools import cache

import pytest

from sunra.core.geo import codes
from sunra.core.geo.errors import UnknownDong
from sunra.core.geo.polygons import layer
from sunra.core.geo.reforms import RENAMED, SPLIT


@cache
def _old() -> list[str]:
    """Codes of the border file that are not in force; not at import, which every worker pays for."""
    return [code for code in layer("emd").codes if code + "00" not in codes.current()]


def _villages(code8, names):
    return {name.split()[-1] for code, name in names.items() if code[:8] == code8 and code[8:] != "00"}


def test_every_border_code_has_a_current_code():
    """Each of the 880 codes that left the table since the border file finds its way to codes in force."""
    assert len(_old()) == 880
    for code in _old():
        found = codes.crosswalk(code)
        assert found, code
        assert all(new in codes.current() and codes.current()[new].level == "dong" for new in found)
    several = {code for code in _old() if len(codes.crosswalk(code)) > 1}
    assert several == {*SPLIT, "41590118"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4211010100", ("5111010100",)),
        ("4211025021", ("5111025021",)),
        ("4513010100", ("5213010100",)),
        ("42110", ("5111000000",)),
        ("42", ("5100000000",)),
        ("2671031000", ("2671025900",)),
        ("2671031021", ("2671025921",)),
        ("28170", ("2817700000",)),
        ("4772037000", ("2772037000",)),
        ("4371025300", ("4311425300",)),
        ("4511114600", ("5211313800",)),
        ("1129010100", ("1129010100",)),
    ],
)
def test_known_reforms(old, new):
    """Named reforms lead where the gazette says: Gangwon, Jeonbuk, Gunwi, Cheongwon, towns that became 읍."""
    assert codes.crosswalk(old) == new


@pytest.mark.parametrize(
    "old", [code for code in RENAMED if not code.startswith("415901") and code != "41360107"]
)
def test_renamed_towns_keep_their_villages(old):
    """A renaming in the table is true: the old and the new town share most village names."""
    (new,) = codes.crosswalk(old)
    before = _villages(old, codes._ever())
    after = _villages(new[:8], {dong.code: dong.full_name for dong in codes.current().values()})
    if before:
        assert len(before & after) >= 0.45 * len(before)


@pytest.mark.parametrize("old", SPLIT)
def test_split_towns_became_their_villages(old):
    """A divided town's successors bear the names of its villages."""
    before = {re.sub("리$", "", name) for name in _villages(old, codes._ever())}
    after = {re.sub("동$", "", codes.current()[code].name) for code in codes.crosswalk(old)}
    assert len(after & before) >= len(after) - 1


def test_table_with_validity():
    """Codes in force carry the day they took effect, former ones the day their successors did."""
    table = {dong.code: dong for dong in codes.dongs()}
    assert len(table) == len(codes.current()) + len(_old())
    seongbuk = table["1129010100"]
    assert (seongbuk.name, seongbuk.full_name, seongbuk.valid_to) == (
        "성북동",
        "서울특별시 성북구 성북동",
        None,
    )
    assert seongbuk.level == "dong"
    assert table["4211010100"].valid_to == table["5111010100"].valid_from == dt.date(2023, 6, 11)
    assert table["1100000000"].level == "province"
    assert table["1129000000"].level == "district"
    assert table["5111025021"].level == "village"


def test_unknown_codes_are_refused():
    """A code that was never used is refused with its value."""
    with pytest.raises(UnknownDong) as refused:
        codes.crosswalk("9911010100")
    assert refused.value.params == {"code": "9911010100"}
