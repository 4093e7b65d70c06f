"""A ledger with a home of its own."""

import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connections

from sunra.platform.base.actor import Actor
from sunra.platform.ledger import guards, services
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import Act, record

AGENCY = uuid.UUID(int=7)
CLERK = Actor(kind="person", id="5f0c", label="홍길동", agency_id=AGENCY, role="auditor")

Writer = Callable[..., Record]


@pytest.fixture
def ledger_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys and anchors of this test alone."""
    monkeypatch.setenv("SUNRA_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def guarded(db: None) -> None:
    """The triggers, as an installation has them."""
    guards.install(connections["ledger"])


@pytest.fixture
def write() -> Writer:
    """``write(n)`` appends a look at row n."""

    def one(number: int = 1, **changed: object) -> Record:
        values = {
            "actor": CLERK,
            "act": Act.LOOK,
            "subject": "patrols.Member",
            "ref": str(number),
            "purpose": "점검",
            "detail": {"n": number, "ratio": 0.1},
        }
        return record(**(values | changed))  # type: ignore[arg-type]

    return one


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``at("2026-01-31T15:00:00+00:00")`` sets the ledger's clock."""

    def turn(text: str) -> None:
        monkeypatch.setattr(services, "now", lambda: datetime.fromisoformat(text))

    return turn
