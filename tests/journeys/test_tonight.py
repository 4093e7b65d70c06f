"""The main job: a folder becomes tonight's plan, once, and every bad input has its answer."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.exceptions import PermissionDenied

from sunra.cli import tonight as command
from sunra.journeys import bridge, tonight
from sunra.journeys.offices import office_of
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.platform.notices.models import Notice
from sunra.platform.places.models import Facility
from sunra.systems.patrols.models import Plan
from sunra.systems.patrols.services import plans
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.texts import NO_LOCAL_EVENTS
from sunra.systems.sharing.models import Dataset, Vintage
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A short search is as good for these tests."""
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)
    return


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dirty folder: cameras, an empty file, a binary, a table of no known kind, a hidden file."""
    place = tmp_path / "data"
    place.mkdir()
    nights.cctv_csv(place / "중구_CCTV_20261001.csv")
    (place / "empty.csv").write_bytes(b"")
    (place / "noise.csv").write_bytes(bytes(range(256)) * 20)
    (place / "menu.csv").write_text("요리,가격\n김밥,3000\n라면,4000\n", "utf-8")
    (place / ".hidden.csv").write_text("x", "utf-8")
    return place


def run(folder: Path | None, **options: Any) -> tonight.TonightResult:
    """The night of the small district."""
    agency = office_of(nights.DISTRICT)
    return tonight.run(
        actor=Actor.job(agency.id, "test"), district=nights.DISTRICT, data=folder, day=nights.DAY, **options
    )


def test_a_folder_becomes_a_plan(folder: Path) -> None:
    """Every file is accounted for, the rest is a prior, a plan by assumed teams, and three exports."""
    steps: list[tuple[int, int, str]] = []
    answer = run(folder, progress=lambda *step: steps.append(step)).as_json()
    assert [one["file"] for one in answer["files"]] == [
        "empty.csv",
        "menu.csv",
        "noise.csv",
        "중구_CCTV_20261001.csv",
    ]
    for one in answer["files"]:
        assert one["rows"] == one["accepted"] + one["merged"] + one["quarantined"]
    cameras = answer["files"][3]
    assert (cameras["kind"], cameras["rows"], cameras["published"], cameras["elsewhere"]) == (
        "cctv",
        33,
        30,
        1,
    )
    assert answer["risk"]["slots"] == 12
    assert (answer["risk"]["event_source"], answer["risk"]["graded"]) == ("prior", False)
    assert answer["plan"]["teams_source"] == "default"
    assert all({"team", "stops", "minutes", "metres"} <= one.keys() for one in answer["plan"]["teams"])
    assert sum(one["stops"] for one in answer["plan"]["teams"]) > 0
    for name, start in (("geojson", b"{"), ("gpx", b"<?xml"), ("pdf", b"%PDF")):
        assert Path(answer["exports"][name]).read_bytes().startswith(start)
    assert steps[-1][0] == steps[-1][1] == 4 + 3
    assert json.loads(json.dumps(answer)) == answer


def test_the_same_folder_twice_changes_nothing(folder: Path) -> None:
    """No row of any table is doubled, and forecast and plan are the same ones."""
    first, second = run(folder), run(folder)
    assert (first.forecast.id, first.plan.id) == (second.forecast.id, second.plan.id)
    counts = [model.objects.count() for model in (Vintage, Dataset, Facility, Forecast, Plan)]
    assert counts == [4, 4, 30, 1, 1]


def test_without_a_folder_what_is_published_counts(folder: Path) -> None:
    """The second night needs no files."""
    run(folder)
    assert run(None).vintages == ()


def test_events_make_graded_cells() -> None:
    """With published events of the district the night rests on them."""
    agency = office_of(nights.DISTRICT)
    nights.with_facilities(agency)
    nights.with_events(agency)
    answer = run(None).as_json()
    assert (answer["risk"]["event_source"], answer["risk"]["graded"], answer["risk"]["events"]) == (
        "events",
        True,
        200,
    )


def test_real_files_take_the_place_of_the_demonstration(folder: Path, tmp_path: Path) -> None:
    """After a demonstration, real files push every generated place out, and nothing is marked as demo."""
    invented = tmp_path / "demo"
    invented.mkdir()
    nights.cctv_csv(invented / "demo_cctv.csv", rows=20)
    assert run(invented, demo=True).plan.demo
    result = run(folder)
    assert not result.plan.demo
    assert not Facility.objects.filter(demo=True).exists()
    assert Facility.objects.count() == 30


def test_a_folder_with_nothing_located_says_so(tmp_path: Path) -> None:
    """Cameras of another district and cameras in the sea give no plan, and the answer names the files."""
    nights.cctv_csv(tmp_path / "elsewhere.csv", district=nights.NEIGHBOUR)
    sea = nights.CCTV_HEADER + "\n중구청,,부산광역시 중구 1,생활방범,1,34.1,129.9,2026-10-01\n"
    (tmp_path / "sea.csv").write_bytes(sea.encode("cp949"))
    with pytest.raises(UserError) as caught:
        run(tmp_path)
    assert caught.value.code == "nothing_located"
    assert any("elsewhere.csv" in part for part in caught.value.where)
    assert not Plan.objects.exists()


def test_who_may_not_run_the_night_is_refused(folder: Path) -> None:
    """Not an auditor, and not a safety officer of another district."""
    agency = office_of(nights.DISTRICT)
    for actor in (
        make_actor("auditor", agency),
        make_actor("safety_officer", nights.office(nights.NEIGHBOUR)),
    ):
        with pytest.raises(PermissionDenied):
            tonight.run(actor=actor, district=nights.DISTRICT, data=folder)
    assert not Vintage.objects.exists()


def test_the_night_of_early_morning_is_yesterdays(monkeypatch: pytest.MonkeyPatch) -> None:
    """At three in the morning the running night began yesterday; from noon on it is today's."""
    from sunra.platform.base.time import SEOUL

    for hour, day in ((3, 19), (11, 19), (12, 20), (23, 20)):
        moment = dt.datetime(2026, 11, 20, hour, tzinfo=SEOUL)
        monkeypatch.setattr(tonight, "seoul_now", lambda moment=moment: moment)
        assert tonight.default_day() == dt.date(2026, 11, day)


