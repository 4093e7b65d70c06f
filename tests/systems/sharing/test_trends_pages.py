"""통계 pages: what they show, where a number leads, who is refused; and the same for programs."""

import datetime as dt
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from sunra.platform.accounts.services import create_key
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import now
from sunra.platform.jobs.models import Job
from sunra.systems.sharing import statistics_texts
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics import View
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing import statistics_town as towns
from tests.systems.sharing.statistics_town import Town

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
PAGE = "/data/statistics/"


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """A demonstration town with everything published, and its run."""
    with towns.kept(django_db_blocker, demo=True) as made:
        yield made


def client(role: str, agency: Agency) -> Client:
    """Somebody of that role, signed in."""
    return signed_in(make_person(role, agency))


def page(town: Town, query: str = "", role: str = "analyst", path: str = PAGE) -> str:
    """The page as somebody of the committee reads it."""
    answer = client(role, town.committee).get(f"{path}?{query}")
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_the_page_is_map_table_and_chart_of_one_view(town: Town) -> None:
    """Areas, rows and a series; unit, period, interval and demonstration are said."""
    text = page(town)
    assert text.count('class="area area-') == len(towns.DONGS)
    assert "<figure" in text
    assert all(word in text for word in ("2025. 11.", "2026. 10.", "95 %", "시연"))
    assert str(statistics_texts.WITHHELD_FAMILIES) in text


@pytest.mark.parametrize(
    "query",
    [
        "by=station", "by=district", "by=cell", "by=hour", "by=type", "grain=week", "indicator=light_cover",
        "indicator=camera_cover&by=station", "indicator=facilities_per_1000&kind=cctv",
        "indicator=patrol_hours", "indicator=events_per_1000&family=theft", "indicator=response",
        "indicator=x&by=y&since=z&until=2026-99", "since=2026-10&until=2026-01", "unit=nowhere",
    ],
)  # fmt: skip
def test_every_view_opens(town: Town, query: str) -> None:
    """No combination of the address breaks the page; what is not understood falls back."""
    assert "<h1>" in page(town, query)


def test_choosing_an_area_shows_its_series_and_its_like_areas(town: Town) -> None:
    """The address with a unit marks it on the map, draws its series and names like areas with reasons."""
    unit = towns.DONGS[5]
    text = page(town, f"unit={unit}")
    assert "chosen" in text
    actor = make_actor("analyst", town.committee)
    run = StatisticsRun.objects.get()
    found = selectors.likeness(actor, run, View.read({"unit": unit}))
    assert found is not None
    assert len(found.peers) == 5
    assert unit not in {peer.unit for peer in found.peers}
    assert found.standing.low <= found.standing.ratio <= found.standing.high
    assert selectors.likeness(actor, run, View.read({})) is None
    assert selectors.likeness(actor, run, View.read({"by": "district", "unit": nights.DISTRICT})) is None
    series = selectors.series(actor, run, View.read({"by": "station", "unit": str(town.north.id)}))
    assert series.trend is not None
    assert sum(series.counts) == sum(
        row.value or 0
        for row in selectors.figures(
            actor, run, View.read({"since": "2024-12", "until": "2026-10", "by": "dong"})
        ).rows
        if row.unit in towns.NORTH
    )


def test_weeks_are_whole_and_inside_whole_months(town: Town) -> None:
    """The weekly series begins on Mondays and holds no week that the file cuts."""
    actor = make_actor("analyst", town.committee)
    found = selectors.series(actor, StatisticsRun.objects.get(), View.read({"grain": "week"}))
    assert all(start.weekday() == 0 for start in found.starts)
    assert found.starts[0] >= dt.date(2024, 12, 1)
    assert found.starts[-1] + timedelta(days=7) <= dt.date(2026, 11, 1)


def test_a_number_leads_to_where_it_came_from(town: Town) -> None:
    """The link on a value opens the lineage: the figure's parts, the datasets and the rows used."""
    text = page(town, "by=district&indicator=events_per_1000")
    link = re.search(r'href="(/data/statistics/runs/[^"]+unit=26110[^"]*)"', text)
    assert link is not None
    told = client("analyst", town.committee).get(link.group(1).replace("&amp;", "&")).content.decode()
    assert "1,500" in told
    assert "인구" in told
    assert "security_light" not in told


def test_compute_now_starts_one_job(town: Town) -> None:
    """The button queues a job and leads to its progress; pressed twice it is still one."""
    analyst = client("analyst", town.committee)
    first = analyst.post(PAGE + "compute/")
    job = Job.objects.get(kind="sharing.statistics")
    assert first.headers["Location"] == f"/jobs/{job.id}/"
    assert analyst.post(PAGE + "compute/").headers["Location"] == f"/jobs/{job.id}/"


