"""Which legal dongs a dong word can mean in its district, and what words and witnesses say together."""

import re
from dataclasses import dataclass
from functools import cached_property

from sunra.core.tables.admin_dongs import named, plain
from sunra.core.tables.gazetteer import CALLED, NAME, Gazetteer
from sunra.core.tables.names import names
from sunra.core.tables.result import ADMIN_DONG

FEWEST = 5
"""Witnesses from which a word's meaning is judged by them."""
TRUSTED = 0.95
"""Share of witnesses inside the dongs that a word means; below it the word misleads."""
_LEARNT = 20
_CERTAIN = 0.98
_TWO = re.compile(r"^(.+?동)(.+(?:동|가))$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Legal dongs (ten digits) that may be meant, and the administrative dong that holds them all or ""."""

    legal: frozenset[str]
    admin: str = ""


DOUBTFUL = Meaning(frozenset())
"""A word that the tables know and that witnesses contradict."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address puts a row: ``dong`` with its ``precision``, or "" with the ``reason`` why not.

    ``via`` says by what: dong, admin, road or lot.
    """

    dong: str = ""
    precision: str = ""
    reason: str = "no_location"
    via: str = ""


class Meanings:
    """The dong words of one file, judged by the code tables and by witnesses."""

    def __init__(self, learnt: Gazetteer) -> None:
        self._learnt = learnt
        self._known: dict[tuple[str, str, bool, bool], Meaning | None] = {}

    @cached_property
    def _witnesses(self) -> dict[tuple[str, str, str], dict[str, int]]:
        return self._learnt.names()

    def of(self, district: str, word: str, *, offices: bool, called: bool = False) -> Meaning | None:
        """What a word means; None when no table knows it, `DOUBTFUL` when witnesses contradict.

        ``offices``: the column writes administrative dongs, so that 혜화동 is the office and not the one
        legal dong of that name. ``called``: the word stands in a facility's name, not in an address.
        """
        key = (district, word, offices, called)
        if key not in self._known:
            self._known[key] = self._judge(*key)
        return self._known[key]

    def _judge(self, district: str, word: str, offices: bool, called: bool) -> Meaning | None:  # noqa: FBT001
        seen = self._witnesses.get((district, CALLED if called else NAME, plain(word)), {})
        total = sum(seen.values())
        readings = self._readings(district, word, offices=offices)
        for meaning in readings:
            if total < FEWEST or sum(seen.get(code, 0) for code in meaning.legal) >= TRUSTED * total:
                return meaning
        if total >= _LEARNT and max(seen.values()) >= _CERTAIN * total:
            return Meaning(frozenset({max(seen, key=lambda code: seen[code])}))
        return DOUBTFUL if readings else None

    def _readings(self, district: str, word: str, *, offices: bool) -> list[Meaning]:
        """Possible readings, the likeliest first."""
        legal = names().dongs(district).get(word)
        office = named(district, word)
        readings = []
        if office:
            covered = frozenset(office.legal) | ({legal} if legal else set())
            readings.append(Meaning(covered, office.code if covered == frozenset(office.legal) else ""))
        if legal:
            readings.insert(len(readings) if offices else 0, Meaning(frozenset({legal})))
        if not readings and (two := _TWO.match(word)):
            # 성북동동소문동4가: an office and, by guess, one of its legal dongs; the office is sure.
            first = named(district, two[1])
            second = names().dongs(district).get(two[2])
            if first and second in first.legal:
                readings.append(Meaning(frozenset(first.legal), first.code))
        return readings

    def is_office(self, district: str, word: str) -> bool | None:
        """True: the word can only be an administrative dong; False: only a legal one; None: no telling."""
        legal, office = word in names().dongs(district), named(district, word) is not None
        return None if legal == office else office


def settle(addressed: list[Meaning], called: Meaning | None, road: str, lot: str) -> Place:
    """One place from all that is known: words of the address, the facility's name, its road, its lot.

    Doubtful words place nothing. What the words allow is narrowed by the witnesses of road and lot; when they
    exclude each other nothing is placed. A facility's name says who looks after it, often not where it is: it
    never overrides an address.
    """
    doubted = Place(reason="ambiguous_dong")
    nothing = doubted if DOUBTFUL in addressed or called == DOUBTFUL else Place()
    addressed = [meaning for meaning in addressed if meaning != DOUBTFUL]
    called = None if called == DOUBTFUL else called
    told = [meaning.legal for meaning in addressed]
    seen = [frozenset({code}) for code in (lot, road) if code]
    if not told and called:
        told = [called.legal]
    if not told and not seen:
        return nothing
    left = frozenset.intersection(*told, *seen)
    if not left:
        return doubted
    if len(left) > 1 and called and left & called.legal:
        left &= called.legal
    if len(left) == 1:
        via = "lot" if lot else "road" if road else "dong"
        return Place(dong=next(iter(left)), precision="dong", reason="", via=via)
    for meaning in [*addressed, *([called] if called else [])]:
        if meaning.admin and left <= meaning.legal:
            return Place(dong=meaning.admin, precision=ADMIN_DONG, reason="", via="admin")
    return doubted
