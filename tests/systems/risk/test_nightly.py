"""The coming nights of many districts at once: the same numbers anywhere, no district waiting for another."""

import datetime as dt
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.forecast import Params, StationCount
from sunra.engine import Embedded, EngineError, map_partitions
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.jobs import registry
from sunra.platform.places.models import PlaceEvent
from sunra.platform.places.services import publish
from sunra.systems.risk import selectors, services, trained, work
from sunra.systems.risk.gather import gather
from sunra.systems.risk.jobs import NIGHTLY, roots
from sunra.systems.risk.models import FamilyWeights, Forecast, MethodChoice
from sunra.systems.risk.services import nightly
from tests.platform.accounts.people import make_actor, make_agency
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def _task(days: int = 2, **changes: Any) -> work.Task:
    each = tuple((nights.DAY + dt.timedelta(days=ahead), ahead) for ahead in range(days))
    return work.Task(nights.DISTRICT, each, Params(), **changes)


@pytest.mark.django_db(databases=["default", "ledger"])
def test_rows_carry_all_that_decides_a_night() -> None:
    """Packed as rows, worked on as a part and read back, the numbers are those of the direct way."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency, count=60)
    found = gather(nights.job(agency), nights.DISTRICT, nights.DAY)
    task = _task()
    direct = work.solve(task, found.grid, found.events, found.covariates)
    rows = work.rows_of(task, found.events, found.covariates.values, found.grid)
    back = work.nights_of(map_partitions(work.part, rows, "district", backend=Embedded()))[nights.DISTRICT]
    for one, other in zip(direct, back, strict=True):
        assert (one.day, one.about) == (other.day, other.about)
        assert one.cells.equals(other.cells)


@given(
    weight=st.floats(0, 10),
    half=st.floats(1, 5000),
    count=st.floats(0, 1e6),
    day=st.dates(min_value=dt.date(2000, 1, 1)),
)
@settings(max_examples=30, deadline=None)
def test_a_task_survives_its_journey(weight: float, half: float, count: float, day: dt.date) -> None:
    """Parameters, nights and station figures come back from text exactly as they went in."""
    params = Params(half_life_days=half, weights={**Params().weights, "theft": weight})
    task = work.Task("26110", ((day, 7),), params, frozenset({day}), (StationCount("theft", count),))
    back = work.Task.of_json(task.as_json())
    assert work.values_of(back.params) == {**work.values_of(params), "weights": dict(params.weights)}
    assert (back.nights, back.holidays, back.stations) == (task.nights, task.holidays, task.stations)


def test_seven_nights_of_each_district_under_its_own_office() -> None:
    """A root forecasts all districts with data; rows belong to the offices; asking again makes no new row."""
    root = make_agency("위원회")
    office = nights.office(parent=root)
    nights.with_facilities(office)
    nights.with_events(office, count=60)
    heard: list[list[str]] = []
    actor = Actor.job(root.id, "test")
    done = services.make_nights(
        actor=actor, day=nights.DAY, days=3, after=lambda through: heard.append(list(through))
    )
    assert heard == [[nights.DISTRICT]]
    assert [row.day for row in done.forecasts] == [nights.DAY + dt.timedelta(days=n) for n in range(3)]
    first = done.forecasts[0]
    assert (first.agency_id, first.known_until) == (office.id, nights.DAY)
    assert {one["layer"] for one in first.vintages} == {"event", "facility"}
    assert first.method["theft"]["method"]
    again = services.make_nights(actor=actor, day=nights.DAY, days=3)
    assert [row.id for row in again.forecasts] == [row.id for row in done.forecasts]
    skipped = services.make_nights(actor=actor, day=nights.DAY, days=3, done=[nights.DISTRICT])
    assert skipped.forecasts == []


def test_a_failing_district_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One district whose work fails is named; the other is forecast all the same."""
    root = make_agency("위원회")
    for code in (nights.DISTRICT, nights.NEIGHBOUR):
        nights.office(code, parent=root)
    nights.with_facilities(
        Forecast._meta.get_field("agency").related_model.objects.get(district=nights.DISTRICT)
    )
    real = work.part

    def fails(key: str, rows: pa.Table) -> pa.Table:
        if key == nights.NEIGHBOUR:
            raise EngineError("partition", partition=key)
        return real(key, rows)

    monkeypatch.setattr(nightly.work, "part", fails)
    done = services.make_nights(
        actor=Actor.job(root.id, "test"),
        day=nights.DAY,
        days=1,
        districts=[nights.DISTRICT, nights.NEIGHBOUR, "99999"],
    )
    assert set(done.failed) == {nights.NEIGHBOUR, "99999"}
    assert [row.district for row in done.forecasts] == [nights.DISTRICT]


