"""A local stand-in for the open interfaces, speaking their documented protocols.

data.go.kr (standard and local data), the accident hot spots (XML unless ``_type=json``, one hit as a dict),
and Seoul's (key and rows in the path). Errors come under HTTP 200, as the real ones send them. The real
services lie outside the building; nothing here was recorded from them.
"""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "a+key/with=signs"


@dataclass
class Interface:
    """One service. ``faults``: answers given before the right ones; ``drift``: rows by which pages shift."""

    records: list[dict[str, Any]]
    faults: list[tuple[int, str]] = field(default_factory=list)
    announced: int | None = None
    drift: int = 0
    asked: list[str] = field(default_factory=list)

    def start(self) -> "Interface":
        """Listen on a free port of this machine."""
        interface = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                interface.asked.append(self.path)
                status, text = interface.answer(self.path)
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: the address holds the key."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """End it."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> tuple[int, str]:
        """Status and body for an address."""
        if self.faults:
            return self.faults.pop(0)
        parts = urlsplit(path)
        total = len(self.records) if self.announced is None else self.announced
        if "/json/tb" in parts.path:
            return 200, self._seoul(parts.path, total)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if (asked.get("serviceKey") or asked.get("ServiceKey")) != KEY:
            return 200, error_xml("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR")
        page, size = int(asked["pageNo"]), int(asked["numOfRows"])
        first = max(0, (page - 1) * size - (self.drift if page > 1 else 0))
        rows = self.records[first : first + size]
        body = {"totalCount": str(total), "numOfRows": size, "pageNo": page}
        if "B552061" in parts.path:
            return 200, self._hotspots(asked, rows, body)
        return 200, json.dumps(
            {"response": {"header": {"resultCode": "00"}, "body": {"items": rows, **body}}}
        )

    def _hotspots(self, asked: dict[str, str], rows: list[dict[str, Any]], body: dict[str, Any]) -> str:
        if asked.get("_type") != "json":
            return "<response><header><resultCode>00</resultCode></header><body></body></response>"
        item: Any = rows[0] if len(rows) == 1 else rows
        return json.dumps({"resultCode": "00", "items": {"item": item} if rows else "", **body})

    def _seoul(self, path: str, total: int) -> str:
        _, key, _, name, first, last, _ = path.split("/")
        if unquote(key) != KEY:
            return json.dumps({"RESULT": {"CODE": "INFO-100", "MESSAGE": "인증키가 유효하지 않습니다."}})
        rows = self.records[int(first) - 1 : int(last)]
        if not rows:
            return json.dumps({"RESULT": {"CODE": "INFO-200", "MESSAGE": "해당하는 데이터가 없습니다."}})
        fine = {"CODE": "INFO-000", "MESSAGE": "정상 처리되었습니다"}
        return json.dumps({name: {"list_total_count": total, "RESULT": fine, "row": rows}})


def error_xml(code: str, message: str) -> str:
    """What data.go.kr answers under HTTP 200, whatever type was asked for."""
    return (
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
        f"<returnAuthMsg>{message}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>"
    )
