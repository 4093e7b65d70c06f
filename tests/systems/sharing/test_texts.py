"""Every code that the table reader gives out has words on the pages."""

from sunra.core.tables import messages
from sunra.core.tables.kinds import KINDS
from sunra.systems.sharing import texts
from tests.core.tables.truth import TRUTH


def test_every_code_of_the_reader_has_words() -> None:
    """Reasons, remedies, warnings and errors of the reader are all in the table of texts."""
    assert messages.REASONS.keys() <= texts.REASONS.keys()
    assert messages.REMEDIES.keys() <= texts.REMEDIES.keys()
    assert messages.WARNINGS.keys() <= texts.WARNINGS.keys()
    assert messages.ERRORS.keys() <= texts.ERRORS.keys()


def test_every_kind_has_a_word() -> None:
    """Each kind that is recognised is named, also those without a table of columns."""
    kinds = {kind.name for kind in KINDS} | {truth.kind for truth in TRUTH.values()}
    assert kinds <= texts.KINDS.keys()


def test_every_field_has_a_word() -> None:
    """Fields that a person maps columns to, and columns that are published, have words."""
    fields = {name for kind in KINDS for name in (*kind.fields, *kind.columns)}
    plain = {name for name in fields if not name.startswith(("x_", "y_"))}
    assert {name for name in plain if str(texts.field(name)) == name} <= {
        "time_from",
        "time_to",
        "cell_e",
        "cell_n",
    }
