"""Which columns of a table speak of persons: by what they are called and by what stands in them.

``find(frame) -> tuple[Finding, ...]``. A finding holds the column's name, the kind of data and shares, never
a value. Institutions are no persons: their telephone numbers and names stand in every national standard.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

SAMPLE = 2_000
"""Rows looked at, spread evenly over the table."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One column of persons' data: ``kind`` of :data:`KINDS`; ``share`` of its filled cells that look so;
    ``by_name`` when the column's name says so.
    """

    column: str
    kind: str
    share: float
    by_name: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a kind shows: ``name`` in the header; ``looks`` in a cell, in at least ``alone`` of the filled
    cells when the header says nothing, in ``named`` of them when it does (0: any cell will do); without
    the header's word so many different cells must be there (김밥 alone is no name).
    """

    kind: str
    name: re.Pattern[str]
    looks: Callable[[str], bool]
    alone: float
    named: float = 0.0
    fewest: int = 1


def find(frame: pl.DataFrame, headers: Sequence[str] | None = None) -> tuple[Finding, ...]:
    """The columns of ``frame`` (cells as text) that speak of persons, in order, at most one kind each.

    ``headers`` are the columns' own names where the frame's were changed.
    """
    names = list(headers) if headers is not None else frame.columns
    rows = frame.gather_every(max(1, frame.height // SAMPLE)).head(SAMPLE) if frame.height else frame
    found = []
    for name, column in zip(names, rows.get_columns(), strict=True):
        cells = [cell.strip() for cell in column.cast(pl.String).fill_null("").to_list()]
        finding = _judge(name, [cell for cell in cells if cell])
        if finding is not None:
            found.append(finding)
    return tuple(found)


def _judge(name: str, cells: list[str]) -> Finding | None:
    plain = re.sub(r"[\s_()\[\]/·.-]+", "", name).casefold()
    institution = bool(_INSTITUTION.search(plain)) and not _PERSON.search(plain)
    for rule in _RULES:
        share = sum(map(rule.looks, cells)) / len(cells) if cells else 0.0
        named = bool(rule.name.search(plain)) and not institution
        if named and cells and share >= rule.named:
            return Finding(name, rule.kind, round(share, 4), by_name=True)
        least = rule.alone if not institution else max(rule.alone, _OFFICE)
        if share > 0 and share >= least and len(set(cells)) >= rule.fewest:
            return Finding(name, rule.kind, round(share, 4), by_name=False)
    return None


_OFFICE = 0.3
"""In a column of an institution so many cells must look personal: offices have mobile telephones too."""
_INSTITUTION = re.compile(
    "기관|시설|학교|업소|업체|회사|대표전화|부서|사업장|경찰서|지구대|파출소|센터|관제|관리소|관리주체|설치장소|agency|office"
)
_PERSON = re.compile(
    "성명|성함|담당자|신고자|피해자|피의자|가해자|운전자|보호자|대표자|작성자|민원인|휴대|개인|person|driver"
)
_MOBILE = re.compile(r"^(?:\+?82[-\s.]?|0)1[016789][-\s.)]?\d{3,4}[-\s.]?\d{4}$")
_MAIL = re.compile(r"^[^@\s,;]+@[^@\s,;]+\.[a-z]{2,}$", re.IGNORECASE)
_PLATE = re.compile(
    r"^(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)\s?)?"
    r"\d{2,3}\s?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호]\s?\d{4}$"
)
_IMAGE = re.compile(
    r"\.(?:jpe?g|png|gif|bmp|heic|webp)(?:\?|$)|^data:image/|^(?:/9j/|iVBORw0KGgo)", re.IGNORECASE
)
_RESIDENT = re.compile(r"^(\d{2})(\d{2})(\d{2})(-?)([1-8])\d{6}$")
_MASKED = re.compile(r"^\d{6}-?[1-8]\*{6}$")
_BIRTH = re.compile(r"^(?:19|20)?\d{2}[-./]?(?:0[1-9]|1[0-2])[-./]?(?:0[1-9]|[12]\d|3[01])$")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하"
    "곽성차주우구민진지엄채원천방공현함변염여추도소석선설"
)
_NAME = re.compile(f"^[{_SURNAMES}][가-힣]{{1,2}}$")
_NO_NAME = re.compile("(?:[동구로길역교점소관청과시군면리가팀읍층형국서장천산도문등식용]|공원)$")
_MASKED_NAME = re.compile(f"^[{_SURNAMES}][*○〇OＯ□]{{1,2}}[가-힣]?$")


def is_resident_number(text: str) -> bool:
    """Whether a text is a resident (or foreigner's) registration number: a day that exists and, for numbers
    given out before October 2020, the check digit. A number without hyphen must have the check digit.
    """
    match = _RESIDENT.match(text)
    if match is None:
        return bool(_MASKED.match(text))
    month, day = int(match[2]), int(match[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    digits = [int(digit) for digit in text if digit.isdigit()]
    total = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=False))
    checked = (11 - total % 11) % 10 == digits[12]
    foreign = (13 - total % 11) % 10 == digits[12] and digits[6] >= 5
    recent = match[4] == "-" and match[5] in "3478" and int(match[1]) >= 20
    return checked or foreign or recent


def _is_name(text: str) -> bool:
    return bool(_MASKED_NAME.match(text)) or bool(_NAME.match(text) and not _NO_NAME.search(text))


def _any(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_RULES = (
    _Rule("resident_number", _any("주민등록번호|주민번호|외국인등록|rrn"), is_resident_number, 0.02),
    _Rule("email", _any("이메일|메일주소|email"), lambda cell: bool(_MAIL.match(cell)), 0.02),
    _Rule("phone", _any("휴대전화|휴대폰|핸드폰|mobile"), lambda cell: bool(_MOBILE.match(cell)), 0.02),
    _Rule("plate", _any("차량번호|차번호|자동차번호|plate"), lambda cell: bool(_PLATE.match(cell)), 0.05),
    _Rule("image", _any("얼굴|증명사진|사진|photo|face"), lambda cell: bool(_IMAGE.search(cell)), 0.2),
    _Rule("birth", _any("(?<!발)생(?:년월)?일|birth"), lambda cell: bool(_BIRTH.match(cell)), 2.0),
    _Rule(
        "home",
        _any("(?:신고자|피해자|피의자|운전자|보호자|민원인|개인|거주자).{0,3}(?:주소|거주)|자택|집주소|거주지주소"),
        bool, 2.0,
    ),
    _Rule(
        "phone",
        _any("(?:담당자|신고자|피해자|보호자|운전자|민원인|대표자|작성자).{0,3}(?:전화|연락처|번호)|개인연락처"),
        lambda cell: any(sign.isdigit() for sign in cell), 2.0, 0.05,
    ),
    _Rule(
        "name",
        _any("성명|성함|담당자$|담당자명|담당자이름|신고자$|신고자명|피해자$|피의자$|가해자|운전자$|보호자$|민원인$|대표자|작성자|이름$|personname"),
        _is_name, 0.9, 0.3, 3,
    ),
)  # fmt: skip
KINDS = tuple(dict.fromkeys(rule.kind for rule in _RULES))
