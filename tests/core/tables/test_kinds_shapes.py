"""Every header shape of every facility standard is recognised, with the fields that matter under one name."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from sunra.core.tables import TableRead, read

LON, LAT = "127.0123456", "37.5951234"
ROAD, LOT = "서울특별시 성북구 가상로 1", "서울특별시 성북구 정릉동 1-9"
PLACE = {
    "위도": LAT, "경도": LON, "소재지도로명주소": ROAD, "소재지지번주소": LOT, "관리기관명": "서울특별시 성북구청", "관리기관전화번호": "02-000-0000",
    "데이터기준일자": "2024-03-31", "제공기관코드": "3070000", "제공기관명": "서울특별시 성북구", "시도명": "서울특별시", "시군구명": "성북구", "시군구코드": "11290",
}  # fmt: skip
LEGACY_API = {
    "latitude": LAT, "longitude": LON, "rdnmadr": ROAD, "lnmadr": LOT, "institutionNm": "서울특별시 성북구청", "phoneNumber": "02-000-0000",
    "referenceDate": "2024-03-31", "insttCode": "3070000", "insttNm": "서울특별시 성북구", "ctprvnNm": "서울특별시", "signguNm": "성북구", "signguCode": "11290",
}  # fmt: skip
NEW_API = {
    "WGS84_LAT": LAT, "WGS84_LOT": LON, "LCTN_ROAD_NM_ADDR": ROAD, "LCTN_LOTNO_ADDR": LOT, "MNG_INST_NM": "서울특별시 성북구", "MNG_INST_TELNO": "02-000-0000",
    "DAT_CRTR_YMD": "2024-03-31", "OPN_ATMY_GRP_CD": "3070000", "MNG_NO": "202430700000900013", "DAT_UPDT_SE": "I", "DAT_UPDT_PNT": "2024-03-31 10:00:00", "LAST_MDFCN_PNT": "2024-03-30 10:00:00",
}  # fmt: skip
LOCALDATA = {
    "WGS84위도": LAT, "WGS84경도": LON, "소재지도로명주소": ROAD, "소재지지번주소": LOT, "관리기관명": "서울특별시 성북구", "관리기관전화번호": "02-000-0000",
    "데이터기준일자": "2024-03-31", "개방자치단체코드": "3070000", "관리번호": "202430700000900013", "데이터갱신구분": "I", "데이터갱신시점": "2024-03-31 10:00:00", "최종수정시점": "2024-03-30 10:00:00",
}  # fmt: skip
TM = {"x": "201089.9", "y": "455034.7"}
"""The same point in EPSG:5174."""

SHAPES: list[tuple[str, str, dict[str, str], dict[str, Any]]] = [
    ("cctv legacy", "cctv", {**PLACE, "설치목적구분": "시설물 관리", "카메라대수": "3", "카메라화소수": "200", "촬영방면정보": "360도", "보관일수": "30", "설치년월": "2018-09"}, {"cameras": 3, "purpose": "시설물관리", "pixels": 200, "days_kept": 30, "installed": "2018-09"}),
    ("cctv localdata", "cctv", {**LOCALDATA, "설치목적구분": "생활방범", "카메라대수": "3", "카메라화소수": "0", "촬영방면정보": "", "보관일수": "0", "설치연월": "2018-09"}, {"cameras": 3, "pixels": None, "days_kept": None, "key": "3070000:202430700000900013"}),
    ("cctv interface", "cctv", {**NEW_API, "INSTL_PRPS_SE_NM": "생활방범", "CAM_CNTOM": "3", "CAM_PIXEL_CNT": "200", "SHT_ANGLE_INFO": "", "KPNG_DAY_CNT": "30", "INSTL_YM": "2018-09"}, {"cameras": 3, "pixels": 200, "key": "3070000:202430700000900013"}),
    ("cctv old interface", "cctv", {**LEGACY_API, "installationPurpsType": "다목적", "cctvNumber": "2", "cctvPixel": "200", "potogrfInfo": "", "cstdyDay": "30", "installationYymm": "2018-09"}, {"cameras": 2, "purpose": "다목적", "installed": "2018-09"}),
    ("cctv Geumcheon", "cctv", {"명칭": "가상 1", "좌표주소": LOT, "위도": LAT, "경도": LON, "상세주소": "", "상세내용": ""}, {"cameras": 1, "name": "가상 1"}),
    ("light standard", "security_light", {**PLACE, "보안등위치명": "가상-1", "설치개수": "2", "설치연도": "2015", "설치형태": "한전주"}, {"lamps": 2, "mounting": "한전주", "installed": "2015"}),
    ("light older", "security_light", {**PLACE, "보안등위치명": "가상-1", "설치개수": "2", "설치년도": "2015", "설치형태": "-"}, {"lamps": 2, "mounting": ""}),
    ("light interface", "security_light", {**LEGACY_API, "lmpLcNm": "가상-1", "installationCo": "2", "installationYear": "2015", "installationType": "한전주"}, {"lamps": 2, "mounting": "한전주"}),
    ("light numbered", "security_light", {"번호": "1", "동사무소": "정릉1동", "주소": LOT, "x": LON, "y": LAT, "비고": ""}, {"lamps": 1}),
    ("light counted", "security_light", {"": "0", "address_name": LOT, "lat": LAT, "lon": LON, "보안등개수": "4"}, {"lamps": 4}),
    ("lamp standard", "street_lamp", {**PLACE, "스마트가로등유형": "2", "도로명": "가상로", "스마트가로등형태": "1", "점등상태여부": "Y", "센서종류": "", "CCTV유무": "N", "WiFi유무": "Y", "위급상황신고가능여부": "n", "설치연도": "2016"}, {"lamps": 1, "has_cctv": False, "has_wifi": True, "emergency_call": False, "installed": "2016"}),
    ("lamp interface", "street_lamp", {**LEGACY_API, "streetLampType": "2", "roadNm": "가상로", "streetLampStle": "1", "lghtUsgsttYn": "Y", "cctvYn": "Y", "wifiYn": "N", "emrgncSttemntPosblYn": "Y", "installationYear": "2016"}, {"lamp_type": "2", "has_cctv": True, "lit": True}),
    ("bell reduced", "emergency_bell", {**PLACE, "안전비상벨관리번호": "7", "설치위치": "가상공원 화장실"}, {"bells": 1, "name": "가상공원 화장실", "key": "3070000:7"}),
    ("bell localdata", "emergency_bell", {**LOCALDATA, "안전비상벨관리번호": "D1", "설치목적": "범죄예방", "설치장소유형": "공원", "설치위치": "가상공원", "연계방식": "단방향", "경찰연계유무": "Y", "경비업체연계유무": "N", "관리사무소연계유무": "", "부가기능": "", "설치연도": "2019", "최종점검일자": "2023-10-29", "최종점검결과구분": "정상"}, {"police_link": True, "guard_link": False, "office_link": None, "place_type": "공원", "key": "3070000:202430700000900013"}),
    ("bell interface", "emergency_bell", {**NEW_API, "SFTY_EMRGNCBLL_MNG_NO": "D1", "INSTL_PRPS": "기타", "INSTL_PLC_TYPE": "건물", "INSTL_PSTN": "가상센터", "POLC_LINK_EN": "Y", "SECCO_LINK_EN": "N", "MNGOFC_LINK_EN": "N", "SFTY_EMRGNCBLL_INSTL_YR": "2019", "LAST_CHCK_YMD": "2023-10-29", "LAST_CHCK_RSLT_SE": "Y"}, {"police_link": True, "installed": "2019", "check_result": "Y"}),
    ("enforcement standard", "enforcement_camera", {**PLACE, "무인교통단속카메라관리번호": "1", "시도명": "01", "도로종류": "05", "도로노선번호": "", "도로노선명": "가상로", "도로노선방향": "03", "설치장소": "가상 앞", "단속구분": "01+02", "제한속도": "30", "단속구간위치구분": "1", "과속단속구간길이": "3.3", "보호구역구분": "02", "설치년도": "2019"}, {"enforces": "speed+signal", "speed_kmh": 30, "section_metres": 3300.0, "section_end": "start", "zone": "child", "direction": "both", "road_type": "city", "key": "3070000:1"}),
    ("enforcement interface", "enforcement_camera", {**LEGACY_API, "mnlssRegltCameraManageNo": "F1", "roadKnd": "시도", "roadRouteNm": "가상로", "roadRouteDrc": "1", "itlpc": "가상 앞", "regltSe": "4", "lmttVe": "0", "regltSctnLcSe": "", "ovrspdRegltSctnLt": "8356", "prtcareaType": "", "installationYear": "2019"}, {"enforces": "parking", "speed_kmh": None, "section_metres": 8356.0, "road_type": "city"}),
    ("zone standard", "child_zone", {**PLACE, "시설종류": "초등학교", "대상시설명": "가상초등학교", "관할경찰서명": "성북", "CCTV설치여부": "y", "CCTV설치대수": "3", "보호구역도로폭": "4~8"}, {"has_cctv": True, "zone_cameras": 3, "width_low": 4.0, "width_high": 8.0, "facility": "초등학교"}),
    ("zone interface", "child_zone", {**LEGACY_API, "fcltyKnd": "유치원", "trgetFcltyNm": "가상유치원", "cmptncPolcsttnNm": "성북", "cctvYn": "N", "cctvNumber": "0", "prtcareaRw": "6m"}, {"has_cctv": False, "zone_cameras": 0, "width_low": 6.0, "width_high": 6.0}),
    ("police by letters", "police_office", {"청": "서울청", "서": "성북경찰서", "지구대파출소": "정릉파출소", "X좌표": LON, "Y좌표": LAT, "주소": LOT}, {"level": "box", "station": "성북"}),
    ("police by division", "police_office", {"지방청": "서울청", "경찰서": "서울성북", "관서명": "정릉", "동": "정릉동", "구분": "파출소", "주소": LOT, "위도": LAT, "경도": LON}, {"level": "box", "name": "정릉파출소"}),
    ("police numbered", "police_office", {"연번": "1", "지방청": "서울청", "경찰서": "서울성북", "관서명": "정릉", "구분": "지구대", "전화번호": "02-000-0000", "주소": LOT}, {"level": "box", "precision": "dong"}),
    ("police by categories", "police_office", {"seq": "1", "police_cat1": "사회,공공기관", "police_cat2": "행정기관", "police_cat3": "경찰서", "police_cat4": "경찰서", "police_nam": "서울성북경찰서", "addr": LOT, "tel": "02-000-0000", "lat": LAT, "lon": LON}, {"level": "station", "station": "서울성북"}),
    ("school standard", "school", {**PLACE, "학교ID": "B1", "학교명": "가상초등학교", "학교급구분": "초등학교", "설립일자": "1895-05-01", "설립형태": "공립", "본교분교구분": "본교", "운영상태": "운영", "시도교육청명": "서울특별시교육청", "교육지원청명": "서울특별시성북강북교육지원청"}, {"level": "primary", "state": "운영", "key": "3070000:B1"}),
    ("school interface", "school", {**LEGACY_API, "schoolId": "B1", "schoolNm": "가상중학교", "schoolSe": "중학교", "fondDate": "1950-05-01", "fondType": "사립", "operSttus": "운영"}, {"level": "middle", "founder": "사립"}),
    ("station standard", "subway_station", {"역번호": "337", "역사명": "가상", "노선번호": "S1103", "노선명": "3호선", "영문역사명": "Gasang", "한자역사명": "假想", "환승역구분": "환승역", "역위도": LAT, "역경도": LON, "운영기관명": "서울교통공사", "역사도로명주소": ROAD, "역사전화번호": "02-000-0000", "데이터기준일자": "2024-03-31"}, {"station_number": "337", "route": "3호선", "transfer": True, "key": "서울교통공사:S1103-337"}),
    ("stop Seoul", "bus_stop", {"정류소번호": "08001", "정류소명": "가상역", "X좌표": LON, "Y좌표": LAT}, {"stop_number": "08001", "name": "가상역"}),
    ("stop national", "bus_stop", {"정류장번호": "SEB1", "정류장명": "가상역", "위도": LAT, "경도": LON, "정보수집일": "2024-03-31", "모바일단축번호": "08001", "도시코드": "11", "도시명": "서울특별시", "관리도시명": "서울"}, {"stop_number": "SEB1"}),
    ("park standard", "park", {**PLACE, "관리번호": "11290-00001", "공원명": "가상공원", "공원구분": "어린이공원", "공원면적": "1,503.2", "공원보유시설(운동시설)": "", "지정고시일": "1990-01-01", "전화번호": "02-000-0000"}, {"park_type": "어린이공원", "area": 1503.2, "key": "3070000:11290-00001"}),
    ("park interface", "park", {**LEGACY_API, "manageNo": "11290-00001", "parkNm": "가상공원", "parkSe": "근린공원", "parkAr": "1503.2", "mvmFclty": "", "appnNtfcDate": "1990-01-01"}, {"park_type": "근린공원", "area": 1503.2}),
    ("park Seoul", "park", {"공원번호": "1", "공원명": "가상공원", "공원개요": "", "면적": "28,968㎡ 임야 : 2454㎡", "지역": "성북구", "공원주소": LOT, "관리부서": "공원과", "전화번호": "02-000-0000", "X좌표(GRS80TM)": "201000", "Y좌표(GRS80TM)": "455000", "X좌표(WGS84)": LON, "Y좌표(WGS84)": LAT}, {"area": 28968.0}),
    ("licence localdata", "licence", {"개방자치단체코드": "3070000", "관리번호": "3070000-201-1971-00077", "인허가일자": "19710521", "영업상태코드": "01", "영업상태명": "영업/정상", "폐업일자": "", "전화번호": "02  000 0000", "지번주소": LOT, "도로명주소": ROAD, "사업장명": "가상여관", "업태구분명": "여관업", "좌표정보(X)": TM["x"], "좌표정보(Y)": TM["y"]}, {"state": "open", "business": "여관업", "key": "3070000:3070000-201-1971-00077"}),
    ("licence interface", "licence", {"OPN_ATMY_GRP_CD": "3070000", "MNG_NO": "3070000-101-2020-00001", "LCPMT_YMD": "2020-01-01", "SALS_STTS_CD": "03", "SALS_STTS_NM": "폐업", "CLSBIZ_YMD": "2022-01-01", "TELNO": "02-000-0000", "LOTNO_ADDR": LOT, "ROAD_NM_ADDR": ROAD, "BPLC_NM": "가상주점", "BZSTAT_SE_NM": "룸살롱", "CRD_INFO_X": TM["x"], "CRD_INFO_Y": TM["y"]}, {"state": "closed", "business": "룸살롱"}),
    ("licence old interface", "licence", {"opnSfTeamCode": "3070000", "mgtNo": "1", "apvPermYmd": "20200101", "trdStateGbn": "01", "trdStateNm": "영업/정상", "dcbYmd": "", "siteTel": "", "siteWhlAddr": LOT, "rdnWhlAddr": ROAD, "bplcNm": "가상주점", "uptaeNm": "룸살롱", "x": TM["x"], "y": TM["y"]}, {"state": "open"}),
    ("licence food hygiene", "licence", {"시군구코드": "3070000", "업종코드": "104", "업종명": "휴게음식점", "허가신고일": "19650929", "업소명": "가상다방", "소재지도로명": "", "소재지지번": LOT, "소재지전화번호": "02  000000", "폐업일자": "19970512", "폐업구분": "자진폐업", "폐업사유": "개인사정", "업태명": "다방", "허가(신고)번호": "3070000-104-1965-08446"}, {"state": "closed", "business": "다방", "trade": "휴게음식점", "precision": "dong"}),
    ("safe house interface", "safe_house", {**LEGACY_API, "storNm": "가상편의점", "cmptncPolcsttnNm": "정릉파출소", "appnYear": "2020", "useYn": "Y"}, {"in_use": True, "station": "정릉파출소", "installed": "2020"}),
    ("safe house standard", "safe_house", {**PLACE, "점포명": "가상편의점", "여성안심지킴이집전화번호": "02-000-0000", "관할경찰서명": "성북", "지정연도": "", "운영여부": "N"}, {"in_use": False}),
    ("locker interface", "locker", {**LEGACY_API, "fcltyNm": "가상 택배함", "weekdayOperOpenHhmm": "00:00", "weekdayOperColseHhmm": "23:59", "freeUseTime": "48", "hdryboxKnd": "대형/01+중형/02", "boxCo": "01/01+02/04", "instlDate": "2017-05-05", "cstmrCnterPhoneNumber": "1688-0000"}, {"boxes": 5, "open_hours": "00:00-23:59", "installed": "2017-05"}),
    ("locker standard", "locker", {**PLACE, "시설명": "가상 택배함", "평일운영시작시각": "09:00", "평일운영종료시각": "18:00", "택배함종류코드": "소형/04", "칸개수": "12", "설치일자": "2017-05-05"}, {"boxes": 12}),
    ("locker Seoul", "locker", {"자치구": "성북구", "안심 명": "정릉1동 주민센터", "안심 주소": "가상로 10", "WGS Y 좌표": LAT, "WGS X 좌표": LON}, {"address": "성북구 가상로 10"}),
    ("design site", "cpted_site", {"DISTOFFICE_NM": "서울청", "POLSTN_NM": "서울성북경찰서", "LOTNO_ADDR": LOT, "CHNRG_NM": "가*상", "RGTR_NM": "가*상", "LPST_NM": "정릉지구대", "NTN_BRNCH_NO": "다사569546", "GEOM": "POINT(14138950 4521750)", "PRGRS_SITU": "완료", "DENG_YMD": "20200531", "CRIM_PRVN_ENVRN_DESIGN_DENG_TRGT": "공동주택", "DENG_KND": "", "YMAP_CRTS": "4521750", "XMAP_CRTS": "14138950"}, {"target": "공동주택", "station": "서울성북", "progress": "완료"}),
    ("route item", "safe_return", {"POINT_WKT": f"POINT ({LON} {LAT})", "FACI_ID": "1129013300_01_P01", "SGG_CODE": "1129000000", "SGG_NAME": "서울특별시 성북구", "EMD_CODE": "1129013300", "EMD_NM": "정릉동", "FACI_CODE": "301", "ASG_ID": "1129013300_01", "ASG_NM": "가상안심01", "INSTL_CNT": "2", "REMARK": "", "INST_NM": "가상센터", "INST_TELNO": "02-000-0000", "REFDATE": "20221109"}, {"facility": "bell", "count": 2, "route_id": "1129013300_01"}),
    ("route service", "safe_return", {"SERVICE_ID": "1129013300_01_S01", "SISUL_CODE": "402", "SGG_CODE": "1129000000", "SGG_NM": "서울특별시 성북구", "EMD_CODE": "1129013300", "EMD_NM": "정릉동", "INST_NM": "성북경찰서", "INST_TELNO": "02-000-0000", "LONGITUDE": LON, "LATITUDE": LAT, "DE_LOC": ROAD, "WORK_DATE": "0000_2400", "WORK_WEEK": "501", "ASG_ID": "1129013300_01", "ASG_NM": "가상안심01", "REMARK": "가상편의점", "REF_DATE": "20221118"}, {"service": "402", "name": "가상편의점", "count": 1, "hours": "0000_2400"}),
]  # fmt: skip


def table(tmp_path: Path, rows: list[dict[str, str]], name: str = "성북구.csv") -> TableRead:
    """Rows under one header written as CP949 and read again."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / name
    path.write_bytes(text.getvalue().encode("cp949"))
    return read(path)


