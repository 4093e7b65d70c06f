"""Texts read in parts say the same as in one piece, whatever their size."""

import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunra.core.tables import Stream, TableError, errors, longtext, read, read_stream, summaries, summing
from sunra.core.tables.limits import Limits
from tests.core.tables import made
from tests.core.tables.test_kinds_shapes import SHAPES


def same(path: Path, part_rows: int) -> Stream:
    """The file read in parts, after it was compared with the file read in one piece."""
    whole, stream = read(path), read_stream(path, part_rows=part_rows)
    parts = list(stream)
    assert stream.totals.summary() == whole.summary()
    together = pl.concat([part.table for part in parts]).sort("line")
    assert together.equals(whole.table.sort("line"))
    refused = pl.concat([part.rejects for part in parts]).sort("line", "reason")
    assert refused.equals(whole.rejects.sort("line", "reason"))
    assert all(part.rows <= part_rows for part in parts)
    assert stream.rows == whole.rows
    return stream


def dirty(count: int, seed: int) -> list[list[str]]:
    """Lights with every kind of dirt: no point, repeated, abroad, exchanged axes, too few fields."""
    rng = random.Random(seed)
    rows = made.light_rows(count, seed)
    for row in rows:
        match rng.randrange(8):
            case 0:
                row[4] = row[5] = ""
            case 1:
                row[4] = "27.5"
            case 2:
                row[4], row[5] = row[5], row[4]
            case 3:
                row[3] = rng.choice(["", "서울특별시 성북구 성북동 3", "서울특별시 성북구 장위1동4"])
            case 4:
                row[0] = "같은 이름"
    rows += [list(rng.choice(rows)) for _ in range(count // 3)]
    rng.shuffle(rows)
    rows[count // 2] = rows[count // 2][:-2]
    return rows


@pytest.mark.parametrize(
    ("part_rows", "encoding"), [(7, "utf-8"), (50, "utf-8-sig"), (40, "cp949"), (1_000, "utf-16")]
)
def test_parts_say_the_same_as_the_whole(tmp_path: Path, part_rows: int, encoding: str) -> None:
    """Rows, keys, repetitions, refusals, units and flags do not depend on where the file is cut."""
    path = made.save(tmp_path / "성북구_보안등.csv", made.text(made.LIGHT, dirty(120, 3)), encoding)
    stream = same(path, part_rows)
    assert stream.totals.merged > 0
    assert stream.totals.quarantined > 0


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), count=st.integers(3, 40), part_rows=st.integers(1, 30))
def test_any_cut_gives_the_same(tmp_path: Path, seed: int, count: int, part_rows: int) -> None:
    """Whatever the dirt and the size of parts: the same table and the same balance."""
    path = made.save(tmp_path / "성북구_보안등.csv", made.text(made.LIGHT, dirty(count, seed)), "utf-8")
    same(path, part_rows)


def test_identifiers_are_unique_over_all_parts(tmp_path: Path) -> None:
    """A number given twice, in parts far from each other, is no key in either."""
    rows = made.bell_rows(40)
    rows[39][0] = rows[0][0]
    stream = same(made.save(tmp_path / "성북구_안심벨.csv", made.text(made.BELL, rows), "utf-8"), 9)
    assert stream.totals.flags["repeated_ids"] == 2


def test_projected_coordinates_are_recognised_once_for_the_file(tmp_path: Path) -> None:
    """The system is found from the whole file, so that a part of three rows does not guess."""
    from sunra.core.geo.crs import transform

    rows = made.light_rows(30)
    for row in rows:
        x, y = transform(float(row[5]), float(row[4]), 4326, 5174)
        row[5], row[4] = str(round(float(x), 2)), str(round(float(y), 2))
    path = made.save(tmp_path / "성북구_보안등.csv", made.text(made.LIGHT, rows), "utf-8")
    assert same(path, 3).totals.crs == read(path).crs


def test_unknown_columns_are_refused_row_by_row(tmp_path: Path) -> None:
    """A large table of no known kind is counted, not lost."""
    rows = [[str(n), "x"] for n in range(25)]
    stream = read_stream(made.save(tmp_path / "a.csv", made.text("가,나", rows), "utf-8"), part_rows=10)
    assert [part.quarantined for part in stream] == [10, 10, 5]
    assert stream.totals.reasons == {"unknown_kind": 25}


def test_rows_beyond_the_limit_of_one_piece_go_by_parts(tmp_path: Path) -> None:
    """What `read` refuses as too large, a stream reads."""
    path = made.save(tmp_path / "성북구_보안등.csv", made.text(made.LIGHT, made.light_rows(60)), "utf-8")
    with pytest.raises(errors.TooLarge):
        read(path, limits=Limits(max_rows=20))
    stream = read_stream(path, limits=Limits(max_rows=20), part_rows=20)
    assert sum(part.accepted for part in stream) == 60


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", errors.Empty),
        (b"   \n", errors.Empty),
        (b"a\x00b,c\n1,2\n", errors.NotATable),
        ("보안등위치명,설치개수,위도,경도\n".encode(), errors.HeaderOnly),
        (b"\xff\xfa\x81\n\x80\x80\n", errors.BadEncoding),
        (('a,b\n1,"' + "x\n" * 300).encode(), errors.UnclosedQuote),
        (b"a,b\n" + b"x" * 3_000_000, errors.TooLarge),
        (b"a,b\r" + b"x" * 3_000_000, errors.TooLarge),
        (b'"a,b', errors.UnclosedQuote),
        (b"a,b\n" + b"x," * 2_000 + b"\n", errors.TooLarge),
    ],
)
def test_hostile_texts_end_before_the_first_part(
    tmp_path: Path, content: bytes, error: type[TableError]
) -> None:
    """What is wrong with a file as a whole is said before any part was handed out, typed, at its line."""
    path = made.save(tmp_path / "a.csv", content)
    with pytest.raises(error) as parts:
        read_stream(path)
    with pytest.raises(error) as piece:
        read(path)
    assert (parts.value.code, parts.value.line) == (piece.value.code, piece.value.line)


