"""Overrides: officers say beforehand what will differ; the forecast never moves, the word is kept."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.roles import ANALYST, CPO, SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now, seoul_today
from sunra.platform.ledger.models import Record
from sunra.systems.risk import hours
from sunra.systems.risk import selectors as risk
from sunra.systems.risk.models import Forecast, Override
from sunra.systems.risk.pages.overrides import override_layer
from sunra.systems.risk.selectors import overrides as selectors
from sunra.systems.risk.services import overrides as services
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
CELLS = [tuple(int(one[n]) for one in districts().grid(nights.DISTRICT)) for n in (3, 4)]


def wanted(**changes: Any) -> services.Wanted:
    """Twice as much in two cells, tomorrow night."""
    today = seoul_today()
    given: dict[str, Any] = {
        "title": "가을 축제", "cause": "festival", "cells": frozenset(CELLS), "slots": (9, 10, 11),
        "factor": 2.0,
        "starts": today, "until": today + dt.timedelta(days=2), "reason": "하천 축제가 열립니다",
    }  # fmt: skip
    return services.Wanted(**(given | changes))


@pytest.fixture
def office() -> Agency:
    """The office of the district."""
    return nights.office()


def forecast(office: Agency, day: dt.date | None = None) -> Forecast:
    """A forecast of tomorrow's night, its table apart."""
    return Forecast.objects.create(
        agency=office, district=nights.DISTRICT, day=day or seoul_today() + dt.timedelta(days=1), params={},
        thresholds={}, code_version="1", seed=0, event_source="prior", path="none.parquet", sha256="0" * 64,
        digest=str(day), cells=0,
    )  # fmt: skip


def test_the_factors_stand_beside_a_forecast_that_does_not_move(office: Agency) -> None:
    """If this fails, an override changes the forecast, or changes nothing."""
    officer = make_actor(SAFETY_OFFICER, office)
    row = services.make_override(actor=officer, wanted=wanted())
    made = forecast(office)
    found = selectors.effective(officer, made)
    assert found.rows == (row,)
    assert override_layer(officer, made).shown is False
    assert set(zip(found.cell_e.tolist(), found.cell_n.tolist(), strict=True)) == set(CELLS)
    assert found.factor[0].tolist() == [1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1]  # 12-14 … 18-20, 20-22, 22-24 …
    east, north = (np.array([cell[axis] for cell in [*CELLS, (1, 1)]]) for axis in (0, 1))
    expected = np.ones((3, 12))
    changed = found.apply(east, north, expected)
    assert expected.sum() == 36
    assert changed.sum(axis=1).tolist() == [15, 15, 12]


def test_only_what_was_said_before_a_slot_counts(office: Agency) -> None:
    """If this fails, officers are scored with what they said afterwards, or lose what they said in time."""
    officer = make_actor(SAFETY_OFFICER, office)
    made = forecast(office)
    row = services.make_override(actor=officer, wanted=wanted())
    start = dt.datetime.combine(made.day, dt.time(12)).astimezone()
    Override.objects.update(created=start + dt.timedelta(days=9))
    assert selectors.effective(officer, made).rows == ()
    Override.objects.update(created=now())
    services.withdraw_override(actor=officer, override_id=row.id, reason="축제가 취소되었습니다")
    assert selectors.effective(officer, made).factor.size == 0
    Override.objects.update(withdrawn_at=start + dt.timedelta(days=9))
    assert selectors.effective(officer, made).rows == (row,)
    with pytest.raises(UserError) as twice:
        services.withdraw_override(actor=officer, override_id=row.id, reason="축제가 취소되었습니다")
    assert twice.value.code == "risk.withdrawn"


