"""Every verb: help, exit codes, and errors in words."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from django.core.management.base import SystemCheckError
from django.db import OperationalError

from sunra.cli import errors, main, processes
from sunra.cli.main import VERBS, cli

ROOT = Path(__file__).resolve().parents[2]


def _every_command() -> list[list[str]]:
    found: list[list[str]] = []
    context = click.Context(cli)
    for verb in VERBS:
        command = cli.get_command(context, verb)
        found.append([verb])
        if isinstance(command, click.Group):
            found += [[verb, name] for name in command.list_commands(context)]
    return found


@pytest.mark.parametrize("words", _every_command(), ids=" ".join)
def test_every_verb_explains_itself(words: list[str]) -> None:
    """If this fails, a verb or one of its options is a riddle."""
    done = CliRunner().invoke(cli, [*words, "--help"])
    assert done.exit_code == 0
    command: click.Command | None = cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    assert command.help
    assert command.help.split(".")[0].split("\n")[0][:30] in done.output
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{words}: {option.name} has no help"


def test_the_list_of_verbs_is_shown_without_loading_them() -> None:
    """If this fails, a newcomer doesn't see what there is."""
    done = CliRunner().invoke(cli, ["-h"])
    assert done.exit_code == 0
    for verb, (_module, _attribute, _django, text) in VERBS.items():
        assert verb in done.output
        assert text[:20] in done.output
    assert re.search(r"sunra, version \d", CliRunner().invoke(cli, ["--version"]).output)


@pytest.mark.parametrize("words", [[], ["nonsense"], ["cell"], ["tables"], ["ledger", "nonsense"]])
def test_wrong_use_ends_with_2(words: list[str]) -> None:
    """If this fails, a script takes a typing error for a result."""
    assert CliRunner().invoke(cli, words).exit_code == 2


def test_the_guide_lists_the_verbs_that_exist() -> None:
    """If this fails, the guide names a verb that isn't there, or leaves one out."""
    section = (ROOT / "docs/guide/programs.md").read_text("utf-8").partition("## Command")[2]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    told = [words.removeprefix("sunra ") for row in rows for words in re.findall(r"`([^`]+)`", row)]
    assert told
    assert {words.split()[0] for words in told} == set(VERBS)
    known = {" ".join(words) for words in _every_command()}
    assert set(told) <= known


class _Known(Exception):  # noqa: N818 - stands for any error of ours
    code = "some.code"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (_Known("what and what to do"), "what and what to do [some.code]"),
        (OperationalError("no such table: ledger_chain"), "sunra setup"),
        (OperationalError("connection failed: refused\nIs the server running?"), "DATABASE_URL"),
        (SystemCheckError("accounts.E002: demonstration accounts"), "refuses to start"),
        (PermissionError(13, "Permission denied", "/var/lib/sunra"), "/var/lib/sunra: Permission denied"),
    ],
)
def test_what_people_can_mend_is_said_in_words(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If this fails, a missing set-up or a wrong address ends in a trace."""

    def fails(**_options: object) -> None:
        raise error

    monkeypatch.setattr(main.cli, "main", fails)
    with pytest.raises(SystemExit) as ended:
        main.main(["setup"])
    assert ended.value.code == 1
    assert said in capsys.readouterr().err


def test_a_fault_of_ours_keeps_its_trace() -> None:
    """If this fails, a fault is hidden behind a polite sentence."""

    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        errors.in_words(fails)
    assert errors.explain(OSError("no file concerned")) is None


@pytest.mark.parametrize("words", [["127.0167", "37.5894"], ["다사", "573", "545"], ["다사5733", "5455"]])
def test_cell_both_ways(words: list[str]) -> None:
    """If this fails, point and printed number don't lead to the same cell."""
    if len(words) == 2 and words[0].startswith("다사"):
        words = ["다사 5733 5455"]
    done = CliRunner().invoke(cli, ["cell", *words])
    assert done.exit_code == 0
    assert "cell: 다사 573 545\ncell_e: 9573\ncell_n: 19545" in done.output
    assert '"cell": "다사 573 545"' in CliRunner().invoke(cli, ["cell", *words, "--json"]).output


@pytest.mark.parametrize(
    "words", [["가나다"], ["37.5", "127.0"], ["0", "0"], ["nan", "inf"], ["-127", "37"], ["1", "2", "3"]]
)
def test_what_is_no_cell_is_said_in_words(words: list[str]) -> None:
    """If this fails, swapped coordinates end in a trace or in a cell in the sea."""
    done = CliRunner().invoke(cli, ["cell", *words])
    assert done.exit_code == 2
    assert "longitude" in done.output
    assert "Traceback" not in done.output


def test_tables_read_says_what_is_in_a_file(tmp_path: Path) -> None:
    """If this fails, rows vanish without a word."""
    good = tmp_path / "cctv.csv"
    head = "관리기관명,소재지도로명주소,소재지지번주소,설치목적구분,카메라대수,위도,경도,데이터기준일자"
    good.write_text(
        f"{head}\n성북구청,,서울특별시 성북구 삼선동1가 1,생활방범,2,37.5894,127.0167,2024-01-01\n"
        "성북구청,,,생활방범,1,x,y,2024-01-01\n",
        "utf-8",
    )
    done = CliRunner().invoke(cli, ["tables", "read", str(good)])
    assert done.exit_code == 0
    assert "cctv.csv: cctv, 2 rows = 1 accepted + 0 merged + 1 quarantined" in done.output


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b"\x00\x01\x02\xff" * 50, ""), (b'a,b\n"x,1\ny,2\n' * 3, ""), (b"a,b\n", "")],
)
def test_a_hostile_file_is_refused_in_words(tmp_path: Path, content: bytes, code: str) -> None:
    """If this fails, one broken file ends in a trace, or looks as if it were read."""
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    done = CliRunner().invoke(cli, ["tables", "read", str(path)])
    assert done.exit_code == 1
    assert f"bad.csv: refused [{code}" in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert CliRunner().invoke(cli, ["tables", "read", "--json", str(path)]).exit_code == 1


def test_a_missing_file_and_an_empty_folder(tmp_path: Path) -> None:
    """If this fails, a typing error in a path looks like an empty result."""
    assert CliRunner().invoke(cli, ["tables", "read", str(tmp_path / "none.csv")]).exit_code == 2
    done = CliRunner().invoke(cli, ["tables", "read", str(tmp_path)])
    assert (done.exit_code, done.output) == (1, "no files there\n")


def test_up_refuses_without_assets(tmp_path: Path, settings) -> None:
    """If this fails, pages are served without their looks and nobody knows why."""
    settings.STATIC_ROOT, settings.ASSETS_DIR = tmp_path / "static", tmp_path
    for command, words in ((processes.up, ["--port", "0"]), (processes.web, ["--port", "0"])):
        done = CliRunner().invoke(command, words)
        assert done.exit_code == 1
        assert f"no assets in {tmp_path}. Run `sunra assets`" in done.output


def test_demo_data_exists_in_demo_mode_only(settings) -> None:
    """If this fails, known passwords get into an installation in earnest."""
    settings.DEMO = False
    for words in (["demo"], ["demo", "--code"]):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 2
        assert "SUNRA_DEMO=true" in done.output
    settings.DEMO = True
    assert re.fullmatch(r"\d{6}\n", CliRunner().invoke(cli, ["demo", "--code"]).output)
