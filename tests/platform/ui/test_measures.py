"""Distances, durations and small counts read as people say them, in both languages."""

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.ui import chips, measures


@pytest.mark.parametrize(
    ("metres", "text"),
    [(0, "0 m"), (7.4, "7 m"), (854, "850 m"), (994, "990 m"), (996, "1.0 km"), (12_749, "12.7 km")],
)  # fmt: skip
def test_a_distance_is_in_metres_or_kilometres(metres: float, text: str) -> None:
    """If this fails, an officer reads 12749 m, or 1000 m just below a kilometre."""
    assert measures.show_distance(metres) == text


@pytest.mark.parametrize(
    ("minutes", "korean", "english"),
    [
        (45, "45분", "45 min"),
        (240, "4시간", "4 h"),
        (237, "3시간 57분", "3 h 57 min"),
        (59.6, "1시간", "1 h"),
    ],
)
def test_a_duration_is_in_hours_and_minutes(minutes: float, korean: str, english: str) -> None:
    """If this fails, an officer reads 237 minutes, or 60 of them."""
    with translation.override("ko"):
        assert measures.show_duration(minutes) == korean
    with translation.override("en"):
        assert measures.show_duration(minutes) == english


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (0.00633, "158일에 한 번"),
        (3.0, "하룻밤 3.0건"),
        (0.99, "2일에 한 번"),
        (0.0, "10년에 한 번 미만"),
        (None, "–"),
    ],
)
def test_a_small_count_is_a_frequency(expected: float | None, text: str) -> None:
    """If this fails, an officer reads 0.00633 and knows nothing."""
    with translation.override("ko"):
        assert measures.show_rarity(expected) == text


@given(st.floats(1e-9, 50), st.floats(1e-9, 50))
def test_more_is_never_rarer(one: float, other: float) -> None:
    """If this fails, the order of places by frequency contradicts their order by expectation."""
    low, high = sorted((one, other))
    rarer, often = measures.nights_between(low), measures.nights_between(high)
    assert rarer is None or (often is not None and often <= rarer)


@given(st.floats(1e-12, 1e6))
def test_a_small_count_keeps_two_figures_and_no_exponent(value: float) -> None:
    """If this fails, a table shows 6.3e-03, or a zero for something that is expected."""
    text = measures.show_expected(value)
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(value, rel=0.06)


def test_the_filters_say_the_same() -> None:
    """If this fails, a template and a table word one number differently."""
    text = "{% load sunra %}{{ m|distance }} {{ t|duration }} {{ e|rarity }} {{ none|distance }}"
    with translation.override("ko"):
        shown = Template(text).render(Context({"m": 2310, "t": 84, "e": 0.02, "none": None}))
    assert shown == "2.3 km 1시간 24분 51일에 한 번 –"


def test_a_grade_outside_one_to_ten_is_not_graded() -> None:
    """If this fails, a place without a grade gets a colour."""
    assert "grade-7" in chips.grade(7)
    assert "grade-0" in chips.grade(0)
    assert "grade-0" in chips.grade(11)
    assert chips.tag("now", "<b>") == '<span class="tag now">&lt;b&gt;</span>'
