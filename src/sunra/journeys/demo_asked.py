"""What the demonstration's residents ask for and its officers override, so that those pages are not empty."""

from datetime import timedelta

from sunra.core.geo import cells
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


def ask(office: Agency) -> None:
    """Two requests, one accepted, and an override; again it changes nothing."""
    officer = person_actor(Person.objects.get(username="safety", demo=True))
    forecast = selectors.latest(Actor.job(office.id, "demo"), district=office.district)
    if forecast is None:
        return
    hot = [(row["cell_e"], row["cell_n"]) for row in selectors.cells(forecast, 5).head(2).to_dicts()]
    if not PatrolRequest.objects.filter(agency=office).exists():
        for number, (cell, cause) in enumerate(zip(hot, ("dark_street", "way_home"), strict=False)):
            lon, lat = cells.center(*cell)
            wish = requests.Wish(cause, EVENING, EVERY_DAY, lon=float(lon), lat=float(lat))
            asked = requests.ask(wish=wish, address=ADDRESS)
            if number == 0:
                moderation.accept(actor=officer, request_id=asked.request.id)
    if not Override.objects.filter(agency=office).exists():
        today = seoul_today()
        wanted = Wanted(
            title="동네 축제 (가상)", cause="festival", cells=frozenset(hot[:1]), slots=EVENING, factor=2.0,
            starts=today, until=today + timedelta(days=2), reason="축제로 늦게까지 붐빕니다",
        )  # fmt: skip
        make_override(actor=officer, wanted=wanted)
