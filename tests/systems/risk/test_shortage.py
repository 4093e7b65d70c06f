"""Where a high grade meets a missing camera, light or bell."""

import numpy as np
import polars as pl
import pytest

from sunra.core.geo import cells, crs
from sunra.platform.places.models import Facility
from sunra.systems.risk import selectors, why
from sunra.systems.risk.models import Forecast
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def graded() -> Forecast:
    """A graded forecast with cameras, and lights in a few cells."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_facilities(agency, kind="security_light", source="lights")
    nights.with_events(agency)
    return nights.forecast_of(agency)


def test_only_cells_of_the_grade_that_lack_something_are_listed(graded: Forecast) -> None:
    """Every row is of the grade and farther than wanted from a known kind; unknown kinds are not missing."""
    found = selectors.shortage(graded, high=3)
    assert found.known == ("cctv", "security_light")
    assert 0 < len(found.rows) <= found.looked
    for row in found.rows:
        far = [round(row[f"nearest_{kind}"]) > selectors.WANTED[kind] for kind in found.known]
        assert row["lacking"] == sum(far) > 0
        assert row["grade"] >= 3
    lacking = [row["lacking"] for row in found.rows]
    assert lacking == sorted(lacking, reverse=True)
    assert len(selectors.shortage(graded, high=10).rows) <= len(found.rows)


def test_the_distance_is_the_one_measured_by_hand(graded: Forecast) -> None:
    """For one cell: the least of all distances to the published cameras, in metres."""
    row = selectors.table(graded).row(7, named=True)
    lon, lat = cells.center(row["cell_e"], row["cell_n"])
    here = np.array(crs.transform(lon, lat, 4326, 5179)).ravel()
    points = Facility.objects.filter(kind="cctv").values_list("lon", "lat")
    all_ = [np.hypot(*(np.array(crs.transform(*point, 4326, 5179)).ravel() - here)) for point in points]
    assert row["nearest_cctv"] == pytest.approx(min(all_), abs=0.1)


def test_an_ungraded_forecast_goes_by_order() -> None:
    """A prior lists the first twentieth of its cells, with their place instead of a grade."""
    agency = nights.office()
    nights.with_facilities(agency)
    prior = nights.forecast_of(agency)
    found = selectors.shortage(prior)
    assert 0 < found.looked <= prior.cells * 0.05 + 5


def test_a_forecast_from_before_the_distances_lists_nothing(graded: Forecast) -> None:
    """An older table without distances answers with no kinds known, not with an error."""
    from sunra.engine import store
    from sunra.platform.base.home import home

    old = selectors.table(graded)
    store.write(home() / graded.path, old.drop([name for name in old.columns if "nearest" in name]), {})
    assert selectors.shortage(graded).rows == []


def test_reasons_are_sentences_with_numbers_from_the_data(graded: Forecast) -> None:
    """The cell tells reports, what stands within 100 m and how far apart the lights are; a closed bar is no
    bar.
    """
    row = selectors.cells(graded, 5).row(0, named=True)
    lon, lat = (float(one) for one in cells.center(row["cell_e"], row["cell_n"]))
    place = {"lon": lon, "lat": lat, "cell_e": row["cell_e"], "cell_n": row["cell_n"], "dong": row["dong"]}
    lamp = Facility.objects.filter(kind="security_light").first()
    assert lamp is not None
    Facility.objects.filter(kind="security_light").delete()
    common = {"agency": graded.agency, "source": "bars", "published": lamp.published, **place}
    for number, state in enumerate(("open", "open", "closed")):
        attrs = {"business": "유흥주점", "state": state}
        Facility.objects.create(kind="licence", key=f"{number}", attrs=attrs, **common)
    for number, east in enumerate((0.0, 0.0003)):
        Facility.objects.create(kind="security_light", key=f"x{number}", **{**common, "lon": lon + east})
    cell = selectors.cell(nights.job(graded.agency), graded.id, row["cell_e"], row["cell_n"])
    bars = [one for one in cell.around if one.kind == "licence"]
    assert [(one.name, one.units) for one in bars] == [("유흥주점", 2)]
    assert cell.spacing == pytest.approx(27, abs=8)
    said = " ".join(why.reasons(cell))
    assert "유흥주점 2" in said
    assert f"{sum(cell.past.values()):.0f}" in said
    assert why.in_short(cell)


def test_the_list_leaves_as_csv_and_is_for_staff(graded: Forecast) -> None:
    """Sortable page and CSV with the same rows; a volunteer gets 403."""
    cpo = signed_in(make_person("cpo", graded.agency))
    address = f"/risk/shortage/?district={graded.district}&day={graded.day}&grade=3"
    assert cpo.get(f"{address}&shortage-sort=-nearest_cctv").status_code == 200
    text = cpo.get(f"{address}&export=csv&table=shortage").content.decode("utf-8-sig")
    assert len(pl.read_csv(text.encode())) == len(selectors.shortage(graded, high=3).rows)
    assert signed_in(make_person("volunteer", graded.agency)).get(address).status_code == 403
