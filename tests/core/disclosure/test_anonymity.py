"""k-anonymity and l-diversity: the combination that fails is named."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.disclosure import k_anonymity, l_diversity

ROWS = pl.DataFrame(
    {
        "age": ["20s"] * 5 + ["30s"] * 5 + ["80s"],
        "dong": ["a"] * 5 + ["b"] * 5 + ["a"],
        "what": ["theft", "noise", "theft", "noise", "fraud"] + ["theft"] * 5 + ["noise"],
    }
)


def test_the_combination_that_fails_is_named() -> None:
    """The one person of 80 in dong a is found, everybody else passes."""
    report = k_anonymity(ROWS, ["age", "dong"], 5)
    assert (report.passed, report.reached, report.groups, report.rows) == (False, 1, 3, 1)
    assert [one.values for one in report.failing] == [("80s", "a")]
    assert k_anonymity(ROWS, ["dong"], 5).passed


def test_a_group_that_shares_its_secret_fails() -> None:
    """Five in their thirties, all theft: large enough, and still told."""
    report = l_diversity(ROWS, ["age"], "what", 2)
    assert [one.values for one in report.failing] == [("80s",), ("30s",)]


def test_an_empty_table_passes_and_no_columns_are_refused() -> None:
    """Nothing to recognise; without columns the question makes no sense."""
    assert k_anonymity(ROWS.clear(), ["age"]).passed
    with pytest.raises(ValueError, match="columns"):
        k_anonymity(ROWS, [])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=40), st.integers(1, 6))
def test_the_report_agrees_with_counting_by_hand(rows: list[tuple[str, str]], k: int) -> None:
    """Groups, smallest group and rows at risk are those of a plain count."""
    frame = pl.DataFrame(rows, schema={"one": pl.String, "two": pl.String}, orient="row")
    report = k_anonymity(frame, ["one", "two"], k)
    sizes = [rows.count(row) for row in set(rows)]
    assert report.groups == len(sizes)
    assert report.reached == min(sizes, default=0)
    assert report.rows == sum(size for size in sizes if size < k)
