"""A page that shows every component, for the tests and for the eye; its URLconf is used by tests alone."""

import os
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from sunra.platform.base.access import PUBLIC, allow, public
from sunra.platform.base.actor import Actor
from sunra.platform.maps import Layer, Map
from sunra.platform.ui import charts, doors
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.platform.ui.timeline import TimelineItem
from tests.platform.ui import gallery_data

PERSON = Actor(
    kind="person", id="p1", label="김순라", person_id=1, agency_id=UUID(int=1), role="safety_officer"
)
JOB = SimpleNamespace(
    id="j1", title="오늘 밤 순찰 계획", state="running", done=40, total=100, note="격자 2,463개 계산"
)
WHEN = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
STOPS = [
    {
        "id": f"s{n}",
        "name": f"순찰 거점 {n}",
        "dong": ("성북동", "돈암동", "정릉동")[n % 3],
        "grade": n % 10 + 1,
        "metres": 1234.5 * n,
    }
    for n in range(1, 61)
]
"""A table's rows; the first three lie on the map of the gallery."""


class Example(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="이름", help_text="기관에서 쓰는 이름", min_length=2)
    kind = forms.ChoiceField(label="종류", choices=[("car", "순찰차"), ("foot", "도보")])
    note = forms.CharField(label="메모", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    night = forms.BooleanField(label="야간에만", required=False)
    days = forms.MultipleChoiceField(
        label="요일", choices=[("fri", "금"), ("sat", "토")], widget=forms.CheckboxSelectMultiple
    )


TEMPLATE = """{% extends "base.html" %}{% load sunra %}{% block title %}구성 요소{% endblock %}
{% block main %}
<div class="page-head"><h1>오늘 밤 한눈에</h1>
<p class="actions"><a class="button" href="#table-main">순찰 계획 보기</a>
<a class="button ghost" href="#end">브리핑 인쇄</a></p></div>
<p class="lead">성북구 · 2026. 11. 22.(일) 22-24시</p>
<div class="stats">
{% stat "예상 건수" "3.4" "건" "단순 누적 건수 2.9건" %}{% stat "순찰 거점" 24 "곳" "4개 조" "#table-main" %}
{% stat "보류된 행" 12 "행" %}</div>
<p>{% grade_scale %}</p>
{% map m %}
{% table t %}
<div class="cards">{% chart bar %}{% chart line %}</div>
<h2>상태</h2>
<div class="cards"><div class="card">{% progress job "/gallery/job/" %}</div>
<div class="card">{% timeline items %}</div></div>
{% empty "아직 자료가 없습니다" "데이터 파일을 올리면 여기에 보입니다." "/" "파일 올리기" %}
<h2>입력</h2>
<form method="post" class="card">{% csrf_token %}{% form_fields form %}
<p class="actions"><button class="button">저장</button></p></form>
{% reason "/" "삭제" "이 계획을 지우면 조별 경로도 함께 사라집니다." %}
<p id="end">등급 없음 {% grade 0 %} 등급 {% grade 7 %}</p>
{% endblock %}"""


class _Template:
    def render(self, request: HttpRequest, context: dict) -> HttpResponse:
        return HttpResponse(engines["django"].from_string(TEMPLATE).render(context, request))


def table_of(request: HttpRequest) -> Table:
    """The gallery's table."""
    return Table(
        columns=[
            Column("name", "이름"),
            Column("dong", "법정동"),
            Column(
                "grade",
                "위험 등급",
                numeric=True,
                format=lambda n: (
                    engines["django"].from_string("{% load sunra %}{% grade n %}").render({"n": n})
                ),
            ),
            Column("metres", "거리", numeric=True, unit="m"),
        ],
        rows=STOPS,
        request=request,
        filters=[
            Filter("dong", "법정동", [(d, d) for d in ("성북동", "돈암동", "정릉동")]),
            Filter("name", "이름"),
        ],
        caption="순찰 거점",
        row_id=lambda row: row["id"],
        page_size=10,
    )


def map_of() -> Map:
    """The gallery's map: cells by grade, points, one line."""
    return Map(
        title="위험 등급과 순찰 거점",
        bounds=(126.99, 37.575, 127.07, 37.63),
        table_id="table-main",
        slot=11,
        layers=[
            Layer("risk", "/gallery/cells.json", "cell", "위험 등급", slots=True),
            Layer("routes", "/gallery/lines.json", "line", "순찰 경로"),
            Layer("stops", "/gallery/points.json", "point", "순찰 거점"),
        ],
    )


@allow(GET=PUBLIC, POST=PUBLIC)
def gallery(request: HttpRequest) -> HttpResponse:
    """All components."""
    request.actor = PERSON
    request.demo = True
    t = table_of(request)
    answer = t.response()
    if answer is not None:
        return answer
    if request.method == "POST" or "tell" in request.GET:
        messages.success(request, "저장했습니다.")
        messages.warning(request, "CCTV 데이터가 30일 지났습니다.")
    days = [f"11. {n}." for n in range(1, 15)]
    values = [3, 4, 2, 6, 8, 7, 3, 4, 5, 9, 11, 6, 4, 5]
    context = {
        "t": t,
        "m": map_of(),
        "bar": charts.bar(
            "시간대별 신고",
            [f"{h:02d}-{h + 2:02d}" for h in range(0, 24, 2)],
            [5, 3, 2, 1, 4, 6, 8, 9, 12, 15, 18, 14],
            unit="건",
            period="2026. 10.",
            source="112 신고",
        ),
        "line": charts.line(
            "예상 건수와 실제",
            days,
            [
                charts.Series("예상 건수", values, [v * 0.7 for v in values], [v * 1.3 for v in values]),
                charts.Series("단순 누적 건수", [v * 0.9 + 1 for v in values]),
            ],
            unit="건",
            period="2026. 11.",
        ),
        "job": JOB,
        "items": [
            TimelineItem(WHEN, "신고 접수", state="done", who="성북경찰서"),
            TimelineItem(WHEN, "합동 대응", state="now"),
            TimelineItem(WHEN, "결과 통보", "72시간 안에", state="late"),
        ],
        "form": Example(request.POST if request.method == "POST" else None),
    }
    return _Template().render(request, context)


@public
def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """One of the error pages."""
    return render(request, f"{status}.html", status=status)


@public
def job_page(request: HttpRequest) -> HttpResponse:
    """A page that holds the progress alone, for its polling."""
    body = "{% load sunra %}{% progress job '/gallery/job/' %}"
    return HttpResponse(engines["django"].from_string(body).render({"job": JOB}, request))


urlpatterns = [
    path("gallery/job/", job_page, name="job"),
    path("gallery/", gallery, name="home"),
    path("gallery/error/<int:status>/", error_page),
    path("gallery/cells.json", gallery_data.cells),
    path("gallery/points.json", gallery_data.points),
    path("gallery/lines.json", gallery_data.lines),
    path("ui/", include("sunra.platform.ui.urls")),
    path("account/", include("allauth.urls")),
]

if os.environ.get("SUNRA_TEST_URLCONF") == __name__:
    for door in ("today", "see", "act", "govern"):
        doors.register(
            door,
            {"today": "오늘 밤", "see": "위험도", "act": "순찰 계획", "govern": "열람·처리 기록"}[door],
            "home" if door == "today" else "job",
        )
