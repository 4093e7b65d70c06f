"""Days and gear of the demonstration's patrols, so that their pages are not empty. All of it is invented."""

import datetime as dt
from uuid import UUID

from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.systems.patrols.models import CalendarDay, Gear
from sunra.systems.patrols.selectors.equipment import holders
from sunra.systems.patrols.services import calendar, equipment
from sunra.systems.patrols.services.calendar import Words
from sunra.systems.patrols.services.equipment import Thing

EVENING, NIGHT = dt.time(20), dt.time(22)


def prepare(office: Agency, today: dt.date) -> None:
    """A launch day, a joint patrol and a festival; vests, lamps and radios, some of them out. Once."""
    actor = Actor.job(office.id, "demo")
    if not CalendarDay.objects.filter(agency=office).exists():
        for words in _days(office.district, today):
            calendar.add_day(actor=actor, words=words)
    if not Gear.objects.filter(agency=office).exists():
        _gear(actor, office.id, today)


def _days(district: str, today: dt.date) -> tuple[Words, ...]:
    def ahead(days: int) -> dt.date:
        return today + dt.timedelta(days=days)

    return (
        Words(
            "launch", "가상 자율방범대 발대식", ahead(3), ahead(3), EVENING, NIGHT, "가상 구청 광장", district
        ),
        Words("joint", "가상 합동 순찰", ahead(7), ahead(7), EVENING, NIGHT, "가상 북부지구대 앞", district),
        Words("festival", "가상 동네 축제", ahead(12), ahead(13), district=district),
    )


def _gear(actor: Actor, agency_id: UUID, today: dt.date) -> None:
    year = dt.timedelta(days=365)
    things = (
        Thing("vest", "가상 형광 조끼", "M", quantity=30),
        Thing("vest", "가상 형광 조끼", "L", quantity=20),
        Thing("lamp", "가상 경광봉", quantity=25),
        Thing("armour", "가상 보호 장갑", "L", quantity=10, expires=today + 2 * year),
        Thing("radio", "가상 무전기", serial="DEMO-R-01", inspect_by=today + year),
        Thing("radio", "가상 무전기", serial="DEMO-R-02", inspect_by=today + dt.timedelta(days=14)),
    )
    rows = [equipment.add_gear(actor=actor, thing=thing) for thing in things]
    places = holders(actor, agency_id)
    if places:
        equipment.issue(
            actor=actor, gear_id=rows[0].pk, to=places[0].code, quantity=6, due=today + dt.timedelta(days=30)
        )
        equipment.issue(actor=actor, gear_id=rows[4].pk, to=places[-1].code)