@pytest.mark.parametrize(("shape", "kind", "row", "expected"), SHAPES, ids=[shape for shape, *_ in SHAPES])
def test_shape_is_read_as_its_kind(
    tmp_path: Path, shape: str, kind: str, row: dict[str, str], expected: dict[str, Any]
) -> None:
    """One row in this shape becomes one typed row in Seongbuk, and no telephone number or clerk stays."""
    name = {
        "cctv Geumcheon": "금천_CCTV.csv",
        "light numbered": "보안등.csv",
        "locker Seoul": "여성안심택배함.csv",
    }
    result = table(tmp_path, [row], name.get(shape, "성북구.csv"))
    assert (result.kind, result.accepted, result.quarantined) == (kind, 1, 0)
    found = result.table.row(0, named=True)
    assert {field: found[field] for field in expected} == expected
    assert found["dong"].startswith("11290")
    said = "|".join(str(value) for value in found.values())
    assert "000-0000" not in said
    assert "가*상" not in said


def test_every_kind_of_place_has_a_shape_here() -> None:
    """A kind added without a shape would go untested."""
    assert {kind for _, kind, *_ in SHAPES} == {
        "cctv", "security_light", "street_lamp", "emergency_bell", "enforcement_camera", "child_zone", "police_office", "school",
        "subway_station", "bus_stop", "park", "licence", "safe_house", "locker", "cpted_site", "safe_return",
    }  # fmt: skip


def test_projected_points_of_licences_and_design_sites_are_named(tmp_path: Path) -> None:
    """LOCALDATA is EPSG:5174 and the design sites are EPSG:3857, found by their own addresses."""
    rows = {shape: row for shape, _, row, _ in SHAPES}
    assert table(tmp_path, [rows["licence localdata"]]).crs == 5174
    assert table(tmp_path, [rows["design site"]]).crs == 3857
