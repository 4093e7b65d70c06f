"""Rows in = accepted + merged + quarantined, whatever the rows are."""

import random
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunra.core.tables import TableRead, messages, read
from sunra.core.tables.kinds.base import COLUMNS
from sunra.core.tables.result import REJECT_SCHEMA, Unbalanced
from tests.core.tables import made

BASES = {
    "cctv": (made.CCTV, made.cctv_rows(6)),
    "security_light": (made.LIGHT, made.light_rows(6)),
    "emergency_bell": (made.BELL, made.bell_rows(6)),
    "call112": (made.CALL, made.call_rows(6)),
}
CELLS = st.one_of(
    st.sampled_from(made.NASTY[:6] + made.NASTY[8:]),
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), max_size=12),
    st.floats().map(str),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(BASES)), data=st.data())
def test_balance_holds_for_any_cells(kind: str, data: st.DataObject) -> None:
    """Any text in any cell, rows repeated at will: every row is accounted for once, keys are unique."""
    header, base = BASES[kind]
    rows = [list(row) for row in base]
    for _ in range(data.draw(st.integers(0, 10))):
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(CELLS).replace("\r", " ").replace("\x00", "")
    rows += [rows[data.draw(st.integers(0, 5))] for _ in range(data.draw(st.integers(0, 4)))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "성북구.csv"
        path.write_bytes(made.text(header, rows).encode("utf-8", "replace"))
        result = read(path)
    assert result.rows == len(rows) == result.accepted + result.merged + result.quarantined
    assert sum(result.reasons.values()) == result.quarantined == len(result.quarantine)
    assert sum(result.placed.values()) == result.accepted
    assert result.table["key"].is_unique().all()
    lines = [*result.table["line"].to_list(), *(q.line for q in result.quarantine)]
    assert len(lines) == len(set(lines))
    assert all(q.reason in messages.REASONS and q.remedy_code in messages.REMEDIES for q in result.quarantine)
    assert set(result.warnings) <= messages.WARNINGS.keys()


@pytest.mark.parametrize("rows", [0, 2, -1])
def test_unbalanced_result_cannot_be_built(rows: int) -> None:
    """A reader that lost or invented a row fails where it did so, not on somebody's map."""
    table = pl.DataFrame({"line": [1]}, schema={"line": pl.Int64})
    with pytest.raises(Unbalanced):
        TableRead(
            file="f",
            kind="cctv",
            encoding=None,
            crs=None,
            rows=rows,
            merged=0,
            table=table,
            rejects=pl.DataFrame(schema=REJECT_SCHEMA),
        )
    with pytest.raises(Unbalanced):
        TableRead(
            file="f",
            kind="cctv",
            encoding=None,
            crs=None,
            rows=-1,
            merged=-1,
            table=pl.DataFrame(schema=COLUMNS),
            rejects=pl.DataFrame(schema=REJECT_SCHEMA),
        )


def test_every_remedy_named_exists() -> None:
    """No reason and no error points to a remedy without a sentence, and none is unused."""
    named = {remedy for _, remedy in [*messages.REASONS.values(), *messages.ERRORS.values()]}
    assert named == set(messages.REMEDIES)
    assert messages.remedy_of("empty_file") == "export_again"
    assert messages.remedy_of("never heard of") == "correct_value"


def test_every_error_class_has_its_sentence() -> None:
    """A new refusal cannot be added without telling people what it means."""
    from sunra.core.tables import errors

    assert {error.code for error in errors.TableError.__subclasses__()} == set(messages.ERRORS)


@pytest.mark.no_cover  # the same lines forty times; small tests count them
def test_seeded_tables_always_balance(tmp_path: Path) -> None:
    """Tables spoiled in many ways at once end in a balanced result or a typed error, in nothing else."""
    from sunra.core.tables import TableError

    for number in range(40):
        rng = random.Random(f"table {number}")
        header, rows = rng.choice(sorted(BASES.values(), key=str))
        path = made.save(tmp_path / "a.csv", made.spoiled_table(header, rows, rng), "utf-8")
        try:
            result = read(path)
        except TableError:
            continue
        assert result.rows == result.accepted + result.merged + result.quarantined
