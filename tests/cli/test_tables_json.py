"""What ``sunra tables read --json`` prints is an agreement with other programs."""

import json
from pathlib import Path

from click.testing import CliRunner

from sunra.cli.main import cli
from tests.core.tables import made

FIELDS = [
    "file", "kind", "encoding", "crs", "rows", "accepted", "merged", "quarantined",
    "reasons", "placed", "units", "warnings",
]  # fmt: skip


def test_json_has_the_agreed_fields_for_read_and_refused_files(tmp_path: Path) -> None:
    """A list with one record a file, fields in the agreed names, also where the whole file was refused."""
    rows = made.cctv_rows(4)
    made.save(tmp_path / "a.csv", made.text(made.CCTV, [*rows, rows[0]]), "cp949")
    (tmp_path / "b.csv").write_bytes(b"")
    done = CliRunner().invoke(cli, ["tables", "read", "--json", str(tmp_path)])
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert [one["file"] for one in found] == ["a.csv", "b.csv"]
    assert all(list(one)[: len(FIELDS)] == FIELDS for one in found)
    first, second = found
    assert (first["kind"], first["encoding"], first["crs"]) == ("cctv", "euc_kr", 4326)
    assert (first["rows"], first["accepted"], first["merged"], first["quarantined"]) == (5, 4, 1, 0)
    assert first["placed"] == {"point": 4, "dong": 0, "none": 0}
    assert first["units"] == sum(int(row[4]) for row in rows) + int(rows[0][4])
    assert (second["kind"], second["encoding"], second["crs"], second["rows"]) == ("unknown", None, None, 0)
    assert second["warnings"] == ["empty_file"]
