"""112 calls and accidents: times, families, cells; what never passes the door."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from sunra.core.geo import cells
from sunra.core.geo.crs import transform
from sunra.core.tables import read
from sunra.core.tables.kinds import event_codes
from tests.core.tables import made


def test_calls_become_events_on_the_national_grid(tmp_path: Path) -> None:
    """The middle of the four corners lies in the cell that the corners enclose."""
    rows = made.call_rows(30)
    result = read(made.save(tmp_path / "POL_01_20240105.csv", made.text(made.CALL, rows)))
    assert (result.kind, result.accepted, result.crs) == ("call112", 30, 4326)
    first = result.table.row(0, named=True)
    corner = float(rows[0][4]), float(rows[0][5])
    east, north = transform(*corner, 4326, 5179)
    assert (first["cell_e"], first["cell_n"]) == (round(float(east) / 100), round(float(north) / 100))
    assert (first["family"], first["category"], first["weight"], first["time_to"]) == (
        "theft",
        "104",
        1.0,
        None,
    )
    assert first["time_from"].date() == dt.date(2024, 1, 5)


def test_calls_in_projected_corners_are_the_same_events(tmp_path: Path) -> None:
    """Corners in metres of EPSG:5179 give the cells that corners in degrees give."""
    rows = made.call_rows(20)
    degrees = read(made.save(tmp_path / "a.csv", made.text(made.CALL, rows)))
    for row in rows:
        x, y = transform([float(v) for v in row[4::2]], [float(v) for v in row[5::2]], 4326, 5179)
        row[4:] = [str(round(float(v))) for pair in zip(x, y, strict=True) for v in pair]
    metres = read(made.save(tmp_path / "b.csv", made.text(made.CALL, rows)))
    assert metres.crs == 5179
    for column in ("cell_e", "cell_n"):
        assert metres.table[column].to_list() == degrees.table[column].to_list()


@pytest.mark.parametrize(
    "code", ["106", "107", "108", "109", "211", "212", "508", "가정폭력", "107 가정폭력", "자살", "스토킹"]
)
def test_home_bound_offences_and_suicides_stop_at_the_door(tmp_path: Path, code: str) -> None:
    """No such event reaches the table, and the quarantine shows neither its code nor its place."""
    rows = made.call_rows(3) + made.call_rows(2, seed=9, code=code)
    result = read(made.save(tmp_path / "a.csv", made.text(made.CALL, rows)))
    assert (result.accepted, result.reasons) == (3, {"withheld_family": 2})
    assert {q.value for q in result.quarantine} == {""}
    assert set(result.table["family"]) == {"theft"}


@pytest.mark.parametrize(
    ("code", "reason"), [("999", "unknown_category"), ("", "unknown_category"), ("1046", "unknown_category")]
)
def test_unknown_codes_are_refused_not_guessed(tmp_path: Path, code: str, reason: str) -> None:
    """A code outside the table could be anything, also a withheld one."""
    result = read(made.save(tmp_path / "a.csv", made.text(made.CALL, made.call_rows(2, code=code))))
    assert result.reasons == {reason: 2}


def test_false_calls_and_bad_times_are_refused(tmp_path: Path) -> None:
    """False, mistaken and repeated calls are no events; a day that does not exist is no time."""
    rows = made.call_rows(6)
    for row, ending in zip(rows, ["601", "602", "603", "604", "708"], strict=False):
        row[3] = ending
    rows[5][0] = "20240230"
    result = read(made.save(tmp_path / "a.csv", made.text(made.CALL, rows)))
    assert result.reasons == {"void_ending": 5, "bad_time": 1}


def test_equal_calls_are_one_call(tmp_path: Path) -> None:
    """The same second, cell, kind and ending twice is one call with weight one."""
    rows = made.call_rows(3)
    result = read(made.save(tmp_path / "a.csv", made.text(made.CALL, [*rows, rows[0]])))
    assert (result.accepted, result.merged, result.table["weight"].sum()) == (3, 1, 3.0)


def test_every_code_has_exactly_one_family() -> None:
    """The code table is complete and says each thing once; every label leads to a code with a family."""
    listed = [code for codes in event_codes.FAMILIES.values() for code in codes]
    assert len(listed) == len(set(listed)) == 58
    assert set(event_codes.LABELS.values()) == set(listed)
    assert {"home_bound", "withheld"} == event_codes.WITHHELD


def test_accidents_with_points_and_with_dongs(tmp_path: Path) -> None:
    """A point gives a cell; a dong alone gives the dong and no cell."""
    points = "time,category,lon,lat,deaths\n2020-01-01T05:00,차대차,127.01,37.6,1\n2020.1.2 6시,차대사람,127.02,37.6,0\n"
    result = read(made.save(tmp_path / "a.csv", points))
    assert (result.kind, result.accepted) == ("accident_event", 2)
    cell = cells.cell_of(np.array([127.01]), np.array([37.6]))
    assert (result.table["cell_e"][0], result.table["cell_n"][0]) == (cell[0][0], cell[1][0])
    assert set(result.table["family"]) == {"traffic_accident"}
    dongs = "사고번호,사고일시,시군구,사망자수,사고유형\n1,2022년 1월 1일 05시,서울특별시 성북구 정릉동,0,차대차\n2,언제,서울특별시 성북구 정릉동,0,차대차\n"
    result = read(made.save(tmp_path / "b.csv.gz", made.gz(dongs.encode())))
    first = result.table.row(0, named=True)
    assert (result.kind, first["precision"], first["cell_e"]) == ("accident_event", "dong", None)
    assert first["time_from"] == dt.datetime(2022, 1, 1, 5)
    assert result.reasons == {"bad_time": 1}


def test_accident_day_and_hour_apart(tmp_path: Path) -> None:
    """발생일 and 발생시간 in two columns make one time; a file name with 사고 is enough proof."""
    text = "발생일,발생시간,경도,위도\n20240105,17,127.01,37.6\n"
    result = read(made.save(tmp_path / "교통사고.csv", text))
    assert result.table["time_from"].to_list() == [dt.datetime(2024, 1, 5, 17)]
    assert read(made.save(tmp_path / "목록.csv", text)).kind == "unknown"


def test_endings_and_urgency_of_calls(tmp_path: Path) -> None:
    """Codes, labels and both at once mean the same ending and urgency; what is in no table is flagged."""
    header = made.CALL.replace("END_CD", "END_CD,긴급도")
    rows = made.call_rows(6)
    pairs = [
        ("201", "C0"),
        ("201 현장조치", "코드1"),
        ("현장조치", "중요"),
        ("999", "9"),
        ("708 동일", "C4"),
        ("", ""),
    ]
    for row, (ending, urgency) in zip(rows, pairs, strict=True):
        row[3:4] = [ending, urgency]
    result = read(made.save(tmp_path / "POL_01_20240105.csv", made.text(header, rows)))
    assert result.table["ending"].to_list() == ["201", "201", "201", "", ""]
    assert result.table["urgency"].to_list() == ["C0", "C1", "C1", "", ""]
    assert (result.reasons, result.flags["unlisted_code"]) == ({"void_ending": 1}, 1)
    assert event_codes.ending_of("상담안내") == ""
    assert event_codes.ending_of("110") == "702"


@pytest.mark.parametrize(
    ("columns", "cells", "minutes"),
    [
        ("현장도착시각", ["235930"], 9.5),
        ("현장도착시각", ["000400"], 14.0),
        ("현장도착시각", ["23:40"], None),
        ("도착일시", ["2024-01-06 00:10:00"], 20.0),
        ("현장도착일자,현장도착시각", ["20240106", "0010"], 20.0),
        ("현장도착일자,현장도착시각", ["20240104", "0010"], None),
        ("출동소요시간(분)", ["4.5"], 4.5),
        ("출동소요시간(분)", ["-3"], None),
        ("현장도착시각", [""], None),
    ],
)
def test_arrivals_become_minutes_since_the_call(
    tmp_path: Path, columns: str, cells: list[str], minutes: float | None
) -> None:
    """A clock far before the call's is of the next day; what cannot be true is dropped and the call stays."""
    row = made.call_rows(1)[0]
    row[1] = "235000"
    row[4:4] = cells
    header = made.CALL.replace("END_CD", f"END_CD,{columns}")
    result = read(made.save(tmp_path / "POL_01_20240105.csv", made.text(header, [row])))
    assert (result.kind, result.accepted) == ("call112", 1)
    assert result.table["response_minutes"].to_list() == [minutes]
    assert ("impossible_value" in result.flags) == (minutes is None and cells[-1] != "")
    plain = read(made.save(tmp_path / "b.csv", made.text(made.CALL, [row[:4] + row[4 + len(cells) :]])))
    assert plain.table["key"].to_list() == result.table["key"].to_list()
    assert plain.table["response_minutes"].to_list() == [None]


def test_a_call_known_by_the_hour_has_no_response_time(tmp_path: Path) -> None:
    """An hour is no moment to count minutes from, whichever column says it."""
    row = made.call_rows(1)[0]
    hour = [row[0], "23", *row[2:4], "231000", *row[4:]]
    header = made.CALL.replace("END_CD", "END_CD,현장도착시각")
    result = read(made.save(tmp_path / "POL_01_20240105.csv", made.text(header, [hour])))
    assert result.table["response_minutes"].to_list() == [None]
    one = header.replace("DAY,TIME", "접수일시")
    for said, minutes in (("2024-01-05 23:08:00", 2.0), ("2024. 1. 5. 23시", None)):
        text = made.text(one, [[said, *hour[2:]]])
        result = read(made.save(tmp_path / "112.csv", text))
        assert (result.kind, result.table["response_minutes"].to_list()) == ("call112", [minutes])
