"""A small district to test with: its offices, a folder of dirty files, a forecast and a plan."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.places.services import publish
from sunra.systems.patrols import services as patrols
from sunra.systems.patrols.models import Plan
from sunra.systems.patrols.night import NightRisk
from sunra.systems.patrols.services.plans import PlanParams
from sunra.systems.risk import services as risk
from sunra.systems.risk.models import Forecast
from tests.platform.accounts.people import make_agency

DISTRICT, NEIGHBOUR = "26110", "26140"  # 부산 중구, the smallest at hand, and the district beside it
DAY = dt.date(2026, 11, 20)
QUICK = PlanParams(iterations=30, seconds=10, pool=6, each=0)
CCTV_HEADER = "관리기관명,소재지도로명주소,소재지지번주소,설치목적구분,카메라대수,위도,경도,데이터기준일자"


def points(count: int, district: str = DISTRICT) -> list[tuple[float, float]]:
    """Longitude and latitude of the middles of cells spread over the district."""
    cell_e, cell_n = districts().grid(district)
    chosen = np.linspace(0, len(cell_e) - 1, count).astype(int)
    lon, lat = cells.center(cell_e[chosen], cell_n[chosen])
    return [(round(float(x), 7), round(float(y), 7)) for x, y in zip(lon, lat, strict=True)]


def office(district: str = DISTRICT, *, parent: Agency | None = None) -> Agency:
    """The office of a district, responsible for all its dongs."""
    dongs = tuple(dong.code for dong in districts().dongs(district))
    return make_agency(f"{district}청", district=district, dongs=dongs, parent=parent)


def job(agency: Agency) -> Actor:
    """Background work of an agency."""
    return Actor.job(agency.id, "test")


def cctv_csv(path: Path, *, rows: int = 30, district: str = DISTRICT) -> Path:
    """A CCTV file in CP949: located rows, one repeated, one in the sea, one of the next district."""
    lines = [CCTV_HEADER]
    lines += [
        f"중구청,,부산광역시 중구 {n},생활방범,{1 + n % 3},{lat},{lon},2026-10-01"
        for n, (lon, lat) in enumerate(points(rows, district))
    ]
    lines.append(lines[1])
    lines.append("중구청,,부산광역시 중구 어딘가,생활방범,1,34.0,129.9,2026-10-01")
    lon, lat = points(3, NEIGHBOUR)[1]
    lines.append(f"서구청,,부산광역시 서구 1,생활방범,1,{lat},{lon},2026-10-01")
    path.write_bytes("\r\n".join(lines).encode("cp949"))
    return path


def with_facilities(agency: Agency, *, demo: bool = False, kind: str = "cctv", source: str = "test") -> None:
    """Publish forty cameras over the district."""
    rows = [
        {"key": f"{n}", "lon": lon, "lat": lat, "dong": str(districts().locate(lon, lat)), "count": 1 + n % 4}
        for n, (lon, lat) in enumerate(points(40))
    ]
    publish(
        actor=job(agency),
        agency_id=agency.id,
        layer="facility",
        kind=kind,
        source=source,
        frame=pl.DataFrame(rows),
        demo=demo,
    )


def with_events(agency: Agency, *, count: int = 200, demo: bool = False) -> None:
    """Publish thefts of the year before ``DAY``, most of them in a few cells at night."""
    draw = np.random.default_rng(1)
    places = points(25)
    rows = []
    for n in range(count):
        lon, lat = places[int(draw.integers(0, 3 if n % 2 else 25))]
        moment = dt.datetime(2026, 11, 19) - dt.timedelta(days=int(draw.integers(0, 365)))
        rows.append(
            {
                "key": f"e{n}", "lon": lon, "lat": lat, "dong": str(districts().locate(lon, lat)),
                "time_from": moment.replace(hour=22 if n % 3 else 14), "time_to": None,
                "category": "절도", "family": "theft", "weight": 1.0,
            }
        )  # fmt: skip
    publish(
        actor=job(agency),
        agency_id=agency.id,
        layer="event",
        kind="call112",
        source="test",
        frame=pl.DataFrame(rows),
        demo=demo,
    )


def with_streets(agency: Agency, *, demo: bool = False) -> None:
    """Publish a lattice of streets, 100 m apart, over the whole district."""
    cell_e, cell_n = districts().grid(DISTRICT)
    here = set(zip(cell_e.tolist(), cell_n.tolist(), strict=True))
    lines = []
    for east, north in sorted(here):
        for other in ((east + 1, north), (east, north + 1)):
            if other in here:
                lon, lat = cells.center([east, other[0]], [north, other[1]])
                line = [[float(x), float(y)] for x, y in zip(lon, lat, strict=True)]
                lines.append(
                    {
                        "key": f"{east}-{north}-{other}",
                        "dong": str(districts().locate(lon[0], lat[0])),
                        "geometry": line,
                    }
                )
    publish(
        actor=job(agency),
        agency_id=agency.id,
        layer="street",
        kind="road",
        source="test",
        frame=pl.DataFrame(lines),
        demo=demo,
    )


def forecast_of(agency: Agency, day: dt.date = DAY) -> Forecast:
    """The forecast of a night, from what is published."""
    return risk.make_forecast(actor=job(agency), agency_id=agency.id, district=DISTRICT, day=day, seed=1)


def night(agency: Agency, day: dt.date = DAY) -> NightRisk:
    """The same as the planner sees it."""
    from sunra.journeys.bridge import night_risk

    return night_risk(forecast_of(agency, day))


def plan_of(agency: Agency, day: dt.date = DAY, *, confirmed: bool = False) -> Plan:
    """A quick plan of a night."""
    actor = job(agency)
    plan = patrols.make_plan(actor=actor, agency_id=agency.id, risk=night(agency, day), params=QUICK, seed=1)
    return patrols.confirm(actor=actor, plan_id=plan.id) if confirmed else plan
