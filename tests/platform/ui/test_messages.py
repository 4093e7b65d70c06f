"""Every text has its Korean."""

from pathlib import Path

import pytest
from tools import messages


@pytest.mark.parametrize("app", sorted(messages.apps()))
def test_the_korean_catalogue_is_complete(app: str) -> None:
    """If this fails, Korean readers see English: run ``python -m tools.messages update <app>``."""
    assert list(messages.state(app, messages.apps()[app]).lines()) == []


def test_one_english_text_has_one_korean_in_all_apps() -> None:
    """If this fails, which Korean is shown depends on the order of the apps: give one of them a context."""
    assert messages.disagreements() == []


APP = '''"""An app."""
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

TITLE = _("Title")
COUNT = ngettext("%(n)s thing", "%(n)s things", 2)
DOOR = pgettext("door", "Title")
'''
PAGE = """{% load i18n %}{% translate "Hello" %} {{ x|default:_("Nobody") }}
{% blocktranslate trimmed with a=b %}
  It's "{{ a }}" here
{% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% translate "Open" context "verb" %}"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app with one file of each kind."""
    (tmp_path / "apps.py").write_text(APP, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_texts_are_found_in_python_and_templates(app: Path) -> None:
    """If this fails, a text can stay without Korean unseen."""
    assert set(messages.wanted(app)) == {
        ("Title", ""),
        ("Title", "door"),
        ("%(n)s thing", ""),
        ("Hello", ""),
        ("Nobody", ""),
        ('It\'s "%(a)s" here', ""),
        ("%(n)s row", ""),
        ("Open", "verb"),
    }


def test_update_adds_and_drops(app: Path) -> None:
    """If this fails, a catalogue keeps what is gone or misses what is new."""
    assert messages.update("x", app) > 0
    po = messages.catalogue_path(app)
    assert "Hello" in messages.state("x", app).missing
    text = po.read_text("utf-8").replace('msgid "Hello"\nmsgstr ""', 'msgid "Hello"\nmsgstr "안녕하세요"')
    po.write_text(text, encoding="utf-8")
    assert "Hello" not in messages.state("x", app).missing
    (app / "templates" / "page.html").write_text("", encoding="utf-8")
    assert "Hello" in messages.state("x", app).unused
    messages.update("x", app)
    assert "Hello" not in po.read_text("utf-8")


def test_a_lost_placeholder_is_a_fault(app: Path) -> None:
    """If this fails, a translation breaks the page that shows it."""
    messages.update("x", app)
    po = messages.catalogue_path(app)
    text = po.read_text("utf-8").replace('here"\nmsgstr ""', 'here"\nmsgstr "여기"')
    po.write_text(text, encoding="utf-8")
    assert messages.state("x", app).placeholders == ['It\'s "%(a)s" here']
