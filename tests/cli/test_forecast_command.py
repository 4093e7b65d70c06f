"""``sunra forecast backtest``: a clear answer for good files and for every bad one."""

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from sunra.cli import eventfile
from sunra.cli.main import cli
from sunra.core.forecast import layout
from sunra.core.forecast.backtest import backtest
from sunra.core.forecast.counts import CountAll
from sunra.core.forecast.history import History
from sunra.core.forecast.scorecard import scorecard
from tests.shared import shared_data

FIRST = dt.date(2023, 1, 2)
GRID = ("--crs", "5179", "--project", "5179", "--cell", "100")
BOX = ("--origin", "950000", "1950000", "--shape", "20", "15")


def lines(n: int = 900, *, days: int = 420, seed: int = 4) -> list[str]:
    """Rows around one hot corner: time, category, x, y."""
    random = np.random.default_rng(seed)
    x, y = (950_000 + np.minimum(random.exponential(300, n), 1400) for _ in range(2))
    day = np.sort(random.integers(0, days, n))
    kind = np.where(random.random(n) < 0.8, "거리", "주거")
    return [
        f"{FIRST + dt.timedelta(days=int(d))}T{7 + i % 17:02d}:30,{k},{e:.1f},{1_000_000 + f:.1f}"
        for i, (d, k, e, f) in enumerate(zip(day, kind, x, y, strict=True))
    ]


def write(path: Path, rows: list[str], header: str = "time,category,x,y") -> Path:
    """A file as Korean agencies write it."""
    path.write_bytes("\r\n".join((header, *rows)).encode("cp949"))
    return path


def run(
    path: Path, *more: str, columns: tuple[str, ...] = ("--time", "time", "--x", "x", "--y", "y")
) -> Result:
    """The command in this process."""
    return CliRunner().invoke(cli, ["forecast", "backtest", str(path), *columns, *GRID, *more])


def figures(done: Result) -> dict[str, Any]:
    """The JSON it printed."""
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_json_holds_every_figure_and_counts_every_row(tmp_path: Path) -> None:
    """If this fails, a program lacks a promised figure, or rows vanish without a reason."""
    bad = [
        ",거리,950010,1950010",
        "어제,거리,950010,1950010",
        "2023-02-30,거리,950010,1950010",
        "2023-02-03,거리,,1950010",
        "2023-02-03,거리,네거리,1950010",
        "2023-02-03,거리,0,0",
        "2023-02-03,거리,1200010,1950010",
        "2031-02-03,거리,950010,1950010",
        "2022-12-01,거리,950010,1950010",
        "2023-02-03,거리,950010",
    ]
    path = tmp_path / "사건.csv.gz"
    path.write_bytes(gzip.compress(write(tmp_path / "a.csv", [*lines(), *bad]).read_bytes()))
    done = run(path, *BOX, "--where", "category=거리", "--start", "2023-01-02", "--period", "7d",
               "--score", "50:60", "--shares", ".01", ".05", ".10", "--seed", "0", "--json")  # fmt: skip
    found = figures(done)
    assert set(found["methods"]) == {"sunra", "count_all", "count_52w", "count_8w"}
    for one in found["methods"].values():
        assert {"hr", "pai", "pei", "loglik", "obs_exp"} <= one.keys()
        assert list(one["hr"]) == ["0.01", "0.05", "0.1"]
        assert len(one["obs_exp"]) == 10
        assert 0 <= one["hr"]["0.05"] <= one["hr"]["0.1"] <= 1
        assert set(one["coverage"]) == {"cell", "block", "all"}
        assert all(0 <= share <= 1 for share, _ in one["coverage"].values())
    assert all(len(pair) == 2 for pair in found["paired"].values())
    assert found["seconds_per_forecast"] > 0
    assert found["train_seconds"] > 0
    assert found["cells"] == 300
    assert found["score"] == [50, 60]
    left = found["read"]["left_out"]
    assert left.items() >= {
        "no_time": 1, "bad_time": 2, "no_coordinate": 1, "bad_coordinate": 1, "zero_coordinate": 1,
        "future": 1, "before_start": 1, "field_count": 1,
    }.items()  # fmt: skip
    assert left["outside_grid"] >= 1
    assert left["filtered"] > 100
    assert found["read"]["rows"] == 910 == found["read"]["used"] + sum(left.values())
    assert "forecasts" in done.stderr


def test_a_person_reads_a_table(tmp_path: Path) -> None:
    """If this fails, whoever leaves out --json gets no answer, or --period and --score have no default."""
    done = run(write(tmp_path / "a.csv", lines()))
    assert done.exit_code == 0, done.output
    for word in ("count_52w", "hit rate %", "sunra less count_all", "obs/exp", "sunra used", "s a forecast"):
        assert word in done.stdout


def test_a_hull_knows_nothing_of_later_events(tmp_path: Path) -> None:
    """If this fails, a future event widens the grid and so moves earlier forecasts."""
    rows = lines()
    score = ("--start", "2023-01-02", "--score", "40:50", "--json")
    plain = figures(run(write(tmp_path / "a.csv", rows), *score))
    late = FIRST + dt.timedelta(days=49 * 7)
    planted = figures(run(write(tmp_path / "b.csv", [*rows, f"{late},거리,990000,1990000"]), *score))
    assert plain["grid"] == planted["grid"]
    assert plain["methods"]["sunra"]["hr"] == planted["methods"]["sunra"]["hr"]
    assert planted["read"]["left_out"]["outside_grid"] == plain["read"]["left_out"].get("outside_grid", 0) + 1


