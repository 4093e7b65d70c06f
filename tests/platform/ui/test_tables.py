"""Tables sort, filter, page and leave as CSV that is data alone."""

import csv as stdlib_csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.ui import csv
from sunra.platform.ui.tables import Column, Filter, Table, display

ROWS = [
    {"id": n, "name": f"거점 {n:02d}", "kind": "car" if n % 2 else "foot", "metres": n * 10.5}
    for n in range(1, 41)
]
COLUMNS = [Column("name", "이름"), Column("kind", "종류"), Column("metres", "거리", numeric=True, unit="m")]


def table(address: str = "/", **options: object) -> Table:
    """A table of forty rows as the address asks for it."""
    options = {
        "columns": COLUMNS,
        "rows": ROWS,
        "filters": [Filter("kind", "종류", [("car", "차"), ("foot", "도보")]), Filter("name", "이름")],
        "page_size": 10,
    } | options
    return Table(request=RequestFactory().get(address), **options)


def names(made: Table) -> list[str]:
    """The first cells of the page."""
    return [cells[0][1] for _row_id, cells in made.body]


def test_sorts_down_and_up() -> None:
    """If this fails, a head's link does not order the rows."""
    assert names(table("/?sort=-metres"))[0] == "거점 40"
    assert names(table("/?sort=metres"))[0] == "거점 01"


def test_a_second_click_turns_the_order() -> None:
    """If this fails, a reader cannot reverse the order."""
    heads = table("/?sort=name").heads
    assert heads[0].direction == "ascending"
    assert "sort=-name" in heads[0].url
    assert heads[1].direction == "none"


def test_unknown_sort_and_page_are_ignored() -> None:
    """If this fails, a mistyped address breaks the page."""
    made = table("/?sort=password&page=99")
    assert made.sorting == (None, False)
    assert made.page.number == 4


def test_filters_narrow_and_keep_the_rest_of_the_address() -> None:
    """If this fails, a filter loses rows or the other parameters."""
    made = table("/?kind=car&name=1&map-slot=3&page=2")
    assert made.count == len([row for row in ROWS if row["kind"] == "car" and "1" in row["name"]])
    assert ("map-slot", "3") in made.kept
    assert "page" not in dict(made.kept)
    assert "map-slot=3" in made.clear_url
    assert "kind" not in made.clear_url


def test_a_choice_that_does_not_exist_narrows_nothing() -> None:
    """If this fails, a value from outside the list reaches the query."""
    assert table("/?kind=tank").count == 40


def test_two_tables_of_a_page_do_not_disturb_each_other() -> None:
    """If this fails, sorting one table sorts the other."""
    made = table("/?sort=-metres&stops-sort=name", name="stops")
    assert names(made)[0] == "거점 01"
    assert made.heads[1].url.count("stops-sort") == 1
    assert "sort=-metres" in made.heads[1].url


def test_rows_without_a_value_come_last_both_ways() -> None:
    """If this fails, gaps in the data stand where the extremes should."""
    rows = [{"name": "a", "metres": None}, {"name": "b", "metres": 2}, {"name": "c", "metres": 1}]
    assert names(table("/?sort=metres", rows=rows, filters=[])) == ["c", "b", "a"]
    assert names(table("/?sort=-metres", rows=rows, filters=[])) == ["b", "c", "a"]


def test_csv_holds_all_chosen_rows_and_calls_the_record_first() -> None:
    """If this fails, an export leaves rows out or leaves no trace."""
    counted: list[int] = []
    answer = table("/?kind=car&export=csv", on_export=counted.append).response()
    assert answer is not None
    text = answer.content.decode("utf-8-sig")
    assert counted == [20]
    assert text.splitlines()[0] == "이름,종류,거리 (m)"
    assert len(text.splitlines()) == 21
    assert "attachment" in answer["Content-Disposition"]


def test_an_export_that_cannot_be_recorded_does_not_happen() -> None:
    """If this fails, rows leave without a ledger record."""

    def refuse(_count: int) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        table("/?export=csv", on_export=refuse).response()


def test_no_csv_where_it_is_switched_off() -> None:
    """If this fails, a table meant for looking alone can be taken away."""
    assert table("/?export=csv", export=False).response() is None


def test_another_tables_export_is_not_mine() -> None:
    """If this fails, the wrong table is downloaded."""
    assert table("/?export=csv&table=other", name="stops").response() is None


@given(st.sampled_from("=+-@\t\r\n＝＋－＠"), st.text(max_size=20), st.sampled_from(["", " ", "  "]))
def test_no_text_stays_a_formula(first: str, rest: str, before: str) -> None:
    """If this fails, a name typed by anybody runs as a formula on the desk of who opens the file."""
    assert csv.neutral(before + first + rest).startswith("'")


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.integers(), st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r"))
            ),
            min_size=2,
            max_size=2,
        ),
        max_size=5,
    )
)
def test_csv_can_be_read_back(rows: list[list[object]]) -> None:
    """If this fails, quotes or line ends in a value break the file."""
    text = "".join(csv.lines(["a", "b"], rows)).removeprefix("\ufeff")
    found = list(stdlib_csv.reader(StringIO(text, newline="")))
    assert len(found) == len(rows) + 1
    assert found[1:] == [[str(csv.neutral(value)) for value in row] for row in rows]


def test_numbers_stay_numbers() -> None:
    """If this fails, a negative figure turns into text."""
    assert csv.neutral(-3.5) == -3.5


def test_values_are_shown_as_people_here_read_them() -> None:
    """If this fails, dates are in UTC or figures without groups."""
    assert display(datetime(2026, 11, 22, 13, 0, tzinfo=UTC)) == "2026. 11. 22.(일) 22:00"
    assert display(date(2026, 11, 22)) == "2026. 11. 22.(일)"
    assert display(12345) == "12,345"
    assert display(1234.567) == "1,234.57"
    assert display(None) == display("") == "–"
    assert (display(True), display(False)) == ("예", "아니요")


@pytest.mark.django_db
def test_a_queryset_is_sorted_and_filtered_by_the_database() -> None:
    """If this fails, a long table is read whole."""
    kind = AgencyType.objects.create(code="ui-test", name_ko="시험", name_en="test")
    for name in ("나", "가", "다"):
        Agency.objects.create(name=name, type=kind)
    made = Table(
        columns=[Column("name", "이름"), Column("type.name_ko", "종류")],
        rows=Agency.objects.filter(type=kind),
        request=RequestFactory().get("/?sort=-name&name=가"),
        filters=[Filter("name", "이름")],
    )
    assert names(made) == ["가"]
    assert "ORDER BY" in str(made.chosen.query)
    assert "LIKE" in str(made.chosen.query).upper()


def test_the_pager_goes_both_ways() -> None:
    """If this fails, a reader is caught on a page."""
    made = table("/?page=2")
    assert "page=1" in made.previous_url
    assert "page=3" in made.next_url
    assert [number for number, _url, current in made.page_urls if current] == ["2"]


def test_htmx_gets_the_table_alone() -> None:
    """If this fails, a changed table brings the whole page along."""
    request = RequestFactory().get("/", headers={"HX-Target": "table-main"})
    answer = Table(columns=COLUMNS, rows=ROWS, request=request, caption="거점").response()
    assert answer is not None
    assert b'id="table-main"' in answer.content
    assert b"<html" not in answer.content
