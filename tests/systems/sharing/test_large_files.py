"""Files too large for one piece: handed in like any other, read in parts, with the same result."""

import os
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sunra.core import tables
from sunra.core.tables import longtext
from sunra.platform.agencies.models import Agency
from sunra.platform.base.home import home
from sunra.platform.files import services as files
from sunra.platform.jobs import recovery
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.errors import Interrupted
from sunra.platform.jobs.models import Job
from sunra.systems.sharing import selectors, services, shelf
from sunra.systems.sharing.models import Dataset, DropOff, QuarantinedRow, Screening, Vintage
from sunra.systems.sharing.services import drop_off, mapping, persons
from sunra.systems.sharing.services.vintages import sweep
from tests.core.tables import made
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing.test_drop_off import read_all, upload

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
BOOKKEEPING = {"id", "created", "updated", "table", "table_sha256", "rejects", "rejects_sha256"}


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it makes every text a large one, in parts of seven rows."""

    def switch() -> None:
        monkeypatch.setattr(longtext, "STREAMED", 1)
        monkeypatch.setattr(tables, "read_stream", partial(tables.read_stream, part_rows=7))

    return switch


def cameras(folder: Path, name: str, *, first: int = 0) -> Path:
    """Cameras with a repetition, one at sea, one elsewhere, a formula, a clerk's telephone, a cut row."""
    path = nights.cctv_csv(folder / name, rows=30)
    lines = path.read_bytes().decode("cp949").split("\r\n")
    lines[5] = lines[5].replace("생활방범", "=1+1")
    lines[9] = lines[9].replace("부산광역시 중구 8", "부산광역시 중구 8 (010-1234-5678)")
    lines[12] += ",zu viel"
    path.write_bytes("\r\n".join([lines[0], *lines[1 + first :], '중구청,,"cut']).encode("cp949"))
    return path


def with_persons(folder: Path, name: str) -> Path:
    """Cameras with the names of clerks."""
    rows = [
        f"중구청,부산광역시 중구 {n},생활방범,2,{lat},{lon},김철{'수민호'[n % 3]},2026-10-01"
        for n, (lon, lat) in enumerate(nights.points(20))
    ]
    head = "관리기관명,소재지지번주소,설치목적구분,카메라대수,위도,경도,담당자명,데이터기준일자"
    return made.save(folder / name, "\r\n".join([head, *rows]), "utf-8")


def unknown(folder: Path, name: str) -> Path:
    """Lights under names of columns that nobody knows."""
    rows = [f"{n},{lon},{lat},부산 중구 {n}" for n, (lon, lat) in enumerate(nights.points(20))]
    return made.save(folder / name, "\r\n".join(["번,곳,갑,을", *rows]), "utf-8")


