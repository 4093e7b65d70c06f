"""The codes by which agencies and places are known, and what makes one valid."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.utils.translation import gettext as _

from sunra.core.geo.codes import current
from sunra.platform.base.errors import UserError

_AGENCY = re.compile(r"\d{7}", re.ASCII)
_POLICE = re.compile(r"[0-9A-Z]{3,12}", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


@lru_cache(maxsize=1)
def _dongs_by_district() -> dict[str, tuple[str, ...]]:
    """The 법정동 in force, without their 리, under the five digits of their district."""
    found: dict[str, list[str]] = {}
    for code, dong in current().items():
        if dong.level == "dong":
            found.setdefault(code[:5], []).append(code)
    return {district: tuple(codes) for district, codes in found.items()}


def check_agency_code(code: str) -> None:
    """Raise ``UserError`` unless ``code`` is empty or has exactly seven digits."""
    if code and not _AGENCY.fullmatch(code):
        raise UserError(
            "agencies.bad_code",
            _("The agency code “%(code)s” does not have seven digits.") % {"code": code[:20]},
            _("Look the code up in the register of administrative agency codes, or leave it empty."),
            ("code",),
        )


def check_police_code(code: str) -> None:
    """Raise ``UserError`` unless ``code`` is empty or 3 to 12 digits and capital letters."""
    if code and not _POLICE.fullmatch(code):
        raise UserError(
            "agencies.bad_police_code",
            _("The police code “%(code)s” is not 3 to 12 digits and capital letters.") % {"code": code[:20]},
            _("Take the code from the list of police offices, or leave it empty."),
            ("police_code",),
        )


def check_district(code: str) -> None:
    """Raise ``UserError`` unless ``code`` is empty or the five digits of a district in force."""
    if code and code not in _dongs_by_district():
        raise UserError(
            "agencies.no_such_district",
            _("There is no district with the code “%(code)s”.") % {"code": code[:20]},
            _("Give the five digits of the district, for example 11290."),
            ("district",),
        )


def read_dongs(words: Iterable[str]) -> frozenset[str]:
    """The 법정동 codes named: ten digits each, or five for all of a district; raises ``UserError``."""
    found: set[str] = set()
    for word in words:
        if not _DIGITS.fullmatch(word) or len(word) not in (5, 10):
            raise _no_dong(word)
        if len(word) == 5:
            dongs = _dongs_by_district().get(word)
            if dongs is None:
                raise _no_dong(word)
            found.update(dongs)
        elif word in current() and current()[word].level in ("dong", "village"):
            found.add(word)
        else:
            raise _no_dong(word)
    return frozenset(found)


def _no_dong(word: str) -> UserError:
    return UserError(
        "agencies.no_such_dong",
        _("There is no 법정동 with the code “%(code)s”.") % {"code": word[:20]},
        _("Give ten digits for a 법정동 or five for a whole district, parted by spaces."),
        ("jurisdiction",),
    )


def dong_name(code: str) -> str:
    """The full name of a 법정동, or its code when it is not in force any more."""
    dong = current().get(code)
    return dong.full_name if dong else code
