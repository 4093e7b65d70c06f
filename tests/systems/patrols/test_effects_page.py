"""순찰이 달라지게 했나: a sentence with its interval, months, an export without formulas, and refusals."""

import datetime as dt
import uuid
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from sunra.journeys.effects import figures
from sunra.platform.accounts.roles import (
    ANALYST,
    AUDITOR,
    COMMITTEE_STAFF,
    CONTROL_OPERATOR,
    CPO,
    PATROL_LEADER,
    SAFETY_OFFICER,
)
from sunra.platform.agencies.models import Agency
from sunra.platform.jobs.models import Job
from sunra.systems.patrols import effect_words as words
from sunra.systems.patrols.models import EffectMonth
from sunra.systems.patrols.selectors.effects import effect_months, lot_nights, planned_months
from sunra.systems.patrols.services.effects import keep_month
from tests.journeys.test_effects import _month
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ADDRESS = "/patrols/effects/"


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def agency() -> Agency:
    """An office."""
    return nights.office()


def _said(night: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Figures of a simulated month, with another result."""
    span = figures(_month(1_000, 1.0))
    return {**span, **more, "night": {**span["night"], **night}}


def _kept(
    agency: Agency, month: int, span: dict[str, Any], year: dict[str, Any] | None = None
) -> EffectMonth:
    return keep_month(
        actor=nights.job(agency), agency_id=agency.id, district=nights.DISTRICT,
        month=dt.date(2026, month, 1), nights=span["judged"], figures={"month": span, "year": year or span},
        digest=uuid.uuid4().hex, demo=False,
    )  # fmt: skip


def test_no_claim_stands_without_its_interval() -> None:
    """If this fails, a sentence names a change without its interval, or claims what chance may do."""
    fewer = words.verdict(_said({"ratio": 0.8, "low": 0.7, "high": 0.92}))
    assert "20 %" in fewer
    assert "30 %" in fewer
    assert "8 %" in fewer
    more = words.verdict(_said({"ratio": 1.3, "low": 1.1, "high": 1.5}))
    assert "50 %" in more
    nothing = words.verdict(_said({"ratio": 0.9, "low": 0.7, "high": 1.2}))
    assert "30 %" in nothing
    assert "20 %" in nothing
    assert "10 %" not in nothing  # the middle of an interval that holds no change is not a finding
    few = figures(_month(1_000, 0.5)[:4])
    assert "4" in words.verdict(few)
    assert words.change(few["night"]) == words.short("too_few_nights")
    assert words.moved(few["displacement"]) == words.short("too_few_nights")
    assert words.share(few["walked"]) == words.risk(few["walked"]) == words.short("nothing")
    walked = {"status": "", "share": 0.5, "share_interval": [0.4, 0.6], "risk_per_hour": 0.1,
              "risk_interval": [0.0, 0.2]}  # fmt: skip
    assert words.share(walked) == "50 % (40 ~ 60)"
    assert words.risk(walked) == "0.100 (0.000 ~ 0.200)"
    assert words.change({"status": "", "ratio": 0.8, "low": 0.7, "high": 1.02}) == "−20 % (−30 ~ +2)"
    assert words.moved({"status": "", "difference": 0.01, "low": -2.0, "high": 3.0}) == "0.0 (−2.0 ~ +3.0)"
    assert words.why_not(_said({"status": "too_few_events"})) != words.why_not(
        _said({"status": "no_overlap"})
    )
    assert words.left_out({"left_out": {"late": 2, "unknown": 1}})[0][1] == 2


def test_the_page_leads_with_the_year_and_shows_each_month(agency: Agency) -> None:
    """If this fails, people see a month's luck first, or figures that are not those kept."""
    year = _said({"ratio": 0.8, "low": 0.7, "high": 0.92})
    _kept(agency, 8, figures(_month(1_000, 0.5)[:4]))
    _kept(agency, 9, _said({"ratio": 1.21, "low": 1.1, "high": 1.33}), year)
    officer = signed_in(make_person(SAFETY_OFFICER, agency))
    page = officer.get(ADDRESS).content.decode()
    assert words.change(year["night"]) in page
    assert page.index("20 %") < page.index("21 %")
    assert "+21 % (+10 ~ +33)" in page
    assert "<svg" in page
    assert "2026. 08." in page
    assert "보험" not in page
    made = officer.get(ADDRESS, {"export": "csv"}).content.decode("utf-8-sig")
    cells = [cell.strip('"') for row in made.splitlines() for cell in row.split(",")]
    assert len(made.splitlines()) == 3
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    beside = nights.office(nights.NEIGHBOUR)
    empty = signed_in(make_person(CPO, beside)).get(ADDRESS).content.decode()
    assert "2026. 08." not in empty
    assert officer.get(ADDRESS, {"of": "nonsense"}).status_code == 200


def test_several_districts_are_chosen_by_name_not_ranked(agency: Agency) -> None:
    """If this fails, agencies stand in the order of their figures."""
    below = nights.office(nights.NEIGHBOUR, parent=agency)
    _kept(agency, 9, _said({"ratio": 1.5, "low": 1.2, "high": 1.9}))
    keep_month(
        actor=nights.job(below), agency_id=below.id, district=nights.NEIGHBOUR, month=dt.date(2026, 9, 1),
        nights=1, figures={"month": _said({}), "year": _said({})}, digest="x", demo=False,
    )  # fmt: skip
    page = signed_in(make_person(COMMITTEE_STAFF, agency)).get(ADDRESS).content.decode()
    assert page.index("서구") < page.index("중구 ·", page.index("<select"))
    other = signed_in(make_person(ANALYST, agency)).get(ADDRESS, {"of": f"{nights.DISTRICT}:{agency.id}:0"})
    assert "+50 % (+20 ~ +90)" in other.content.decode()


@pytest.mark.parametrize("role", [AUDITOR, CONTROL_OPERATOR, PATROL_LEADER])
def test_others_may_not_look(agency: Agency, role: str) -> None:
    """If this fails, effects are shown to those who are not meant to answer for them."""
    assert signed_in(make_person(role, agency)).get(ADDRESS).status_code == 403
    with pytest.raises(PermissionDenied):
        effect_months(make_actor(role, agency))


def test_judging_anew_is_the_analysts_and_the_safety_officers(agency: Agency) -> None:
    """If this fails, anybody may start the work or write a month, or the button does nothing."""
    officer = signed_in(make_person(CPO, agency))
    assert officer.get(ADDRESS).status_code == 200
    assert officer.post(ADDRESS).status_code == 403
    cpo = make_actor(CPO, agency)
    with pytest.raises(PermissionDenied):
        planned_months(cpo)
    day = dt.date(2026, 9, 1)
    with pytest.raises(PermissionDenied):
        lot_nights(cpo, agency.id, nights.DISTRICT, demo=False, since=day, until=day)
    given = {"district": nights.DISTRICT, "month": day, "nights": 0, "figures": {"month": {}}, "digest": "a",
             "demo": False}  # fmt: skip
    with pytest.raises(PermissionDenied):
        keep_month(actor=cpo, agency_id=agency.id, **given)
    other = nights.office(nights.NEIGHBOUR)
    with pytest.raises(PermissionDenied):
        keep_month(actor=nights.job(other), agency_id=agency.id, **given)
    answer = signed_in(make_person(ANALYST, agency)).post(ADDRESS)
    assert answer.status_code == 302
    assert Job.objects.get().kind == "journeys.effects"
    assert np.all([row.times == 1 for row in EffectMonth.objects.all()])
