"""What the demonstration's residents ask for and its officers override, so that those pages are not empty."""

from datetime import timedelta

import numpy as np

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import seoul_today
from sunra.systems.risk import selectors
from sunra.systems.risk.models import Override, PatrolRequest
from sunra.systems.risk.services import moderation, requests
from sunra.systems.risk.services.overrides import Wanted, make_override

EVENING, EVERY_DAY = (10, 11), tuple(range(7))
ADDRESS = "192.0.2.1"
"""Of the range kept for documentation: nobody has it."""
APART = 50
"""The second request is so many cells farther out."""


def wish(office: Agency) -> None:
    """Two residents' requests in the middle of the district, one accepted, before its night is planned; again
    it changes nothing.
    """
    if PatrolRequest.objects.filter(agency=office).exists():
        return
    officer = person_actor(Person.objects.get(username="safety", demo=True))
    middle = districts().district(office.district).polygon.representative_point()
    east, north = (int(one) for one in cells.cell_of(middle.x, middle.y))
    cell_e, cell_n = districts().grid(office.district)
    nearest = np.lexsort((cell_n, cell_e, np.hypot(cell_e - east, cell_n - north)))
    for number, cause in enumerate(("dark_street", "way_home")):
        row = nearest[number * APART]
        lon, lat = cells.center(cell_e[row], cell_n[row])
        wanted = requests.Wish(cause, EVENING, EVERY_DAY, lon=float(lon), lat=float(lat))
        asked = requests.ask(wish=wanted, address=ADDRESS)
        if number == 0:
            moderation.accept(actor=officer, request_id=asked.request.id)


def override(office: Agency) -> None:
    """A festival at the hottest cell of the night; again it changes nothing."""
    officer = person_actor(Person.objects.get(username="safety", demo=True))
    forecast = selectors.latest(Actor.job(office.id, "demo"), district=office.district)
    if forecast is None or Override.objects.filter(agency=office).exists():
        return
    hot = [(row["cell_e"], row["cell_n"]) for row in selectors.cells(forecast, 5).head(1).to_dicts()]
    today = seoul_today()
    wanted = Wanted(
        title="동네 축제 (가상)", cause="festival", cells=frozenset(hot), slots=EVENING, factor=2.0,
        starts=today, until=today + timedelta(days=2), reason="축제로 늦게까지 붐빕니다",
    )  # fmt: skip
    make_override(actor=officer, wanted=wanted)
