"""The night that ``patrol_load`` plays: Seoul's districts with their teams, phones that joined, open boards.

    python -m benchmarks.patrol_load_night TEAMS WATCHERS FILE

Runs inside the installation that is measured and writes what the load generator needs to ``FILE``. Rows are
written directly: inviting 2,000 phones one by one is not what is measured.
"""

import base64
import datetime as dt
import hashlib
import json
import secrets
import sys
import uuid
from pathlib import Path
from typing import Any

DISTRICTS, PHONES, STOPS, MINUTES = 25, 2, 8, 480


def night(teams: int) -> tuple[list[dict[str, Any]], list[Any]]:
    """Agencies with their teams on patrol, each with two phones; what the phones know, and the agencies."""
    from sunra.core.geo.codes import dongs
    from sunra.core.geo.districts import districts
    from sunra.platform.agencies.models import Agency, AgencyType

    kind, _made = AgencyType.objects.get_or_create(
        code="district", defaults={"name_ko": "자치구", "name_en": "District"}
    )
    codes = sorted({one.code[:5] for one in dongs() if one.code.startswith("11") and one.code[2:5] != "000"})
    agencies, phones = [], []
    for place, code in enumerate(codes[:DISTRICTS]):
        agency = Agency.objects.create(type=kind, name=f"{code}청", district=code)
        agencies.append(agency)
        count = len(range(place, teams, DISTRICTS))
        phones += _teams(agency, code, count, districts().grid(code))
    return phones, agencies


def _teams(agency: Any, district: str, count: int, grid: Any) -> list[dict[str, Any]]:
    from sunra.core.geo import cells
    from sunra.platform.base.time import now
    from sunra.systems.patrols.models import Plan, PlanStop, PlanTeam, Shift

    begun = now() - dt.timedelta(hours=1)
    plan = Plan.objects.create(
        agency=agency, district=district, day=begun.date(), forecast=uuid.uuid4(), event_source="none",
        seed=1, params={}, code_version="load", distance_source="straight_line", teams_source="given",
        objective=1.0, digest=uuid.uuid4().hex, status="confirmed",
    )  # fmt: skip
    routes = PlanTeam.objects.bulk_create(
        PlanTeam(plan=plan, order=n, name=f"순찰조 {n + 1}", kind="foot", starts=begun, minutes=MINUTES,
                 metres=6_000, line=[])
        for n in range(count)
    )  # fmt: skip
    shifts = Shift.objects.bulk_create(
        Shift(agency=agency, plan=plan, plan_team=route, name=route.name, kind="foot", district=district,
              day=begun.date(), starts=begun, ends=begun + dt.timedelta(minutes=MINUTES), status="on_patrol",
              begun_at=begun)
        for route in routes
    )  # fmt: skip
    walks = [_walk(grid, n, count) for n in range(count)]
    stops = []
    for route, walk in zip(routes, walks, strict=True):
        lon, lat = cells.center(*zip(*walk[:STOPS], strict=True))
        stops += [
            PlanStop(team=route, order=n, cell_e=east, cell_n=north, number="", lon=lon[n], lat=lat[n],
                     arrive=begun + dt.timedelta(minutes=70 + 40 * n),
                     leave=begun + dt.timedelta(minutes=82 + 40 * n), expected=0.1)
            for n, (east, north) in enumerate(walk[:STOPS])
        ]  # fmt: skip
    PlanStop.objects.bulk_create(stops, batch_size=2_000)
    return [phone for shift, walk in zip(shifts, walks, strict=True) for phone in _phones(shift, walk)]


def _walk(grid: Any, number: int, of: int) -> list[tuple[int, int]]:
    """Cells of a district that a team passes, one beside the other as far as the district goes."""
    east, north = grid
    first = number * (len(east) - 60) // max(of, 1)
    return [(int(east[row]), int(north[row])) for row in range(first, first + 60)]


def _phones(shift: Any, walk: list[tuple[int, int]]) -> list[dict[str, Any]]:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    from sunra.systems.patrols.models import ShiftPass

    made, rows = [], []
    for _number in range(PHONES):
        key, token = ec.generate_private_key(ec.SECP256R1()), secrets.token_urlsafe(32)
        public = key.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
        rows.append(
            ShiftPass(
                shift=shift, token_hash=hashlib.sha256(token.encode()).hexdigest(), expires=shift.ends,
                device_key=base64.urlsafe_b64encode(public).rstrip(b"=").decode(),
            )
        )  # fmt: skip
        secret = key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
        made.append({"token": token, "key": base64.b64encode(secret).decode(), "walk": walk})
    ShiftPass.objects.bulk_create(rows)
    return made


def boards(agencies: list[Any], watchers: int) -> list[str]:
    """Sessions of control operators, spread over the agencies."""
    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from sunra.platform.accounts.models import Person
    from sunra.platform.base.time import now

    cookies = []
    for place, agency in enumerate(agencies):
        person = Person(username=f"operator{place}", name="관제", email=f"o{place}@demo.invalid", demo=True)
        person.set_unusable_password()
        person.save()
        person.memberships.create(agency=agency, role="control_operator", valid_from=now())
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "-"})
        for _seat in range(place, watchers, len(agencies)):
            session = SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.save()
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return cookies


def main() -> None:
    """Databases, night, boards."""
    import django

    django.setup()
    from sunra.cli.setup import migrate

    migrate()
    teams, watchers, target = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    phones, agencies = night(teams)
    target.write_text(json.dumps({"phones": phones, "boards": boards(agencies, watchers)}))


if __name__ == "__main__":
    main()
