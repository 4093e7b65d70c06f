"""``backup`` and ``restore``: the order in which parts are taken and put back is the whole point."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from sunra.platform.base.actor import Actor
from sunra.platform.base.databases import bring_up_to_date
from sunra.platform.base.home import home
from sunra.platform.files import blobs
from sunra.platform.files.backup import archive, sqlite
from sunra.platform.files.backup.errors import Progress, refusal, silent
from sunra.platform.ledger import anchors
from sunra.platform.ledger.services import Act, record
from sunra.platform.ledger.verify import Verdict, verify

DATABASES = ("default", "ledger")
KEYS = "keys"
PUBLIC_KEYS = "keys/ledger-public"
LEFT_OUT = {KEYS, "assets", "anchors", "run", "logs", "cache", "tmp"}
_ASIDE = "before-restore-"
_STAGED = "restoring-"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was written: ``size`` in bytes, parts as members and bytes by first folder."""

    path: Path
    id: str
    size: int
    parts: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore that was done; ``aside`` is where the data that were there before lie now."""

    id: str
    written: str
    members: int
    aside: Path | None
    ledger: Verdict


def backup(
    *, target: Path, keys_out: Path | None = None, purpose: str = "backup", progress: Progress = silent
) -> BackedUp:
    """Write one consistent snapshot of the installation to ``target``; its keys only when asked, elsewhere.

    Raises ``UserError`` ``backup_exists``, ``backup_inside``, ``backup_keys_same``; ``LedgerUnavailable``
    when the export cannot be recorded: nothing is written then.
    """
    outs = [path.expanduser().resolve() for path in (target, keys_out) if path is not None]
    _check_outs(outs)
    number = str(uuid4())
    detail = {"keys": keys_out is not None}
    record(
        actor=_actor("backup"),
        act=Act.EXPORT,
        subject="installation",
        ref=number,
        purpose=purpose,
        detail=detail,
    )
    with tempfile.TemporaryDirectory(prefix="sunra-backup-", dir=outs[0].parent) as name, blobs.kept():
        staged = _stage(Path(name), progress)
        total = sum(path.stat().st_size for path in staged.values())
        with archive.Writer(outs[0], progress, total) as out:
            for member, path in sorted(staged.items()):
                _add(out, member, path)
            out.finish(_about(number))
            parts = _parts(out.members)
    if len(outs) > 1:
        _write_keys(outs[1], number)
    return BackedUp(outs[0], number, outs[0].stat().st_size, parts)


def restore(
    *, source: Path, keys: Path | None = None, replace: bool = False, progress: Progress = silent
) -> Restored:
    """Bring the installation to what ``source`` holds, migrate it to this release and verify the ledger.

    All of the archive is checked before anything is touched. Stop the installation first. Raises
    ``UserError`` ``home_not_empty`` (without ``replace``), ``backup_vendor``, ``backup_newer``,
    ``backup_unreadable``, ``backup_altered``, ``backup_unsafe``. The restore itself is recorded in the
    restored ledger.
    """
    occupied = _occupied()
    if occupied and not replace:
        raise refusal("home_not_empty", str(home()), *occupied[:3])
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    with _folder(home() / f"{_STAGED}{stamp}") as staged:
        manifest = archive.unpack(source, staged, progress)
        _check_databases(manifest)
        new_keys = _unpack_keys(keys, staged / "new-keys")
        aside = _set_aside(home() / f"{_ASIDE}{stamp}") if occupied else None
        _put_back(staged, manifest, new_keys)
    bring_up_to_date()
    verdict = verify()
    record(
        actor=_actor("restore"),
        act=Act.CHANGE,
        subject="installation",
        ref=str(manifest["id"]),
        purpose="restore from backup",
        detail={"written": manifest["created"], "intact": verdict.ok},
    )
    return Restored(str(manifest["id"]), str(manifest["created"]), len(manifest["members"]), aside, verdict)


def _actor(verb: str) -> Actor:
    return Actor(kind="job", id=f"cli:{verb}", label=verb)


def _check_outs(outs: list[Path]) -> None:
    if len(set(outs)) != len(outs):
        raise refusal("backup_keys_same", str(outs[0]))
    for path in outs:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise refusal("backup_exists", str(path))
        if path.is_relative_to(home()):
            raise refusal("backup_inside", str(path))


def _stage(work: Path, progress: Progress) -> dict[str, Path]:
    """Take the parts in the order that makes them one: main database, ledger with anchors, then files."""
    staged: dict[str, Path] = {}
    progress("main database", 0, 0)
    staged |= _dumped("default", work)
    progress("ledger", 0, 0)
    with anchors.hold() as folder:
        staged |= _dumped("ledger", work)
        # An anchor newer than the copied ledger would read as a tail cut off.
        copied = Path(shutil.copytree(folder, work / "anchors", ignore=shutil.ignore_patterns(".*")))
    staged |= {f"anchors/{path.name}": path for path in copied.iterdir()}
    staged |= _files()
    public = home() / PUBLIC_KEYS
    if public.is_dir():  # without them nobody could check the anchors' signatures
        staged |= {f"{PUBLIC_KEYS}/{path.name}": path for path in public.iterdir()}
    return staged


def _dumped(alias: str, work: Path) -> dict[str, Path]:
    folder = work / alias
    folder.mkdir()
    connection = connections[alias]
    made = _vendor(connection).dump(connection, folder)
    return {f"databases/{alias}/{path.name}": path for path in made}


def _vendor(connection: BaseDatabaseWrapper) -> Any:
    if connection.vendor == "sqlite":
        return sqlite
    from sunra.platform.files.backup import postgres  # psycopg comes with the extra "postgres"

    return postgres


def _databases() -> set[Path]:
    """The database files in the home folder: they are copied by their own means."""
    found = set()
    for alias in DATABASES:
        if connections[alias].vendor == "sqlite":
            path = Path(str(connections[alias].settings_dict["NAME"]))
            found |= {path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal")}
    return found


def _own(path: Path) -> bool:
    """Whether something directly in the home folder is the installation's data."""
    hidden = path.name.startswith((".", _ASIDE, _STAGED))
    return not hidden and path.name not in LEFT_OUT and path.resolve() != Path(settings.ASSETS_DIR)