def test_the_office_is_made_once_with_its_dongs() -> None:
    """A fresh installation gets a root and the district's office; the second time it is found."""
    first = office_of(nights.DISTRICT)
    assert office_of(nights.DISTRICT) == first
    assert first.jurisdiction.count() > 10
    with pytest.raises(UserError) as caught:
        office_of("99999")
    assert caught.value.code == "unknown_district"


def test_station_names_of_tables_join_only_exactly() -> None:
    """서울성북경찰서 and 성북 are one station; a name that is not of this district counts for nothing."""
    agency = office_of(nights.DISTRICT)
    kind = agency.type
    dong = agency.jurisdiction.first().dong
    police = make_agency("부산중부경찰서", parent=agency, dongs=(dong,))
    police.type_id = "police_station"
    police.save()
    assert kind.code == "district"
    dataset = Dataset.objects.create(agency=agency, kind="crime_table", title="t")
    figures = [
        {"station": "중부", "year": 2024, "category": "절도 발생", "count": 900},
        {"station": "중부", "year": 2025, "category": "절도 발생", "count": 730},
        {"station": "동부", "year": 2025, "category": "절도 발생", "count": 5000},
        {"station": "중부", "year": 2025, "category": "강간·강제추행", "count": 10},
    ]
    Vintage.objects.create(
        agency=agency, dataset=dataset, file_name="t", sha256="0", reader="0", kind="crime_table",
        rows=4, accepted=4, merged=0, quarantined=0, counts=figures,
    )  # fmt: skip
    found = bridge.station_counts(nights.job(agency), nights.DISTRICT)
    assert [(one.family, one.count) for one in found] == [("theft", 730.0)]


