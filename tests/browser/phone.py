"""A district with one confirmed night on a real server, and the link with which a phone joins it."""

import json
from typing import Any

from tests.browser.server import Server
from tests.homes import Homes

NIGHT = """
import datetime as dt, json
from sunra.platform.base.time import now
from sunra.systems.patrols.services import duty
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.patrols.duty import night, shift
agency = nights.office()
row = shift(night(agency, starts=now() + dt.timedelta(minutes=5)))
row.ends = row.starts + dt.timedelta(hours=8)
row.save()
actor = make_actor("safety_officer", agency)
links = [duty.invite(actor=actor, shift_id=row.pk) for _ in range(%d)]
print(json.dumps({"shift": str(row.pk), "links": [[one.code, one.pin] for one in links]}))
"""


def night_on(server: Server, homes: Homes, *, phones: int = 1) -> dict[str, Any]:
    """Fill a server's home with a night of eight hours that begins in five minutes, and start it."""
    homes.copy("migrated", server.home)
    found: dict[str, Any] = json.loads(server.python(NIGHT % phones))
    server.start()
    return found


def join(page: Any, server: Server, link: list[str]) -> None:
    """Open the invitation and type its PIN."""
    page.goto(f"{server.url}/duty/#join={link[0]}")
    page.fill("#pin", link[1])
    page.click("#join-go")
    page.wait_for_selector("#stops li")
