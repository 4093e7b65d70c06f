"""Schemathesis over the whole API: many more examples for each operation than the test suite tries.

    python -m benchmarks.schemathesis_run [--examples 60] [--json]

Same product settings and checks as ``tests/web/test_openapi.py`` (server errors, undocumented statuses and
content types, answers that differ from their schema, valid input refused, invalid input accepted, keys that
are not asked for), derandomised, on a fresh SQLite installation with one open dataset of places and one of
figures. Baseline: none; the figure is the number of operations with a finding, which must be 0.
"""

import os
import time
from typing import Any

from benchmarks.machine import arguments, report, with_django


def prepare() -> tuple[dict[str, str], Any]:
    """An installation with open data; the arguments that exist in it, and a program's key."""
    from sunra.platform.base.databases import bring_up_to_date

    bring_up_to_date()
    from tests.systems import nights
    from tests.systems.sharing import opening as made
    from tests.web import test_openapi

    agency = nights.office()
    opening = made.opened(made.cameras(agency))
    made.opened(made.calls(agency))
    given = {
        "collection_id": str(opening.dataset_id),
        "feature_id": str(made.first_feature(opening)),
    }
    return given, test_openapi.token_of(agency)


def main() -> None:
    """Try everything, tell what was found."""
    options = arguments(__doc__ or "", examples=60)
    os.environ["SUNRA_HTTPS"] = "false"
    with_django()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]  # the test client calls itself testserver
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if "servestatic" not in name and "gzip" not in name
    ]
    given, token = prepare()
    from tests.web import test_openapi

    from sunra.platform.accounts import limits, quotas
    from sunra.web.api import api

    limits.BAD_KEYS = 10**9
    quotas.spend = lambda _key: quotas.Spent(1, 1, 1, refused=False)
    test_openapi.EXAMPLES = options.examples
    begun = time.perf_counter()
    found = [
        *test_openapi.problems("/api/v1/ogc/api", {}, given, token),
        *test_openapi.problems(
            "/api/v1/openapi.json", test_openapi.BEYOND_SCHEMA, given, token, leave=test_openapi.OGC
        ),
    ]
    operations = sum(len(path) for path in api.get_openapi_schema()["paths"].values())
    report(
        "schemathesis_run",
        {
            "operations": operations,
            "examples_each": options.examples,
            "seconds": round(time.perf_counter() - begun, 1),
            "operations_with_findings": len(found),
            "findings": found,
        },
        as_json=options.as_json,
    )
    if found:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