def test_the_newest_word_counts_where_two_name_a_cell(office: Agency) -> None:
    """If this fails, two officers' factors multiply without anybody having said so."""
    officer = make_actor(CPO, office)
    services.make_override(actor=officer, wanted=wanted())
    services.make_override(actor=officer, wanted=wanted(factor=0.5, slots=(11,)))
    found = selectors.effective(officer, forecast(office))
    assert found.factor[0, 3:6].tolist() == [2, 2, 0.5]
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cells": frozenset()}, "risk.no_cells"),
        ({"cells": services.around([CELLS[0]], 13)}, "risk.too_many_cells"),
        ({"cells": frozenset({(9544, 19566)})}, "risk.not_yours"),
        ({"factor": 1.0}, "risk.bad_factor"),
        ({"factor": 11.0}, "risk.bad_factor"),
        ({"factor": float("nan")}, "risk.bad_factor"),
        ({"until": dt.date(2020, 1, 1)}, "risk.bad_days"),
        ({"until": seoul_today() + dt.timedelta(days=200)}, "risk.bad_days"),
        ({"slots": ()}, "risk.no_hours"),
        ({"reason": "x"}, "risk.no_reason"),
        ({"title": "외국인 밀집"}, "risk.names_persons"),
        ({"reason": "김철수 씨가 나타남"}, "risk.names_persons"),
    ],
)
def test_what_is_no_override_is_refused(office: Agency, changes: dict[str, Any], code: str) -> None:
    """If this fails, an override without bounds, reason or jurisdiction is kept, or one against people."""
    with pytest.raises(UserError) as refused:
        services.make_override(actor=make_actor(SAFETY_OFFICER, office), wanted=wanted(**changes))
    assert refused.value.code == code
    assert not Override.objects.exists()


def test_officers_of_the_place_alone_may_and_the_ledger_has_the_reason(office: Agency) -> None:
    """If this fails, somebody without the right overrides, or nobody can say later why."""
    row = services.make_override(actor=make_actor(SAFETY_OFFICER, office), wanted=wanted())
    kept = Record.objects.filter(subject="risk.Override").latest("id")
    assert kept.purpose == "하천 축제가 열립니다"
    assert list(selectors.in_force(make_actor(ANALYST, office), district=nights.DISTRICT)) == [row]
    with pytest.raises(PermissionDenied):
        services.make_override(actor=make_actor(ANALYST, office), wanted=wanted())
    with pytest.raises(PermissionDenied):
        services.withdraw_override(actor=make_actor(ANALYST, office), override_id=row.id, reason="그만합니다")
    stranger = make_actor(SAFETY_OFFICER, nights.office(nights.NEIGHBOUR))
    with pytest.raises(UserError):
        services.make_override(actor=stranger, wanted=wanted())
    with pytest.raises(Http404):
        services.withdraw_override(actor=stranger, override_id=row.id, reason="그만합니다")
    assert not selectors.overrides(stranger).exists()


def test_an_officer_overrides_on_the_page_and_takes_it_back(office: Agency) -> None:
    """If this fails, the page cannot do what the service does, or hides the forecast beside it."""
    nights.with_facilities(office)
    nights.with_events(office)
    made = nights.forecast_of(office, seoul_today())
    client = signed_in(make_person(SAFETY_OFFICER, office))
    dong = str(districts().locate(*[float(one) for one in cells.center(*CELLS[0])]))
    number = cells.format_cell(*CELLS[0])
    given = {
        "title": "골목 공사", "cause": "construction", "cells": number, "ring": "1", "slots": ["11"],
        "factor": "0.5",
        "starts": str(seoul_today()), "until": str(seoul_today()), "reason": "길이 막힙니다",
    }  # fmt: skip
    assert client.get(f"/risk/overrides/new/?cells={number}").status_code == 200
    assert client.post("/risk/overrides/new/", given | {"cells": "없음"}).status_code == 400
    assert client.post("/risk/overrides/new/", given | {"cells": "", "dong": ""}).status_code == 400
    whole = services.cells_of_dong(dong)
    assert CELLS[0] in whole
    answer = client.post("/risk/overrides/new/", given | {"ring": "0"})
    assert answer.status_code == 302
    row = Override.objects.get()
    assert row.cells == [list(CELLS[0])]
    text = client.get(answer["Location"]).content.decode()
    assert number in text
    assert "beside-caption" in text
    assert number in client.get("/risk/overrides/").content.decode() or row.title
    features = client.get(f"/risk/{made.id}/overrides.geojson").json()["features"]
    assert len(features) <= 1
    assert client.post(f"{answer['Location']}withdraw/", {"reason": "x"}).status_code == 400
    assert client.post(f"{answer['Location']}withdraw/", {"reason": "공사가 끝났습니다"}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_reason == "공사가 끝났습니다"
    looker = signed_in(make_person(ANALYST, office))
    assert looker.get(answer["Location"]).status_code == 200
    assert looker.get("/risk/overrides/new/").status_code == 403
    assert risk.forecast(nights.job(office), made.id).sha256 == made.sha256


@given(st.sets(st.integers(0, 11)))
def test_masks_hold_what_was_put_in(slots: set[int]) -> None:
    """If this fails, hours are kept that nobody chose."""
    assert set(hours.numbers(hours.mask(slots))) == slots
