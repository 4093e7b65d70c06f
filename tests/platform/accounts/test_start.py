"""An installation in earnest does not start with what everybody knows."""

import pytest
from django.core.management.base import SystemCheckError

from sunra.platform.accounts import checks
from sunra.platform.base.roles import VOLUNTEER
from tests.platform.accounts.people import make_agency, make_person

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_demonstration_accounts_stop_the_start_outside_demo_mode(settings) -> None:
    """If this fails, known passwords go live."""
    settings.DEMO = False
    assert checks.demo_problems() == []
    person = make_person(VOLUNTEER, demo=True)
    assert [problem.id for problem in checks.check_demo()] == ["accounts.E002"]
    with pytest.raises(SystemCheckError, match=r"accounts\.E002"):
        checks.refuse_to_start()
    settings.DEMO = True
    assert checks.demo_problems() == []
    settings.DEMO = False
    type(person).objects.update(demo=False)
    make_agency(demo=True)
    assert checks.demo_problems()


@pytest.mark.parametrize("key", ["short", "django-insecure-" + "x" * 60, "demo" * 20])
def test_a_known_or_short_secret_stops_the_start(settings, key: str) -> None:
    """If this fails, sessions and tokens can be forged."""
    settings.DEMO = False
    settings.SECRET_KEY = key
    assert [problem.id for problem in checks.check_secret()] == ["accounts.E001"]
    settings.DEMO = True
    assert checks.secret_problems() == []


def test_a_secret_that_the_installation_made_is_accepted(settings) -> None:
    """If this fails, nothing starts."""
    settings.DEMO = False
    assert checks.secret_problems() == []
    checks.refuse_to_start()


def test_the_catalogue_holds_the_names_of_the_roles() -> None:
    """If this fails, a role is shown in English on Korean pages."""
    from django.utils import translation

    from sunra.platform.accounts.roles import NAMES, ROLES

    with translation.override("en"):
        assert {str(role.name) for role in ROLES.values()} == set(NAMES)
