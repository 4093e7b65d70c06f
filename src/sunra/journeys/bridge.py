"""Carries what one system found to the next: figures by station to the forecast, the forecast to the plan."""

import re
from collections import defaultdict
from dataclasses import replace

import numpy as np

from sunra.core.forecast import StationCount
from sunra.core.geo.districts import districts
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.systems.patrols.night import NightRisk
from sunra.systems.risk import selectors as risk
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.selectors import requests
from sunra.systems.risk.services.request_share import share_of
from sunra.systems.risk.table import SLOTS, slot_column
from sunra.systems.sharing import selectors as sharing

# Words of the tables by station → families; sexual offences and domestic violence are left out on purpose.
_FAMILY_OF = {
    "절도": "theft", "강도": "street_violence", "폭력": "street_violence", "폭행": "street_violence",
    "살인": "street_violence", "기초질서": "disorder",
}  # fmt: skip


def night_risk(forecast: Forecast) -> NightRisk:
    """A stored forecast as the planner sees it."""
    frame = risk.night(forecast)
    columns = {
        figure: frame.select(slot_column(figure, slot) for slot in range(SLOTS)).to_numpy()
        for figure in ("expected", "grade")
    }
    return NightRisk(
        forecast_id=forecast.id,
        district=forecast.district,
        day=forecast.day,
        first_hour=forecast.first_hour,
        event_source=forecast.event_source,
        graded=forecast.graded,
        demo=forecast.demo,
        cell_e=frame["cell_e"].to_numpy(),
        cell_n=frame["cell_n"].to_numpy(),
        dong=tuple(frame["dong"].to_list()),
        count=frame["count"].to_numpy(),
        expected=np.asarray(columns["expected"], dtype=np.float64),
        grade=np.asarray(columns["grade"], dtype=np.uint8),
    )


def night_with_requests(actor: Actor, forecast: Forecast) -> NightRisk:
    """The same with what residents asked for beside it, never in it: accepted requests for the night, and the
    share of a plan that officers have given them in this district (0: none).

    Requests of a demonstration count in a demonstration's plan alone.
    """
    plain = night_risk(forecast)
    share = share_of(forecast.district)
    if not share:
        return plain
    # Whoever may plan counts requests; reading them one by one is another permission.
    planner = Actor.job(actor.agency_id or forecast.agency_id, "journeys.requests")
    wanted = requests.weights(
        planner, district=forecast.district, day=forecast.day, first_hour=forecast.first_hour,
        demo=forecast.demo,
    )  # fmt: skip
    asked = np.zeros(plain.expected.shape)
    row_of = {cell: row for row, cell in enumerate(zip(plain.cell_e, plain.cell_n, strict=True))}
    for cell, weight in zip(zip(wanted.cell_e, wanted.cell_n, strict=True), wanted.weight, strict=True):
        if cell in row_of:
            asked[row_of[cell]] = weight
    return replace(plain, asked=asked, request_share=share)


def station_counts(actor: Actor, district: str) -> tuple[StationCount, ...]:
    """Yearly figures of the stations of a district from published crime tables, for the prior.

    A table names stations and not codes, so a name counts only when it is exactly that of a police station
    with
    jurisdiction in the district, or of the district itself; the latest year of each is taken.
    """
    names = _names(district)
    found: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in sharing.crime_counts(actor):
        family = next((code for word, code in _FAMILY_OF.items() if word in str(row.get("category", ""))), "")
        station = _bare(str(row.get("station", "")))
        if family and station in names:
            found[station, family][int(row.get("year") or 0)] += float(row.get("count") or 0)
    return tuple(
        StationCount(family, years[max(years)], 365.0) for (_station, family), years in sorted(found.items())
    )


def _names(district: str) -> set[str]:
    """Bare names of the district and of the stations responsible for part of it."""
    stations = Agency.objects.filter(
        type="police_station", jurisdiction__dong__startswith=district
    ).distinct()
    return {_bare(name) for name in stations.values_list("name", flat=True)} | {
        districts().district(district).name.split()[-1]
    }


def _bare(name: str) -> str:
    """서울성북경찰서, 성북경찰서 and 성북 are one name; 성북구 is the district's."""
    text = re.sub(r"\s", "", name).removesuffix("경찰서")
    for city in ("서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종"):
        rest = text.removeprefix(city)
        if rest:
            text = rest
    return text