def test_rows_of_other_kinds_tell_of_the_places_unless_home_bound(tmp_path: Path) -> None:
    """If this fails, the filter throws knowledge away, --alone keeps it, or a home-bound row has a say."""
    rows = lines()
    street = ("--where", "category=거리", *BOX, "--start", "2023-01-02", "--score", "40:42", "--json")
    kept, home = ([row.replace(",주거,", f",{name},") for row in rows] for name in ("가게", "Domestic"))
    beside, alone, withheld = (
        figures(run(write(tmp_path / f"{number}.csv", some), *street, *more))
        for number, (some, more) in enumerate(((kept, ()), (kept, ("--alone",)), (home, ())))
    )
    assert beside["read"]["others"] > 50
    assert beside["read"]["left_out"] == alone["read"]["left_out"]
    assert alone["read"]["others"] == 0 == withheld["read"]["others"]
    assert withheld["methods"]["sunra"]["hr"] == alone["methods"]["sunra"]["hr"]
    assert beside["methods"]["count_all"]["hr"] == alone["methods"]["count_all"]["hr"]


def test_odd_histories_are_tested_with_a_word_of_warning(tmp_path: Path) -> None:
    """If this fails, one cell, a gap of two years or a file joined to itself passes for a sound history."""
    rows = lines(300)
    one = figures(run(write(tmp_path / "a.csv", [",".join((*row.split(",")[:2], "950010", "1950010"))
                                                 for row in rows]), "--json"))  # fmt: skip
    assert any(note.startswith("single_cell") for note in one["notes"])
    moved = [row.replace("2024-", "2026-") for row in rows if not row.startswith("2024-02-29")]
    gap = figures(run(write(tmp_path / "b.csv", moved), "--json"))
    assert any(note.startswith("gap: no event for 73") for note in gap["notes"])
    twice = write(tmp_path / "c.csv", [*rows, *rows])
    doubled = figures(run(twice, "--json"))
    assert any(note.startswith("every_row_repeated") for note in doubled["notes"])
    assert doubled["read"]["repeated"] == 300
    assert doubled["read"]["used"] == 2 * figures(run(twice, "--distinct", "--json"))["read"]["used"]


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (("--time", "언제"), 2, "no column '언제'; it has: time, category, x, y"),
        (("--where", "category=바다"), 2, "it holds: 거리, 주거"),
        (("--where", "category"), 2, "column=value"),
        (("--where", "category=domestic"), 1, "refused_family"),
        (("--origin", "950000", "1950000", "--shape", "5000", "2000"), 1, "10,000,000 squares"),
        (("--cell", "1", "--origin", "0", "0", "--shape", "3", "3"), 1, "no_events"),
        (("--cell", "0"), 1, "bad_grid"),
        (("--project", "4326"), 1, "degrees"),
        (("--project", "999999"), 1, "is not known"),
        (("--origin", "950000", "1950000"), 2, "belong together"),
        (("--period", "1h"), 2, "7d"),
        (("--score", "50"), 2, "313:417"),
        (("--score", "50:900"), 1, "the events reach from 2023-01-02"),
        (("--score", "50:40"), 1, "does not fit"),
        (("--shares", "5"), 1, "share of the area"),
        (("--seed", "-1"), 2, "--seed"),
        (("--start", "2029-01-01"), 1, "bad_params"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_bad_wishes_get_a_clear_answer(tmp_path: Path, more: tuple[str, ...], code: int, words: str) -> None:
    """If this fails, a wrong column, filter, grid or span ends in a trace or in figures of nothing."""
    done = run(write(tmp_path / "a.csv", lines()), *more)
    assert done.exit_code == code, done.output
    assert words in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["2023-02-03,거리,950010,1950010"], "bad_params"),
        (["2031-02-03,거리,950010,1950010"] * 5, "future=5"),
        ([",거리,950010,1950010"] * 5, "no_time=5"),
        ([], "no_rows"),
        (["2023-01-02,a,950010,1950010", "2024-02-04,a,950010,1950010"], "few_events"),
    ],
)
def test_files_without_a_history_get_a_clear_answer(tmp_path: Path, rows: list[str], words: str) -> None:
    """If this fails, one event, only future events or no times end in a trace or in figures of nothing."""
    done = run(write(tmp_path / "a.csv", rows), *BOX)
    assert words in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


@pytest.mark.real_data
def test_the_reference_counts_are_met_to_the_last_hit() -> None:
    """If this fails, the reference split of Chicago (9,691 cells, weeks 313 to 416) is not reproduced."""
    path = shared_data("crime", "chicago_aggravated_assaults.csv.gz")
    file = eventfile.read(path, time="time", x="lon", y="lat", where=[("category", "street")])
    area = layout.boundary(path.parent / "chicago_police_districts.kml.gz", target=26916)
    laid = layout.lay(cell=250, origin=(422_000, 4_610_250), shape=(138, 170), area=area)
    places = laid.cells_of(*layout.project(file.x, file.y, 4326, 26916))
    history = History.of(*places, file.day, laid.grid, first=dt.date(2010, 1, 1), periods=417)
    rates = scorecard(backtest(history, (CountAll(),), score=range(313, 417)), main="count_all")
    found = rates["methods"]["count_all"]["hr"]
    assert rates["cells"] == 9691
    assert [round(100 * rate, 2) for rate in found.values()] == [9.96, 16.49, 31.14, 48.37]
