"""Code tables of 112 calls (Korean National Police Agency): kind of event, and how it ended."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "residential_intrusion": ("207",),
    "street_violence": ("101", "102", "103", "105", "201", "203", "204", "213", "301"),
    "theft": ("104",),
    "disorder": ("205", "206", "208", "209", "214", "302", "303", "304", "305", "308"),
    "nuisance": ("402", "403", "406", "604", "605"),
    "traffic_accident": ("401", "404", "405"),
    "other": (
        *("202", "210", "215", "216", "306", "307", "501", "502", "503", "504", "505", "506", "507", "509"),
        *("601", "602", "603", "606", "607", "608", "609", "610"),
    ),
    "home_bound": ("106", "107", "108", "109", "211", "212"),
    "withheld": ("508",),
}
"""Family → event codes, under the names that forecasts use; "other" has no risk map.

Offences at home, against children, sexual offences, stalking and suicides have families of their own that no
map of small areas may carry.
"""

WITHHELD = frozenset({"home_bound", "withheld"})
"""Families refused at the door."""

FAMILY_OF: dict[str, str] = {code: family for family, codes in FAMILIES.items() for code in codes}

LABELS: dict[str, str] = {
    "살인": "101",
    "강도": "102",
    "치기": "103",
    "절도": "104",
    "납치감금": "105",
    "성폭력": "106",
    "가정폭력": "107",
    "아동학대": "108",
    "아동학대(가정내)": "108",
    "아동학대(기타)": "109",
    "폭력": "201",
    "사기": "202",
    "공갈": "203",
    "협박": "204",
    "도박": "205",
    "재물손괴": "206",
    "주거침입": "207",
    "풍속영업": "208",
    "수배불심자": "209",
    "기타형사범": "210",
    "데이트폭력": "211",
    "스토킹": "212",
    "학교폭력": "213",
    "마약": "214",
    "보이스피싱": "215",
    "동물학대": "216",
    "시비": "301",
    "행패소란": "302",
    "청소년비행": "303",
    "무전취식승차": "304",
    "주취자": "305",
    "보호조치": "306",
    "위험방지": "307",
    "기타경범": "308",
    "교통사고": "401",
    "교통불편": "402",
    "교통위반": "403",
    "사망·대형사고": "404",
    "인피도주": "405",
    "음주운전": "406",
    "상담문의": "501",
    "변사자": "502",
    "비상벨": "503",
    "경비업체요청": "504",
    "가출등": "505",
    "분실습득": "506",
    "FTX": "507",
    "자살": "508",
    "실종(아동등)": "509",
    "내용확인불가": "601",
    "화재": "602",
    "구조요청": "603",
    "소음": "604",
    "노점상": "605",
    "기타타기관": "606",
    "서비스요청": "607",
    "청탁금지법": "608",
    "재해재난": "609",
    "위험동물": "610",
}

VOID_ENDINGS = frozenset({"601", "602", "603", "604", "708"})
"""False (허위), mistaken (오인), malfunction (오작동), exercise (FTX), the same call again (동일)."""


def code_of(text: str) -> str:
    """The code of a cell that holds a code, a label or both ('104', '104 절도', '절도'), else ""."""
    bare = text.strip().removesuffix(".0")
    if bare[:3] in FAMILY_OF and not bare[3:4].isdigit():
        return bare[:3]
    return LABELS.get(bare.replace(" ", ""), "")


URGENCIES = {"C0": "긴급", "C1": "중요", "C2": "일반", "C3": "민원", "C4": "기타"}
"""How urgent a call was (코드0 to 코드4)."""

ENDINGS: dict[str, str] = {
    "101": "체포",
    "102": "임의동행",
    "103": "통고처분",
    "104": "즉결심판",
    "105": "검거후훈방",
    "201": "현장조치",
    "202": "합의해산",
    "203": "순찰강화",
    "204": "상담안내",
    "205": "훈방",
    "301": "계속조사",
    "302": "보호조치",
    "303": "수배조치",
    "304": "타부서인계",
    "305": "타청·타서인계",
    "401": "타기관인계",
    "402": "귀가조치",
    "403": "병원인계",
    "501": "이미해산",
    "502": "불발견",
    "503": "신고취소",
    "504": "무조치종결",
    "505": "무응답",
    "506": "미도착종결",
    "601": "허위",
    "602": "오인",
    "603": "오작동",
    "604": "FTX",
    "701": "경찰콜센터",
    "702": "110",
    "703": "타청타서",
    "704": "기타",
    "705": "상담안내",
    "706": "수배조치",
    "707": "조치없이종결",
    "708": "동일",
    "709": "이첩",
    "710": "FAX전송종결",
}
"""Code → how a call ended."""


def ending_of(text: str) -> str:
    """The code of a cell that holds a code, a label or both ('201', '201 현장조치', '불발견'), else ""."""
    bare = text.strip().removesuffix(".0")
    if bare[:3] in ENDINGS and not bare[3:4].isdigit():
        return bare[:3]
    found = [code for code, label in ENDINGS.items() if label == bare.replace(" ", "")]
    # 상담안내, 수배조치 and 기타 stand for two codes each.
    return found[0] if len(found) == 1 else ""


def urgency_of(text: str) -> str:
    """C0 to C4 of 'C1', '코드1', 'code 1', '1' or '중요', else ""."""
    bare = text.strip().upper().replace(" ", "").removesuffix(".0")
    for mark in ("CODE", "코드", "C", ""):
        rest = bare.removeprefix(mark)
        if (rest != bare or not mark) and "C" + rest in URGENCIES:
            return "C" + rest
    return next((code for code, label in URGENCIES.items() if label == bare), "")
