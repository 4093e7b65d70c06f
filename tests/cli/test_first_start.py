"""A new installation: set up, found, its first administrator invited, and what stops a start."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.core.management.base import SystemCheckError
from django.test import Client

from sunra.cli import processes
from sunra.cli.main import cli
from sunra.cli.supervisor import Supervisor
from sunra.platform.accounts.models import Invitation, Membership, Person
from sunra.platform.accounts.roles import PLATFORM_ADMIN, VOLUNTEER
from sunra.platform.agencies.models import Agency
from sunra.platform.ledger.models import Record
from sunra.platform.places.models import LegalDong
from tests.codes import code_now
from tests.platform.accounts.people import make_person

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
PASSWORD = "the-lamp-goes-round-at-night"
FOUND = ["first-admin", "--email", "First@Example.org", "--agency", "안전협의회"]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> None:
    monkeypatch.setenv("SUNRA_HOME", str(tmp_path))
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    cache.clear()


def test_set_up_twice_changes_nothing() -> None:
    """If this fails, a second `sunra setup` fails or doubles the code tables."""
    for _again in range(2):
        done = CliRunner().invoke(cli, ["setup"])
        assert (done.exit_code, done.output) == (0, "ready\n")
    codes = LegalDong.objects.count()
    assert codes > 5000
    assert LegalDong.objects.values("code", "valid_from").distinct().count() == codes


def test_the_first_administrator_sets_name_password_and_second_factor() -> None:
    """If this fails, an empty installation can't be entered by the address that was printed."""
    done = CliRunner().invoke(cli, FOUND)
    assert done.exit_code == 0
    path = re.search(r"http://localhost:\d+(/join/\S+)", done.output)[1]
    guest = Client()
    assert guest.get(path).status_code == 200
    filled = {"name": "첫 관리자", "password": PASSWORD, "again": PASSWORD}
    assert guest.post(path, filled)["Location"] == "/account/login/"
    guest.post("/account/login/", {"login": "first@example.org", "password": PASSWORD})
    assert guest.get("/people/")["Location"] == "/account/2fa/totp/activate/"
    page = "/account/2fa/totp/activate/"
    again = guest.get(page)["Location"]
    assert guest.post(again, {"password": PASSWORD})["Location"] == page
    form = guest.get(page).context["form"]
    assert guest.post(page, {"code": code_now(form.secret)}).status_code == 302
    assert guest.get("/people/").status_code == 200
    held = Membership.objects.get()
    assert (held.role, held.agency.name, held.agency.parent) == (PLATFORM_ADMIN, "안전협의회", None)
    assert Record.objects.filter(subject="accounts.Invitation", act="grant").count() == 2


def test_a_second_one_needs_to_be_asked_for() -> None:
    """If this fails, whoever reaches the shell's history makes another master unnoticed."""
    CliRunner().invoke(cli, FOUND)
    make_person(PLATFORM_ADMIN, Agency.objects.get(parent=None))
    done = CliRunner().invoke(cli, FOUND)
    assert done.exit_code == 1
    assert "--again" in done.output
    again = CliRunner().invoke(cli, [*FOUND, "--again", "--json"])
    assert again.exit_code == 0
    assert set(json.loads(again.stdout)) == {"address", "expires"}
    assert Agency.objects.count() == 1


def test_a_bad_address_founds_nothing() -> None:
    """If this fails, a typing error leaves half an installation."""
    done = CliRunner().invoke(cli, ["first-admin", "--email", "nobody", "--agency", "안전협의회"])
    assert done.exit_code == 2
    assert "no e-mail address" in done.output
    assert not Agency.objects.exists()
    assert not Invitation.objects.exists()


def test_the_printed_address_is_the_configured_one(settings) -> None:
    """If this fails, the first administrator is sent to a machine's inside name."""
    settings.CSRF_TRUSTED_ORIGINS = ["https://sunra.example.go.kr"]
    assert "  https://sunra.example.go.kr/join/" in CliRunner().invoke(cli, FOUND).output
    settings.CSRF_TRUSTED_ORIGINS, settings.HTTPS = [], True
    done = CliRunner().invoke(cli, FOUND)
    assert "https://localhost:" in done.output
    assert "SUNRA_ORIGINS" in done.output


def test_up_refuses_demonstration_accounts_in_earnest(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, known passwords go live."""
    monkeypatch.setattr(processes, "_require_assets", lambda: None)
    monkeypatch.setattr(Supervisor, "run", lambda _self: 0)
    settings.DEMO = False
    assert CliRunner().invoke(cli, ["up", "--port", "0"]).exit_code == 0
    refused = CliRunner().invoke(cli, ["up", "--port", "0", "--demo"])
    assert (refused.exit_code, Person.objects.count()) == (2, 0)
    make_person(VOLUNTEER, demo=True)
    for words in (["up", "--port", "0"], ["web", "--port", "0"]):
        done = CliRunner().invoke(cli, words)
        assert isinstance(done.exception, SystemCheckError)
        assert "accounts.E002" in str(done.exception)
