"""A file between preview and taking: the same comes back, to nobody else, for an hour, unread on the way."""

import zlib
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.base import carried as module
from sunra.platform.base.actor import Actor
from sunra.platform.base.carried import Carried, TooOld, carried, carry

ME, OTHER = Actor(kind="person", id="person:1"), Actor(kind="person", id="person:2")


@given(name=st.text(max_size=40), what=st.text(max_size=10), data=st.binary(max_size=400))
def test_what_is_carried_comes_back(name: str, what: str, data: bytes) -> None:
    """If this fails, an import takes something else than was looked at."""
    file = Carried(name, data, what)
    assert carried(ME, "use", carry(ME, "use", file)) == file


def test_nobody_else_and_nothing_else_opens_it() -> None:
    """If this fails, one person's file is taken by another, or by another page."""
    sealed = carry(ME, "use", Carried("a.csv", b"x"))
    for actor, use in ((OTHER, "use"), (ME, "other")):
        with pytest.raises(TooOld):
            carried(actor, use, sealed)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_seal_does_not_open(at: int, bit: int) -> None:
    """If this fails, a page takes what was never looked at."""
    name, _, body = carry(ME, "use", Carried("a.csv", b"x")).partition(":")
    raw = bytearray(b64decode(body))
    raw[at % len(raw)] ^= 1 << bit
    with pytest.raises(TooOld):
        carried(ME, "use", f"{name}:{b64encode(bytes(raw)).decode()}")


@pytest.mark.parametrize(("seconds", "opens"), [(3_599, True), (3_601, False), (-60, False)])
def test_it_opens_for_an_hour(monkeypatch: pytest.MonkeyPatch, seconds: int, opens: bool) -> None:
    """If this fails, a preview of yesterday is taken today."""
    made = carry(ME, "use", Carried("a.csv", b"x"))
    real = module.time.time()
    monkeypatch.setattr(module.time, "time", lambda: real + seconds)
    if opens:
        assert carried(ME, "use", made).data == b"x"
    else:
        with pytest.raises(TooOld):
            carried(ME, "use", made)


def test_nobody_reads_it_on_the_way() -> None:
    """If this fails, telephone numbers stand in the page's source and in a browser's cache."""
    secret = b"010-1234-5678"
    raw = b64decode(carry(ME, "use", Carried("members.csv", secret)).partition(":")[2])
    assert secret not in raw
    assert b64encode(zlib.compress(secret)) not in raw
