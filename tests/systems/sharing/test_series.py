"""Months of events side by side, files of one folder that do not push each other out, jobs for large ones."""

import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.runner import claim
from sunra.platform.jobs.worker import Worker
from sunra.platform.places.models import Facility, PlaceEvent
from sunra.systems.sharing import services
from sunra.systems.sharing.incoming import files_in
from sunra.systems.sharing.models import Vintage
from sunra.systems.sharing.services import access, publishing, series
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
State = Vintage.State
HEADER = "접수일자,접수시각,사건종별코드,HPPNX_SW,HPPNY_SW"


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


def calls(path: Path, days: list[str], hour: int = 21) -> Path:
    """A file of 112 calls: one a day, each at a place of its own."""
    lines = [
        HEADER,
        *(
            f"{day},{hour:02d}:{number:02d}:00,104,{lon:.7f},{lat:.7f}"
            for number, (day, (lon, lat)) in enumerate(zip(days, nights.points(len(days)), strict=True))
        ),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def month(number: int, *days: int) -> list[str]:
    """Days of a month of 2026."""
    return [f"2026-{number:02d}-{day:02d}" for day in days]


def hand_in(agency: Agency, path: Path) -> Vintage:
    """The file read, and waiting."""
    draft = services.prepare(
        actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT
    )
    return services.keep(actor=nights.job(agency), draft=draft, publish=False)


def there() -> list[str]:
    """The days of all published events, in Seoul."""
    found = PlaceEvent.objects.order_by("time_from").values_list("time_from", flat=True)
    return [f"{moment + timedelta(hours=9):%m-%d %H}" for moment in found]


def states(*rows: Vintage) -> list[str]:
    """Where vintages stand now."""
    return [str(Vintage.objects.get(id=row.id).state) for row in rows]


def test_a_month_adds_and_a_month_sent_again_replaces_itself_alone(tmp_path: Path, agency: Agency) -> None:
    """October stays when November comes; October again replaces October; rolled back it is as it was."""
    officer = make_actor("data_officer", agency)
    october = hand_in(agency, calls(tmp_path / "112_202610.csv", month(10, 3, 17)))
    assert (october.since, october.until, october.span_by) == (date(2026, 10, 1), date(2026, 10, 31), "name")
    services.approve(actor=officer, vintage_id=october.id)
    november = hand_in(agency, calls(tmp_path / "112_202611.csv", month(11, 5, 9)))
    assert (november.changes["first"], november.changes["overlaps"]) == (True, [])
    services.approve(actor=officer, vintage_id=november.id)
    assert there() == ["10-03 21", "10-17 21", "11-05 21", "11-09 21"]
    again = hand_in(agency, calls(tmp_path / "112_202610.csv", month(10, 17, 20, 30), hour=22))
    assert [one["file"] for one in again.changes["overlaps"]] == ["112_202610.csv"]
    assert (again.changes["gone"], again.changes["added"], again.changes["before"]) == (2, 3, 2)
    services.approve(actor=officer, vintage_id=again.id)
    assert there() == ["10-17 22", "10-20 22", "10-30 22", "11-05 21", "11-09 21"]
    assert states(october, november, again) == ["superseded", "published", "published"]
    assert access.accepted(again.dataset).height == 5
    text = signed_in(make_person("auditor", agency)).get(f"/data/vintages/{again.id}/").content.decode()
    assert "2026. 10. 31" in text
    services.roll_back(actor=officer, vintage_id=october.id, reason="the corrected file was wrong")
    assert there() == ["10-03 21", "10-17 21", "11-05 21", "11-09 21"]
    assert states(october, november, again) == ["published", "published", "rolled_back"]
    services.undo(actor=officer, decision_id=october.decisions.get(act="roll_back").id)
    assert there() == ["10-17 22", "10-20 22", "10-30 22", "11-05 21", "11-09 21"]
    assert states(october, november, again) == ["superseded", "published", "published"]


def test_days_that_two_files_cover_count_once(tmp_path: Path, agency: Agency) -> None:
    """A file over the turn of the month takes its days from both, and gives them back when undone."""
    officer = make_actor("data_officer", agency)
    made = [
        hand_in(agency, calls(tmp_path / "a_202610.csv", month(10, 3, 30))),
        hand_in(agency, calls(tmp_path / "a_202611.csv", month(11, 2, 20))),
        hand_in(agency, calls(tmp_path / "a_20261201.csv", [*month(10, 29), *month(11, 2, 4)], hour=4)),
    ]
    for one in made:
        services.approve(actor=officer, vintage_id=one.id)
    assert (made[2].since, made[2].until, made[2].span_by) == (date(2026, 10, 29), date(2026, 11, 4), "rows")
    assert there() == ["10-03 21", "10-29 04", "11-02 04", "11-04 04", "11-20 21"]
    assert states(*made) == ["published"] * 3
    services.undo(actor=officer, decision_id=made[2].decisions.get().id)
    assert (there(), states(made[2])) == (["10-03 21", "10-30 21", "11-02 21", "11-20 21"], ["draft"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("112_202610.csv", ("2026-10-01", "2026-10-31")),
        ("112신고 2026년 2월.csv", ("2026-02-01", "2026-02-28")),
        ("112_2025.csv", ("2025-01-01", "2025-12-31")),
        ("사고_202511~202602 (1).csv", ("2025-11-01", "2026-02-28")),
        ("112_20261101.csv", None),
        ("112_2026-11-01.csv", None),
        ("112.csv", None),
        ("사고 (2026.8.1기준).csv", None),
    ],
)
def test_a_period_is_a_month_or_year_in_the_name(name: str, said: tuple[str, str] | None) -> None:
    """If this fails, the day of an export is taken for a period, or a month's name is missed."""
    found = series.named(name)
    assert (tuple(str(day) for day in found) if found else None) == said


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_every_day_comes_from_the_newest_that_covers_it(spans: list[tuple[int, int]]) -> None:
    """Whatever overlaps: each day's rows are those of the newest vintage that covers the day, once."""
    first = date(2026, 1, 1)
    stack, tables = [], {}
    for number, (start, length) in enumerate(spans):
        since, until = first + timedelta(days=start), first + timedelta(days=start + length)
        one = Vintage(kind="call112", since=since, until=until, part=f"{since}/{until}")
        stack.append(one)
        days = [since + timedelta(days=day) for day in range(length + 1)]
        tables[str(one.id)] = pl.DataFrame(
            {
                "key": [str(day) for day in range(len(days))],
                "time_from": [datetime(day.year, day.month, day.day, number) for day in days],
            }
        )
    found = series.rows(stack, tables)
    wanted = {}
    for number, one in reversed(list(enumerate(stack))):
        for moment in tables[str(one.id)]["time_from"]:
            wanted[moment.date()] = number
    assert {moment.date(): moment.hour for moment in found["time_from"]} == wanted
    assert found.height == len(wanted)
    whole = [one for place, one in enumerate(stack) if not series.covered(one, stack[:place])]
    assert series.rows(whole, tables).height == len(wanted), "a covered one gives nothing"


def nightly(agency: Agency, folder: Path) -> list[Vintage]:
    """What a run over a folder does with its files."""
    paths = files_in(folder)
    together = frozenset(path.name for path in paths)
    kept = []
    for path in paths:
        draft = services.prepare(
            actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT
        )
        kept.append(services.keep(actor=nights.job(agency), draft=draft, together=together))
    return kept


def snapshot() -> Any:
    """Everything published, with when it was."""
    return (
        list(Facility.objects.order_by("key").values_list("key", "vintage", "published")),
        list(Vintage.objects.order_by("created").values_list("file_name", "state")),
    )


def test_files_of_one_series_in_a_folder_stand_still(tmp_path: Path, agency: Agency) -> None:
    """Two files of a series and date are in use together, equal rows once; an older one is history; the next
    nights change nothing at all.
    """
    nights.cctv_csv(tmp_path / "중구_CCTV.csv", rows=30)
    nights.cctv_csv(tmp_path / "중구_CCTV (1).csv", rows=30)
    lines = (tmp_path / "중구_CCTV (1).csv").read_bytes().decode("cp949").split("\r\n")
    lon, lat = nights.points(60)[50]
    del lines[11:31]
    lines.insert(1, f"중구청,,부산광역시 중구 새길 1,생활방범,4,{lat},{lon},2026-10-01")
    (tmp_path / "중구_CCTV (1).csv").write_bytes("\r\n".join(lines).encode("cp949"))
    nights.cctv_csv(tmp_path / "중구_CCTV_20240101.csv", rows=25)
    kept = nightly(agency, tmp_path)
    found = {row.file_name: row for row in Vintage.objects.all()}
    assert len({row.dataset_id for row in kept}) == 1
    assert {name: str(row.state) for name, row in found.items()} == {
        "중구_CCTV.csv": "published",
        "중구_CCTV (1).csv": "published",
        "중구_CCTV_20240101.csv": "superseded",
    }
    assert "newer_here" in found["중구_CCTV_20240101.csv"].warnings
    before = snapshot()
    assert len(before[0]) == 31
    for _night in range(2):
        nightly(agency, tmp_path)
        assert snapshot() == before
    (tmp_path / "중구_CCTV (1).csv").write_bytes("\r\n".join(lines[:1] + lines[2:]).encode("cp949"))
    nightly(agency, tmp_path)
    assert (Facility.objects.count(), found["중구_CCTV.csv"].state) == (30, State.PUBLISHED)


def test_a_large_vintage_is_published_by_a_job(
    tmp_path: Path, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The click answers at once; until the job is done nobody else decides; it survives a killed worker."""
    monkeypatch.setattr(publishing, "LARGE", 10)
    one = hand_in(agency, nights.cctv_csv(tmp_path / "중구_CCTV_20261001.csv"))
    person = make_person("data_officer", agency)
    client, address = signed_in(person), f"/data/vintages/{one.id}/"
    assert client.post(f"{address}approve/").status_code == 302
    assert (states(one), Facility.objects.count()) == (["draft"], 0)
    text = client.get(address).content.decode()
    assert (f"{address}approve/" in text, 'role="progressbar"' in text or "<progress" in text) == (
        False,
        True,
    )
    other = make_actor("safety_officer", agency)
    for act in (
        lambda: services.approve(actor=other, vintage_id=one.id),
        lambda: services.reject(actor=other, vintage_id=one.id, reason="not this one"),
    ):
        with pytest.raises(UserError) as caught:
            act()
        assert caught.value.code == "being_published"
    with pytest.raises(PermissionDenied):
        services.approve(actor=make_actor("auditor", agency), vintage_id=one.id)
    job = Job.objects.get(kind=publishing.JOB)
    assert claim(job.id, worker="killed") is not None
    Job.objects.filter(id=job.id).update(lease_until=datetime(2026, 1, 1).astimezone())
    worker = Worker(threading.Event(), worker_id="w")
    for _try in range(3):
        worker.run_one()
        if Job.objects.get(id=job.id).state == Job.State.DONE:
            break
        requeue(job.id)
    assert (states(one), Facility.objects.count()) == (["published"], 30)
    decision = one.decisions.get()
    assert (decision.person_id, decision.act, decision.added) == (person.pk, "approve", 30)
    services.undo(actor=other, decision_id=decision.id)
    assert Facility.objects.count() == 30
    while Job.objects.filter(state="queued").exists():
        worker.run_one()
    undone = Job.objects.filter(kind=publishing.JOB).latest("created")
    assert (undone.state, undone.error) == ("done", "")
    assert (states(one), Facility.objects.count()) == (["draft"], 0)


def requeue(job_id: Any) -> None:
    """What the recovery does with a job whose worker was killed."""
    from sunra.platform.jobs import runner

    runner.requeue(Job.objects.get(id=job_id))


def test_a_job_that_comes_too_late_changes_nothing(
    tmp_path: Path, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided otherwise meanwhile stands; the page says why the job ended."""
    monkeypatch.setattr(publishing, "LARGE", 10)
    one = hand_in(agency, nights.cctv_csv(tmp_path / "중구_CCTV_20261001.csv"))
    services.approve(actor=make_actor("data_officer", agency), vintage_id=one.id)
    Vintage.objects.filter(id=one.id).update(state=State.REJECTED)
    Worker(threading.Event(), worker_id="w").run_one()
    job = Job.objects.get(kind=publishing.JOB)
    assert (job.state, job.error_code, Facility.objects.count()) == ("failed", "vintage_state", 0)
    client = signed_in(make_person("data_officer", agency))
    assert job.error.split(".")[0] in client.get(f"/data/vintages/{one.id}/").content.decode()
