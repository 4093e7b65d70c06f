"""Accidents by severity: families of their own where the data say so, with a weight that people see."""

import pytest

from sunra.core.forecast import Params
from sunra.platform.places.models import PlaceEvent
from sunra.systems.risk import services
from sunra.systems.risk.severity import FATAL, SERIOUS, SEVERITIES, SLIGHT, family_of
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights


@pytest.mark.parametrize(
    ("category", "family"),
    [
        ("404", FATAL), ("사망사고", FATAL), ("중상사고", SERIOUS), ("경상사고", SLIGHT),
        ("부상신고사고", SLIGHT),
        ("차대사람", "traffic_accident"), ("401", "traffic_accident"), ("", "traffic_accident"),
    ],
)  # fmt: skip
def test_a_category_tells_the_severity_of_an_accident_alone(category: str, family: str) -> None:
    """Words of police records and the 112 code say how bad an accident was; other families stay theirs."""
    assert family_of("traffic_accident", category) == family
    assert family_of("disorder", category) == "disorder"


@pytest.mark.django_db(databases=["default", "ledger"])
def test_severe_accidents_are_a_family_with_its_own_weight() -> None:
    """They enter by themselves, weigh as accidents do until a weight is set, and then move the forecast."""
    agency = nights.office()
    nights.with_events(agency, count=120)
    accidents = list(PlaceEvent.objects.order_by("key").values_list("id", flat=True)[:60])
    PlaceEvent.objects.filter(id__in=accidents).update(family="traffic_accident", category="404")
    first = nights.forecast_of(agency)
    assert set(first.method) == {"theft", FATAL}
    assert first.params["weights"][FATAL] == Params().weights["traffic_accident"]
    client = signed_in(make_person("safety_officer", agency))
    page = client.get(f"/risk/weights/?day={nights.DAY}").content.decode()
    assert f'name="{FATAL}"' in page
    assert f'name="{SERIOUS}"' not in page
    weights = {**Params().weights, FATAL: 3.0}
    services.set_weights(
        actor=nights.job(agency),
        agency_id=agency.id,
        district=nights.DISTRICT,
        weights=weights,
        reason="사고",
    )
    after = nights.forecast_of(agency)
    assert after.params["weights"][FATAL] == 3.0
    assert after.expected_total > first.expected_total
    assert set(services.params_for(nights.NEIGHBOUR).weights) == {*Params().weights, *SEVERITIES}
