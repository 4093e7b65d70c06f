"""Calls to partners: signed so that libraries know it, and to no address inside a network."""

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st

from sunra.systems.patrols import hook_calls as calls

HOST = "hooks.example.org"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/", "https://hooks.example.org:22/", "https://a:b@hooks.example.org/",
        "https://a@hooks.example.org/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/",
        "https://2130706433/", "https://0x7f.1/", "https://hooks.example.org/#x",
        "https://hooks.example.org/a b",
        "https://hooks.example.org\\@inside.local/", "https://hooks.example.org/\r\nx: y", "ftp://x.org/",
        "https:///x", "https://hooks.example.org:99999/", "https://-x.org/", "https://한국.kr/", "",
        "https://hooks.example.org/" + "x" * 500,
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    """If this fails, a hook is made that leads around the checks, or to a machine by its number."""
    with pytest.raises(calls.CallError, match="address"):
        calls.target(url)


def test_an_address_is_read_as_it_is_called() -> None:
    """If this fails, the name that is checked is not the one that is called."""
    assert calls.target("https://Hooks.Example.org/a?b=1") == calls.Target(HOST, 443, "/a?b=1")
    assert calls.target("https://hooks.example.org:8443") == calls.Target(HOST, 8443, "/")


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "224.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::",
        "2001:0:a00:1::", "2001:db8::1", "x",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_called(address: str) -> None:
    """If this fails, whoever may add a webhook reaches machines inside the installation's network."""
    assert not calls.is_public(address)


@few(max_examples=60, deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_public_means_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """If this fails, some address that no route of the open Internet leads to counts as public."""
    if calls.is_public(str(address)):
        assert address.is_global
        assert not address.is_private
        assert not address.is_multicast


def test_one_address_inside_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a name with one public and one private address passes."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows)
    with pytest.raises(calls.CallError, match="private"):
        calls.addresses(calls.Target(HOST, 443, "/"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows[:1])
    assert calls.addresses(calls.Target(HOST, 443, "/")) == ["8.8.8.8"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [])
    with pytest.raises(calls.CallError, match="unknown_host"):
        calls.addresses(calls.Target(HOST, 443, "/"))


def test_a_name_that_answers_otherwise_later_is_refused_at_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, DNS rebinding leads a saved webhook to a machine inside."""
    answers = iter(["8.8.8.8", "192.168.0.1"])

    def ask(*_args: Any, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))]

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(socket, "create_connection", lambda *_a: pytest.fail("it was called"))
    calls.addresses(calls.target(f"https://{HOST}/"))
    with pytest.raises(calls.CallError, match="private"):
        calls.post(f"https://{HOST}/", b"{}", {})


@few(max_examples=20, deadline=None)
@given(body=st.binary(max_size=200), at=st.integers(0, 2**33))
def test_the_signature_is_what_the_standard_says(body: bytes, at: int) -> None:
    """If this fails, partners' libraries refuse our messages."""
    given_headers = calls.signed(SECRET, message="msg_1", at=at, body=body)
    text = b"msg_1." + str(at).encode() + b"." + body
    mark = hmac.new(b"0123456789abcdef0123456789abcdef", text, hashlib.sha256).digest()
    assert given_headers == {
        "webhook-id": "msg_1", "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(mark).decode(),
    }  # fmt: skip


def test_the_signature_of_the_standards_own_example() -> None:
    """If this fails, our reading of the standard differs from its published example."""
    body = b'{"test": 2432232314}'
    found = calls.signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message="msg_p5jXN8AQM9LWM0D4loKWxJek", at=1614265330,
        body=body,
    )  # fmt: skip
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_differ_and_are_long() -> None:
    """If this fails, a secret can be guessed."""
    first, second = calls.new_secret(), calls.new_secret()
    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


class _Answers(http.server.BaseHTTPRequestHandler):
    """Answers as the path says, and remembers what came."""

    came: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        if self.path == "/slow":
            threading.Event().wait(1.5)
        self.send_response(302 if self.path == "/moved" else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        return


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "pair.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ssl.SSLContext]]:
    """A partner's server on this machine, taken for public, and whom its certificate is trusted by."""
    pair = _certificate(tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pair)
    server.socket = serving.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    port = server.server_address[1]
    monkeypatch.setattr(calls, "PORTS", frozenset({port}))
    monkeypatch.setattr(calls, "addresses", lambda _where: ["127.0.0.1"])
    _Answers.came.clear()
    trust = ssl.create_default_context(
        cadata=x509.load_pem_x509_certificate(pair.read_bytes())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )
    yield f"https://{HOST}:{port}", trust
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_message_arrives_at_the_name_and_redirects_are_not_followed(
    partner: tuple[str, ssl.SSLContext],
) -> None:
    """If this fails, partners get another body than was signed, or a redirect leads inside."""
    address, trust = partner
    assert calls.post(f"{address}/in?a=1", b'{"a":1}', {"webhook-id": "msg_1"}, trust=trust) == 204
    assert calls.post(f"{address}/moved", b"{}", {}, trust=trust) == 302
    assert [path for path, _headers, _body in _Answers.came] == ["/in?a=1", "/moved"]
    _path, headers, body = _Answers.came[0]
    assert body == b'{"a":1}'
    assert headers["host"].startswith(HOST)
    assert (headers["webhook-id"], headers["content-type"]) == ("msg_1", "application/json")


def test_a_certificate_that_does_not_hold_is_refused(partner: tuple[str, ssl.SSLContext]) -> None:
    """If this fails, somebody between reads what partners are told."""
    address, trust = partner
    with pytest.raises(calls.CallError, match="certificate"):
        calls.post(f"{address}/", b"{}", {})
    with pytest.raises(calls.CallError, match="certificate"):
        calls.post(address.replace("hooks.", "other."), b"{}", {}, trust=trust)
    assert not _Answers.came


def test_a_slow_partner_is_cut_off(
    partner: tuple[str, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, one partner that never answers holds a worker for ever."""
    address, trust = partner
    monkeypatch.setattr(calls, "WHOLE_SECONDS", 0.2)
    with pytest.raises(calls.CallError, match=r"unreachable|timeout"):
        calls.post(f"{address}/slow", b"{}", {}, trust=trust)
    with pytest.raises(calls.CallError, match="address"):
        calls.post(f"{address}/", b"x" * (calls.MOST_BYTES + 1), {}, trust=trust)