def test_who_may_not_is_refused(town: Town) -> None:
    """Volunteers and operators see nothing, auditors do not compute, small areas stay with planners."""
    run = StatisticsRun.objects.get()
    for role in ("volunteer", "control_operator"):
        assert client(role, town.committee).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302
    auditor = client("auditor", town.committee)
    assert auditor.get(PAGE).status_code == 200
    assert auditor.get(PAGE + "?by=cell").status_code == 403
    assert auditor.post(PAGE + "compute/").status_code == 403
    assert auditor.get(PAGE + "report/").status_code == 403
    assert client("analyst", nights.office(nights.NEIGHBOUR)).get(f"{PAGE}runs/{run.id}/").status_code == 404
    assert client("analyst", town.committee).get(f"{PAGE}runs/{uuid4()}/").status_code == 404


def test_before_the_first_run_the_page_says_what_to_do(town: Town) -> None:
    """No run: the reason, and the button for those who may compute."""
    StatisticsRun.objects.all().delete()
    assert "statistics/compute/" in page(town)
    assert "statistics/compute/" not in page(town, role="auditor")
    assert Client().get("/area/").status_code == 200


def test_overlapping_stations_are_explained_on_the_page(town: Town) -> None:
    """The page answers 400 with the remedy and keeps the form."""
    town.south.jurisdiction.create(dong=towns.NORTH[0])
    answer = client("analyst", town.committee).get(PAGE + "?by=station")
    assert answer.status_code == 400
    assert 'name="indicator"' in answer.content.decode()


def test_the_public_page_shows_protected_figures_only(town: Town) -> None:
    """Everybody reads one whole year by dong; small counts are withheld, nothing is finer than a dong."""
    found = selectors.area_figures()
    assert found is not None
    assert found.year == "2025"
    shown = [count for area in found.areas for count in area.families.values() if count is not None]
    assert shown
    assert all(count == 0 or count >= 5 for count in shown)
    assert any(count is None for area in found.areas for count in area.families.values())
    text = Client().get("/area/").content.decode()
    assert "2025" in text
    assert "등급" not in text.split("<main", 1)[1].split("</main", 1)[0]
    assert Client().get(f"/area/?dong={found.areas[0].dong}").status_code == 200
    assert Client().post("/area/").status_code in {403, 405}


def key(agency: Agency, *permissions: str) -> str:
    """A fresh key of the agency."""
    made = create_key(
        actor=make_actor("agency_admin", agency), agency_id=agency.id, name="institute",
        permissions=list(permissions), expires=now() + timedelta(days=1),
    )  # fmt: skip
    return made[1]


def ask(path: str, token: str) -> Any:
    """The answer to a program."""
    return Client().get(f"/api/v1/statistics{path}", headers={"Authorization": f"Bearer {token}"})


def test_programs_read_figures_with_their_kind_of_unit(town: Town) -> None:
    """Definitions, protected figures and sources; every number carries its kind of unit."""
    token = key(town.committee, "sharing.view_statistics")
    assert {"events", "camera_cover"} <= {one["code"] for one in ask("/indicators", token).json()}
    answer = ask("/figures?by=dong&year=2025", token).json()
    assert {one["unit_type"] for one in answer["figures"]} == {"dong"}
    assert (answer["since"], answer["demo"]) == ("2025-01-01", True)
    withheld = [one for one in answer["figures"] if one["withheld"]]
    assert withheld
    assert all(one["value"] is None and one["numerator"] is None for one in withheld)
    assert all(one["value"] == 0 or one["value"] >= 5 for one in answer["figures"] if not one["withheld"])
    assert {one["layer"] for one in ask("/sources", token).json()} >= {"event", "residents"}


def test_programs_are_refused_what_is_not_theirs(town: Town) -> None:
    """Without the scope 403, cells and hours are no choice, and without a run 404."""
    assert ask("/figures", key(town.committee, "risk.view_forecast")).status_code == 403
    assert Client().get("/api/v1/statistics/figures").status_code in {401, 302}
    token = key(town.committee, "sharing.view_statistics")
    assert ask("/figures?by=cell", token).status_code == 422
    assert ask("/figures?year=nonsense", token).status_code == 422
    assert ask("/figures?year=2019", token).json()["code"] == "whole_year"
    assert ask("/figures?indicator=response", token).json()["code"] == "not_released"
    other = key(nights.office(nights.NEIGHBOUR), "sharing.view_statistics")
    assert ask("/figures", other).json()["code"] == "no_statistics"
    assert ask("/sources", other).status_code == 404
