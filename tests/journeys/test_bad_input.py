"""Every kind of bad input, at the command and at the drop-off: a clear answer with file, row, field and
remedy, nothing lost that was accepted before, and the other files still used.
"""

import io
import json
import os
import struct
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from sunra.cli import tonight as command
from sunra.core.tables import messages
from sunra.journeys.offices import district_of
from sunra.journeys.words import in_words
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.platform.places.models import Facility
from sunra.systems.patrols.models import Plan
from sunra.systems.patrols.services import plans
from sunra.systems.sharing import texts
from sunra.systems.sharing.models import QuarantinedRow, Vintage
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
HEADER = nights.CCTV_HEADER
GOOD = "좋은_CCTV.csv"


def _claims() -> bytes:
    """A small archive whose directory says that its table has 2 GB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cctv.csv", HEADER + "\n")
    data = bytearray(packed.getvalue())
    entry = data.find(b"PK\x01\x02")
    for at in (22, entry + 24):
        data[at : at + 4] = struct.pack("<I", 2 * 1024**3)
    return bytes(data)


def _row(text: str) -> bytes:
    return f"{HEADER}\n{text}\n".encode("cp949")


BAD: dict[str, tuple[bytes, str, int, str]] = {
    "empty.csv": (b"", "empty_file", 0, ""),
    "binary.csv": (bytes(range(256)) * 40, "not_a_table", 0, ""),
    "claims.zip": (_claims(), "too_large", 0, ""),
    "quotes.csv": (_row('"중구청,,부산\n' + "x,y\n" * 9), "unclosed_quote", 2, ""),
    "encoding.csv": (_row("중구청") + b"\xff\xfe\xfa", "bad_encoding", 3, ""),
    "header.csv": (HEADER.encode("cp949"), "header_only", 0, ""),
    "columns.csv": ("요리,가격\n김밥,3000\n".encode(), "unknown_kind", 2, ""),
    "sea.csv": (_row("중구청,,부산광역시 중구 1,생활방범,1,34.0,129.9,2026-10-01"), "at_sea", 2, "lon"),
    "code.csv": ("법정동코드,위도,경도\n9999999999,35.1,129.03\n".encode(), "unknown_kind", 2, ""),
    "formulas.csv": (b"=1+1,=A1\n=SUM(A1:A9),@SUM(1)\n", "unknown_kind", 2, ""),
    "calls.csv": (_row("=A1,=A1,=A1,=A1,=A1,=A1,=A1,=A1"), "bad_number", 2, "cameras"),
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A short search, and no migrations of a database that has had them."""
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)
    monkeypatch.setattr(command, "prepare", lambda: None)
    return


def tonight(folder: Path | str, *more: str, **env: str) -> Any:
    """The command, as a person types it."""
    args = ["--district", nights.DISTRICT, "--data", str(folder), "--day", "2026-11-20", *more]
    return CliRunner(env=env).invoke(command.tonight, args)