def test_the_button_plans_in_the_background() -> None:
    """The page queues one job a night, the job makes the plan, tells the officer and leads there."""
    agency = office_of(nights.DISTRICT)
    nights.with_facilities(agency)
    person = make_person("safety_officer", agency)
    officer = signed_in(person)
    assert officer.get("/tonight/").status_code == 200
    first, second = officer.post("/tonight/"), officer.post("/tonight/")
    job = Job.objects.get(kind="journeys.tonight")
    assert first.headers["Location"] == second.headers["Location"] == f"/jobs/{job.id}/"
    assert Worker(threading.Event(), worker_id="w").run_one()
    job.refresh_from_db()
    plan = Plan.objects.get()
    assert (job.state, job.result["url"]) == ("done", f"/patrols/{plan.id}/")
    assert Notice.objects.get(person=person).url == f"/patrols/{plan.id}/"


def test_the_button_is_the_safety_officers() -> None:
    """A data officer gets 403, an office without a district an explanation and no job."""
    agency = office_of(nights.DISTRICT)
    assert signed_in(make_person("data_officer", agency)).post("/tonight/").status_code == 403
    officer = signed_in(make_person("safety_officer", make_agency("구역 없는 기관")))
    assert officer.post("/tonight/").status_code == 302
    assert not Job.objects.exists()


def test_a_cancelled_job_leaves_no_plan() -> None:
    """Cancelling before it runs means that nothing is made."""
    agency = office_of(nights.DISTRICT)
    nights.with_facilities(agency)
    officer = signed_in(make_person("safety_officer", agency))
    officer.post("/tonight/")
    job = Job.objects.get(kind="journeys.tonight")
    assert officer.post(f"/jobs/{job.id}/cancel/").status_code == 302
    Worker(threading.Event(), worker_id="w").run_one()
    assert not Plan.objects.exists()


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command without its migrations, which the test database has had."""
    monkeypatch.setattr(command, "prepare", lambda: None)
    return lambda *args: CliRunner().invoke(command.tonight, list(args))


def test_the_command_prints_json_and_a_bar_beside_it(cli: Any, folder: Path) -> None:
    """Standard output is JSON alone; the exit code is 0."""
    result = cli("--district", nights.DISTRICT, "--data", str(folder), "--day", "2026-11-20", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert {"files", "risk", "plan", "exports", "seconds"} <= answer.keys()
    assert Agency.objects.filter(district=nights.DISTRICT).count() == 1


def test_the_command_prints_words(cli: Any, folder: Path) -> None:
    """Without --json people read balance, risk, plan and where the exports lie."""
    result = cli("--district", nights.DISTRICT, "--data", str(folder))
    assert result.exit_code == 0
    assert str(NO_LOCAL_EVENTS) in result.stdout
    assert "중구_CCTV_20261001.csv" in result.stdout


def test_the_commands_exit_codes(cli: Any, folder: Path, tmp_path: Path) -> None:
    """2 for a code, folder or option that makes no sense, 1 when the data gives no plan."""
    (tmp_path / "void").mkdir()
    (tmp_path / "void2").mkdir()
    (tmp_path / "void2" / "x.csv").write_bytes(b"")
    for args, code, word in (
        (("--district", "99999", "--data", str(folder)), 2, "unknown_district"),
        (("--district", nights.DISTRICT, "--data", str(tmp_path / "no")), 2, "no_folder"),
        (("--district", nights.DISTRICT, "--data", str(tmp_path / "void")), 2, "empty_folder"),
        (("--data", str(folder)), 2, "--district"),
        (("--district", nights.DISTRICT, "--data", str(tmp_path / "void2")), 1, "nothing_located"),
    ):
        result = cli(*args)
        assert result.exit_code == code
        assert word in result.stderr
