"""XML: answers of open interfaces, exports of records, OpenStreetMap."""
# ruff: noqa: E501 - records stay on one line, as they are in the answers

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.tables import Limits, errors, markup, read
from sunra.core.tables.files import Source
from tests.core.tables import made

SPOT = "<item><afos_fid>1</afos_fid><spot_cd>11290001</spot_cd><sido_sgg_nm>서울특별시 성북구1</sido_sgg_nm><spot_nm>성북구 정릉동</spot_nm><occrrnc_cnt>5</occrrnc_cnt><caslt_cnt>6</caslt_cnt><dth_dnv_cnt>0</dth_dnv_cnt><lo_crd>127.0105</lo_crd><la_crd>37.6005</la_crd></item>"
FRAME = '<?xml version="1.0" encoding="{}"?><response><header><resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body><items>{}</items><numOfRows>10</numOfRows><pageNo>1</pageNo><totalCount>1</totalCount></body></response>'
OSM = """<?xml version="1.0" encoding="UTF-8"?><osm version="0.6"><note>x</note>
<node id="1" lat="37.600" lon="127.010"/><node id="2" lat="37.601" lon="127.011"><tag k="name" v="가상"/></node><node id="3" lat="x" lon="1"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="가상로"/></way>
<way id="11"><nd ref="1"/><nd ref="3"/><tag k="highway" v="service"/></way>
<way id="12"><nd ref="1"/><nd ref="2"/><tag k="building" v="yes"/></way><relation id="20"/></osm>"""


@pytest.mark.parametrize("encoding", ["utf-8", "euc_kr", "utf-16"])
def test_accident_spots_as_xml(tmp_path: Path, encoding: str) -> None:
    """XML is what the interfaces send unless told otherwise: one hit, in any encoding they use."""
    text = FRAME.format(encoding.replace("_", "-").upper(), SPOT)
    result = read(made.save(tmp_path / "a.xml", text, encoding))
    assert (result.kind, result.encoding, result.crs, result.accepted) == (
        "accident_hotspot",
        encoding,
        4326,
        1,
    )
    assert result.table.row(0, named=True)["accidents"] == 5


def test_several_hits_and_none(tmp_path: Path) -> None:
    """Repeated items are rows; an empty <items/> is no hit."""
    two = FRAME.format("UTF-8", SPOT + SPOT.replace(">1<", ">2<"))
    assert read(made.save(tmp_path / "a.xml", two, "utf-8")).accepted == 2
    with pytest.raises(errors.NoRows):
        read(made.save(tmp_path / "b.xml", FRAME.format("UTF-8", ""), "utf-8"))


def test_errors_and_other_roots(tmp_path: Path) -> None:
    """An error body, a web page, another format and damage each have their own refusal, with the line."""
    cases = {
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>": errors.ServiceError,
        "<RESULT><CODE>INFO-200</CODE><MESSAGE>해당하는 데이터가 없습니다.</MESSAGE></RESULT>": errors.NoRows,
        "<!DOCTYPE html><html><body>점검 중</body></html>": errors.NotATable,
        "<kml><Document/></kml>": errors.Unsupported,
        "<a><b>1</b>": errors.NotATable,
        "<a/>": errors.NotATable,
        "<osm/>": errors.NotATable,
        "<<": errors.NotATable,
    }
    for text, error in cases.items():
        with pytest.raises(error):
            read(made.save(tmp_path / "a.xml", text, "utf-8"))
    with pytest.raises(errors.NotATable) as caught:
        read(made.save(tmp_path / "a.xml", "<a>\n<b>\n</a>", "utf-8"))
    assert caught.value.line == 3


def test_records_under_any_name(tmp_path: Path) -> None:
    """Exports call their rows as they like; attributes are fields too; one lone record is a row."""
    many = '<list><place id="1"><a>1</a><b>x</b></place><place id="2"><a>2</a><b>y</b></place></list>'
    assert read(made.save(tmp_path / "a.xml", many, "utf-8")).rows == 2
    one = "<list><place><a>1</a><b>x</b></place></list>"
    assert read(made.save(tmp_path / "a.xml", one, "utf-8")).rows == 1


def test_streets_of_openstreetmap(tmp_path: Path) -> None:
    """Ways with a highway tag become lines; houses are counted, a way without its nodes is refused."""
    result = read(made.save(tmp_path / "a.osm", OSM, "utf-8"))
    assert (result.kind, result.crs, result.rows, result.reasons) == ("road", 4326, 2, {"no_geometry": 1})
    assert result.flags == {"other_features": 2}
    assert result.table.select("name", "level", "key").row(0) == ("가상로", "residential", ":10")


def test_a_document_type_hidden_in_utf16_is_refused(tmp_path: Path) -> None:
    """A search over bytes misses declarations in UTF-16; the parser itself refuses them."""
    bomb = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a><b>&c;</b></a>'
    with pytest.raises(errors.XmlEntities):
        read(made.save(tmp_path / "a.xml", bomb, "utf-16"))


def test_bounds_of_xml(tmp_path: Path) -> None:
    """Depth, attributes, size and rows are bounded while reading, not after."""
    deep = "<a>" * 100 + "</a>" * 100
    wide = "<a " + " ".join(f'x{n}="1"' for n in range(20)) + "/>"
    rows = "<l>" + "<r><a>1</a><b>2</b></r>" * 9 + "</l>"
    for text, limits, error in (
        (deep, Limits(), errors.TooDeep),
        (wide, Limits(max_columns=9), errors.TooLarge),
        (rows, Limits(max_json=20), errors.TooLarge),
        (rows, Limits(max_rows=5), errors.TooLarge),
        (OSM, Limits(max_rows=1), errors.TooLarge),
    ):
        with pytest.raises(error):
            read(made.save(tmp_path / "a.xml", text, "utf-8"), limits=limits)


@given(st.text(alphabet="<>/ab&;'\"= \n!?-[]가", max_size=60))
def test_any_text_is_records_or_a_typed_error(text: str) -> None:
    """No string of marks breaks the parser."""
    data = text.encode()
    source = Source(file="a.xml", inner="a.xml", container="xml", data=data, path=Path("a.xml"))
    try:
        assert markup.parse(source, Limits()).records
    except errors.TableError:
        return
