"""Five hundred damaged files per reader family: only typed errors come out."""

import pytest

from tests.core.tables import damage

TIMES = 500


@pytest.mark.parametrize("family", sorted(damage.FAMILIES))
def test_damaged_files_end_in_typed_errors(family: str) -> None:
    """Damage to bytes, cells, members and values never crashes a reader or holds it up; rows balance.

    Every fourth file is read to its typed rows; ``benchmarks/fuzz.py`` does so with all of its 20,000.
    """
    found = damage.run(family, range(TIMES), whole=4)
    assert (found.crashes, found.slow) == ([], [])
    assert found.seen.total() == TIMES
