"""Why a run failed, in words; the engine gives codes."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text
from sunra.platform.base.roles import ROLES
from sunra.platform.runs.models import Run

REASONS: dict[str, Text] = {
    "bad_query": _("The query names its tables wrongly."),
    "bad_setting": _("The setting SUNRA_ENGINE names no engine."),
    "bad_sql": _("The query cannot be read."),
    "bad_table": _("A table of the query cannot be read."),
    "cluster": _("The cluster did not answer or gave up."),
    "failed": _("The engine stopped on a value it cannot compute with."),
    "memory": _("The query needs more memory than it may use."),
    "missing_file": _("A file of the query is not there."),
    "no_java": _("Spark needs Java 17, which is not installed."),
    "no_spark": _("Spark is not installed."),
    "not_local": _("The query cannot be divided; it was refused before it ran."),
    "partition": _("The work on one part failed."),
    "timeout": _("The query took longer than it may."),
    "too_many_rows": _("The result has more rows than it may."),
    "unknown_table": _("The query and its tables do not match."),
    "lost": _("The process ended before the run did."),
    "unexpected": _("The run stopped on an unexpected error."),
}


ENGINES: dict[str, Text] = {"embedded": _("embedded"), "spark": "Spark"}
TABLES: dict[str, Text] = {
    "points": _("points"),
    "dongs": _("legal dongs"),
    "events": _("Events"),
    "facilities": _("Facilities"),
}


def engine_of(code: str) -> Text:
    """Where it ran, in words; the address of a cluster stays as it is."""
    return ENGINES.get(code, code)


def table_of(code: str) -> Text:
    """The word for a table of a query; a query's own name stays as it is."""
    return TABLES.get(code, code)


def reason_of(row: Run) -> Text:
    """Why the run failed, "" when it did not."""
    if row.state != Run.State.FAILED:
        return ""
    return REASONS.get(row.error_code, REASONS["unexpected"])


def who(row: Run) -> Text:
    """In which role the run was asked for; background work has none."""
    if row.actor.startswith("job:"):
        return _("background work")
    return ROLES[row.role].name if row.role in ROLES else ""
