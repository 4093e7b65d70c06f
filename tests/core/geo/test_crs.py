"""Coordinate systems: exact to a millimetre, and true to real addresses."""

import csv
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import crs
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import UnknownCrs
from tests.shared import shared_data

LON = st.floats(124.5, 132.0)
LAT = st.floats(33.0, 38.7)


@settings(deadline=None)
@given(LON, LAT, st.sampled_from(list(itertools.permutations(crs.CODES, 2))))
def test_round_trip_to_a_millimetre(lon, lat, pair):
    """Any point of Korea comes back from any pair of systems within 1 mm."""
    first, second = pair
    x, y = crs.transform(lon, lat, 4326, first)
    back = crs.transform(*crs.transform(x, y, first, second), second, first)
    per_unit = 111_000 if first == 4326 else 1
    assert abs(back[0] - x) * per_unit < 1e-3
    assert abs(back[1] - y) * per_unit < 1e-3


def test_origins():
    """Each projected system has its false origin where its definition puts it."""
    for epsg, lon, x, y in [
        (5179, 127.5, 1_000_000, 2_000_000),
        (5181, 127, 200_000, 500_000),
        (5186, 127, 200_000, 600_000),
    ]:
        assert np.allclose(crs.transform(lon, 38.0, 4326, epsg), (x, y), atol=1e-6)
    assert np.allclose(crs.transform(180.0, 0.0, 4326, 3857), (20037508.342789, 0), atol=1e-5)


def test_bessel_shift_is_applied():
    """EPSG:5174 without its datum shift would lie hundreds of metres off; 2097 differs by 10.405 seconds."""
    lon, lat = crs.transform(198811.965898086, 452040.822179636, 5174, 4326)
    assert (float(lon), float(lat)) == pytest.approx((126.98734006, 37.57065436), abs=2e-8)
    west, _ = crs.transform(198811.965898086, 452040.822179636, 2097, 4326)
    assert (float(lon) - float(west)) * 3600 == pytest.approx(10.405, abs=0.01)


def test_shapes_and_bad_values():
    """Scalars and arrays keep their shape, what cannot be turned becomes NaN, a foreign system is refused."""
    x, _ = crs.transform(127.0, 37.5, 4326, 5179)
    assert x.shape == ()
    xs, ys = crs.transform([[127.0, np.nan]], [[37.5, 37.5]], 4326, 5179)
    assert xs.shape == (1, 2)
    assert np.isnan(xs[0, 1])
    assert np.isnan(ys[0, 1])
    same, _ = crs.transform([1.0], [2.0], 5179, 5179)
    assert same[0] == 1.0
    with pytest.raises(UnknownCrs) as refused:
        crs.transform(0, 0, 4326, 5187)
    assert refused.value.params == {"epsg": 5187}


@pytest.mark.real_data
def test_licensed_bars_lie_in_the_district_of_their_address():
    """Real EPSG:5174 licence coordinates fall into the district that their address names."""
    path = shared_data("korea", "licences", "서울특별시 유흥주점영업 인허가 정보.csv")
    with path.open(encoding="cp949") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["좌표정보(X)"].strip() and row["지번주소"].startswith("서울")
        ]
    x = np.array([float(row["좌표정보(X)"]) for row in rows])
    y = np.array([float(row["좌표정보(Y)"]) for row in rows])
    lon, lat = crs.transform(x, y, 5174, 4326)
    named = np.array([row["지번주소"].split()[1] for row in rows])
    borders = districts()
    codes = {borders.district(code).name: code for code in borders.codes("11")}
    assert set(named) <= set(codes)
    found = np.array([code[:5] for code in borders.locate(lon, lat)])
    wrong = np.flatnonzero(found != np.array([codes[name] for name in named]))
    assert len(rows) > 4000
    assert len(wrong) <= 1  # one record of 4,610 lies 206 m inside the neighbour district
