"""The main job on the real files of Seongbuk and on the real streets of Gangnam."""

import shutil
from pathlib import Path

import pytest

from sunra.journeys import tonight
from sunra.journeys.offices import office_of
from sunra.platform.accounts.actor import Actor
from sunra.platform.places.models import Facility
from sunra.systems.patrols.services import plans
from tests.shared import shared_data
from tests.systems import nights

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.real_data]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short search is as good for these tests."""
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)


def folder(tmp_path: Path, *patterns: str) -> Path:
    """Copies of the real files of these patterns."""
    korea = shared_data("korea")
    for pattern in patterns:
        found = sorted(korea.glob(pattern))
        assert found, pattern
        for path in found:
            shutil.copyfile(path, tmp_path / path.name)
    return tmp_path


def run(district: str, data: Path) -> tonight.TonightResult:
    """The night of a district."""
    return tonight.run(
        actor=Actor.job(office_of(district).id, "test"), district=district, data=data, day=nights.DAY
    )


def test_seongbuk_balances_to_the_row(tmp_path: Path) -> None:
    """1,550 CCTV rows are 3,580 cameras, 12,687 lights and 13,088 bells are all accounted for, no district
    is mixed in.
    """
    data = folder(tmp_path, "cctv/*성북구*", "lights/*성북구*", "bells/Seoul_Bell.csv", "police_2022/*")
    result = run("11290", data)
    files = {one["kind"]: one for one in result.as_json()["files"] if one["kind"] != "police_office"}
    assert {kind: one["rows"] for kind, one in files.items()} == {
        "cctv": 1550,
        "security_light": 12687,
        "emergency_bell": 13088,
    }
    for one in result.as_json()["files"]:
        assert one["rows"] == one["accepted"] + one["merged"] + one["quarantined"]
        assert one["accepted"] == one["published"] + one["elsewhere"] + one["withheld"]
    assert files["cctv"]["units"] == 3580
    assert files["emergency_bell"]["elsewhere"] > 11_000
    assert not Facility.objects.exclude(dong__startswith="11290").exists()
    assert result.forecast.event_source == "prior"
    assert not result.forecast.graded
    assert result.plan.distance_source == "straight_line"
    assert all(len(team.stops.all()) > 0 for team in result.teams)


def test_gangnam_is_walked_on_its_real_streets(tmp_path: Path) -> None:
    """With the district's road centrelines the plan follows streets, and says so."""
    data = folder(tmp_path, "cctv/*강남구*_2020*", "roads_gangnam_juso/TL_SPRD_MANAGE.*")
    result = run("11680", data)
    assert result.plan.distance_source == "streets"
    assert any(len(team.line) > 100 for team in result.teams)