@pytest.mark.parametrize(("first", "then"), [("utf-8", "cp949"), ("cp949", "utf-8"), ("utf-8-sig", "euc_kr")])
def test_a_file_that_changes_its_encoding_says_where(tmp_path: Path, first: str, then: str) -> None:
    """After the first megabyte the text goes on in another encoding: both paths name that line."""
    head, *rows = made.text(made.LIGHT, made.light_rows(8_000)).splitlines(keepends=True)
    parts = [head, *(rows * 2)]
    content = "".join(parts).encode(first) + "".join(rows[:5]).encode(then)
    assert len(content) > 1_500_000
    path = made.save(tmp_path / "성북구_보안등.csv", content)
    for reader in (read, read_stream):
        with pytest.raises(errors.BadEncoding) as refused:
            reader(path)
        assert refused.value.line == len(parts) + 1


def test_ragged_rows_in_the_middle_are_put_aside_alone(tmp_path: Path) -> None:
    """Rows too short and too long, in any part, with line, reason and remedy; all others stay accepted."""
    rows = made.light_rows(40)
    rows[11], rows[12], rows[25] = rows[11][:3], [*rows[12], "zu viel"], [*rows[25], "", ""]
    stream = same(made.save(tmp_path / "성북구_보안등.csv", made.text(made.LIGHT, rows), "utf-8"), 9)
    assert (stream.totals.accepted, stream.totals.reasons) == (38, {"field_count": 2})


def test_missing_file_and_changed_file_are_typed_errors(tmp_path: Path) -> None:
    """A file that is not there, and one that changes between the passes."""
    with pytest.raises(errors.Unreadable):
        read_stream(tmp_path / "none.csv")
    path = made.save(tmp_path / "성북구_보안등.csv", made.text(made.LIGHT, made.light_rows(9)), "utf-8")
    stream = read_stream(path)
    made.save(path, made.text(made.LIGHT, made.light_rows(8)), "utf-8")
    with pytest.raises(errors.NotATable):
        list(stream)


def test_summaries_read_large_texts_in_parts_and_tell_how_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large and small files give one kind of record; progress only grows and ends at one; refusals stay."""
    text = made.text(made.LIGHT, dirty(60, 5))
    made.save(tmp_path / "성북구_보안등.csv", text, "utf-8")
    made.save(tmp_path / "z.csv", b"x\x00,y\n1,2\n")
    small = summaries([tmp_path])
    monkeypatch.setattr(summing, "is_streamed", lambda file: file.suffix == ".csv")
    shares: list[float] = []
    large = summaries([tmp_path], report=lambda _, share: shares.append(share))
    assert large == small
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert summaries([tmp_path], learn=True)[0]["warnings"] == ["not_a_table"]


def test_only_large_texts_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks and small texts are read in one piece."""
    path = made.save(tmp_path / "a.csv", b"a,b\n1,2\n")
    assert not longtext.is_streamed(path)
    assert not longtext.is_streamed(tmp_path / "none.csv")
    monkeypatch.setattr(longtext, "STREAMED", 1)
    assert longtext.is_streamed(path)
    assert not longtext.is_streamed(made.save(tmp_path / "a.xlsx", made.xlsx("가,나", [["1", "2"]])))


CLERKS = ("=HYPERLINK(1)", "02-123-4567", "가상??동", "-", "2050-13-40", "１２", "9999", "", "1905-07")
"""Cells that people and programs leave behind."""


def shape_rows(row: dict[str, str], count: int, seed: int) -> list[list[str]]:
    """A shape's row many times, each with some cell gone wrong; some repeated, one too short."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        cells = [cell if rng.random() > 0.06 else rng.choice(CLERKS) for cell in row.values()]
        if number % 5 == 0:
            cells[rng.randrange(len(cells))] += str(number)
        rows.append(cells)
    rows[count // 2] = rows[count // 2][:-1]
    rows[count // 3] = [""] * len(row)
    return rows


@pytest.mark.no_cover  # every kind twice; the lines are counted by the tests above
@pytest.mark.parametrize(("shape", "kind", "row", "_expected"), SHAPES, ids=[shape for shape, *_ in SHAPES])
def test_every_kind_warns_and_refuses_alike_in_parts(
    tmp_path: Path, shape: str, kind: str, row: dict[str, str], _expected: object
) -> None:
    """Formulas, lost characters, telephone numbers, wrong codes and dates: the same words from both paths."""
    name = {"cctv Geumcheon": "금천_CCTV.csv", "light numbered": "보안등.csv", "locker Seoul": "택배함.csv"}
    rows = shape_rows(row, 24, len(shape))
    last = ",".join(rows[-1])
    text = made.text(list(row), rows[:-1]) + (f'{last[:-1]},"offen' if len(row) % 2 else last)
    path = made.save(tmp_path / name.get(shape, "성북구_20240331.csv"), text, "utf-8")
    stream = same(path, 7)
    assert stream.totals.kind == stream.kind == kind
    assert stream.totals.warnings == read(path).warnings
