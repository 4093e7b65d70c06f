"""Code tables of the facility standards: code (without leading zeros) and label → one word."""

PURPOSES: dict[str, str] = {
    label: label
    for label in (
        "생활방범",
        "어린이보호",
        "교통단속",
        "쓰레기단속",
        "시설물관리",
        "재난재해",
        "차량방범",
        "교통정보수집",
        "다목적",
        "기타",
    )
}
"""설치목적구분 of CCTV."""

PROVINCES: dict[str, str] = {
    "1": "서울특별시",
    "2": "부산광역시",
    "3": "대구광역시",
    "4": "인천광역시",
    "5": "광주광역시",
    "6": "대전광역시",
    "7": "울산광역시",
    "8": "세종특별자치시",
    "9": "경기도",
    "10": "강원특별자치도",
    "11": "충청북도",
    "12": "충청남도",
    "13": "전북특별자치도",
    "14": "전라남도",
    "15": "경상북도",
    "16": "경상남도",
    "17": "제주특별자치도",
}
"""시도명 where a code stands in its place: the order of the standard (checked on eight of them)."""

ENFORCEMENT: dict[str, str] = {
    "1": "speed",
    "2": "signal",
    "3": "lane",
    "4": "parking",
    "99": "other",
    "과속": "speed",
    "속도": "speed",
    "속도위반": "speed",
    "신호": "signal",
    "신호위반": "signal",
    "통행위반": "lane",
    "전용차로": "lane",
    "버스전용차로": "lane",
    "불법주정차": "parking",
    "주정차": "parking",
    "기타": "other",
}
"""단속구분."""

ROADS: dict[str, str] = {
    "1": "motorway",
    "2": "national",
    "3": "metropolitan",
    "4": "provincial",
    "5": "city",
    "6": "county",
    "7": "district",
    "99": "other",
    "고속국도": "motorway",
    "고속도로": "motorway",
    "일반국도": "national",
    "국도": "national",
    "특별시도": "metropolitan",
    "광역시도": "metropolitan",
    "특별광역시도": "metropolitan",
    "지방도": "provincial",
    "국가지원지방도": "provincial",
    "시도": "city",
    "군도": "county",
    "구도": "district",
    "기타": "other",
}
"""도로종류 (checked against the names of the roads that carry each code)."""

DIRECTIONS: dict[str, str] = {
    "1": "up", "2": "down", "3": "both", "상행": "up", "하행": "down", "양방향": "both",
}  # fmt: skip
"""도로노선방향."""

SECTION_ENDS: dict[str, str] = {"1": "start", "2": "end", "시점": "start", "종점": "end"}
"""단속구간위치구분."""

ZONES: dict[str, str] = {
    "1": "elderly",
    "2": "child",
    "3": "disabled",
    "99": "other",
    "노인보호구역": "elderly",
    "어린이보호구역": "child",
    "장애인보호구역": "disabled",
    "기타": "other",
}
"""보호구역구분 (places with code 2 are schools, those with 1 are homes for the old)."""

LICENCE_STATES: dict[str, str] = {
    "1": "open",
    "2": "suspended",
    "3": "closed",
    "4": "cancelled",
    "5": "removed",
    "영업": "open",
    "정상": "open",
    "영업/정상": "open",
    "휴업": "suspended",
    "폐업": "closed",
    "취소/말소/만료/정지/중지": "cancelled",
    "직권폐업": "closed",
    "자진폐업": "closed",
    "행정처분": "cancelled",
    "전출": "removed",
    "제외/삭제/전출": "removed",
    "기타": "closed",
}
"""영업상태 of a licence, and 폐업구분 of the older export."""

SAFE_RETURN: dict[str, str] = {
    "301": "bell",
    "302": "cctv",
    "303": "route_sign",
    "304": "road_marking",
    "305": "security_light",
    "306": "service_sign",
    "307": "report_sign",
    "308": "other",
}
"""FACI_CODE of things on safe-return routes."""

SCHOOL_LEVELS: dict[str, str] = {
    "초등학교": "primary",
    "중학교": "middle",
    "고등학교": "high",
    "특수학교": "special",
    "각종학교": "other",
    "기타": "other",
}
"""학교급구분."""
