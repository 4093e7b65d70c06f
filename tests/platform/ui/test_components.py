"""The components say in words what they show."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import engines

from sunra.platform.ui import charts, icons
from sunra.platform.ui.dates import show_date, show_datetime, show_slot
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.timeline import TimelineItem


def shown(text: str, **context: object) -> str:
    """The text rendered with the tags."""
    return engines["django"].from_string("{% load sunra %}" + text).render(context)


def test_a_grade_carries_its_figure() -> None:
    """If this fails, a grade is told by colour alone."""
    assert ">7</span>" in shown("{% grade 7 %}")
    assert "grade-0" in shown("{% grade 0 %}")
    assert "grade-0" in shown("{% grade 11 %}")
    assert "grade-0" in shown("{% grade n %}", n=None)


def test_dates_and_slots() -> None:
    """If this fails, times are not Seoul's or not written as people here write them."""
    moment = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    assert show_datetime(moment) == "2026. 11. 22.(일) 00:30"
    assert show_date(moment) == "2026. 11. 22.(일)"
    assert show_slot(11) == "22-24시"
    assert show_slot(0) == "00-02시"
    assert shown(
        "{{ d|day }} {{ n|slot }} {{ n2|slot }} {{ n2|moment }}", d=date(2026, 1, 5), n=3, n2=None
    ) == ("2026. 1. 5.(월) 06-08시 – –")


def test_a_chart_has_its_table() -> None:
    """If this fails, a chart's numbers can be seen but not read."""
    chart = charts.line(
        "예상 건수",
        ["a", "b", "c"],
        [charts.Series("x", [1.0, None, 4.0], [0.5, None, 3], [2, None, 8])],
        unit="건",
    )
    text = shown("{% chart c %}", c=chart)
    assert chart.top >= 8
    assert "<table" in text
    assert "4 (3–8)" in text
    assert "polygon" in text
    assert text.count("<circle") == 2


@pytest.mark.parametrize("values", [[0, 0], [], [None], [0.0004, 0.002], [12345, 99999]])
def test_a_bar_chart_stands_for_any_values(values: list[float | None]) -> None:
    """If this fails, an empty or tiny series breaks the page."""
    chart = charts.bar("t", [str(n) for n in range(len(values))], values, unit="건")
    assert chart.top > 0
    assert all(0 <= bar.height <= charts.HEIGHT for bar in chart.bars)
    assert "<svg" in shown("{% chart c %}", c=chart)


def test_a_forms_errors_are_named_and_linked() -> None:
    """If this fails, a reader does not learn which field to mend."""

    class Example(forms.Form):
        name = forms.CharField(label="이름", help_text="도움말")
        hidden = forms.CharField(widget=forms.HiddenInput, required=False)
        days = forms.MultipleChoiceField(
            label="요일", choices=[("a", "월")], widget=forms.CheckboxSelectMultiple
        )

    text = shown("{% form_fields f %}", f=Example({"name": ""}))
    assert 'href="#id_name"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_name_error"' in text
    assert "<legend>요일" in text
    assert 'type="hidden"' in text


def test_a_dangerous_step_needs_a_reason() -> None:
    """If this fails, something is deleted without saying why."""
    assert not ReasonForm({"reason": "ab"}).is_valid()
    assert ReasonForm({"reason": "잘못 올린 파일"}).is_valid()
    text = shown('{% reason "/x/" "삭제" "사라집니다" %}')
    assert 'method="post"' in text
    assert "csrfmiddlewaretoken" in text
    assert 'name="reason"' in text


def test_a_timeline_says_its_states_in_words() -> None:
    """If this fails, overdue is told by colour alone."""
    items = [TimelineItem(None, "a", state=state) for state in ("done", "now", "next", "late")]
    text = shown("{% timeline items %}", items=items)
    for word in ("완료", "진행 중", "예정", "기한 지남"):
        assert word in text


def test_an_empty_place_offers_the_first_step() -> None:
    """If this fails, an empty page is a dead end."""
    assert 'href="/up/"' in shown('{% empty "없음" "까닭" "/up/" "올리기" %}')
    assert "<a" not in shown('{% empty "없음" %}')


def test_a_running_job_renews_itself_and_a_done_one_does_not() -> None:
    """If this fails, a page polls for ever or never."""
    from types import SimpleNamespace

    job = SimpleNamespace(id="1", title="일", state="running", done=1, total=4, note="")
    assert "every 2s" in shown('{% progress job "/p/" %}', job=job)
    job.state = "done"
    text = shown('{% progress job "/p/" %}', job=job)
    assert "every 2s" not in text
    assert "완료" in text


@pytest.mark.parametrize("name", sorted(icons.PATHS))
def test_every_icon_is_hidden_from_readers(name: str) -> None:
    """If this fails, a screen reader stumbles over a drawing."""
    assert 'aria-hidden="true"' in icons.icon(name)


def test_stat_and_scale() -> None:
    """If this fails, a number stands without its unit, or the legend without its figures."""
    assert "<small>건</small>" in shown('{% stat "예상 건수" 3 "건" %}')
    assert shown("{% grade_scale %}").count("<li") == 10
