"""Keys of pseudonyms: in the installation's ``keys`` folder, apart from the database and its backups.

One key per controller and one per research agreement: pseudonyms of two of them are different words.
"""

import os
import secrets
from pathlib import Path
from uuid import UUID

from sunra.platform.base.home import folder

_FOLDER = "pseudonyms"
_SIZE = 32


def of_controller(agency_id: UUID) -> bytes:
    """The key of one controller (the agency that holds the data); made at first use."""
    return _key(f"agency-{agency_id}")


def of_agreement(agreement_id: UUID) -> bytes:
    """The key of one research agreement; made at first use."""
    return _key(f"agreement-{agreement_id}")


def of_answers(agency_id: UUID) -> bytes:
    """The key of one agency's noise in free public counts; made at first use. A new one would be new noise,
    which two answers could be compared by: it is kept as long as the events are.
    """
    return _key(f"answers-{agency_id}")


def _key(name: str) -> bytes:
    """The key, made once: of two processes that do so at the same time, the one that links first wins."""
    place = folder("keys") / _FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / name
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    draft = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_bytes(secrets.token_bytes(_SIZE))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
