"""What every real file truly is, established beside the reader: one line a file.

Kinds are what the publisher says and the columns show; encodings are the strictest codec that decodes the
bytes; systems are those under which the points lie in the districts of their addresses; rows were counted
with csv, calamine and GDAL. A file of kind "unknown" is none of the kinds, and ``why`` says what it is.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Truth:
    """``rows``: records below the header rows, 0 where the whole file is refused.

    ``why``: what is in a file of which no row can be used; ``refusal``: the code that says so, of every row
    or of the file. ``merged`` and ``flags`` (the warnings counted) where somebody counted them by hand.
    """

    kind: str
    encoding: str | None
    crs: int | None
    rows: int
    why: str = ""
    refusal: str = ""
    merged: int | None = None
    flags: dict[str, int] = field(default_factory=dict)


NODES = "crossings of the walking network, without lines"
DOCUMENTS = frozenset({"korea/DIRTY.md", "korea/PROVENANCE.md", "korea/STANDARDS.md", "roads/PROVENANCE.md"})
"""Texts about the files, no files of the collection."""

FOLDERS: dict[str, dict[str, Truth]] = {
    "korea/accidents": {
        "Traffic_accident_month_2005.csv": Truth("accident_table", "utf-8-sig", None, 26),
        "Traffic_accident_type.csv": Truth("accident_table", "utf-8-sig", None, 78),
        "Traffic_accidents_vehicle.csv": Truth("accident_table", "utf-8-sig", None, 26),
        "bike.csv": Truth("accident_table", "utf-8-sig", None, 494),
        "hit_and_run.csv": Truth("accident_table", "utf-8-sig", None, 26),
        "pedestrain.csv": Truth("accident_table", "utf-8-sig", None, 25),
        "weather.csv": Truth("unknown", "utf-8-sig", None, 229, "weather by month"),
    },
    "korea/bells": {
        "Seoul_Bell.csv": Truth("emergency_bell", "cp949", 4326, 13088, merged=0),
    },
    "korea/boundaries": {
        "HangJeongDong_20250401_seoul.geojson": Truth("boundary", "utf-8", 4326, 424),
        "서울시주요50장소영역.shp": Truth("boundary", "utf-8", 4326, 50),
    },
    "korea/boundaries/seoul-maps/juso/2015/shp": {
        "seoul_neighborhoods.shp": Truth("boundary", "euc_kr", 4326, 467),
    },
    "korea/boundaries/seoul-maps/kostat/2013/shp/original": {
        "seoul_municipalities.shp": Truth("boundary", "euc_kr", 5174, 25),
        "seoul_submunicipalities.shp": Truth("boundary", "euc_kr", 5174, 423),
    },
    "korea/boundaries/seoul-maps/kostat/2013/shp": {
        "seoul_submunicipalities.shp": Truth("boundary", "utf-8", 4326, 423),
    },
    "korea/busan": {
        "12_04_08_E_CCTV정보.xlsx": Truth("cctv", None, 4326, 15737),
        "cctv.csv": Truth(
            "cctv", "utf-8", 4326, 15737, flags={"impossible_value": 2858 + 878, "future_date": 1}
        ),
        "가로등현황.csv": Truth(
            "unknown", "utf-8", None, 15, "lamps by police station and wattage, without places"
        ),
        "경찰청 부산광역시경찰청_경찰서별 5대 범죄 발생 현황_20231231.csv": Truth(
            "crime_table", "utf-8", None, 15
        ),
        "경찰청_범죄현황.csv": Truth("crime_table", "utf-8", None, 15),
        "경찰청_부산경찰서별_범죄현황_UTF8.csv": Truth("crime_table", "utf-8-sig", None, 15),
        "부산 학교 수.csv": Truth("unknown", "utf-8", None, 14, "number of schools by police station"),
        "부산광역시 주민등록인구통계_20231231.csv": Truth("population", "euc_kr", None, 14),
        "부산동별경찰서.csv": Truth("unknown", "utf-8", None, 15, "number of police offices by station"),
    },
    "korea/cctv": {
        "서울특별시_강남구_CCTV_20190312.csv": Truth(
            "cctv", "euc_kr", 4326, 1880, flags={"excel_year_lost": 12}
        ),
        "서울특별시_강남구_CCTV_20200227.csv": Truth("cctv", "euc_kr", 4326, 1933),
        "서울특별시_강동구_CCTV_20191119.csv": Truth("cctv", "euc_kr", 4326, 875),
        "서울특별시_강북구_CCTV_20190426.csv": Truth("cctv", "euc_kr", 4326, 1773),
        "서울특별시_강서구_CCTV_20200213.csv": Truth("cctv", "euc_kr", 4326, 974),
        "서울특별시_관악구_CCTV_20191031.csv": Truth("cctv", "euc_kr", 4326, 1380),
        "서울특별시_광진구_CCTV_20190306.csv": Truth("cctv", "euc_kr", 4326, 956),
        "서울특별시_구로구_CCTV_20191029.csv": Truth("cctv", "euc_kr", 4326, 1320),
        "서울특별시_도봉구_CCTV_20181006.csv": Truth(
            "cctv", "euc_kr", 4326, 614, flags={"excel_year_lost": 21}
        ),
        "서울특별시_동작구_CCTV_20200325.csv": Truth("cctv", "utf-8-sig", 4326, 694),
        "서울특별시_마포구_CCTV_20190625.csv": Truth("cctv", "euc_kr", 4326, 905),
        "서울특별시_서초구_CCTV_20190529.csv": Truth("cctv", "euc_kr", 4326, 2372),
        "서울특별시_성동구_CCTV_20190603.csv": Truth("cctv", "euc_kr", 4326, 1020),
        "서울특별시_성북구_CCTV_20200330.csv": Truth("cctv", "euc_kr", 4326, 1550),
        "서울특별시_송파구_CCTV_20200228.csv": Truth("cctv", "euc_kr", 4326, 1046),
        "서울특별시_양천구_CCTV_20191120.csv": Truth("cctv", "euc_kr", 4326, 843),
        "서울특별시_은평구_CCTV_20200101.csv": Truth("cctv", "euc_kr", 4326, 1177),
        "서울특별시_종로구_CCTV_20190918.csv": Truth("cctv", "euc_kr", 4326, 654),
        "서울특별시_중구_CCTV_20191121.csv": Truth("cctv", "euc_kr", 4326, 754),
        "서울특별시_중랑구_CCTV_20200217.csv": Truth("cctv", "euc_kr", 4326, 899),
    },
    "korea/cctv_stats": {
        "seoul_cctv.csv": Truth("unknown", "utf-8", None, 25, "numbers of cameras by district"),
        "seoul_cctv.xlsx": Truth("unknown", None, None, 25, "numbers of cameras by district"),
        "서울시 자치구 목적별 CCTV 설치 현황.xlsx": Truth(
            "unknown", None, None, 25, "numbers of cameras by district and purpose"
        ),
    },
    "korea/childzone": {
        "전국어린이보호구역표준데이터.csv": Truth(
            "child_zone", "euc_kr", 4326, 17472, merged=295, flags={"zone_cameras_missing": 3114}
        ),
    },
    "korea/codes": {
        "seoul_master_information.csv": Truth(
            "unknown", "euc_kr", None, 2270, "code table of administrative dongs"
        ),
    },
    "korea/crime": {
        "2019_관서별_5대범죄.csv": Truth("crime_table", "utf-8-sig", None, 26),
        "2020_관서별_5대범죄.csv": Truth("crime_table", "utf-8-sig", None, 26),
        "2021_관서별_5대범죄.csv": Truth("crime_table", "utf-8-sig", None, 26),
        "2022_관서별_5대범죄.csv": Truth("crime_table", "utf-8-sig", None, 26),
        "crimes2018.csv": Truth("crime_table", "euc_kr", None, 310),
        "관서별 5대범죄 발생 및 검거.xlsx": Truth("crime_table", None, None, 32),
        "서울시 범죄 현황_2019.csv": Truth("crime_table", "euc_kr", None, 26),
    },
    "korea/enforcement": {
        "전국무인교통단속카메라표준데이터.csv": Truth(
            "enforcement_camera",
            "euc_kr",
            4326,
            12295,
            merged=35,
            flags={"broken_text": 5, "unit_guessed": 81},
        ),
    },
    "korea/grid": {
        "112신고접수파출소지구대.csv": Truth(
            "unknown", "utf-8", None, 61649, "facilities by cell, no calls in spite of the name"
        ),
        "112신고접수편의점.csv": Truth(
            "unknown", "euc_kr", None, 61649, "facilities by cell, no calls in spite of the name"
        ),
    },
    "korea/licences": {
        "res_dongdaemoon.csv": Truth("licence", "euc_kr", None, 3977),
        "res_sungbuk.csv": Truth("licence", "euc_kr", None, 4094),
        "서울시숙박업인허가정보.csv": Truth("licence", "euc_kr", 5174, 6642),
        "서울특별시 유흥주점영업 인허가 정보.csv": Truth("licence", "euc_kr", 5174, 4868),
    },
    "korea/lights": {
        "서울특별시_강남구_보안등정보_20190816.csv": Truth("security_light", "euc_kr", None, 11498),
        "서울특별시_강동구_보안등정보_20190517.csv": Truth("security_light", "euc_kr", 4326, 7534),
        "서울특별시_강서구_보안등정보_20191218.csv": Truth("security_light", "euc_kr", 4326, 8559),
        "서울특별시_관악구_보안등정보_20190605.csv": Truth("security_light", "cp949", 4326, 11783),
        "서울특별시_광진구_보안등정보_20190101.csv": Truth("security_light", "euc_kr", 4326, 8823),
        "서울특별시_구로구_보안등정보_20190628.csv": Truth("security_light", "euc_kr", 4326, 8723),
        "서울특별시_금천구_보안등정보_20190905.csv": Truth("security_light", "euc_kr", 4326, 6041),
        "서울특별시_도봉구_보안등정보_20180515.csv": Truth("security_light", "euc_kr", 4326, 5918),
        "서울특별시_동대문구_보안등정보_20200428.csv": Truth("security_light", "euc_kr", None, 11100),
        "서울특별시_동작구_보안등정보_20190522.csv": Truth("security_light", "euc_kr", 4326, 10000),
        "서울특별시_서대문구_보안등정보_20190101.csv": Truth("security_light", "euc_kr", None, 9827),
        "서울특별시_서초구_보안등정보_20190605.csv": Truth("security_light", "euc_kr", 4326, 11609),
        "서울특별시_성북구_보안등정보_20190501.csv": Truth("security_light", "euc_kr", 4326, 12687),
        "서울특별시_송파구_보안등정보_20200225.csv": Truth("security_light", "euc_kr", None, 8816),
        "서울특별시_영등포구_보안등정보_20190430.csv": Truth("security_light", "euc_kr", None, 9290),
        "서울특별시_용산구_보안등정보_20200410.csv": Truth("security_light", "euc_kr", 4326, 10000),
        "서울특별시_은평구_보안등정보_20190719.csv": Truth("security_light", "euc_kr", 4326, 9870),
        "서울특별시_종로구_보안등정보_20190910.csv": Truth("security_light", "euc_kr", 4326, 9362),
        "서울특별시_중랑구_보안등정보_20190918.csv": Truth("security_light", "euc_kr", None, 9501),
    },
    "korea/lights_2022": {
        "서울특별시_서대문구_보안등정보.csv": Truth("security_light", "euc_kr", 4326, 9262),
        "서울특별시_성동구_보안등정보.csv": Truth("security_light", "euc_kr", 4326, 37),
    },
    "korea/police": {
        "경찰관서위치_20200409.csv": Truth("police_office", "utf-8-sig", 4326, 2264),
        "경찰서_파출소_지구대_치안센터_위치정보.csv": Truth("police_office", "utf-8-sig", 4326, 453),
        "경찰청_지역경찰관서 주소(지파출소)_20181017.csv": Truth("police_office", "utf-8-sig", None, 2010),
        "경찰청_지역경찰관서 주소(치안센터)_20181017.csv": Truth("police_office", "utf-8-sig", None, 1017),
    },
    "korea/police_2022": {
        "경찰서.csv": Truth("police_office", "utf-8-sig", 4326, 36),
        "파출소지구대.csv": Truth("police_office", "utf-8-sig", 4326, 249),
    },
    "korea/population": {
        "Resident_population.csv": Truth("population", "utf-8-sig", None, 312),
        "population_seoul2018.csv": Truth("population", "euc_kr", None, 26),
        "서울시 동별 세대원수별 세대수.csv": Truth("population", "euc_kr", None, 451),
    },
    "korea/roads_gangnam_juso": {
        "TL_SCCO_EMD.shp": Truth("boundary", "euc_kr", 5179, 14),
        "TL_SCCO_SIG.shp": Truth("boundary", "euc_kr", 5179, 1),
        "TL_SPRD_INTRVL.shp": Truth("road", "utf-8", 5179, 27708),
        "TL_SPRD_MANAGE.shp": Truth("road", "euc_kr", 5179, 1845),
        "TL_SPRD_RW.shp": Truth("road", "utf-8", 5179, 4244),
        "derived_cctvs.csv": Truth("cctv", "euc_kr", 4326, 261),
        "derived_links_with_lux.csv": Truth("road", "euc_kr", 4326, 1670),
        "derived_polices.csv": Truth("police_office", "euc_kr", 4326, 14),
        "derived_stores.csv": Truth("unknown", "euc_kr", None, 306, "convenience stores"),
    },
    "korea/safety_2022": {
        "아동안전지킴이시설물.shp": Truth(
            "unknown", None, 5174, 10973, "points without attributes: the .dbf is missing"
        ),
        "여성안심지킴이집.csv": Truth("safe_house", "utf-8", 4326, 915, merged=6),
        "여성안심택배함.csv": Truth("locker", "euc_kr", 4326, 271),
        "편의점.shp": Truth("unknown", None, 5174, 42095, "points without attributes: the .dbf is missing"),
    },
    "korea/schools": {
        "전국초중등학교위치표준데이터.csv": Truth("school", "euc_kr", 4326, 1923),
    },
    "korea/subway": {
        "전국도시철도노선정보표준데이터.xls": Truth(
            "unknown", None, None, 14, "lines of urban railways, without places"
        ),
        "전국도시철도역사정보표준데이터.csv": Truth("subway_station", "utf-8-sig", 4326, 354),
        "전국도시철도역사정보표준데이터.xls": Truth(
            "subway_station", None, 4326, 354, flags={"text_repaired": 355}
        ),
    },
    "korea/transit": {
        "서울시 주요 공원현황.csv": Truth("park", "euc_kr", 4326, 132),
        "서울특별시 버스정류소 위치정보.csv": Truth("bus_stop", "euc_kr", 4326, 10921),
    },
    "roads/gyeongju_walk": {
        "gyeongju_walking_graph.json.gz": Truth("road", "utf-8", 4326, 62304),
    },
    "roads/seoul_walk_OA21208": {
        "11080_nodes.geojson.gz": Truth("unknown", "utf-8", 4326, 12503, NODES),
        "11090_links.geojson.gz": Truth("road", "utf-8", 4326, 9406),
        "11090_nodes.geojson.gz": Truth("unknown", "utf-8", 4326, 8472, NODES),
        "11160_links.geojson.gz": Truth("road", "utf-8", 4326, 11789),
        "11160_nodes.geojson.gz": Truth("unknown", "utf-8", 4326, 8939, NODES),
        "11230_nodes.geojson.gz": Truth("unknown", "utf-8", 4326, 13431, NODES),
        "11240_links.geojson.gz": Truth("road", "utf-8", 4326, 10715),
        "11240_nodes.geojson.gz": Truth("unknown", "utf-8", 4326, 10205, NODES),
        "도보네트워크_링크노드유형코드.xlsx": Truth("unknown", None, None, 19, "a code table as a form"),
    },
    "roads/songpa": {
        "asanH.net.xml": Truth(
            "unknown", None, None, 0, "a network of a traffic simulator", "unsupported_format"
        ),
        "asanH.osm": Truth("road", "utf-8", 4326, 356),
    },
}

TRUTH: dict[str, Truth] = {
    f"{folder}/{name}": truth for folder, files in FOLDERS.items() for name, truth in files.items()
}