def test_who_may_not_make_is_refused() -> None:
    """A crime prevention officer starts no nights and sets no weights, nor does a neighbour's officer."""
    agency, other = nights.office(), nights.office(nights.NEIGHBOUR)
    with pytest.raises(PermissionDenied):
        services.make_nights(actor=make_actor("cpo", agency), day=nights.DAY)
    weights = dict(Params().weights)
    for actor in (make_actor("cpo", agency), make_actor("safety_officer", other)):
        with pytest.raises(PermissionDenied):
            services.set_weights(
                actor=actor, agency_id=agency.id, district=nights.DISTRICT, weights=weights, reason="x"
            )


def test_weights_that_people_set_move_the_forecast_and_stay_with_it() -> None:
    """New weights make a new version that names them; nonsense and a missing reason are refused."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency)
    before = nights.forecast_of(agency)
    actor, weights = nights.job(agency), {**Params().weights, "theft": 2.0}
    services.set_weights(
        actor=actor, agency_id=agency.id, district=nights.DISTRICT, weights=weights, reason="빈집털이 기간"
    )
    after = nights.forecast_of(agency)
    assert after.id != before.id
    assert after.params["weights"]["theft"] == 2.0
    assert after.expected_total == pytest.approx(2 * before.expected_total)
    wrong = [
        ({**weights, "theft": 11.0}, "x"),
        ({**weights, "theft": float("nan")}, "x"),
        (dict.fromkeys(weights, 0.0), "x"),
    ]
    wrong += [({**weights, "domestic": 1.0}, "x"), (weights, " ")]
    for given_weights, reason in wrong:
        with pytest.raises(UserError):
            services.set_weights(
                actor=actor,
                agency_id=agency.id,
                district=nights.DISTRICT,
                weights=given_weights,
                reason=reason,
            )
    assert FamilyWeights.objects.count() == 1


@pytest.mark.parametrize("family", ["domestic", "child", "sexual", "stalking", "suicide"])
def test_a_home_bound_case_is_refused_at_the_door_of_publishing(family: str) -> None:
    """Published under its family it is refused; nothing of it reaches a cell."""
    agency = nights.office()
    lon, lat = nights.points(1)[0]
    row = {"key": "1", "lon": lon, "lat": lat, "dong": "2611010100", "family": family, "category": "x",
           "time_from": dt.datetime(2026, 11, 1, 22), "time_to": None, "weight": 1.0}  # fmt: skip
    with pytest.raises(UserError) as caught:
        publish(
            actor=nights.job(agency), agency_id=agency.id, layer="event", kind="call112", source="t",
            frame=pl.DataFrame([row]),
        )  # fmt: skip
    assert caught.value.code == "withheld_family"
    assert not PlaceEvent.objects.exists()


def test_a_case_that_came_in_under_another_family_stops_the_forecast() -> None:
    """Slipped past the first door as disorder, its words stop it at the second: nothing is forecast."""
    agency = nights.office()
    nights.with_events(agency, count=3)
    PlaceEvent.objects.filter(key="e0").update(category="가정폭력")
    with pytest.raises(UserError) as caught:
        nights.forecast_of(agency)
    assert caught.value.code == "withheld_family"
    assert not Forecast.objects.exists()


def test_person_columns_never_reach_an_event() -> None:
    """Whatever a file tells of a victim or a caller is not kept with the event: no forecast can hold it."""
    agency = nights.office()
    lon, lat = nights.points(1)[0]
    row = {"key": "1", "lon": lon, "lat": lat, "dong": "2611010100", "family": "theft", "category": "절도",
           "time_from": dt.datetime(2026, 11, 1, 22), "time_to": None, "weight": 1.0,
           "name": "홍길동", "피해자": "홍길동", "신고자전화": "010-1234-5678", "나이": 34}  # fmt: skip
    publish(
        actor=nights.job(agency), agency_id=agency.id, layer="event", kind="call112", source="t",
        frame=pl.DataFrame([row]),
    )  # fmt: skip
    kept = PlaceEvent.objects.get()
    assert (kept.name, kept.attrs) == ("", {})
    night = selectors.table(nights.forecast_of(agency))
    assert not {"name", "피해자", "나이"} & set(night.columns)


def test_distances_are_to_the_nearest_and_unknown_kinds_are_absent() -> None:
    """Cameras stand in cell centres, so some distance is nought; of bells nothing is known, so no column."""
    agency = nights.office()
    nights.with_facilities(agency)
    found = gather(nights.job(agency), nights.DISTRICT, nights.DAY)
    assert set(found.nearest) == {"cctv"}
    assert found.nearest["cctv"].min() < 1 < found.nearest["cctv"].max()
    assert np.count_nonzero(found.nearest["cctv"] < 1) == 40


class _Job:
    """What a running job holds, without a worker."""

    def __init__(self, agency_id: Any, state: dict[str, Any]) -> None:
        self.actor, self.state, self.answer = Actor.job(agency_id, "risk.nightly"), state, {}
        self.commit = transaction.atomic

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Nobody looks."""

    def checkpoint(self, state: dict[str, Any]) -> None:
        """Keep where it is."""
        self.state = state

    def finish(self, answer: dict[str, Any]) -> None:
        """Keep what came of it."""
        self.answer = answer


