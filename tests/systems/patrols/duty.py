"""A confirmed night made by hand, a phone that joined it, and the calls it signs."""

import base64
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.http import HttpResponse
from django.test import Client

from sunra.core.geo import cells
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.systems.patrols.models import (
    Organisation,
    Plan,
    PlanStop,
    PlanTeam,
    Shift,
    ShiftPass,
    Team,
)
from sunra.systems.patrols.services import duty as duties
from tests.platform.accounts.people import make_actor, make_agency
from tests.systems import nights

STOPS = 4


def ms(at: dt.datetime) -> int:
    """Milliseconds since the epoch, as phones count."""
    return round(at.timestamp() * 1000)


def group(agency: Agency, name: str = "정릉 방범대") -> Organisation:
    """A volunteer organisation with an agency of its own below the office."""
    return Organisation.objects.create(
        agency=agency, key=name, name=name, kind="neighbourhood", group=make_agency(name, parent=agency)
    )


def night(agency: Agency, *names: str, kind: str = "foot", starts: dt.datetime | None = None) -> Plan:
    """A confirmed plan of teams with four stops each, begun an hour ago, and their shifts."""
    begins = starts or now() - dt.timedelta(hours=1)
    plan = Plan.objects.create(
        agency=agency, district=nights.DISTRICT, day=begins.date(), forecast=uuid.uuid4(),
        event_source="none",
        seed=1, params={}, code_version="test", distance_source="straight_line", teams_source="given",
        objective=1.0, digest=uuid.uuid4().hex, status="confirmed",
    )  # fmt: skip
    for order, name in enumerate(names or ("가조",)):
        _route(plan, order, name, kind, begins)
    duties.open_shifts(plan)
    return plan


def _route(plan: Plan, order: int, name: str, kind: str, begins: dt.datetime) -> None:
    own = Organisation.objects.filter(agency=plan.agency).first() or group(plan.agency)
    crew, _made = Team.objects.get_or_create(
        agency=plan.agency, key=name,
        defaults={
            "organisation": own, "name": name, "kind": kind, "start_lon": 129.03, "start_lat": 35.1,
            "shift_from": dt.time(21), "shift_minutes": 180, "speed_kmh": 4.0, "size": 3,
        },
    )  # fmt: skip
    places = nights.points(STOPS)
    team = PlanTeam.objects.create(
        plan=plan, team=crew, group=own.group, order=order, name=name, kind=kind, starts=begins, minutes=180,
        metres=3_000, line=[list(place) for place in places],
    )  # fmt: skip
    for n, (lon, lat) in enumerate(places):
        east, north = (int(value[0]) for value in cells.cell_of([lon], [lat]))
        arrive = begins + dt.timedelta(minutes=10 + 40 * n)
        PlanStop.objects.create(
            team=team, order=n, cell_e=east, cell_n=north, number=cells.format_cell(east, north), lon=lon,
            lat=lat, arrive=arrive, leave=arrive + dt.timedelta(minutes=12), expected=0.1,
        )  # fmt: skip


def shift(plan: Plan) -> Shift:
    """The plan's first shift."""
    found = Shift.objects.filter(plan=plan).first()
    assert found is not None
    return found


class Phone:
    """A device: its key, its pass, its calls."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.token = ""
        self.client = Client()

    @property
    def public(self) -> str:
        """The key's public half, SPKI in base64url."""
        raw = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def joined(self, to: Shift) -> "Phone":
        """With a pass for a shift, invited by the office's safety officer."""
        invited = duties.invite(actor=make_actor("safety_officer", to.agency), shift_id=to.pk)
        self.token = duties.join(code=invited.code, pin=invited.pin, device_key=self.public).token
        return self

    @property
    def given(self) -> ShiftPass:
        """The pass."""
        return ShiftPass.objects.get(token_hash=hashlib.sha256(self.token.encode()).hexdigest())

    def headers(self, method: str, path: str, body: bytes, at: int) -> dict[str, str]:
        """What proves the call."""
        text = f"{method}\n{path}\n{at}\n{hashlib.sha256(body).hexdigest()}".encode()
        r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA256())))
        proof = base64.urlsafe_b64encode(r.to_bytes(32) + s.to_bytes(32)).rstrip(b"=").decode()
        return {"Authorization": f"Shift {self.token}", "X-Sunra-At": str(at), "X-Sunra-Proof": proof}

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> HttpResponse:
        """A signed POST."""
        headers = self.headers("POST", path, body, ms(now()))
        return self.client.post(path, body, content_type=content_type, headers=headers)

    def say(self, *events: dict[str, Any]) -> HttpResponse:
        """Events to the server."""
        return self.post("/duty/api/events", json.dumps({"events": events}).encode())

    def get(self, path: str) -> HttpResponse:
        """A signed GET."""
        return self.client.get(path, headers=self.headers("GET", path, b"", ms(now())))


def event(kind: str, /, *, at: dt.datetime | None = None, cell: Any = None, **data: Any) -> dict[str, Any]:
    """An event as a phone makes it."""
    return {"id": str(uuid.uuid4()), "kind": kind, "at": ms(at or now()), "cell": cell, "data": data}


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What stands inside is refused with this code, whatever the language."""
    with pytest.raises(UserError) as found:
        yield
    assert found.value.code == code
