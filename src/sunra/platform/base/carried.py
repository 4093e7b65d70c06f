"""A file between its preview and its taking: sealed into the page, so that nothing is stored before."""

import base64
import json
import time
import zlib
from dataclasses import dataclass

from sunra.platform.base.actor import Actor
from sunra.platform.base.sealing import Seal, SealBroken

_SEAL = Seal(key="carried", about="base.Carried")
HOUR = 3600.0


class TooOld(Exception):  # noqa: N818 - reads as what it is
    """The seal was changed, is an hour old, or was made for somebody or something else."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A file's content and name, and ``what`` the page said of it."""

    name: str
    data: bytes
    what: str = ""


def carry(actor: Actor, use: str, file: Carried) -> str:
    """The sealed text for a form of ``use``: nobody reads it on the way, nobody else can hand it in."""
    packed = base64.b64encode(zlib.compress(file.data)).decode("ascii")
    plain = json.dumps([time.time(), file.name, file.what, packed])
    return _SEAL.seal(plain, row=f"{use}:{actor.id}")


def carried(actor: Actor, use: str, sealed: str) -> Carried:
    """The file back. Raises ``TooOld``."""
    try:
        made, name, what, packed = json.loads(_SEAL.unseal(sealed, row=f"{use}:{actor.id}"))
    except SealBroken as error:
        raise TooOld from error
    if not 0 <= time.time() - made <= HOUR:
        raise TooOld
    return Carried(name, zlib.decompress(base64.b64decode(packed)), what)
