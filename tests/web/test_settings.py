"""The settings hold what the threat model promises."""

import pytest
from django.conf import settings


def test_inline_scripts_are_refused() -> None:
    """If this fails, a page may run a script that was written into it by somebody else."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert not [value for values in directives.values() for value in values if value.startswith("'unsafe")]


@pytest.mark.django_db(databases=["default", "ledger"])
def test_both_databases_answer() -> None:
    """If this fails, the ledger would share the request's transaction."""
    from django.db import connections

    for alias in ("default", "ledger"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
