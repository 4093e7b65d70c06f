"""The screen refuses what names or describes persons or groups, and lets words about places through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.systems.risk.request_texts import REFUSED
from sunra.systems.risk.screening import CODES, codes, plain, screen

PERSONS = {
    "김철수 씨가 매일 와요": "name",
    "김철수가 밤마다 소리 질러요": "name",
    "박 사장이 담배 피워요": "name",
    "이영희님 집 앞": "name",
    "김○○이 문제예요": "name",
    "이모 씨가 문제예요": "name",
    "이름은 홍길동": "name",
    "Mr. Kim shouts": "name",
    "010-1234-5678로 연락주세요": "telephone",
    "공일공 일이삼사 오육칠팔": "telephone",
    "02-123-4567": "telephone",
    "+82 10 1234 5678": "telephone",
    "900101-1234567": "resident_number",
    "900101 - 1 2 3 4 5 6 7": "resident_number",
    "９００１０１－１２３４５６７": "resident_number",
    "900101-1******": "resident_number",
    "3333-01-1234567": "number",
    "a@b.com": "email",
    "카톡 아이디 abc": "online",
    "http://x.y": "online",
    "12가3456 차": "plate",
    "101동 1502호 앞": "home",
    "104동1203": "home",
    "반지하에 사는": "home",
    "윗집 소음": "home",
    "옆집이 시끄러워요": "home",
    "apt 1203": "home",
    "my neighbour": "home",
    "중국인이 모여요": "group",
    "중국 사람들": "group",
    "외국인이 무서워요": "group",
    "조선족 때문에": "group",
    "무슬림들이": "group",
    "신천지": "group",
    "노숙자가 있어요": "group",
    "비행 청소년": "group",
    "전라도 사람": "group",
    "chinese people": "group",
    "foreigners": "group",
    "그 남자가 서 있어요": "description",
    "검은 모자 쓴 남자": "description",
    "키 큰 남자": "description",
    "30대 남성이": "description",
    "수상한 사람이 있어요": "description",
    "편의점 사장이": "description",
    "술 취한 아저씨": "description",
    "that man with a dog": "description",
    "a man with a red hat": "description",
}
PLACES = (
    "가로등이 꺼져서 너무 어두워요",
    "초등학교 통학로라 아침에 순찰해 주세요",
    "밤에 오토바이 소음이 심해요",
    "여성 혼자 걷기 무서워요",
    "학생들이 다니는 길이 어두워요",
    "2호선 역 앞",
    "성북로 12길 골목",
    "중국집 앞 골목",
    "이슬람 사원 앞",
    "외국인주민지원센터 앞",
    "여기가 인도인데 차가 다녀요",
    "한 사람도 없어요",
    "고등학생 통학로",
    "주인 없는 개가 돌아다녀요",
    "어린이공원 3호",
    "우리 할머니가 무서워하세요",
    "2026-11-22 22시부터 시끄러워요",
    "담배 냄새가 나요",
    "101동 앞 놀이터",
    "공원장애인화장실",
    "구청장님 부탁드립니다",
    "공사장 옆 길",
    "장애인 주차구역 불법주차",
    "이 여성 안심귀갓길",
    "게이트볼장 옆",
    "강원도 양양군",
    "한성대입구역 2번 출구 주변",
    "경로당 근처 어르신 통행이 많음",
    "밤에 취객이 많아 무서워요",
    "청소년수련관 뒤편",
    "소음이 심한 곳 3시-5시",
    "112 신고가 많아요",
    "모르는 사람이 따라온 적이 있어요",
    "the street is dark after 10 pm",
    "kids walk to school here",
)


@pytest.mark.parametrize(("text", "code"), PERSONS.items())
def test_a_text_about_a_person_is_found(text: str, code: str) -> None:
    """If this fails, a request against somebody passes."""
    assert code in codes(text)


def test_texts_about_places_pass() -> None:
    """If this fails, residents are refused for naming a place or a trouble."""
    assert {text: codes(text) for text in PLACES if screen(text)} == {}


def test_every_code_has_a_reason_and_a_remedy() -> None:
    """If this fails, somebody is refused without being told why or what to do."""
    assert set(REFUSED) == set(CODES)
    assert all(str(text) for both in REFUSED.values() for text in both)


@given(st.text(max_size=300))
def test_any_text_is_screened_and_spans_lie_within(text: str) -> None:
    """If this fails, some text breaks the page or is shown wrongly."""
    looked = plain(text)
    assert plain(looked) == looked
    for one in screen(text):
        assert one.code in CODES
        assert 0 <= one.start < one.end <= len(looked)
    assert screen(looked) == screen(text)


@given(
    st.sampled_from(PLACES),
    st.sampled_from(sorted(PERSONS)),
    st.sampled_from([". ", "\n", " / ", "\u200b, "]),
    st.booleans(),
)
def test_words_around_hide_nothing(place: str, person: str, between: str, first: bool) -> None:
    """If this fails, a harmless sentence beside hides the one against somebody."""
    parts = (person, place) if first else (place, person)
    assert PERSONS[person] in codes(between.join(parts))


@given(
    st.from_regex(r"\A[0-9]{6}[1-8][0-9]{6}\Z"),
    st.lists(st.sampled_from(["", " ", "-", "."]), min_size=12, max_size=12),
    st.sampled_from(["", "\u200b", "\u00ad"]),
)
def test_numbers_of_residents_are_found_however_they_are_spaced(
    digits: str, gaps: list[str], hidden: str
) -> None:
    """If this fails, blanks or invisible signs carry a resident number past the screen."""
    text = digits[0] + "".join(gap + hidden + digit for gap, digit in zip(gaps, digits[1:], strict=True))
    assert "resident_number" in codes(f"여기 {text} 입니다")
