"""Audits and alarms: for staff in full, for everybody by 법정동, told to analysts and auditors."""

import datetime as dt
import threading

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from sunra.core.forecast.audit import Hits, Score
from sunra.core.geo.districts import districts
from sunra.platform.accounts.models import Person
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.services import enqueue
from sunra.platform.jobs.worker import Worker
from sunra.platform.notices.models import Notice
from sunra.systems.risk import residents
from sunra.systems.risk.beats import Beats
from sunra.systems.risk.models import Alarm, ForecastScore, Report
from sunra.systems.risk.selectors import fairness as selectors
from sunra.systems.risk.services import audits
from sunra.systems.risk.services.audits import audit_district, raise_alarms
from sunra.systems.risk.services.scoring import score_weeks
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.risk import judged

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """An office with a past, forecast nights and the week's events."""
    made = nights.office()
    judged.past(made)
    judged.forecasts(made)
    judged.week(made)
    return made


def audited(agency: Agency) -> Report:
    """The audit as the job makes it."""
    return audit_district(actor=nights.job(agency), district=nights.DISTRICT, moment=judged.LATER)


def test_an_audit_sets_flags_beside_events_and_residents(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shares add up, repeats, caps and the loop are there, residents come from who knows them."""
    dong = str(agency.jurisdiction.first().dong)  # type: ignore[union-attr]
    every = {one.code: 100.0 for one in districts().dongs(nights.DISTRICT)}
    monkeypatch.setattr(residents, "_providers", [lambda _actor, _district: every | {dong: 300.0}])
    figures = audited(agency).figures
    rows = figures["dongs"]["rows"]
    assert sum(row["flagged"] for row in rows) == pytest.approx(1)
    assert sum(row["events"] for row in rows) == pytest.approx(1)
    assert sum(row["population"] or 0 for row in rows) == pytest.approx(1)
    assert (figures["nights"], figures["nights_over"]) == (7, 7)
    assert figures["hits"] == 14
    assert figures["jaccard"] > 0.8
    assert figures["never"] > 0.9
    assert [one["most"] for one in figures["caps"]] == [2, 3, 5]
    assert figures["caps"][0]["cost"] > 0
    assert 0 <= figures["feedback"]["reweighted"] <= 1
    assert figures["provenance"] == {"reported": 315, "discovered": 0, "policy": "exclude"}


def test_without_a_forecast_there_is_nothing_to_audit() -> None:
    """The answer says what to do first."""
    with pytest.raises(UserError) as caught:
        audit_district(actor=nights.job(nights.office()), district=nights.DISTRICT)
    assert caught.value.code == "nothing_to_audit"


def test_the_staff_page_shows_it_all_and_the_public_one_stops_at_dongs(agency: Agency) -> None:
    """Staff read intervals, repeats and caps; everybody reads whole percent by dong, small ones together."""
    audited(agency)
    person = make_person("analyst", agency)
    text = signed_in(person).get("/risk/fairness/", headers={"accept-language": "en"}).content.decode()
    for word in ("Hits per flag", "Caps on repeated flags", "Finds reweighted", "No alarm"):
        assert word in text
    page = Client().get("/risk/fairness/open/", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "Those with few events, together" in page.content.decode()
    assert "Hits per flag" not in page.content.decode()


def test_small_dongs_never_stand_alone_in_public() -> None:
    """One dong with few events is put together with the next smallest, never shown by itself."""
    row = {"flagged": 0.2, "events": 0.1, "cells": 0.1, "population": None}
    figures = {
        "dongs": {"rows": [row | {"area": str(n), "count": count} for n, count in enumerate([3, 9, 80])]}
    }
    assert [one.code for one in selectors.open_rows(figures)] == ["2", ""]
    figures["dongs"]["rows"][0]["count"] = 7
    assert {one.code for one in selectors.open_rows(figures)} == {"0", "1", "2"}


def _scored(agency: Agency, *, events: float, expected: float) -> None:
    """Give every scored night these totals."""
    hit = Hits(share=0.05, cells=10, hits=events, naive=events, both=events, best=events, expected=expected)
    made = Score(events, expected, 100, (hit,), (expected / 10,) * 10, (events / 10,) * 10)
    ForecastScore.objects.update(figures=made.as_dict(), events=events, expected=expected)


def test_an_alarm_is_kept_and_told_once(agency: Agency) -> None:
    """Three times as much as expected: analysts and auditors get one notice, and none the week after."""
    for role in ("analyst", "auditor", "cpo"):
        make_person(role, agency)
    job = nights.job(agency)
    score_weeks(actor=job, moment=judged.LATER)
    _scored(agency, events=12, expected=4)
    raise_alarms(actor=job, district=nights.DISTRICT, week=judged.WEEK)
    kinds = set(Alarm.objects.values_list("kind", flat=True))
    assert "drift" in kinds
    told = Notice.objects.filter(kind="risk.alarm", text__contains="observed over expected")
    assert Person.objects.filter(pk__in=told.values("person_id")).count() == 2
    raise_alarms(actor=job, district=nights.DISTRICT, week=judged.WEEK + dt.timedelta(weeks=1))
    assert told.count() == 2
    _scored(agency, events=4, expected=4)
    raise_alarms(actor=job, district=nights.DISTRICT, week=judged.WEEK)
    assert not Alarm.objects.filter(week=judged.WEEK, kind="drift").exists()


@pytest.mark.django_db(databases=["default", "ledger"], transaction=True)
def test_the_job_scores_audits_and_raises(agency: Agency) -> None:
    """One run of the night: scores, a report of the district, and the answer says how much."""
    job = enqueue(actor=nights.job(agency), kind="risk.scoring", args={})
    assert Worker(threading.Event(), worker_id="w").run_one()
    job.refresh_from_db()
    assert job.result["weeks"] == 1
    assert ForecastScore.objects.count() == 7
    assert Report.objects.filter(kind="fairness").count() == 1


def test_a_neighbour_and_a_volunteer_see_none_of_it(agency: Agency) -> None:
    """The next district's analyst finds no report; a volunteer is refused the page and the service."""
    audited(agency)
    other = nights.office(nights.NEIGHBOUR)
    assert selectors.report(make_actor("analyst", other), "fairness", district=nights.DISTRICT) is None
    volunteer = make_person("volunteer", agency)
    assert signed_in(volunteer).get("/risk/fairness/").status_code == 403
    with pytest.raises(PermissionDenied):
        audit_district(actor=make_actor("cpo", agency), district=nights.DISTRICT)
    assert signed_in(make_person("auditor", agency)).post("/risk/fairness/compute/").status_code == 403


def test_residents_of_beats_are_added_up_where_beats_are_whole_dongs() -> None:
    """Residents of a beat add up; by distance alone, or with a 법정동 without cells, none is told."""
    dong = np.array(["2611010100", "2611010200", "2611010300"])
    beats = Beats(np.array(["가", "가", "나"]), nearest=False)
    people = {"2611010100": 10.0, "2611010200": 5.0, "2611010300": 1.0}
    assert audits._by_beat(beats, dong, people) == {"가": 15.0, "나": 1.0}
    assert audits._by_beat(beats, dong, people | {"2611010400": 2.0}) == {}
    assert audits._by_beat(Beats(beats.of, nearest=True), dong, people) == {}
