"""A stand-in for an OpenID provider: discovery, authorize, token, userinfo, JWKS (OpenID Connect Core 1.0).

It signs in whoever ``claims`` describes without asking, as a provider with an open session does.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.browser.server import free_port

CLIENT, SECRET = "sunra", "a-secret-between-the-two"


@dataclass
class Provider:
    """One provider; ``claims`` are of the person in front of it."""

    claims: dict[str, Any] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    http: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The issuer."""
        return f"http://localhost:{self.port}"

    def start(self) -> "Provider":
        """Answer in a thread of its own."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            """One request."""

            def do_GET(self) -> None:
                """Discovery, keys, the authorization endpoint, and who a token belongs to."""
                parts = urlsplit(self.path)
                if parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(parse_qs(parts.query)))
                    self.end_headers()
                    return
                self.answer(200, provider.document(parts.path))

            def do_POST(self) -> None:
                """The token endpoint."""
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.answer(*provider.token({name: one[0] for name, one in parse_qs(body).items()}))

            def answer(self, status: int, content: dict[str, Any]) -> None:
                """JSON."""
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_args: object) -> None:
                """Nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """End."""
        if self.http is not None:
            self.http.shutdown()
            self.http.server_close()

    def document(self, path: str) -> dict[str, Any]:
        """What is read without a form."""
        if path == "/jwks":
            return {"keys": [jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)]}
        if path == "/userinfo":
            return self.claims
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, list[str]]) -> str:
        """Where the browser goes on, with a code that works once."""
        given = {name: one[0] for name, one in asked.items()}
        assert given["client_id"] == CLIENT
        assert given["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        return f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """An id token for a code, when client, address and PKCE verifier fit."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = asked is not None and (
            (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
            and form.get("redirect_uri") == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if not fits:
            return 400, {"error": "invalid_grant"}
        moment = int(time.time())
        times = {"iss": self.url, "aud": CLIENT, "iat": moment, "exp": moment + 300}
        token = jwt.encode({**times, **self.claims}, self.key, "RS256")
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": token}
