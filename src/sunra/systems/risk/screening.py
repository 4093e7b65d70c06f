"""Refuses words that name or describe persons or groups: a patrol is asked for at a place, never against
somebody.

``screen(text) -> tuple[Found, ...]``, pure. It is a net for what people commonly write, not a proof that a
text is free of persons; an officer who reads the text later and finds more declines it. It rather refuses
once too often: whoever is refused is told what to write instead.
"""

import re
import unicodedata
from dataclasses import dataclass

from sunra.systems.risk.screening_words import (
    COUNTRIES,
    FACILITY_AFTER,
    GIVEN,
    GROUPS,
    GROUPS_EN,
    HOUSES,
    LOOKS,
    NO_NAMES,
    OFFICES,
    PEOPLES_EN,
    PERSON,
    SURNAMES,
    TITLES,
)

CODES = ("resident_number", "telephone", "number", "email", "online", "plate", "home", "name", "group",
         "description")  # fmt: skip
"""Everything that can be found, from the gravest on."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found: ``code`` of :data:`CODES`, and ``start``/``end`` in ``plain(text)``."""

    code: str
    start: int
    end: int


def plain(text: str) -> str:
    """The text as it is looked at: one form for each sign, no invisible signs, single spaces, a stroke for
    each new line.
    """
    found = re.sub(r"[\r\n\v\f\x85\u2028\u2029]+", " / ", unicodedata.normalize("NFKC", text))
    seen = "".join(
        " " if sign.isspace() or unicodedata.category(sign) == "Cc" else sign
        for sign in found
        if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")
    )
    return re.sub(" +", " ", seen).strip()


def screen(text: str) -> tuple[Found, ...]:
    """What in ``text`` names or describes persons or groups, in order of place; empty when nothing does."""
    looked = plain(text)
    found = {
        Found(code, match.start(), match.end())
        for code, pattern in _RULES
        for match in pattern.finditer(looked)
        if not (code == "name" and match.groupdict().get("who", "") in NO_NAMES)
    }
    return tuple(sorted(found, key=lambda one: (one.start, -one.end, CODES.index(one.code))))


def codes(*texts: str) -> tuple[str, ...]:
    """The codes found in any of ``texts``, each once, the gravest first."""
    found = {one.code for text in texts for one in screen(text)}
    return tuple(code for code in CODES if code in found)


_GAP = r"[\s.\-_·,/()~]*"
_DIGIT = "[0-9공영일이삼사오육칠팔구]"
_FIRST, _TENTH = "[0공영]", "[1일]"
_END = r"(?=님|[은는이가을를의과와도에네만께]|[^가-힣]|$)"
_FAMILY = f"(?:남궁|황보|제갈|사공|선우|독고|[{SURNAMES}])"
_ALONE = "(?<![가-힣])"
_WHO = "(?:" + "|".join(PERSON) + ")"
_NOT_HERE = f"(?!\\s*(?:{'|'.join(FACILITY_AFTER)}))"


def _rule(code: str, *patterns: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(code, re.compile(one, re.IGNORECASE)) for one in patterns]


