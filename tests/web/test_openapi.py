"""The API's description: nothing that programs rely on goes without a new version, and it tells the truth."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
from django.core import signals
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from sunra.platform.accounts import limits, quotas
from sunra.platform.accounts.keys import new_key
from sunra.platform.accounts.models import MachineKey
from sunra.platform.accounts.services import machine_permissions
from sunra.platform.base.time import now
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights
from tests.systems.sharing import opening as made
from tests.web import openapi

EXAMPLES = 6
"""For each operation; ``benchmarks/schemathesis_run.py`` tries many more."""
OGC = "/api/v1/ogc/"
BEYOND_SCHEMA = {
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "422", "429", "503"]
        }
    }
}
"""Refusals that no schema can express (a box outside Korea, a dong that does not exist) are no failures;
the feature addresses are held to their schema to the letter.
"""


def test_nothing_that_programs_rely_on_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, a program written against /api/v1 breaks: undo it, or serve the change under /api/v2."""
    old, new = json.loads(openapi.SNAPSHOT.read_text(encoding="utf-8")), openapi.current()
    found = openapi.breaking(old, new)
    assert not found, (
        "breaking changes to /api/v1:\n  " + "\n  ".join(found) + "\n"
        "Undo them, or keep /api/v1 as it is and serve the new form under /api/v2 (docs/guide/programs.md). "
        f"When nothing of it was ever released: {openapi.REFRESH}"
    )
    if old != new:
        with capsys.disabled():
            print(f"\n/api/v1 has grown; keep what is new with: {openapi.REFRESH}")


def _operation(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/api/v1/ogc/collections/{collection_id}/items"]["get"]
    return found


def _drop_path(document: dict[str, Any]) -> None:
    del document["paths"]["/api/v1/ogc/collections/{collection_id}/items"]


def _drop_parameter(document: dict[str, Any]) -> None:
    _operation(document)["parameters"] = [
        one for one in _operation(document)["parameters"] if one["name"] != "bbox"
    ]


def _require(document: dict[str, Any]) -> None:
    next(one for one in _operation(document)["parameters"] if one["name"] == "limit")["required"] = True


def _narrow(document: dict[str, Any]) -> None:
    next(one for one in _operation(document)["parameters"] if one["name"] == "f")["schema"]["enum"] = ["json"]


def _tighten(document: dict[str, Any]) -> None:
    next(one for one in _operation(document)["parameters"] if one["name"] == "limit")["schema"]["minimum"] = 5


def _retype(document: dict[str, Any]) -> None:
    next(one for one in _operation(document)["parameters"] if one["name"] == "purpose")["schema"]["type"] = (
        "integer"
    )


def _drop_field(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["FeatureOut"]["properties"]["geometry"]


def _optional(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["FeatureOut"]["required"].remove("id")


def _widen(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["FeatureOut"]["properties"]["id"]["type"] = "string"


def _lock(document: dict[str, Any]) -> None:
    _operation(document)["security"] = [{"Needs": []}]


def _new_status(document: dict[str, Any]) -> None:
    del _operation(document)["responses"]["200"]


@pytest.mark.parametrize(
    "change",
    [_drop_path, _drop_parameter, _require, _narrow, _tighten, _retype, _drop_field, _optional, _widen, _lock,
     _new_status],
)  # fmt: skip
def test_each_kind_of_break_is_named(change: Callable[[dict[str, Any]], None]) -> None:
    """If this fails, that kind of break passes unseen."""
    old = openapi.current()
    new = copy.deepcopy(old)
    change(new)
    found = openapi.breaking(old, new)
    assert found
    assert all("/api/v1/" in one for one in found)


def test_what_is_added_breaks_nothing() -> None:
    """If this fails, the API cannot grow."""
    old = openapi.current()
    new = copy.deepcopy(old)
    _operation(new)["parameters"].append({"name": "new", "in": "query", "schema": {"type": "string"}})
    new["components"]["schemas"]["FeatureOut"]["properties"]["extra"] = {"type": "string"}
    new["paths"]["/api/v1/new"] = {"get": {"responses": {"200": {}}}}
    next(one for one in _operation(new)["parameters"] if one["name"] == "f")["schema"]["enum"].append("csv")
    assert openapi.breaking(old, new) == []


@pytest.fixture
def _kept_connections() -> Iterator[None]:
    """Give back what ``_keep_connections`` took away."""
    yield
    for end in (signals.request_started, signals.request_finished):
        end.connect(close_old_connections)


def _keep_connections() -> None:
    """The end of a request closes old connections: within a test's transaction that would end the test.

    Django's own client does the same, and connects again what it found disconnected.
    """
    for end in (signals.request_started, signals.request_finished):
        end.disconnect(close_old_connections)


@pytest.mark.no_cover  # thousands of calls; the tests of each address count its lines
@pytest.mark.usefixtures("_kept_connections")
@pytest.mark.django_db(databases=["default", "ledger"])
def test_schemathesis_finds_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, some answer is not as described, or some input breaks an operation."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if "servestatic" not in name and "gzip" not in name
    ]
    monkeypatch.setattr(limits, "BAD_KEYS", 10**6)
    monkeypatch.setattr(quotas, "spend", lambda _key: quotas.Spent(1, 1, 1, refused=False))
    cache.clear()
    agency = nights.office()
    opening = made.opened(made.cameras(agency))
    made.opened(made.calls(agency))
    given = {
        "collection_id": str(opening.dataset_id),
        "feature_id": str(made.first_feature(opening)),
    }
    found = [*problems("/api/v1/ogc/api", {}, given, token_of(agency))]
    found += problems("/api/v1/openapi.json", BEYOND_SCHEMA, given, token_of(agency), leave=OGC)
    assert not found, "\n\n".join(found)


def problems(
    path: str, config: dict[str, Any], given: dict[str, str], token: str, leave: str = "-"
) -> Iterator[str]:
    """What is wrong with each operation described at ``path``, but for those under ``leave``."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    described = signed_in(make_person("auditor")).get(path).json()  # the whole of it is for people
    _keep_connections()
    schema = schemathesis.openapi.from_dict(described, config=SchemathesisConfig.from_dict(config))
    schema.app, schema.location = get_wsgi_application(), path
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.startswith(leave):
            continue
        try:
            _try(operation, given, token)
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - told, then the next operation
            yield f"{operation.method.upper()} {operation.path}: {_told(error)}"


def _told(error: BaseException) -> str:
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "\n".join([str(error), *(str(part) for part in parts)])[:2_000]


def _try(operation: Any, given: dict[str, str], token: str) -> None:
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy(), real=hypothesis.strategies.booleans())
    def attempt(case: Any, real: bool) -> None:
        if real:
            named = {name: given[name] for name in case.path_parameters or {} if name in given}
            case.path_parameters.update(named)
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

    attempt()


def token_of(agency: Any) -> str:
    prefix, digest, full = new_key()
    MachineKey.objects.create(
        agency=agency,
        name="schemathesis",
        prefix=prefix,
        secret_hash=digest,
        permissions=list(machine_permissions()),
        expires=now() + timedelta(days=1),
        last_used=now(),
    )
    return full
