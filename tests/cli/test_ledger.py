"""``sunra ledger``: what it prints and with which exit code it ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sunra.cli.ledger import TEXT, ledger
from sunra.platform.base.actor import ANONYMOUS
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import Act, record

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNRA_HOME", str(tmp_path))
    for number in range(3):
        record(actor=ANONYMOUS, act=Act.DENIED, subject="x", ref=str(number), purpose="")


def test_intact_ledger() -> None:
    """If this fails, a script cannot tell that all is well, or a person the blind window."""
    never = CliRunner().invoke(ledger, ["verify"])
    assert "never anchored, 3 records not anchored yet" in never.output
    assert CliRunner().invoke(ledger, ["anchor"]).output == "anchor 1\n"
    assert "nothing new" in CliRunner().invoke(ledger, ["anchor"]).output
    done = CliRunner().invoke(ledger, ["verify"])
    assert done.exit_code == 0
    assert "0 records not anchored yet" in done.output
    verdict = json.loads(CliRunner().invoke(ledger, ["verify", "--json"]).stdout)
    assert (verdict["ok"], verdict["records"], verdict["unanchored"]) == (True, 3, 0)
    assert verdict["blind_seconds"] >= 0


def test_tampered_ledger() -> None:
    """If this fails, tampering ends with exit code 0."""
    Record.objects.filter(seq=2).update(ref="other")
    done = CliRunner().invoke(ledger, ["verify"])
    assert done.exit_code == 1
    assert TEXT["altered"] in done.output
    assert "TAMPERED" in done.output
    json_done = CliRunner().invoke(ledger, ["verify", "--json"])
    assert json_done.exit_code == 1
    assert json.loads(json_done.stdout)["problems"][0]["seq"] == 2


def test_nothing_to_expire() -> None:
    """If this fails, the command drops what is young."""
    assert CliRunner().invoke(ledger, ["expire"]).output == ""
    assert Record.objects.count() == 3