def _files() -> dict[str, Path]:
    """Everything else in the home folder that is data: uploads, tables on disk, what systems keep."""
    skipped = _databases()
    found = {}
    for top in sorted(home().iterdir()):
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            name = f"files/{path.relative_to(home()).as_posix()}"
            draft = path.name.startswith((".", "arriving-"))
            if _own(top) and path.is_file() and not path.is_symlink() and path not in skipped and not draft:
                found[name] = path
    return found


def _add(out: archive.Writer, member: str, path: Path) -> None:
    """Add one file; a table on disk that was replaced since it was listed is not part of the snapshot."""
    try:
        out.add(member, path)
    except FileNotFoundError:
        if not member.startswith("files/"):
            raise


def _about(number: str) -> dict[str, Any]:
    return {
        "id": number,
        "sunra": settings.VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "databases": {
            alias: {"vendor": connections[alias].vendor, "migrations": _applied(connections[alias])}
            for alias in DATABASES
        },
    }


def _applied(connection: BaseDatabaseWrapper) -> list[list[str]]:
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def _parts(members: dict[str, dict[str, Any]]) -> dict[str, tuple[int, int]]:
    parts: dict[str, tuple[int, int]] = {}
    for name, member in members.items():
        part = "/".join(name.split("/")[:2]) if name.startswith("databases/") else name.split("/")[0]
        count, size = parts.get(part, (0, 0))
        parts[part] = (count + 1, size + int(member["size"]))
    return parts


def _write_keys(target: Path, number: str) -> None:
    folder = home() / KEYS
    with archive.Writer(target) as out:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                out.add(f"{KEYS}/{path.relative_to(folder).as_posix()}", path)
        out.finish({"id": number, "keys": True})


def _occupied() -> list[str]:
    """What an installation has left in the home folder and the databases; empty folders do not count."""
    names = []
    for top in sorted(home().iterdir()) if home().exists() else []:
        mine = _own(top) or top.name == "anchors"
        files = [top] if top.is_file() else top.rglob("*")
        if mine and any(path.is_file() and not path.name.startswith(".") for path in files):
            names.append(top.name)
    names += [f"database {a}" for a in DATABASES if _vendor(connections[a]).holds_data(connections[a])]
    return names


def _check_databases(manifest: dict[str, Any]) -> None:
    for alias in DATABASES:
        about = manifest.get("databases", {}).get(alias)
        if about is None:
            raise refusal("backup_unreadable", alias)
        if about["vendor"] != connections[alias].vendor:
            raise refusal("backup_vendor", alias, str(about["vendor"]), connections[alias].vendor)


def _unpack_keys(keys: Path | None, target: Path) -> Path | None:
    if keys is None:
        return None
    target.mkdir(mode=0o700)
    if not archive.unpack(keys, target).get("keys"):
        raise refusal("backup_unreadable", keys.name)
    return target / KEYS


def _set_aside(aside: Path) -> Path:
    """Move what is there to ``aside``: databases, anchors and data; keys stay where they are."""
    aside.mkdir(mode=0o700)
    for alias in DATABASES:
        _vendor(connections[alias]).set_aside(connections[alias], aside)
    for top in list(home().iterdir()):
        if (_own(top) or top.name == "anchors") and top != aside:
            top.rename(aside / top.name)
    return aside


def _put_back(staged: Path, manifest: dict[str, Any], new_keys: Path | None) -> None:
    for alias in DATABASES:
        connection = connections[alias]
        about = manifest["databases"][alias]
        _vendor(connection).load(connection, staged / "databases" / alias, about["migrations"])
    for folder, target in ((staged / "files", home()), (staged / "anchors", home() / "anchors")):
        _merge(folder, target)
    if new_keys is not None:
        _merge(new_keys, home() / KEYS)
    _merge(staged / PUBLIC_KEYS, home() / PUBLIC_KEYS)


def _merge(source: Path, target: Path) -> None:
    """Move every file below ``source`` to its place below ``target``."""
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(place)


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A folder for the time being."""
    path.mkdir(mode=0o700, parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
