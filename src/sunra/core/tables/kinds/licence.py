"""Business licences: LOCALDATA files and both interfaces (EPSG:5174), and the older food hygiene export."""

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.kinds import facility_codes, values
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work


def _prepare(work: Work) -> None:
    values.text_as_is(work, "business", "trade")
    values.day(work, "licensed", "closed")
    _state(work)


def _state(work: Work) -> None:
    """``state``: by code, else by label; the older export says it only by a day or a way of closing."""
    coded = work.text("state")
    work.put(coded.zip_with(~clean.is_missing(coded), work.text("state_label")).alias("state"))
    values.coded(work, "state", facility_codes.LICENCE_STATES)
    shut = work.frame["closed"].is_not_null()
    state = work.frame["state"]
    told = work.has("state_label") or coded.ne("").any()
    closed = pl.Series(["closed"], dtype=pl.String).new_from_index(0, len(state))
    if not told:
        values.coded(work, "closing", facility_codes.LICENCE_STATES)
        by_way = work.frame["closing"]
        open_ = pl.Series(["open"], dtype=pl.String).new_from_index(0, len(state))
        work.put(by_way.zip_with(by_way != "", closed.zip_with(shut, open_)).alias("state"))
        return
    work.flag("state_differs", int((shut & (state == "open")).sum()))


KIND = Kind(
    name="licence",
    fields=fields(
        id=("관리번호", "mngno", "mgtno", "허가(신고)번호"),
        institution=("개방자치단체코드", "opnatmygrpcd", "opnsfteamcode", "시군구코드"),
        name=("사업장명", "bplcnm", "업소명"),
        licensed=("인허가일자", "lcpmtymd", "apvpermymd", "허가신고일"),
        closed=("폐업일자", "clsbizymd", "dcbymd"),
        state=("영업상태코드", "salssttscd", "trdstategbn"),
        state_label=("영업상태명", "salssttsnm", "trdstatenm"),
        closing=("폐업구분",),
        business=("업태구분명", "bzstatsenm", "uptaenm", "업태명"),
        trade=("업종명", "개방서비스명", "opnsvcnm"),
        lot_address=(
            "지번주소",
            "소재지전체주소",
            "lotnoaddr",
            "sitewhladdr",
            "소재지지번",
            "소재지지번주소",
        ),
        road_address=("도로명주소", "도로명전체주소", "roadnmaddr", "rdnwhladdr", "소재지도로명"),
        lon=("좌표정보(x)", "좌표정보x(epsg5174)", "crdinfox", "xcrd", "x"),
        lat=("좌표정보(y)", "좌표정보y(epsg5174)", "crdinfoy", "ycrd", "y"),
    ),
    needs=(
        frozenset({"name", "licensed", "state"}),
        frozenset({"name", "licensed", "state_label"}),
        frozenset({"name", "licensed", "closed", "lot_address"}),
    ),
    columns={
        "state": pl.String,
        "business": pl.String,
        "trade": pl.String,
        "licensed": pl.Date,
        "closed": pl.Date,
    },
    identifier="id",
    volatile=frozenset({"state", "state_label", "closed", "closing", "business"}),
    prepare=_prepare,
)
