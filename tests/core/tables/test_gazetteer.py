"""Rows without a point: dong words, administrative dongs, and what located rows teach."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunra.core.geo import codes
from sunra.core.geo.districts import districts
from sunra.core.tables import Gazetteer, TableRead, learn, read
from sunra.core.tables.admin_dongs import admin_dongs, named, of_district, plain
from sunra.core.tables.gazetteer import MIXED
from sunra.core.tables.names import names
from sunra.core.tables.parts import parse, parse_name
from sunra.core.tables.result import WITNESS_SCHEMA
from tests.core.tables import made

ROAD, LOT, LAT, LON = 2, 3, 4, 5
SEONGBUK, JONGNO = "11290", "11110"


def row(
    road: str = "", lot: str = "", point: tuple[float, float] | None = None, name: str = "가상-1"
) -> list[str]:
    """One light; ``point`` is (lon, lat)."""
    lon, lat = (str(point[0]), str(point[1])) if point else ("", "")
    return [name, "1", road, lot, lat, lon, "2015", "", "", made.AGENCY, "2020-03-24"]


def lights(tmp_path: Path, rows: list[list[str]], gazetteer: Gazetteer | None = None) -> TableRead:
    """The rows written as a file of Seongbuk and read."""
    path = made.save(tmp_path / "성북구.csv", made.text(made.LIGHT, rows), "utf-8")
    return read(path, gazetteer=gazetteer)


def inner(dong: str) -> tuple[float, float]:
    """A point well inside a legal dong of Seongbuk."""
    code = names().dongs(SEONGBUK)[dong]
    area = next(one.polygon for one in districts().dongs(SEONGBUK) if one.code == code)
    middle = area.representative_point()
    return round(middle.x, 7), round(middle.y, 7)


def witness(*rows: tuple[str, str, int | None, str, int]) -> Gazetteer:
    """A gazetteer of Seongbuk from (form, text, number, dong, rows)."""
    whole = [(SEONGBUK, *one) for one in rows]
    return Gazetteer.of([pl.DataFrame(whole, schema=WITNESS_SCHEMA, orient="row")])


@pytest.mark.parametrize(
    ("text", "dong", "lot", "road", "number"),
    [
        ("서울특별시 성북구 장위1동 231-315", "장위1동", "231-315", "", None),
        ("서울특별시 서대문구 북가좌2동5-106", "북가좌2동", "5-106", "", None),
        ("서울특별시 종로구 종로1.2.3.4가동 74-1", "종로1.2.3.4가동", "74-1", "", None),
        ("성북구 동소문동6가 1", "동소문동6가", "1", "", None),
        ("서울특별시 성북구 안암동 1가279", "안암동1가", "279", "", None),
        ("서울특별시 서초구 방배2동 산141", "방배2동", "산141", "", None),
        ("서울특별시강남구대치1동1,013", "대치1동", "1013", "", None),
        ("서울특별시 영등포구 도신로 54길 4-10", "", "", "도신로54길", 4),
        ("서울특별시 송파구 성내천로43바길35-3", "", "", "성내천로43바길", 35),
        ("서울특별시 구로구 구로동로5길 37", "", "", "구로동로5길", 37),
        ("서울특별시 성북구 화랑로 지하1 (장위동)", "장위동", "", "화랑로", 1),
        ("서울특별시 성북구 장위1동1길 3", "", "", "", None),
        ("경기도 수원시 장안구 정자동 12", "정자동", "12", "", None),
        ("한신아파트 101동", "", "", "", None),
        ("", "", "", "", None),
    ],
)
def test_parts_of_addresses(text: str, dong: str, lot: str, road: str, number: int | None) -> None:
    """Every shape that the real files write falls into the same parts."""
    found = parse(pl.Series([text], dtype=pl.String)).row(0, named=True)
    assert (found["dong"], found["lot"], found["road"], found["number"]) == (dong, lot, road, number)


def test_names_of_facilities_that_are_dongs() -> None:
    """A facility called after its dong and a serial number names it; other names do not."""
    texts = [
        "전농1동-0001",
        "신길1동 - 2",
        "면목동",
        "방화1동421",
        "남산가든",
        "한신아파트 3동",
        "장위동 어린이집",
    ]
    expected = ["전농1동", "신길1동", "면목동", "방화1동", "", "", ""]
    assert parse_name(pl.Series(texts)).to_list() == expected


def test_administrative_dongs_by_their_many_names() -> None:
    """제 is written or not, marks are left out, and a former office is known by what it held."""
    assert named("11320", "창제3동") == named("11320", "창3동")
    offices = [named("11320", "창3동"), named("11410", "홍제1동"), named(JONGNO, "종로1,2,3,4가동")]
    assert [office.code[:5] if office else "" for office in offices] == ["11320", "11410", JONGNO]
    former = named("11230", "용신동")
    assert former is not None
    assert former.legal == ("1123010100", "1123010200")
    assert named(SEONGBUK, "역삼1동") is None
    assert "장위1동" in of_district(SEONGBUK)
    assert of_district("41110")
    assert of_district("99999") == {}


def test_office_of_several_legal_dongs_is_stated_as_such(tmp_path: Path) -> None:
    """성북동 the office covers four legal dongs: where offices are written, nothing finer is claimed."""
    result = lights(
        tmp_path, [row(lot="서울특별시 성북구 성북동 1-2"), row(lot="서울특별시 성북구 장위1동 3")]
    )
    office, legal = result.table.sort("line").rows(named=True)
    assert (office["precision"], admin_dongs()[office["dong"]].name) == ("admin_dong", "성북동")
    assert (legal["precision"], legal["dong"]) == ("dong", names().dongs(SEONGBUK)["장위동"])
    assert result.placed == {"point": 0, "dong": 2, "none": 0}
    assert (result.flags["placed_by_address"], result.flags["placed_by_admin"]) == (2, 1)


def test_same_word_is_the_legal_dong_where_no_offices_are_written(tmp_path: Path) -> None:
    """A column whose other words can only be legal dongs means the legal 성북동."""
    rows = [row(lot="서울특별시 성북구 성북동 1-2")]
    rows += [row(lot=f"서울특별시 성북구 동소문동6가 {n}") for n in range(3)]
    dong = lights(tmp_path, rows).table.sort("line")["dong"][0]
    assert dong == names().dongs(SEONGBUK)["성북동"]


def test_road_learnt_from_another_file_places_a_row(tmp_path: Path) -> None:
    """A file of located rows teaches a road; a row with that road alone is placed, without a point."""
    teacher = lights(
        tmp_path,
        [row(road=f"서울특별시 성북구 가상로3길 {n}", point=inner("장위동")) for n in range(1, 20, 2)],
    )
    asked = [row(road="서울특별시 성북구 가상로3길 8"), row(road="서울특별시 성북구 모름로 8")]
    assert lights(tmp_path, asked).reasons == {"no_location": 2}
    result = lights(tmp_path, asked, learn([teacher]))
    only = result.table.row(0, named=True)
    assert (only["dong"], only["precision"], only["lon"]) == (names().dongs(SEONGBUK)["장위동"], "dong", None)
    assert result.reasons == {"no_location": 1}
    assert result.flags["placed_by_road"] == 1


def test_sides_and_stretches_of_a_road_are_kept_apart() -> None:
    """Between two dongs, far from any witness, or where witnesses disagree, a road says nothing."""
    east, west = "1129013800", "1129013300"
    known = witness(
        ("road", "긴로", 2, east, 3), ("road", "긴로", 40, west, 3), ("road", "긴로", 44, west, 3),
        ("road", "긴로", 3, west, 1), ("road", "긴로", 5, east, 5), ("road", "긴로", 5, west, 5),
        ("road", "짧은길", None, east, 9), ("road", "곧은길", 1, east, 1),
    )  # fmt: skip
    asked = [
        ("긴로", 2),
        ("긴로", 20),
        ("긴로", 42),
        ("긴로", 400),
        ("긴로", 3),
        ("긴로", 5),
        ("짧은길", 1),
        ("곧은길", 3),
    ]
    frame = pl.DataFrame(
        [(SEONGBUK, road, number) for road, number in asked],
        schema={"_home": pl.String, "_road": pl.String, "_number": pl.Int32},
        orient="row",
    )
    assert known.roads(frame).to_list() == [east, "", west, "", west, "", "", ""]
    assert MIXED not in known.frame["dong"]


def test_words_and_roads_that_contradict_each_other_place_nothing(tmp_path: Path) -> None:
    """An address in 정릉동 on a road that lies in 장위동 is wrong somewhere."""
    known = witness(*(("road", "가상로", n, "1129013800", 2) for n in range(1, 9)))
    rows = [row(road="서울특별시 성북구 가상로 5", lot="서울특별시 성북구 정릉동 3")]
    assert lights(tmp_path, rows, known).reasons == {"ambiguous_dong": 1}


def test_road_narrows_an_office_to_one_legal_dong(tmp_path: Path) -> None:
    """성북동 the office and a road in 성북동1가 together are 성북동1가."""
    code = names().dongs(SEONGBUK)["성북동1가"]
    known = witness(*(("road", "가상로", n, code, 2) for n in range(1, 9)))
    rows = [
        row(road="서울특별시 성북구 가상로 5", lot="서울특별시 성북구 성북동 3"),
        row(lot="서울특별시 성북구 장위1동 3"),
    ]
    assert lights(tmp_path, rows, known).table.sort("line")["dong"][0] == code


def test_stream_through_several_dongs_is_no_place(tmp_path: Path) -> None:
    """A row filed under a stream without a lot is refused, whatever dong is written before it."""
    rows = [row(lot="서울특별시 성북구 정릉동 정릉천"), row(lot="서울특별시 성북구 정릉동 12 정릉천")]
    result = lights(tmp_path, rows)
    assert (result.reasons, result.placed["dong"]) == ({"ambiguous_dong": 1}, 1)


def test_gazetteer_goes_through_files_and_by_district(tmp_path: Path) -> None:
    """What was learnt survives Parquet and JSON, adds up, and can be cut by district."""
    one = witness(("road", "가상로", 1, "1129013800", 2))
    both = Gazetteer.of([one.frame, one.frame])
    assert both.frame["rows"].to_list() == [4]
    both.frame.write_parquet(tmp_path / "g.parquet")
    assert pl.read_parquet(tmp_path / "g.parquet").equals(both.frame)
    assert pl.read_json(both.frame.write_json().encode(), schema=WITNESS_SCHEMA).equals(both.frame)
    assert (both.district(SEONGBUK).frame.height, both.district(JONGNO).frame.height) == (1, 0)
    assert learn([]).frame.is_empty()


_DONGS = (
    "장위1동",
    "성북동",
    "성북동1가",
    "정릉동",
    "역삼동",
    "가상로",
    "가상로3길",
    "산",
    "12-3",
    "7",
    "1가",
)
_MARKS = ("서울특별시", "성북구", "종로구", "(", ")", ",", " ", "천", "동", "제", "?", "가", "로", "길", "🏮")
_WORDS = st.sampled_from(_DONGS + _MARKS)
_ADDRESS = st.one_of(
    st.lists(_WORDS, max_size=7).map("".join),
    st.lists(_WORDS, max_size=7).map(" ".join),
    st.text(st.characters(exclude_categories=("C",)), max_size=30),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.none(), _ADDRESS), max_size=6))
def test_parser_never_raises_and_invents_no_words(texts: list[str | None]) -> None:
    """Any text falls into parts whose words all stand in it."""
    series = pl.Series(texts, dtype=pl.String)
    found = parse(series)
    assert found.height == len(texts)
    for text, part in zip(texts, found.rows(named=True), strict=True):
        bare = "".join((text or "").replace(",", "").split())
        assert part["dong"].replace(",", "") in bare
        assert part["road"] in bare.replace(",", "") or part["road"] in "".join((text or "").split())
    assert len(parse_name(series)) == len(texts)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(_ADDRESS, _ADDRESS), min_size=1, max_size=8))
def test_no_row_is_put_where_neither_its_text_nor_the_gazetteer_says(
    tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    """Whatever is written: the balance holds, no point is made, and every dong given is named or learnt."""
    east = "1129013800"
    known = witness(*(("road", "가상로3길", n, east, 2) for n in range(1, 9)))
    result = lights(tmp_path, [row(road=road, lot=lot) for road, lot in rows], known)
    assert result.rows == result.accepted + result.merged + result.quarantined
    assert result.table["lon"].null_count() == result.table.height
    for line, dong in result.table.select("line", "dong").iter_rows():
        text = plain(" ".join(rows[line - 2]))
        office = admin_dongs().get(dong)
        said = {office.name} if office else {codes.current()[dong].name}
        said |= {one.name for one in admin_dongs().values() if dong in one.legal}
        assert any(plain(name) in text for name in said) or (dong == east and "가상로3길" in text)