def test_bad_files_are_told_and_the_good_one_is_used(tmp_path: Path) -> None:
    """One folder with every bad file: exit code 0, a plan from the good file, and of each bad one the file,
    the row, the field and the remedy, on standard error for people and in the JSON for programs.
    """
    folder = tmp_path / "자료 폴더"
    folder.mkdir()
    nights.cctv_csv(folder / GOOD)
    for name, (content, *_rest) in BAD.items():
        (folder / name).write_bytes(content)
    result = tonight(f"{folder}/", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert [one["file"] for one in answer["files"]] == sorted([*BAD, GOOD])
    found = {one["file"]: one for one in answer["files"]}
    assert found[GOOD]["published"] == 30
    for name, (_content, code, line, field) in BAD.items():
        one = found[name]
        assert one["rows"] == one["accepted"] + one["merged"] + one["quarantined"]
        told = next(problem for problem in one["problems"] if problem["code"] == code)
        assert (told["line"], told["field"]) == (line, field), name
        assert told["message"] != code
        assert told["remedy"]
        said = [
            text for text in result.stderr.splitlines() if text.startswith(f"{name}:") or f"{name} ·" in text
        ]
        assert any(told["message"] in text and told["remedy"] in text for text in said), name
    assert sum(one["stops"] for one in answer["plan"]["teams"]) > 0


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_takes_nothing_away(tmp_path: Path, name: str) -> None:
    """Good yesterday and bad today: what it gave yesterday stays, and today's has its reason."""
    ending = Path(name).suffix
    place = tmp_path / f"same{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(place, "w") as archive:
            archive.write(nights.cctv_csv(tmp_path.parent / "inner.csv"), "inner.csv")
    else:
        nights.cctv_csv(place)
    assert tonight(tmp_path, "--json").exit_code == 0
    before = Facility.objects.count()
    assert before == 30
    place.write_bytes(BAD[name][0])
    result = tonight(tmp_path, "--json")
    assert result.exit_code == 0, result.output
    assert Facility.objects.count() == before
    assert json.loads(result.stdout)["files"][0]["problems"][0]["code"] == BAD[name][1]


@pytest.mark.parametrize("name", BAD)
def test_alone_a_bad_file_gives_no_plan_and_says_why(tmp_path: Path, name: str) -> None:
    """Exit code 1 and the file with its reason and its remedy; no trace, no plan."""
    (tmp_path / name).write_bytes(BAD[name][0])
    result = tonight(tmp_path, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing_located" in result.stderr
    row = QuarantinedRow.objects.first()
    assert row is not None
    for part in (name, str(texts.reason(row.reason)), str(texts.remedy(row.remedy))):
        assert part in result.stderr
    assert "Traceback" not in result.stderr
    assert not Plan.objects.exists()


def test_an_english_terminal_reads_english(tmp_path: Path) -> None:
    """The words follow the terminal's language; the default is Korean."""
    (tmp_path / "sea.csv").write_bytes(BAD["sea.csv"][0])
    assert "The point lies in the sea." in tonight(tmp_path, LC_ALL="en_US.UTF-8").stderr
    assert "점이 바다에 있습니다." in tonight(tmp_path, LC_ALL="ko_KR.UTF-8").stderr


def test_links_out_of_the_folder_are_not_opened(tmp_path: Path) -> None:
    """A link to a file elsewhere is named and never read, a link within the folder is; loops end."""
    outside = nights.cctv_csv(tmp_path / "outside.csv", rows=12)
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    real = nights.cctv_csv(folder / "deep" / GOOD)
    (folder / "secret.csv").symlink_to(outside)
    (folder / "inside.csv").symlink_to(real)
    (folder / "gone.csv").symlink_to(tmp_path / "nowhere")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")
    found = {one["file"]: one for one in json.loads(tonight(folder, "--json").stdout)["files"]}
    assert list(found) == [f"deep/{GOOD}", "inside.csv", "secret.csv"]
    assert found["secret.csv"]["problems"][0]["code"] == "outside_folder"
    assert found["secret.csv"]["rows"] == 0
    assert found["inside.csv"]["rows"] == 33


def test_equal_names_in_two_folders_are_two_files(tmp_path: Path) -> None:
    """A folder of folders: each file keeps its place, neither replaces the other."""
    for name, rows in (("가", 30), ("나", 20)):
        (tmp_path / name).mkdir()
        nights.cctv_csv(tmp_path / name / "cctv.csv", rows=rows)
    answer = json.loads(tonight(tmp_path, "--json").stdout)
    assert [one["file"] for one in answer["files"]] == ["가/cctv.csv", "나/cctv.csv"]
    assert Facility.objects.count() == 50


def test_a_folder_of_empty_folders_and_a_file_as_folder(tmp_path: Path) -> None:
    """Exit code 2, the path and what to give instead."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "x.txt").write_text("x")
    for place, code in ((tmp_path / "a", "empty_folder"), (tmp_path / "x.txt", "no_folder")):
        result = tonight(place)
        assert (result.exit_code, result.stdout) == (2, "")
        assert code in result.stderr
        assert str(place) in result.stderr


def test_a_folder_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From where one stands, with spaces and Korean in the path; twice gives the same answer."""
    folder = tmp_path / "우리 동네"
    folder.mkdir()
    nights.cctv_csv(folder / GOOD)
    monkeypatch.chdir(tmp_path)
    first, second = (json.loads(tonight("우리 동네/", "--json").stdout) for _ in range(2))
    assert [one["file"] for one in first["files"]] == [GOOD]
    assert first["plan"]["id"] == second["plan"]["id"]
    assert {key: first[key] for key in first if key != "seconds"} == {
        key: second[key] for key in second if key != "seconds"
    }


def test_a_district_without_anything_says_so(tmp_path: Path) -> None:
    """A good file of another district: exit code 1, the file, and that its rows lie elsewhere."""
    nights.cctv_csv(tmp_path / GOOD, district=nights.NEIGHBOUR)
    result = tonight(tmp_path, "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert GOOD in result.stderr


def test_words_hold_every_figure(tmp_path: Path) -> None:
    """What people read has the balance of each file, the teams and the exports."""
    nights.cctv_csv(tmp_path / GOOD)
    answer = json.loads(tonight(tmp_path, "--json").stdout)
    text = in_words(answer)
    assert "33" in text
    assert all(team["team"] in text for team in answer["plan"]["teams"])
    assert all(path in text for path in answer["exports"].values())


def test_every_code_of_the_reader_has_words() -> None:
    """No reason, remedy, warning or error of the table reader reaches a page as a bare code."""
    assert set(messages.REASONS) <= set(texts.REASONS)
    assert set(messages.REMEDIES) <= set(texts.REMEDIES)
    assert set(messages.WARNINGS) <= set(texts.WARNINGS)
    assert set(messages.ERRORS) <= set(texts.ERRORS)


@pytest.mark.parametrize("name", BAD)
def test_the_drop_off_answers_every_bad_file(name: str) -> None:
    """Refused at the door with its remedy, or read to a receipt that names row, field, reason and remedy;
    what was there stays.
    """
    agency = nights.office()
    nights.with_facilities(agency)
    officer = signed_in(make_person("data_officer", agency))
    content, code, line, field = BAD[name]
    answer = officer.post("/data/drop-off/", {"file": SimpleUploadedFile(name, content)})
    page = answer.content.decode()
    if answer.status_code != 302:
        assert answer.status_code == 400
        assert "field-error" in page
        assert not Job.objects.filter(kind="sharing.import").exists()
    else:
        assert Worker(threading.Event(), worker_id="w").run_one()
        assert Job.objects.get(kind="sharing.import").state == "done"
        page = officer.get(f"/data/vintages/{Vintage.objects.get().id}/").content.decode()
        row = QuarantinedRow.objects.first()
        assert row is not None
        assert (row.reason, row.line, row.field) == (code, line, field)
        assert str(texts.reason(code)) in page
        assert str(texts.remedy(row.remedy)) in page
    assert Facility.objects.count() == 40


def test_an_old_code_is_the_same_district() -> None:
    """Gangwon's and Jeonbuk's codes of before 2023 lead to the present district."""
    assert [district_of(code).code for code in ("42110", "45111")] == ["51110", "52111"]
