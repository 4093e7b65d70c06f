"""Factors and hot spots of a district: for analysts, from places and events on file."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from django.core.exceptions import PermissionDenied

from sunra.core.forecast.analysis import Search
from sunra.core.geo.districts import districts
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.places.services import publish
from sunra.systems.risk.selectors.hotspots import hot_spots
from sunra.systems.risk.services.factors import factor_of, make_factors
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.risk import judged

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
QUICK = Search(metres=(100, 200), resamples=4, penalties=8, block_m=500)


def bars(agency: Agency) -> None:
    """Three bars at the first places, thirty bus stops anywhere."""
    places = [("licence", at) for at in nights.points(25)[:3]]
    places += [("bus_stop", at) for at in nights.points(30)]
    for kind in ("licence", "bus_stop"):
        rows = [
            {"key": f"{kind}{n}", "lon": at[0], "lat": at[1], "dong": str(districts().locate(*at)),
             "count": 1, "business": "호프/통닭", "state": "open"}
            for n, (one, at) in enumerate(places)
            if one == kind
        ]  # fmt: skip
        publish(actor=nights.job(agency), agency_id=agency.id, layer="facility", kind=kind, source="t",
                frame=pl.DataFrame(rows))  # fmt: skip


@pytest.fixture
def agency() -> Agency:
    """An office whose events gather at three places with bars."""
    made = nights.office()
    judged.past(made)
    bars(made)
    return made


def test_bars_where_it_happens_are_found_and_kept(agency: Agency) -> None:
    """The bars come first with a relative risk above one and an interval; the report tells what was tried."""
    report = make_factors(
        actor=nights.job(agency),
        agency_id=agency.id,
        district=nights.DISTRICT,
        search=QUICK,
        moment=judged.LATER,
    )
    first = report.figures["factors"][0]
    assert (first["name"], first["chosen"], first["places"]) == ("bar", True, 3)
    assert 1 < first["low"] < first["relative_risk"] < first["high"]
    assert report.figures["tried"] > 2
    assert report.vintages
    page = signed_in(make_person("analyst", agency))
    nights.forecast_of(agency)
    text = page.get("/risk/factors/", headers={"accept-language": "en"}).content.decode()
    assert "Bars" in text
    assert "does not say that they are the cause" in text


def test_too_few_events_are_refused(agency: Agency) -> None:
    """A family without events gets no factors, and the answer says how many are needed."""
    with pytest.raises(UserError) as caught:
        make_factors(
            actor=nights.job(agency), agency_id=agency.id, district=nights.DISTRICT, family="disorder",
            moment=judged.LATER,
        )  # fmt: skip
    assert caught.value.code == "too_few_events"


def test_what_counts_as_which_factor() -> None:
    """Licences by their words, closed shops not, lights as darkness, police offices not at all."""
    assert factor_of("licence", {"business": "편의점", "state": "open"}) == "convenience_store"
    assert factor_of("licence", {"business": "유흥주점", "state": "closed"}) == ""
    assert factor_of("licence", {"trade": "일반음식점", "business": "한식"}) == ""
    assert factor_of("security_light", {}) == "dark"
    assert factor_of("police_office", {}) == ""
    assert factor_of("bus_stop", {}) == "bus_stop"


def test_hot_spots_lie_where_events_stand_together(agency: Agency) -> None:
    """The three gathering places are hot at 99 %, each row with its z, level and pattern."""
    found = hot_spots(nights.job(agency), nights.DISTRICT, until=dt.date(2026, 11, 9))
    assert found.events == 300
    assert not found.demo
    assert found.rows[0]["level"] == 3
    assert all(a["z"] >= b["z"] for a, b in zip(found.rows, found.rows[1:], strict=False))
    assert np.isfinite([row["p"] for row in found.rows]).all()
    assert hot_spots(nights.job(agency), nights.DISTRICT, "disorder").rows == []


def test_the_hot_spot_page_and_its_map(agency: Agency) -> None:
    """The page stands with map and table, and the points of the map are the rows of the table."""
    nights.forecast_of(agency)
    client = signed_in(make_person("cpo", agency))
    page = client.get("/risk/hotspots/", headers={"accept-language": "en"})
    assert "Gi* (z)" in page.content.decode()
    assert client.get("/risk/hotspots/cells.geojson").json()["type"] == "FeatureCollection"


def test_who_may_not_is_refused(agency: Agency) -> None:
    """A volunteer gets neither page; an auditor may look and not compute; nobody computes for others."""
    nights.forecast_of(agency)
    volunteer = signed_in(make_person("volunteer", agency))
    for path in ("/risk/factors/", "/risk/hotspots/", "/risk/hotspots/cells.geojson"):
        assert volunteer.get(path).status_code == 403
    assert signed_in(make_person("auditor", agency)).post("/risk/factors/compute/").status_code == 403
    with pytest.raises(PermissionDenied):
        make_factors(
            actor=make_actor("analyst", nights.office(nights.NEIGHBOUR)), agency_id=agency.id,
            district=nights.DISTRICT,
        )  # fmt: skip
