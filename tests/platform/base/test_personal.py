"""Every field that looks personal is in the register: whose, how long, and how it leaves."""

import re

from django.apps import apps
from django.db.models import Field, Model

from sunra.platform.base.personal import declare, register

_FIELD = re.compile(
    r"(^|_)(e?mail|phone|mobile|tel|contact|birth\w*|resident\w*|rrn|ip|ip_address|user_agent|username|first_name"
    r"|last_name|full_name|person_name|nickname|gender|sex|photo|face|plate|account_number|health\w*)($|_)"
)
_NAMED_PEOPLE = re.compile(
    r"person|member(?!ship)|volunteer|resident|child|visitor|contact|officer|reporter", re.I
)
_OF_PEOPLE = re.compile(r"^(name|address|lon|lat|note|notes)$")

NOT_PERSONAL: dict[tuple[str, str], str] = {
    ("notices.Preference", "email"): "a yes or no, not an address",
    ("places.LegalDong", "full_name"): "the name of a place",
    ("sharing.DongResidents", "residents"): "how many live in a dong, not who",
}
"""Fields whose name looks personal and whose content is not, with the reason."""


def _suspects() -> set[tuple[str, str]]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if not field.is_relation and _looks_personal(model, field):
                found.add((model._meta.label, field.name))
    return found


def _looks_personal(model: type[Model], field: Field) -> bool:
    about_people = _NAMED_PEOPLE.search(model.__name__) and _OF_PEOPLE.match(field.name)
    return bool(_FIELD.search(field.name) or about_people)


def test_no_field_that_looks_personal_is_undeclared() -> None:
    """If this fails, something about people is kept that no retention knows: declare it."""
    declared = {(entry.model, entry.field) for entry in register()}
    assert _suspects() - declared - set(NOT_PERSONAL) == set()


def test_what_is_declared_exists() -> None:
    """If this fails, the register speaks of a field that was renamed or removed."""
    models = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    for entry in register():
        assert entry.model in models, entry
        assert entry.field in {field.name for field in models[entry.model]._meta.fields}, entry


def test_the_exceptions_are_still_needed() -> None:
    """If this fails, an exception outlived its field."""
    assert set(NOT_PERSONAL) <= _suspects()


def test_the_search_finds_what_it_should() -> None:
    """If this fails, the net has holes."""
    for name in ("email", "phone", "home_phone", "birth_date", "ip_address", "user_agent", "username", "ip"):
        assert _FIELD.search(name), name
    for name in (
        "police_code",
        "name",
        "recipient_count",
        "shipping",
        "description",
        "telemetry",
        "district",
    ):
        assert not _FIELD.search(name), name


def test_declaring_again_replaces_and_the_register_is_ordered() -> None:
    """If this fails, two entries for one field contradict each other."""
    before = register()
    declare("accounts.Person", "email", subject="staff", retention_days=3 * 365, exported=True)
    assert register() == before
    assert [(entry.model, entry.field) for entry in before] == sorted((e.model, e.field) for e in before)
