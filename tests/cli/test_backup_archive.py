"""The archive comes back exactly as it went in, or not at all."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.platform.base.errors import UserError
from sunra.platform.files.backup import archive

BODIES = {
    "files/a": b"one",
    "files/deep/b": b"",
    "databases/default/database.sqlite3": bytes(range(256)) * 900,
}


def write(tmp_path: Path, bodies: dict[str, bytes] = BODIES, name: str = "a.tar") -> Path:
    """An archive of the bodies."""
    source = tmp_path / "source"
    target = tmp_path / name
    with archive.Writer(target) as out:
        for member, body in bodies.items():
            path = source / member
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            out.add(member, path)
        out.finish({"id": "x"})
    return target


def forged(tmp_path: Path, change: Any) -> Path:
    """An archive rewritten member by member; ``change(member, body)`` gives what to put there, or None."""
    target = tmp_path / "forged.tar"
    with tarfile.open(write(tmp_path)) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            put = change(member, stream.read() if stream else b"")
            if put is not None:
                put[0].size = len(put[1])
                new.addfile(put[0], io.BytesIO(put[1]))
    return target


def refused(tmp_path: Path, source: Path) -> str:
    """The code with which unpacking is refused."""
    with pytest.raises(UserError) as error:
        archive.unpack(source, tmp_path / "out")
    return error.value.code


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    """If this fails, a backup changes what it saves."""
    manifest = archive.unpack(write(tmp_path), tmp_path / "out")
    assert {name: (tmp_path / "out" / name).read_bytes() for name in manifest["members"]} == BODIES
    assert manifest["id"] == "x"
    assert (tmp_path / "a.tar").stat().st_mode & 0o077 == 0


def test_an_unfinished_archive_has_no_name(tmp_path: Path) -> None:
    """If this fails, a backup cut by a power failure looks like a whole one."""
    other = write(tmp_path, name="other.tar")

    def fail() -> None:
        with archive.Writer(tmp_path / "a.tar") as out:
            out.add("files/a", other)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.tar", "source"]


def test_a_name_taken_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """If this fails, two backups at once destroy one of them."""

    def late() -> None:
        with archive.Writer(tmp_path / "a.tar") as out:
            out.finish({})
            (tmp_path / "a.tar").write_text("older")

    with pytest.raises(UserError) as error:
        late()
    assert error.value.code == "backup_exists"
    assert (tmp_path / "a.tar").read_text() == "older"


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    """If this fails, a damaged or forged database is restored."""
    source = forged(
        tmp_path, lambda m, body: (m, b"0" + body[1:] if m.name.startswith("databases") else body)
    )
    assert refused(tmp_path, source) == "backup_altered"


def test_a_missing_member_is_found(tmp_path: Path) -> None:
    """If this fails, evidence can be taken out of a backup."""
    source = forged(tmp_path, lambda m, body: None if m.name == "files/a" else (m, body))
    assert refused(tmp_path, source) == "backup_altered"


def test_an_added_member_is_found(tmp_path: Path) -> None:
    """If this fails, something can be slipped into a backup."""
    extra = [(tarfile.TarInfo("files/new"), b"x")]

    def change(member: tarfile.TarInfo, body: bytes) -> Any:
        if member.name == archive.MANIFEST:
            return member, body
        return extra.pop() if extra else (member, body)

    assert refused(tmp_path, forged(tmp_path, change)) == "backup_altered"


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/cron.d/x", "files/../../x", "files//x", "a\\b", "files/.."]
)
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    """If this fails, a forged backup writes anywhere on the machine."""
    source = tmp_path / "evil.tar"
    with tarfile.open(source, "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    assert refused(tmp_path, source) == "backup_unsafe"
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_only_plain_files_are_taken(tmp_path: Path, kind: bytes) -> None:
    """If this fails, a link in a forged backup leads later members astray."""
    source = tmp_path / "evil.tar"
    with tarfile.open(source, "w") as tar:
        member = tarfile.TarInfo("files/a")
        member.type, member.linkname = kind, "/etc"
        tar.addfile(member)
    assert refused(tmp_path, source) == "backup_unsafe"


@pytest.mark.parametrize("body", [b"", b"not a tar at all", bytes(10240)])
def test_what_is_no_archive_is_told(tmp_path: Path, body: bytes) -> None:
    """If this fails, a wrong file ends in a library's exception."""
    (tmp_path / "x.tar").write_bytes(body)
    assert refused(tmp_path, tmp_path / "x.tar") == "backup_unreadable"


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", "backup_unreadable"), ("{}", "backup_unreadable"), ("[]", "backup_unreadable"),
     (json.dumps({"format": 99, "members": {}}), "backup_newer")],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_told(tmp_path: Path, text: str, code: str) -> None:
    """If this fails, an archive of another format is half restored."""
    source = forged(tmp_path, lambda m, body: (m, text.encode() if m.name == archive.MANIFEST else body))
    assert refused(tmp_path, source) == code


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_an_archive_cut_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """If this fails, half a backup is taken for a whole one."""
    tmp_path = tmp_path_factory.mktemp("cut")
    source = write(tmp_path, {"files/a": b"one", "files/b": b"x" * 700})
    body = source.read_bytes()
    end = body.rindex(b"}") + 1
    source.write_bytes(body[: data.draw(st.integers(0, end - 1))])
    assert refused(tmp_path, source) in {"backup_unreadable", "backup_altered"}


def test_a_name_that_would_not_come_back_is_not_written(tmp_path: Path) -> None:
    """If this fails, a backup is written that cannot be restored."""
    with pytest.raises(UserError):
        write(tmp_path, {"files/a\nb": b"x"})
