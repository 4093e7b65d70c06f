"""Free counts: the same answer to everybody, noised, nothing small, nothing finer than a dong and a month."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from django.core.cache import cache
from django.test import Client

from sunra.core.disclosure import cell_key
from sunra.platform.accounts import limits
from sunra.platform.base.time import SEOUL
from sunra.platform.places.models import PlaceEvent
from sunra.platform.places.services import publish
from sunra.systems.sharing.models import Opening
from sunra.systems.sharing.opened import event_cells, noised
from sunra.systems.sharing.opened.noised import BELOW, Question, ask
from sunra.systems.sharing.services import keys
from sunra.systems.sharing.services.vintages import source_of
from tests.systems import nights
from tests.systems.sharing import opening as made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
DONG, SMALL = "2611010100", 3
MONTH = dt.datetime(2025, 5, 10, 22, tzinfo=SEOUL)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()
    event_cells._counted.cache_clear()


@pytest.fixture
def opening() -> Opening:
    """One dong in May 2025: 60 thefts, 3 of disorder; one event of the month that runs, one outside."""
    dataset = made.calls(nights.office())
    PlaceEvent.objects.all().delete()
    frame = pl.DataFrame(
        [
            {
                "key": f"{family}{n}", "lon": None, "lat": None, "dong": dong,
                "time_from": moment.replace(tzinfo=None),
                "time_to": None, "category": "", "family": family, "weight": 1.0,
            }
            for family, number, dong, moment in (
                ("theft", 60, DONG, MONTH), ("disorder", SMALL, DONG, MONTH),
                ("nuisance", 40, f"{nights.NEIGHBOUR}10100", MONTH),
                ("traffic_accident", 40, DONG, dt.datetime.now(SEOUL)),
            )
            for n in range(number)
        ],
        infer_schema_length=None,
    )  # fmt: skip
    publish(
        actor=nights.job(dataset.agency), agency_id=dataset.agency_id, layer="event", kind="call112",
        source=source_of(dataset), frame=frame,
    )  # fmt: skip
    return made.opened(dataset)


def _cell(opening: Opening, **wanted: str) -> int | None:
    area = "dong" if "dong" in wanted else ""
    detail = next((name for name in ("family", "part") if name in wanted), "")
    rows = ask(opening, Question(area=area, detail=detail, year=2025)).rows  # type: ignore[arg-type]
    return next(row["count"] for row in rows if wanted.items() <= row.items())


def test_counts_are_noised_and_small_ones_never_told(opening: Opening) -> None:
    """If this fails, a small count, the running month or a foreign dong is told, or noise has no end."""
    told = _cell(opening, dong=DONG, month="2025-05", family="theft")
    assert told is not None
    assert abs(told - 60) <= cell_key.WIDEST
    answer = ask(opening, Question(area="dong", detail="family", year=2025))
    others = [row for row in answer.rows if row["family"] != "theft" or row["dong"] != DONG]
    assert others
    assert {row["count"] for row in others} == {None}
    assert answer.years == (2025,)
    assert {row["dong"][:5] for row in answer.rows} == {nights.DISTRICT}
    for count in range(6):
        every = cell_key.perturb(np.full(4_000, count), np.linspace(0, 1, 4_000, endpoint=False))
        assert every.max() < BELOW  # whatever its key, a count below six is not told


def test_the_same_cell_has_one_answer_however_it_is_asked_for(opening: Opening) -> None:
    """If this fails, asking in other words gives new noise, which can be averaged away."""
    whole = _cell(opening, month="2025-05")
    assert whole is not None
    assert {whole} == {
        _cell(opening, month="2025-05"),
        _cell(opening, dong=DONG, month="2025-05"),
        _cell(opening, month="2025-05", part="18-24"),
        ask(opening, Question(year=2025, district=nights.DISTRICT)).rows[0]["count"],
    }


def test_two_answers_do_not_tell_a_small_count_by_their_difference(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The month less its thefts leaves three: under other keys the difference scatters as stated."""
    found = []
    for number in range(120):
        event_cells._counted.cache_clear()
        monkeypatch.setattr(keys, "of_answers", lambda _id, n=number: n.to_bytes(32, "big"))
        whole, part = _cell(opening, month="2025-05"), _cell(opening, month="2025-05", family="theft")
        assert whole is not None
        assert part is not None
        found.append(whole - part)
    error = np.array(found) - SMALL
    assert abs(error).max() <= 2 * cell_key.WIDEST
    assert (error == 0).mean() < 0.35
    assert 0.5 < error.var() / (2 * cell_key.VARIANCE) < 1.7
    assert len(set(found)) >= 6


def test_anybody_asks_by_page_and_by_program(opening: Opening) -> None:
    """If this fails, free counts need an account, hide that they are noised, or the two ways differ."""
    client = Client()
    dataset = client.get(f"/open/{opening.dataset_id}/").content.decode()
    assert f"/open/{opening.dataset_id}/counts/" in dataset
    page = client.get(f"/open/{opening.dataset_id}/counts/?detail=family")
    told = _cell(opening, dong=DONG, month="2025-05", family="theft")
    assert page.status_code == 200
    assert str(told) in page.content.decode().split()
    assert (page.context["widest"], page.context["variance"], page.context["below"]) == (4, "2", 10)
    assert "<svg" in client.get(f"/open/{opening.dataset_id}/counts/").content.decode()
    answer = client.get(f"/api/v1/open/counts/{opening.dataset_id}?area=dong&detail=family&year=2025").json()
    assert answer["noise"] == {
        "method": "cell-key", "widest": 4, "variance": 2.0, "below": 10, "unknown": 13, "additive": False,
    }  # fmt: skip
    assert [row["count"] for row in answer["counts"] if row["count"]] == [told]


@pytest.mark.parametrize(
    "query", ["area=cell", "area=address", "detail=hour", "detail=category", "day=2025-05-10", "cell=1"]
)
def test_finer_units_are_refused(opening: Opening, query: str) -> None:
    """If this fails, counts can be asked for by cell, address, day or hour."""
    answer = Client().get(f"/api/v1/open/counts/{opening.dataset_id}?{query}")
    assert answer.status_code in {400, 422}
    if not query.startswith(("day", "cell")):
        page = Client().get(f"/open/{opening.dataset_id}/counts/?{query}")
        assert page.status_code == 400
        assert b"<table" not in page.content


def test_withheld_families_and_closed_datasets_are_not_counted(opening: Opening) -> None:
    """If this fails, an event that its words mark as home-bound counts, or a dataset of places is asked."""
    PlaceEvent.objects.filter(family="theft").update(category="가정폭력")
    event_cells._counted.cache_clear()
    assert _cell(opening, month="2025-05") is None
    cameras = made.opened(made.cameras(opening.agency))
    for dataset_id in (cameras.dataset_id, opening.agency_id):
        assert Client().get(f"/open/{dataset_id}/counts/").status_code == 404
        assert Client().get(f"/api/v1/open/counts/{dataset_id}").status_code in {400, 404}
    assert not noised.answers(cameras)


def test_an_address_has_a_quota(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, one address may ask without end."""
    monkeypatch.setattr(limits, "COUNTS_A_DAY", 1)
    address = f"/api/v1/open/counts/{opening.dataset_id}"
    assert Client().get(address).status_code == 200
    refused = Client().get(address)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert Client().get(f"/open/{opening.dataset_id}/counts/").status_code == 429
