"""Saved views and reports: whose they are, what is in the files, and when they are made by themselves."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from sunra.platform.accounts.models import Membership
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.files.models import StoredFile
from sunra.platform.jobs.services import enqueue
from sunra.platform.ledger.acts import Act
from sunra.platform.ledger.models import Record
from sunra.platform.notices.models import Notice
from sunra.systems.sharing import statistics_texts
from sunra.systems.sharing.jobs.statistics import REPORTS
from sunra.systems.sharing.models import Report, ReportPlan, SavedView, StatisticsRun
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics import View
from sunra.systems.sharing.services import statistics
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing import statistics_town as towns
from tests.systems.sharing.statistics_town import Town

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
VIEWS = "/data/statistics/views/"
YEAR = View.read({"by": "dong", "since": "2025-01", "until": "2025-12"})


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """A demonstration town with everything published, and its run."""
    with towns.kept(django_db_blocker, demo=True) as made:
        yield made


def saved(actor: Actor, *, view: View = YEAR, shared: bool = False, name: str = "월간") -> SavedView:
    """A view that the actor keeps."""
    return statistics.save_view(actor=actor, name=name, view=view, shared=shared)


def test_a_view_is_ones_own_until_it_is_shared(town: Town) -> None:
    """A colleague finds a shared view only; another agency finds neither."""
    me, colleague = make_actor("analyst", town.committee), make_actor("committee_staff", town.committee)
    stranger = make_actor("analyst", nights.office(nights.NEIGHBOUR))
    mine, ours = saved(me, name="나"), saved(me, name="우리", shared=True)
    assert set(selectors.saved_views(colleague)) == {ours}
    assert set(selectors.saved_views(me)) == {mine, ours}
    for actor, row in ((colleague, mine), (stranger, mine), (stranger, ours)):
        with pytest.raises(Http404):
            selectors.saved_view(actor, row.id)
    assert View.read(mine.query) == YEAR
    with pytest.raises(PermissionDenied):
        statistics.delete_view(actor=colleague, view_id=ours.id)
    statistics.delete_view(actor=me, view_id=ours.id)
    assert not SavedView.objects.filter(pk=ours.pk).exists()


def test_saving_again_replaces_and_needs_a_name(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """One view per name and person; a nameless one and too many are refused."""
    from sunra.systems.sharing.services.statistics import views

    me = make_actor("analyst", town.committee)
    first = saved(me)
    assert saved(me, view=View.read({"by": "station"})).pk == first.pk
    with pytest.raises(UserError):
        saved(me, name="  ")
    monkeypatch.setattr(views, "MOST_VIEWS", 1)
    with pytest.raises(UserError) as refused:
        saved(me, name="또")
    assert refused.value.code == "too_many_views"
    with pytest.raises(PermissionDenied):
        saved(make_actor("auditor", town.committee))


def sheet(xlsx: bytes) -> list[list[Any]]:
    """The rows of the first sheet that hold figures."""
    rows = CalamineWorkbook.from_filelike(BytesIO(xlsx)).get_sheet_by_index(0).to_python()
    return [row for row in rows if row[0] in {"법정동", "경찰서 관할", "자치구", "유형"}]


def test_the_report_is_the_page_on_paper_and_as_numbers(town: Town) -> None:
    """PDF and workbook say what is shown and that it is a demonstration; texts never become formulas."""
    me = make_actor("analyst", town.committee)
    made = statistics.documents(actor=me, view=YEAR, title="=HYPERLINK(1)")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(made.pdf)).pages)
    assert "2025" in text
    assert str(statistics_texts.DEMO)[:5] in text
    rows = CalamineWorkbook.from_filelike(BytesIO(made.xlsx)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "=HYPERLINK(1)"
    with zipfile.ZipFile(BytesIO(made.xlsx)) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    truth = {row.unit: row.value for row in selectors.figures(me, made.run, YEAR).rows}
    assert {row[1]: row[3] for row in sheet(made.xlsx)} == truth
    assert Record.objects.filter(act=Act.EXPORT, subject="sharing.Statistics", actor_id=me.id).count() == 1


@pytest.mark.parametrize("by", ["dong", "station", "district", "type"])
@pytest.mark.parametrize("family", ["", "theft"])
def test_what_is_for_others_withholds_small_counts(town: Town, by: str, family: str) -> None:
    """No count of one to four is in the file, and what is withheld has neither rate nor bounds."""
    me = make_actor("analyst", town.committee)
    query = {"by": by, "family": "" if by == "type" else family}
    made = statistics.documents(actor=me, view=View.read(query), for_others=True)
    truth = {
        row.unit: row.value
        for row in selectors.figures(
            me, made.run, View.read(query | {"since": "2025-01", "until": "2025-12"})
        ).rows
    }
    rows = sheet(made.xlsx)
    assert len(rows) == len(truth)
    for row in rows:
        if isinstance(row[3], float | int):
            assert row[3] == truth[row[1]]
            assert row[3] == 0 or row[3] >= 5
        else:
            assert not any(isinstance(value, float | int) for value in row[4:])
    if by == "dong":
        assert any(not isinstance(row[3], float | int) for row in rows)
    assert not Record.objects.filter(subject="sharing.Statistics").exists()


def test_only_whole_years_and_released_indicators_are_for_others(town: Town) -> None:
    """A moving window could be subtracted from another: refused; facilities pass as they are."""
    me = make_actor("analyst", town.committee)
    for query, code in (
        ({"since": "2025-02", "until": "2026-01"}, "whole_year"),
        ({"since": "2025-01"}, "whole_year"),
        ({"since": "2026-01", "until": "2026-12"}, "whole_year"),
        ({"indicator": "response"}, "not_released"),
    ):
        with pytest.raises(UserError) as refused:
            statistics.documents(actor=me, view=View.read(query), for_others=True)
        assert refused.value.code == code
    made = statistics.documents(actor=me, view=View.read({"indicator": "light_cover"}), for_others=True)
    assert any(isinstance(row[3], float | int) for row in sheet(made.xlsx))
    StatisticsRun.objects.update(released=False)
    with pytest.raises(UserError) as refused:
        statistics.documents(actor=me, view=YEAR, for_others=True)
    assert refused.value.code == "no_statistics"


def test_cells_and_hours_never_get_into_a_file(town: Town) -> None:
    """A report of small areas is refused, made now or planned."""
    me = make_actor("analyst", town.committee)
    small = saved(me, view=View.read({"by": "cell"}), name="격자")
    for act in (
        lambda: statistics.documents(actor=me, view=View.read({"by": "hour"})),
        lambda: statistics.make_report(actor=me, view_id=small.id),
        lambda: statistics.plan_report(actor=me, view_id=small.id, cadence="weekly"),
    ):
        with pytest.raises(UserError) as refused:
            act()
        assert refused.value.code == "small_areas"
    with pytest.raises(PermissionDenied):
        statistics.documents(actor=make_actor("auditor", town.committee), view=YEAR)


def test_planned_reports_are_made_once_a_period(town: Town) -> None:
    """The job makes what is due with files and a notice, and nothing the second time in the same week."""
    me = make_actor("analyst", town.committee)
    row = saved(me)
    statistics.plan_report(actor=me, view_id=row.id, cadence="weekly")
    statistics.plan_report(actor=me, view_id=row.id, cadence="weekly")
    assert ReportPlan.objects.count() == 1
    with pytest.raises(UserError):
        statistics.plan_report(actor=me, view_id=row.id, cadence="hourly")
    for _round in range(2):
        enqueue(actor=nights.job(town.committee), kind=REPORTS)
        towns.work()
    report = Report.objects.get()
    assert report.run == StatisticsRun.objects.get()
    assert {report.pdf.media_type, report.xlsx.media_type} >= {"application/pdf"}
    assert StoredFile.objects.filter(demo=True, agency=town.committee).count() == 2
    assert Notice.objects.filter(kind="sharing.statistics_report", person_id=me.person_id).count() == 1
    assert statistics.due(dt.date(2030, 1, 1))[0][1] == "2030-W01"


def test_who_left_gets_no_more_reports(town: Town) -> None:
    """A plan of somebody without a membership, or without the right, makes nothing."""
    me = make_actor("analyst", town.committee)
    plan = statistics.plan_report(actor=me, view_id=saved(me).id, cadence="monthly")
    Membership.objects.filter(person_id=me.person_id).update(role="auditor")
    assert statistics.make_due(plan, "2026-11") is None
    Membership.objects.filter(person_id=me.person_id).delete()
    assert statistics.make_due(plan, "2026-12") is None
    assert ReportPlan.objects.get().last_period == "2026-12"
    assert not Report.objects.exists()


def test_the_pages_save_plan_make_and_delete(town: Town) -> None:
    """What the buttons do, as the reader sees it."""
    analyst = signed_in(make_person("analyst", town.committee))
    answer = analyst.post(VIEWS, {"name": "우리 보기", "query": YEAR.address(), "shared": "on"})
    row = SavedView.objects.get()
    assert answer.headers["Location"] == f"{VIEWS}{row.id}/"
    assert "우리 보기" in analyst.get(VIEWS).content.decode()
    analyst.post(f"{VIEWS}{row.id}/plan/", {"cadence": "monthly", "on": "1"})
    assert row.plans.count() == 1
    analyst.post(f"{VIEWS}{row.id}/plan/", {"cadence": "monthly"})
    assert row.plans.count() == 0
    analyst.post(f"{VIEWS}{row.id}/plan/", {"cadence": "never", "on": "1"})
    analyst.post(f"{VIEWS}{row.id}/report/")
    text = analyst.get(f"{VIEWS}{row.id}/").content.decode()
    assert f"/files/{Report.objects.get().pdf_id}/" in text
    for kind, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        made = analyst.get(f"/data/statistics/report/?{YEAR.address()}&format={kind}")
        assert made.content.startswith(begins)
    assert analyst.get("/data/statistics/report/?by=cell").status_code == 302
    assert analyst.post(VIEWS, {"name": "", "query": ""}).status_code == 400
    auditor = signed_in(make_person("auditor", town.committee))
    assert auditor.get(f"{VIEWS}{row.id}/").status_code == 200
    assert auditor.post(f"{VIEWS}{row.id}/report/").status_code == 403
    analyst.post(f"{VIEWS}{row.id}/delete/")
    assert not SavedView.objects.exists()
