"""Small marks for the cells of tables: a grade with its figure, a state with its colour."""

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sunra.platform.base.errors import Text


def grade(n: int | None) -> SafeString:
    """The mark of a risk grade 1-10; 0 or nothing says "not graded"."""
    value = int(n or 0)
    return render_to_string("ui/grade.html", {"grade": value if 1 <= value <= 10 else 0})


def tag(state: str, label: Text) -> SafeString:
    """A word on the colour of its state (``done``, ``now``, ``warn``, ``failed`` … of components.css)."""
    return format_html('<span class="tag {}">{}</span>', state, label)