def test_the_job_goes_on_where_another_stopped() -> None:
    """Every tree of agencies has a run each night; one that takes over makes nothing twice."""
    agency = nights.office()
    nights.with_facilities(agency)
    assert list(roots()) == [agency.id]
    assert NIGHTLY in {one.name for one in registry.schedules()}
    run: Any = registry.kind_of(NIGHTLY).run
    first = _Job(agency.id, {})
    assert run(first, day=str(nights.DAY), days=2)["nights"] == 2
    assert first.state == {"day": str(nights.DAY), "through": [nights.DISTRICT]}
    assert run(_Job(agency.id, first.state), days=2)["nights"] == 0


def test_a_choice_is_made_once_a_week_and_named_in_each_forecast() -> None:
    """The first run chooses by the own past, the next days use it, a week later it is made anew."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency, count=80)
    actor = nights.job(agency)

    def run(day: dt.date) -> Forecast:
        return services.make_nights(actor=actor, day=day, days=1, districts=[nights.DISTRICT]).forecasts[0]

    first = run(nights.DAY)
    row = MethodChoice.objects.get()
    assert first.method["theft"] == {
        "method": "empirical_bayes", "reason": "too_little_to_choose", "trained": row.models_sha256,
    }  # fmt: skip
    assert row.methods["theft"]["method"] == first.params["methods"]["theft"]
    run(nights.DAY + dt.timedelta(days=1))
    assert MethodChoice.objects.count() == 1
    run(nights.DAY + dt.timedelta(days=7))
    assert MethodChoice.objects.count() == 2
    before = nights.DAY - dt.timedelta(days=1)
    assert services.choices.chosen(nights.DISTRICT, before) == {}
    late = nights.DAY + dt.timedelta(days=60)
    assert services.choices.chosen(nights.DISTRICT, late) == {}


def test_what_was_trained_is_used_until_its_past_changes_and_refused_when_damaged() -> None:
    """Later events leave the stored method in use and the numbers reproducible; a corrected past or a damaged
    file makes the choice anew; what no night uses any more is deleted; foreign bytes are never run.
    """
    agency = nights.office()
    nights.with_events(agency, count=80)
    actor = nights.job(agency)

    def run(ahead: int) -> Forecast:
        day = nights.DAY + dt.timedelta(days=ahead)
        return services.make_nights(actor=actor, day=day, days=1, districts=[nights.DISTRICT]).forecasts[0]

    choices = MethodChoice.objects.order_by("-chosen_on", "-created")
    assert run(0).method["theft"]["trained"] == choices[0].models_sha256
    PlaceEvent.objects.filter(key="e0").update(time_from=dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC))
    run(1)
    assert choices.count() == 2, "an event has left the past"
    PlaceEvent.objects.filter(key="e1").update(time_from=dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC))
    run(1)
    assert choices.count() == 3, "another has left it"
    later = dict(PlaceEvent.objects.filter(key="e0").values()[0])
    late = {"id": None, "key": "late", "time_from": dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC)}
    PlaceEvent.objects.create(**(later | late))
    same = run(2)
    assert (same.method["theft"]["trained"], choices.count()) == (choices[0].models_sha256, 3)
    alone = services.make_forecast(
        actor=actor, agency_id=agency.id, district=nights.DISTRICT, day=same.day, seed=same.seed
    )
    assert alone.id == same.id
    path = home() / choices[0].models_path
    path.write_bytes(b"damaged")
    assert run(3).method["theft"]["trained"] == choices[0].models_sha256
    assert choices.count() == 4
    assert services.choices.forget(nights.DAY + dt.timedelta(days=200)) == 1
    assert not path.exists()
    with pytest.raises(pickle.UnpicklingError):
        trained.unpack(pickle.dumps(Path))
