"""Crime counts in wide and long tables."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

from pathlib import Path

import polars as pl

from sunra.core.tables import read
from tests.core.tables import made

FOUR = (
    '"자치구별(1)",자치구별(2),2021,2021,2021,2021,2021,2021,2021\n'
    '"자치구별(1)",자치구별(2),합계,합계,합계,합계,합계,합계,합계\n'
    '"자치구별(1)",자치구별(2),소계,살인,살인,강간·강제추행,절도,절도,폭력\n'
    '"자치구별(1)",자치구별(2),발생,발생,검거,발생,발생,검거,발생\n'
    '"합계",소계,"1,234",3,2,30,"1,000",500,201\n'
    "합계,성북구,617,-,2,15,500,250,102\n"
    "합계,강북구,617,3,2,15,500,250,여럿\n"
)


def test_four_header_rows_with_years(tmp_path: Path) -> None:
    """Year, crime and 발생 or 검거 are found in four rows; totals, clearances and sums stay out."""
    result = read(made.save(tmp_path / "관서별.csv", FOUR, "utf-8-sig"))
    assert (result.kind, result.encoding, result.rows) == ("crime_table", "utf-8-sig", 3)
    assert result.reasons == {"bad_number": 1, "total_row": 1}
    assert result.table.select("station", "unit_kind", "year", "category", "count").rows() == [
        ("성북구", "district", 2021, "살인", 0),
        ("성북구", "district", 2021, "성범죄", 15),
        ("성북구", "district", 2021, "절도", 500),
        ("성북구", "district", 2021, "폭력", 102),
    ]
    assert (result.accepted, result.units, result.placed["none"]) == (1, 617, 1)


def test_two_header_rows_with_thousands_and_a_year_column(tmp_path: Path) -> None:
    """The older Seoul export keeps its year in the first column and quotes its thousands."""
    text = '기간,자치구,합계,합계,살인,살인,강도,강도,절도,절도\n기간,자치구,발생,검거,발생,검거,발생,검거,발생,검거\n2019,합계,9,9,1,1,1,1,1,1\n2019,종로구,9,9,4,5,7,8,"1,515",9\n'
    result = read(made.save(tmp_path / "서울.csv", text))
    assert result.table.select("year", "category", "count").rows() == [
        (2019, "살인", 4),
        (2019, "강도", 7),
        (2019, "절도", 1515),
    ]


def test_stations_of_a_workbook(tmp_path: Path) -> None:
    """살인(발생) beside 살인(검거) in one header cell; the year comes from the file's name, or is flagged."""
    header = "관서명,소계(발생),살인(발생),살인(검거),강도(발생),절도(발생)"
    rows = [["계", 10, 1, 1, 2, 7], ["가상서", 10, 1, 1, 2, 7]]
    dated = read(made.save(tmp_path / "관서별_2020.xlsx", made.xlsx(header, rows)))
    assert dated.table.select("station", "unit_kind", "year", "category", "count").rows() == [
        ("가상서", "station", 2020, "살인", 1), ("가상서", "station", 2020, "강도", 2), ("가상서", "station", 2020, "절도", 7),
    ]  # fmt: skip
    undated = read(made.save(tmp_path / "관서별.xlsx", made.xlsx(header, rows)))
    assert "year_unknown" in undated.warnings
    assert set(undated.table["year"]) == {0}


def test_long_form_counts_cases_not_clearances(tmp_path: Path) -> None:
    """One row per crime and 발생 or 검거: only cases are accepted."""
    text = "구분,죄종,발생검거,건수\n중구,살인,발생,1\n중구,살인,검거,1\n중구,강간,발생,13\n중구,절도,발생,\n"
    result = read(made.save(tmp_path / "crimes2018.csv", text))
    assert result.reasons == {"clearance_row": 1, "empty_row": 1}
    assert result.table.select("station", "year", "category", "count").rows() == [
        ("중구", 2018, "살인", 1),
        ("중구", 2018, "성범죄", 13),
    ]


def test_short_rows_and_nameless_units_are_quarantined(tmp_path: Path) -> None:
    """A row that ends early or has no unit costs itself only; the same unit twice has two keys."""
    text = '연번,경찰서,구분,살인,강도,절도\n1,중부,경찰서,2,1,657\n2,동래\n3,,경찰서,1,1,1\n4,중부,경찰서,1,1,1\n5,남부,경찰서,1,1,"1'
    result = read(made.save(tmp_path / "a.csv", text))
    assert result.reasons == {"cut_off": 1, "field_count": 1, "unit_missing": 1}
    assert result.table["key"].is_unique().all()
    assert set(result.table["unit_kind"]) == {"station"}
    assert result.table.filter(pl.col("line") == 2)["count"].sum() == 660
