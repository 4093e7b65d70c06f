"""What an unknown table holds is proposed from names and cells, and read as told."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.tables import Mapping, TableError, read
from sunra.core.tables.kinds import KINDS
from sunra.core.tables.mapping import BadMapping, fingerprint, likeness, propose
from sunra.core.tables.raw import Raw


def table(path: Path, header: str, *rows: str) -> Path:
    """A CSV file."""
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_cells_say_where_names_do_not(tmp_path: Path) -> None:
    """Degrees within Korea and addresses are recognised under any name; the file's name tells the kind."""
    lines = [f"{n},정릉동 {n}-3,37.6{n:03d},127.0{n:03d},{n % 4}" for n in range(1, 40)]
    found = propose(table(tmp_path / "마을 보안등.csv", "번,곳,갑,을,등 수", *lines))
    best = found.candidates[0]
    assert best.kind == "security_light"
    columns = {name: guess.column for name, guess in best.columns.items()}
    assert [columns[name] for name in ("lat", "lon", "lot_address")] == [2, 3, 1]
    assert (len(found.sample), found.header, found.lines[0]) == (10, ("번", "곳", "갑", "을", "등 수"), 2)
    assert read(tmp_path / "마을 보안등.csv", mapping=found.best()).accepted == 39


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    """The header is the first row of many different words."""
    path = table(
        tmp_path / "x.csv", "우리 구 시설 현황,,", "이름,경도값,위도값", "가,127.01,37.6", "나,127.02,37.6"
    )
    found = propose(path)
    assert (found.header_row, found.header) == (1, ("이름", "경도값", "위도값"))


def test_the_fingerprint_is_that_of_the_columns(tmp_path: Path) -> None:
    """Rows, spaces and case do not change it; another column does."""
    one = fingerprint(table(tmp_path / "1.csv", "이름,X값,Y값", "가,1,2"))
    assert one == fingerprint(table(tmp_path / "2.csv", " 이름,x값 ,Y값", "나,3,4", "다,5,6"))
    assert one != fingerprint(table(tmp_path / "3.csv", "이름,X값,Y값,비고", "가,1,2,"))


def test_a_mapping_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    """A kind, field, column or header row that is not there is refused, never a crash."""
    path = table(tmp_path / "x.csv", "가,나", "127,37", "127,37")
    for wrong in (
        Mapping("nothing"),
        Mapping("cctv", {"nothing": 0}),
        Mapping("cctv", {"lon": 2}),
        Mapping("cctv", {"lon": -1}),
        Mapping("cctv", {"lon": 0}, header=9),
    ):
        with pytest.raises(BadMapping) as caught:
            read(path, mapping=wrong)
        assert caught.value.code == "bad_mapping"


def test_only_the_first_rows_are_tried(tmp_path: Path) -> None:
    """``head`` counts records below the header."""
    lines = [f"127.0{n:02d},37.6" for n in range(1, 60)]
    path = table(tmp_path / "x.csv", "가,나", *lines)
    assert read(path, mapping=Mapping("cctv", {"lon": 0, "lat": 1}), head=7).rows == 7


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_a_measure(one: str, other: str) -> None:
    """Between 0 and 1, the same both ways, 1 for equal names."""
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == (1 if one else 0)


CELLS = st.text(alphabet="가나 동로1234567890.-,:/", max_size=12)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_any_table_gets_a_proposal(records: list[list[str]]) -> None:
    """Whatever the cells: one candidate per kind, each column for one field, columns that exist."""
    raw = Raw(file="x.csv", records=records, lines=list(range(1, len(records) + 1)), encoding="utf-8")
    found = propose(raw)
    assert {one.kind for one in found.candidates} <= {kind.name for kind in KINDS}
    for one in found.candidates:
        columns = [guess.column for guess in one.columns.values()]
        assert len(columns) == len(set(columns))
        assert all(0 <= column < len(found.header) for column in columns)
        assert 0 <= one.score <= 1


@given(
    st.dictionaries(st.sampled_from(["lon", "lat", "lot_address", "cameras", "installed"]), st.integers(0, 4))
)
@settings(max_examples=60, deadline=None)
def test_any_choice_of_columns_balances(
    tmp_path_factory: pytest.TempPathFactory, columns: dict[str, int]
) -> None:
    """However wrongly somebody maps a file, the rows still add up or the error is a typed one."""
    path = table(
        tmp_path_factory.mktemp("m") / "x.csv", "가,나,다,라,마",
        *(f"정릉동 {n},127.0{n},37.6,{n},2020-0{n}" for n in range(1, 9)),
    )  # fmt: skip
    try:
        found = read(path, mapping=Mapping("cctv", columns))
    except TableError:
        return
    assert found.rows == found.accepted + found.merged + found.quarantined == 8
