"""Turns an error with a remedy into the lines the command prints."""

import sys
from collections.abc import Callable
from typing import Any

import click

_NOT_SET_UP = ("no such table", "no such column", "does not exist")


def explain(error: Exception) -> str | None:
    """The text for a person, or None when the error is a fault of ours and its trace is needed."""
    code = getattr(error, "code", None)
    if isinstance(code, str):
        return f"sunra: {error} [{code}]"
    name = f"{type(error).__module__}.{type(error).__qualname__}"  # by name: not every verb loads Django
    if name in ("django.db.utils.OperationalError", "django.db.utils.ProgrammingError"):
        return _of_database(str(error))
    if name == "django.core.management.base.SystemCheckError":
        return f"sunra: refuses to start.\n{error} [check]"
    if isinstance(error, OSError) and error.filename is not None:
        return (
            f"sunra: {error.filename}: {error.strerror}. Is the path right, and may this user write? [system]"
        )
    return None


def _of_database(text: str) -> str:
    first = text.partition("\n")[0]
    if any(sign in first for sign in _NOT_SET_UP):
        return f"sunra: the database is not ready ({first}). Run `sunra setup` first. [database_not_ready]"
    return f"sunra: the database cannot be used ({first}). See DATABASE_URL and SUNRA_HOME. [database]"


def in_words(run: Callable[[], Any]) -> Any:
    """Run a command; an error people can mend ends with its remedy and exit code 1, not with a trace."""
    try:
        return run()
    except Exception as error:
        text = explain(error)
        if text is None:
            raise
        click.echo(text, err=True)
        sys.exit(1)
