"""Public orienteering files: read as they are meant, and refused by file, line and reason."""

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.cli.main import cli
from sunra.core.routing import RoutingError, Stop, check, plan
from sunra.core.routing.instances import MOST_BYTES, MOST_ROWS, Plane, read_instance
from tests.shared import shared_data

CHAO = "n 5\nm 2\ntmax 12.0\n0 0 0\n1\t1\t5\n3 0 7\n2 -2 4\n4 0 0\n"
SOLOMON = """4 3 3 1
0 200
 0 35.00 35.00 0.00 0.00 0 0 0 230
 1 41.00 49.00 10.00 10.00 1 1 1 161 171
 2 35.00 17.00 10.00 7.00 1 1 1 50 60
 3 55.00 45.00 10.00 13.00 1 1 1 116 126
"""


def _file(folder, text, name="one.txt"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_chao_files_are_read(tmp_path):
    """Start first, end last, as many teams as the file or the caller says, exact distances."""
    problem = read_instance(_file(tmp_path, CHAO))
    assert (len(problem.stops), len(problem.teams)) == (3, 2)
    assert (problem.teams[0].start, problem.teams[0].end) == ((0.0, 0.0), (4.0, 0.0))
    assert problem.teams[0].shift_min == 12.0
    assert problem.teams[0].metres_per_minute == pytest.approx(1.0)
    assert problem.network.matrix([(0, 0)], [(1, 1)])[0, 0] == np.sqrt(2)
    assert len(read_instance(_file(tmp_path, CHAO), teams=4).teams) == 4


def test_files_with_windows_are_read(tmp_path):
    """The depot is start and end, the last two columns are the window, distances are cut and not rounded."""
    problem = read_instance(_file(tmp_path, SOLOMON), teams=1)
    assert problem.stops.open_min.tolist() == [161, 50, 116]
    assert problem.stops.prize.tolist() == [10, 7, 13]
    assert problem.stops.dwell_min.tolist() == [10, 10, 10]
    assert problem.teams[0].shift_min == 230
    assert problem.network == Plane(decimals=1)
    assert Plane(1).matrix([(0, 0)], [(1.99, 0)])[0, 0] == pytest.approx(1.9)
    found = plan(problem, Stop(iterations=5))
    assert check(problem, found) == []


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "too_short"),
        (b"\xff\xfe\x00\x01\n\x80", 0, "not_text"),
        (b" " * (MOST_BYTES + 1), 0, "too_large"),
        (CHAO.replace("m 2", "m two"), 2, "not_a_number"),
        (CHAO.replace("m 2", "m 0"), 2, "teams"),
        (CHAO.replace("m 2", "x 2"), 2, "header"),
        (CHAO.replace("n 5", "n 6"), 8, "too_short"),
        (CHAO.replace("3 0 7", "3 0"), 6, "too_few_columns"),
        (CHAO.replace("3 0 7", "3 0 -7"), 6, "negative_prize"),
        (CHAO.replace("3 0 7", "nan 0 7"), 6, "number_out_of_range"),
        ("n 9\nm 2\ntmax 3\n" + "1 1 1\n" * (MOST_ROWS + 1), MOST_ROWS + 4, "too_many_rows"),
        (SOLOMON.replace("161 171", "171 161"), 4, "window"),
        (SOLOMON.replace("2 35.00 17.00 10.00 7.00", "2 35.00 17.00 -1 7.00"), 5, "negative_service"),
        ("4 3\n0 200\n", 1, "header"),
    ],
)
def test_wrong_files_are_refused_by_line(tmp_path, text, line, reason):
    """Each defect is named with its line and reason, never as a raw error of a library."""
    with pytest.raises(RoutingError) as refused:
        read_instance(_file(tmp_path, text))
    assert refused.value.params == {"file": "one.txt", "line": line, "reason": reason}


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text("n m tax0123456789.-\n", max_size=120)))
def test_no_bytes_break_the_reader(tmp_path_factory, data):
    """Whatever a file holds, it is a problem or a typed refusal."""
    raw = data if isinstance(data, bytes) else b"n 3\nm 1\ntmax 5\n" + data.encode()
    try:
        read_instance(_file(tmp_path_factory.getbasetemp(), raw, "any.txt"))
    except RoutingError as error:
        told = error.params
    else:
        return
    assert set(told) == {"file", "line", "reason"}


def test_the_command_prints_routes_by_row_number(tmp_path):
    """``sunra patrol bench`` lists score, rows and processor seconds; a wrong file ends in a word."""
    good = _file(tmp_path, CHAO)
    words = ["patrol", "bench", str(good), "--teams", "1", "--iterations", "20"]
    done = CliRunner().invoke(cli, [*words, "--json"])
    assert done.exit_code == 0, done.output
    assert '"score": 16' in done.output
    assert '"routes": [[' in done.output
    assert "16 at 3 points" in CliRunner().invoke(cli, words).output
    bad = _file(tmp_path, CHAO.replace("3 0 7", "3 0 ?"), "bad.txt")
    refused = CliRunner().invoke(cli, ["patrol", "bench", str(bad)])
    assert refused.exit_code == 1
    assert "bad.txt, line 6: a word stands where a number should" in refused.output
    short = _file(tmp_path, CHAO.replace("tmax 12.0", "tmax 1.0"), "short.txt")
    none = CliRunner().invoke(cli, ["patrol", "bench", str(short), "--iterations", "1", "--json"])
    assert '"score": 0, "routes": [[], []]' in none.output


@pytest.mark.real_data
def test_every_public_file_is_read():
    """Public files are understood; distances are cut after two decimals (Cordeau) or one (Solomon)."""
    folder = shared_data("orienteering")
    chao = [read_instance(path) for path in sorted((folder / "chao").glob("p4*.txt"))]
    assert {len(problem.stops) for problem in chao} == {98}
    decimals = {
        path.name[:2]: read_instance(path).network.decimals for path in (folder / "toptw").glob("*.txt")
    }
    assert {name: decimals[name] for name in ("pr", "r1", "c2")} == {"pr": 2, "r1": 1, "c2": 1}