def packed(folder: Path, name: str) -> Path:
    """The cameras in a ZIP."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(cameras(folder, "중구_CCTV.csv"), "중구_CCTV.csv")
    return path


def vintages(agency: Agency, *paths: Path) -> list[dict[str, Any]]:
    """Everything that is kept of the files, one imported and published after the other; then forgotten."""
    kept = []
    for path in paths:
        one = services.import_file(
            actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT
        )
        fields = {
            field.attname: getattr(one, field.attname)
            for field in Vintage._meta.concrete_fields
            if field.name not in {*BOOKKEEPING, "dataset", "compared", "taken"}
        }
        rows = list(one.quarantine.values_list("line", "field", "reason", "value", "remedy"))
        parts = [shelf.table(one).sort("line").to_dicts() if one.table else None]
        changes = shelf.changes(one)
        parts += [
            shelf.rejects(one).to_dicts(),
            changes.sort("key").to_dicts() if changes is not None else [],
        ]
        kept.append({**fields, "title": one.dataset.title, "aside": rows, "parts": parts})
    Vintage.objects.all().delete()
    Dataset.objects.all().delete()
    return kept


@pytest.mark.parametrize("kind", ["cameras", "zip", "persons", "refused", "unknown", "mapped", "broken"])
def test_both_paths_keep_the_same(
    tmp_path: Path, agency: Agency, small_parts: Callable[[], None], kind: str
) -> None:
    """Balance, warnings, every row kept and put aside, the comparison with the vintage in use: row by row."""
    paths = {
        "cameras": lambda: [
            cameras(tmp_path, "중구_CCTV_202609.csv"),
            cameras(tmp_path, "중구_CCTV_202610.csv", first=4),
        ],
        "zip": lambda: [packed(tmp_path, "중구_CCTV.zip")],
        "persons": lambda: [with_persons(tmp_path, "중구_CCTV.csv")],
        "refused": lambda: [with_persons(tmp_path, "중구_CCTV.csv")],
        "unknown": lambda: [unknown(tmp_path, "모름.csv")],
        "mapped": lambda: [unknown(tmp_path, "모름.csv")],
        "broken": lambda: [made.save(tmp_path / "중구.csv", b"a,b\n1,2\n\xff\xff\n")],
    }[kind]()
    if kind == "persons":
        services.import_file(actor=nights.job(agency), agency_id=agency.id, path=paths[0])
        persons.decide(
            actor=make_actor("data_officer", agency), agency_id=agency.id, title="중구_CCTV",
            columns={"담당자명": "pseudonym"}, reason="needed without names",
        )  # fmt: skip
        Vintage.objects.all().delete()
    if kind == "mapped":
        told = mapping.fingerprint(paths[0])
        mapping.ColumnMapping.objects.create(
            agency=agency, fingerprint=told, kind="security_light", columns={"lon": 1, "lat": 2}
        )
    whole = vintages(agency, *paths)
    small_parts()
    in_parts = vintages(agency, *paths)
    assert in_parts == whole
    assert bool(whole[0]["rows"]) == (kind not in {"refused", "broken"})
    if kind == "cameras":
        assert {"formulas", "cut_off"} <= set(whole[0]["warnings"])
        assert whole[1]["changes"]["gone"] == 3
        assert min(whole[0][name] for name in ("merged", "quarantined", "elsewhere", "published")) > 0
    assert not list((home() / "tmp").iterdir())
    assert not list((home() / "tables" / "sharing" / "arriving").glob("*"))
    assert Screening.objects.filter(agency=agency).count() == (kind in {"persons", "refused"})


def test_a_killed_reading_is_taken_up_again_and_ends_once(
    tmp_path: Path, agency: Agency, small_parts: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies while it reads, another is taken for dead: one vintage, one receipt, no rest."""
    client = signed_in(make_person("data_officer", agency))
    client.post("/data/drop-off/", {"file": upload(tmp_path, "중구_CCTV.csv")})
    small_parts()
    progress, seen = JobContext.progress, list[int]()

    def dying(self: JobContext, done: int, total: int, note: str = "") -> None:
        progress(self, done, total, note)
        seen.append(done)
        if done > 60 and self.lease.fence == 1:
            found = selectors.receipt(make_actor("data_officer", agency), DropOff.objects.get().id)
            assert (found.busy, found.reading[0][0], found.done) == (True, "중구_CCTV.csv", 0)
            raise Interrupted
        if done == 99 and self.lease.fence == 3:
            Job.objects.update(fence=4)

    monkeypatch.setattr(JobContext, "progress", dying)
    read_all()
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert (Vintage.objects.count(), Job.objects.get().state) == (0, "queued")
    read_all()
    assert Vintage.objects.count() == 0
    Job.objects.update(lease_until="2026-01-01T00:00:00Z")
    assert recovery.reap() == 1
    read_all()
    assert (Vintage.objects.get().rows, Job.objects.get(kind="sharing.import").state) == (33, "done")
    assert DropOff.objects.get().files.get().state == "read"
    assert QuarantinedRow.objects.count() == Vintage.objects.get().quarantined
    assert not list((home() / "tables" / "sharing" / "arriving").glob("*"))


def test_what_a_killed_worker_left_is_swept(tmp_path: Path, agency: Agency) -> None:
    """Half a table on the shelf and a working folder go after a day, not before."""
    left = shelf.arriving(uuid4(), "x.csv", "table")
    left.path.write_bytes(b"half")
    room = home() / "tmp" / "reading-x"
    room.mkdir()
    services.import_file(actor=nights.job(agency), agency_id=agency.id, path=cameras(tmp_path, "a.csv"))
    sweep()  # what other tests of this process have left to age
    assert room.exists()
    assert left.path.exists()
    for path in (left.path, room):
        os.utime(path, (time.time() - 90_000,) * 2)
    services.import_file(
        actor=nights.job(agency), agency_id=agency.id, path=cameras(tmp_path, "b.csv", first=1)
    )
    assert sweep() == 1
    assert not room.exists()
    assert not left.path.exists()


def test_the_page_says_how_large_and_refuses_beyond(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits stand beside the field; a file above them is refused with what to do, and nothing stays."""
    client = signed_in(make_person("data_officer", agency))
    page = client.get("/data/drop-off/").content.decode().replace(" MB", "MB")
    assert f"{drop_off.MOST_MB}MB" in page
    assert f"{drop_off.WHOLE_MB}MB" in page
    kind = files.Kind(files.KINDS["dataset"].types, 1024**2)
    monkeypatch.setitem(files.KINDS, "dataset", kind)
    large = SimpleUploadedFile("큰.csv", b"a,b\n" * 300_000)
    answer = client.post("/data/drop-off/", {"file": large})
    assert answer.status_code == 400
    assert "1MB" in answer.content.decode().replace(" ", "")
    assert not DropOff.objects.exists()
