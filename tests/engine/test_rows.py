"""Whether two results hold the same rows."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.engine.rows import same_rows

ROWS = st.lists(
    st.tuples(
        st.integers(0, 3), st.one_of(st.none(), st.floats()), st.text(max_size=2)
    ),
    max_size=8,
)  # fmt: skip


def table(rows: list[tuple[int, float | None, str]]) -> pa.Table:
    """The rows as a table."""
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    kinds = (pa.int64(), pa.float64(), pa.string())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=["a", "b", "c"])


@given(rows=ROWS, seed=st.randoms(use_true_random=False))
def test_order_does_not_matter(rows: list[tuple[int, float | None, str]], seed: object) -> None:
    """If this fails, the comparison of backends finds differences that are none."""
    mixed = list(rows)
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    assert same_rows(table(rows), table(mixed))


@pytest.mark.parametrize(
    "other",
    [
        [(1, 1.0, "x")],
        [(1, 1.0, "x"), (1, 1.0, "x"), (2, 2.0, "y")],
        [(1, 1.0, "x"), (2, 2.0, "y"), (2, 2.0, "y")],
        [(1, 1.0, "x"), (1, 1.0, "x"), (2, 2.000_01, "y"), (2, 2.0, "y")],
        [(1, 1.0, "x"), (1, None, "x"), (2, 2.0, "y"), (2, 2.0, "y")],
        [(1, 1.0, "z"), (1, 1.0, "x"), (2, 2.0, "y"), (2, 2.0, "y")],
    ],
)
def test_counts_and_values_matter(other: list[tuple[int, float | None, str]]) -> None:
    """If this fails, a lost, doubled or changed row passes as the same."""
    rows = [(1, 1.0, "x"), (1, 1.0, "x"), (2, 2.0, "y"), (2, 2.0, "y")]
    assert not same_rows(table(rows), table(other))


def test_floats_may_differ_by_the_tolerance() -> None:
    """If this fails, sums in another order count as other sums."""
    assert same_rows(table([(1, 1e12, "")]), table([(1, 1e12 + 1e-3, "")]))
    assert not same_rows(table([(1, 1.0, "")]), table([(1, 1.0 + 1e-8, "")]))
    swapped = [(1, 1.0, ""), (1, 1.0 + 5e-10, "")]
    assert same_rows(table(swapped), table([(1, 1.0 + 9e-10, ""), (1, 1.0 - 4e-10, "")]))
    renamed = table([]).rename_columns(["a", "b", "d"])
    assert not same_rows(table([]), renamed)
