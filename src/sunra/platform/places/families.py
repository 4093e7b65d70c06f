"""Families of events that never lie on a map: home-bound offences and suicides.

A cell of 100 m may hold one household, so an event of these families would point at a person.
They are refused by the code of their family and, because files name them freely, by the words of their
category.
"""

import re
from collections.abc import Iterable

WITHHELD = ("child", "domestic", "sexual", "stalking", "suicide")
_WORDS = re.compile(
    "가정\\s*폭력|가정\\s*내|가폭|아동\\s*학대|아동\\s*방임|노인\\s*학대|성\\s*폭력|성\\s*범죄|성\\s*폭행|성\\s*추행|성\\s*희롱|성\\s*매매|강간|추행"
    "|불법\\s*촬영|카메라\\s*등?\\s*이용\\s*촬영|스토킹|데이트\\s*폭력|교제\\s*폭력|교제\\s*살인|자살|자해|극단적\\s*선택"
    "|domestic|child[\\s_-]*abuse|sexual|rape|stalking|suicid|self[\\s_-]*harm",
    re.IGNORECASE,
)


def is_withheld(family: str, category: str = "") -> bool:
    """Whether an event of this ``family`` and ``category`` must stay off every map."""
    code = family.strip().lower()
    return code in WITHHELD or bool(_WORDS.search(code)) or bool(_WORDS.search(category))


def withheld_among(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The withheld (family, category) pairs, each as the word that a refusal may name, sorted and once."""
    return tuple(
        sorted({category or family for family, category in set(pairs) if is_withheld(family, category)})
    )
