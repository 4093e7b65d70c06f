"""Residents reach the audits of risk as the statistics count them."""

import pytest

from sunra.core.geo.districts import districts
from sunra.journeys.residents import by_dong
from sunra.platform.agencies.models import Agency
from sunra.systems.risk import residents
from sunra.systems.sharing.services.statistics.residents import keep_residents
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def _known(agency: Agency, source: str, counts: dict[str, int], *, demo: bool = False) -> None:
    keep_residents(actor=nights.job(agency), agency_id=agency.id, source=source, residents=counts, demo=demo)


def test_risk_asks_sharing_by_way_of_the_journey() -> None:
    """The newest real figure of each dong of the district arrives; the neighbour's stays where it is."""
    agency, other = nights.office(), nights.office(nights.NEIGHBOUR)
    first, second = districts().dongs(nights.DISTRICT)[:2]
    _known(agency, "invented", {first.code: 9}, demo=True)
    _known(agency, "real", {first.code: 120, second.code: 80})
    _known(other, "theirs", {f"{nights.NEIGHBOUR}10100": 50})
    assert residents.by_dong(nights.job(agency), nights.DISTRICT) == {first.code: 120.0, second.code: 80.0}
    assert by_dong(nights.job(other), nights.DISTRICT) == {}


def test_figures_by_another_kind_of_dong_are_not_mixed_in() -> None:
    """A file by 행정동 has no shares by 법정동: nothing is told rather than something wrong."""
    agency = nights.office()
    _known(agency, "rough", {f"{nights.DISTRICT}99900": 500})
    assert by_dong(nights.job(agency), nights.DISTRICT) == {}