_RULES: list[tuple[str, re.Pattern[str]]] = [
    *_rule("resident_number", rf"(?<!\d)(?:\d{_GAP}){{6}}[1-8](?:{_GAP}[\d*●]){{6}}(?!\d)"),
    *_rule(
        "telephone",
        rf"(?<!\d)(?:\+?82{_GAP})?(?:{_FIRST}{_GAP})?{_TENTH}{_GAP}[016789공영일육칠팔구](?:{_GAP}{_DIGIT}){{7,8}}(?!\d)",
        rf"(?<!\d)0(?:2|[3-6]\d|70|50\d?){_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)",
    ),
    *_rule("number", r"(?<!\d)\d(?:-?\d){9,}(?!\d)"),
    *_rule("email", r"[^\s@]+@[^\s@]+\.[a-z]{2,}"),
    *_rule(
        "online",
        r"https?://|www\.",
        r"(?:카톡|카카오톡|인스타(?:그램)?|텔레그램|페이스북|페북|insta(?:gram)?|telegram|kakao(?:talk)?)\s*(?:아이디|id\b|계정|:|@)",
        r"(?<![\w.])@[\w.]{3,}(?![\w.]*@)",
    ),
    *_rule(
        "plate",
        r"(?<!\d)\d{2,3}\s?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호]\s?\d{4}(?!\d)",
    ),
    *_rule(
        "home",
        r"\d{1,4}\s*동\s*(?:\d{1,2}\s*층\s*)?\d{1,4}\s*호(?!선)",
        r"\d{1,4}\s*동\s*\d{3,4}(?![\d\s]*(?:m|미터|번|년|시|호선))",
        rf"(?:{'|'.join(HOUSES)})\s*(?:제?\s*\d{{1,2}}\s*층\s*)?\d{{1,4}}\s*호(?!선)",
        r"(?<![\d제])(?:b|지하\s*)?\d{3,4}\s*호(?!선|기|점|차)",
        r"(?:옆|윗|아랫|아래|앞|뒷|뒤)\s?집(?![가-힣]{2})|집주인|세입자",
        r"(?:위층|윗층|아래층|아랫층)\s?(?:사람|집|남자|여자|부부|가족|에 사|소음)",
        r"(?:\d{1,2}\s*층|반지하|옥탑방?)\s?(?:에\s?)?(?:사는|세대|집\b|집에)",
        r"\b(?:apt|apartment|unit|flat|room)\.?\s*(?:no\.?\s*)?#?\s*\d+",
        r"\bneighbou?rs?\b(?!\s*(?:hood|watch))",
    ),
    *_rule(
        "name",
        rf"{_ALONE}(?P<who>{_FAMILY}[가-힣]{{1,2}})\s?(?:{'|'.join(TITLES)}){_END}",
        rf"{_ALONE}(?P<who>{_FAMILY}[가-힣]{{2}})\s?(?:님|군|양){_END}",
        rf"{_ALONE}(?!공사장|연회장|조회장|심사장|구이장){_FAMILY}\s?(?:씨|{'|'.join(OFFICES)}){_END}",
        rf"{_ALONE}{_FAMILY}\s?(?:[○●◯*]{{1,2}}|xx|oo|ㅇㅇ|모\s?(?:씨|군|양))",
        rf"{_ALONE}(?:{_FAMILY})(?:{'|'.join(GIVEN)}){_END}",
        rf"(?:이름|성함|실명)\s?[은이가:]\s?[가-힣a-z]{{2,}}|[가-힣a-z]{{2,}}\s?(?:이라는|라는|이라고\s?하는|라고\s?하는)\s?{_WHO}",
        r"\b(?:mr|mrs|ms|miss|dr|prof)\.?\s+[a-z]{2,}|\b(?:named|called)\s+(?-i:[A-Z][a-z]+)|\b(?:his|her|their)\s+name\b",
    ),
    *_rule(
        "group",
        rf"{_ALONE}(?:{'|'.join(COUNTRIES)})\s?(?:인(?=[\s들이은는을를의과와도,.!?]|$)|계\s?{_WHO}|{_WHO}|놈|년들|애들|노동자|근로자|유학생|학생|출신|국적|동포|교포|선원)",
        rf"{_ALONE}인도\s?(?:인들|출신|국적)",
        rf"(?:{'|'.join(GROUPS)}){_NOT_HERE}",
        r"(?:전라도|경상도|충청도|강원도|제주도|호남|영남)\s?(?:사람|놈|출신|것들)",
        rf"\b(?:{'|'.join(GROUPS_EN)})\b",
        rf"\b(?:{'|'.join(PEOPLES_EN)})\s+(?:people|men|man|wom[ae]n|guys?|workers?|students?|kids|gangs?|teens?|youths?|famil(?:y|ies))\b",
    ),
    *_rule(
        "description",
        rf"(?:{_ALONE}(?:그|저|이|어떤|웬|특정|그런|저런|이런)|수상한|이상한|낯선|의심스러운|거동이?\s?수상한)\s?{_WHO}(?!\s?(?:안심|전용|혼자|보호))",
        rf"{_ALONE}한\s(?:남자|여자|남성|여성|아저씨|아줌마|할아버지|할머니|청년|노인)",
        rf"\d0\s?대\s?(?:초반|중반|후반)?(?:의|으로|로)?\s?(?:보이는\s?)?(?:남\b|여\b|{_WHO})",
        rf"(?:{'|'.join(LOOKS)})\s?(?:[가-힣]{{1,4}}\s)?{_WHO}",
        r"(?:사장|점장|주인|원장|건물주|관리소장|경비원|배달원|배달\s?기사)(?:님|놈)?(?:이|가|은|는|을|를|한테|에게)(?!\s*없)",
        rf"(?:에|근처|주변|여기|건물)\s?(?:혼자\s?)?사는\s?{_WHO}|동네\s?(?:사람|아저씨|아줌마|할머니|할아버지)\s?(?:이름|하나|한\s?명)",
        r"\b(?:that|this|those|these|certain|same|suspicious|strange|tall|fat|bald|drunk|old|young)\s+(?:[a-z]+\s+)?(?:man|men|wom[ae]n|guys?|boys?|girls?|lady|ladies|person|kids?|teenagers?|teens?|youths?)\b",
        r"\b(?:man|men|woman|women|guys?|boys?|girls?|lady|person)\s+(?:with|in|who|wearing|from|named|called|living|next\s+door)\b",
    ),
]
