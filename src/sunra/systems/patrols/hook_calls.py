"""One signed call to a partner's address, and to no address inside.

Signed as Standard Webhooks 1.0 has it (standardwebhooks.com): HMAC-SHA256 over ``id.timestamp.body``. The
name is resolved once for each call, every address of it must be public, and the connection goes to exactly
the address that was looked at: a name that answers otherwise the second time (DNS rebinding) gains nothing.
No redirect is followed, no proxy is asked, nothing of the answer is read but its status.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import re
import secrets
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECT_SECONDS, WHOLE_SECONDS = 5.0, 15.0
"""To each step on the wire, and to a call as a whole, however slowly the other side talks."""
MOST_BYTES = 256 * 1024
LONGEST_URL = 500
PORTS = frozenset({443, 8443})
PREFIX = "whsec_"
_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_INSIDE_OTHERS = tuple(
    ipaddress.ip_network(one)
    for one in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
"""IPv6 addresses that carry an IPv4 address, and lead to it."""


class CallError(Exception):
    """A call that was not made or not taken: ``code`` says why, and holds nothing of the other side.

    "address" (no https address of a name), "private", "unknown_host", "timeout", "certificate",
    "unreachable".
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads: name, port, path with query."""

    host: str
    port: int
    path: str


def target(url: str) -> Target:
    """The parts of an https address of a name. Raises :class:`CallError` ``address``."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
        host = (parts.hostname or "").encode("idna").decode().lower()
    except (ValueError, UnicodeError):
        raise CallError("address") from None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if (
        not plain or len(url) > LONGEST_URL or parts.scheme != "https" or port not in PORTS or parts.fragment
        or parts.username is not None or parts.password is not None or not _NAME.fullmatch(host)
    ):  # fmt: skip
        raise CallError("address")
    return Target(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_public(address: str) -> bool:
    """Whether an address lies in the open Internet: not private, loopback, link-local, shared or reserved."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # one with a zone lies on this machine's own link
        return False
    if found.is_multicast or found.is_reserved or found.is_unspecified or not found.is_global:
        return False
    return not any(found.version == net.version and found in net for net in _INSIDE_OTHERS)


def addresses(where: Target) -> list[str]:
    """All addresses of the name, each of them public. Raises ``CallError`` ``unknown_host``, ``private``."""
    try:
        rows = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CallError("unknown_host") from None
    found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    if not found:
        raise CallError("unknown_host")
    if not all(is_public(one) for one in found):
        raise CallError("private")
    return found


def new_secret() -> str:
    """256 random bits as partners' libraries read them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed(secret: str, *, message: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of a call; ``at`` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    text = f"{message}.{at}.".encode() + body
    mark = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": f"v1,{mark}"}


class _Pinned(http.client.HTTPSConnection):
    """Connects to one address and asks it for the certificate of the name."""

    def __init__(self, where: Target, address: str, trust: ssl.SSLContext) -> None:
        super().__init__(where.host, where.port, timeout=CONNECT_SECONDS, context=trust)
        self._address, self._trust = address, trust

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        try:
            self.sock = self._trust.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
        except OSError:
            raw.close()
            raise
        self.sock.do_handshake()

    def cut(self) -> None:
        """End whatever goes on; called from another thread when the time is over."""
        with suppress(OSError, TypeError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: dict[str, str], *, trust: ssl.SSLContext | None = None) -> int:
    """Send ``body`` and give back the status. Raises :class:`CallError`."""
    where = target(url)
    if len(body) > MOST_BYTES:
        raise CallError("address")
    # The first address that the system names is the one it would use.
    call = _Pinned(where, addresses(where)[0], trust or ssl.create_default_context())
    watch = threading.Timer(WHOLE_SECONDS, call.cut)
    watch.daemon = True
    watch.start()
    about = {"content-type": "application/json", "user-agent": "Sunra", "accept": "*/*"}
    try:
        call.request("POST", where.path, body, about | headers)
        return call.getresponse().status
    except TimeoutError:
        raise CallError("timeout") from None
    except ssl.SSLError:
        raise CallError("certificate") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise CallError("unreachable") from None
    finally:
        watch.cancel()
        call.close()
