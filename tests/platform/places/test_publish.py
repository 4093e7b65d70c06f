"""Publishing replaces one source as a whole, and lets nothing onto the map that must not be there."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunra.core.geo.cells import format_cell
from sunra.platform.agencies.models import Agency
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import DATA_OFFICER, VOLUNTEER
from sunra.platform.base.time import now
from sunra.platform.events.models import Event
from sunra.platform.places.families import WITHHELD, is_withheld
from sunra.platform.places.models import Area, Facility, PlaceEvent, Street
from sunra.platform.places.services import Published, publish
from tests.platform.accounts.people import make_actor, make_agency
from tests.platform.places.table import DONG, LAT, LON, calls, lights, roads

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """The district that publishes."""
    return make_agency("성북구청", dongs=(DONG,))


@pytest.fixture
def officer(agency: Agency) -> Actor:
    """Its data officer."""
    return make_actor(DATA_OFFICER, agency)


def put(officer: Actor, frame: pl.DataFrame, **changed: object) -> Published:
    """Publish lights unless told otherwise."""
    given = {"layer": "facility", "kind": "security_light", "source": "lights.csv"} | changed
    return publish(actor=officer, agency_id=officer.agency_id, frame=frame, **given)  # type: ignore[arg-type]


def test_rows_are_added_changed_and_gone_by_key(officer: Actor) -> None:
    """If this fails, a new edition of a file doubles, loses or needlessly rewrites its rows."""
    assert put(officer, lights(3)) == Published(3, 0, 0)
    before = dict(Facility.objects.values_list("key", "id"))
    assert put(officer, lights(3)) == Published(0, 0, 0)
    edited = lights(4, name=["등 0", "옮긴 등", "등 2", "새 등"]).filter(pl.col("key") != "light-2")
    assert put(officer, edited) == Published(1, 1, 1)
    after = dict(Facility.objects.values_list("key", "id"))
    assert {key: after[key] for key in ("light-0", "light-1")} == {
        key: before[key] for key in ("light-0", "light-1")
    }
    assert Facility.objects.get(key="light-1").name == "옮긴 등"


def test_a_row_carries_its_cell_units_and_the_rest(officer: Actor) -> None:
    """If this fails, a published light cannot be found by cell or its lamps are not counted."""
    put(officer, lights(2), vintage="2026-03")
    light = Facility.objects.get(key="light-1")
    assert format_cell(light.cell_e or 0, light.cell_n or 0) == "다사 574 545"
    assert (light.count, light.vintage) == (2, "2026-03")
    assert light.attrs == {"address": "서울특별시 성북구 보문로 168"}


def test_other_sources_and_kinds_are_left_alone(officer: Actor) -> None:
    """If this fails, publishing one file wipes another."""
    put(officer, lights(3))
    put(officer, lights(2), source="other.csv")
    put(officer, lights(1), kind="cctv")
    assert put(officer, lights(0)) == Published(0, 0, 3)
    assert Facility.objects.count() == 3


def test_a_row_without_a_point_keeps_its_dong(officer: Actor) -> None:
    """If this fails, a row known only by its 법정동 is lost or put somewhere wrong."""
    put(officer, lights(1, lon=[None], lat=[None]))
    light = Facility.objects.get()
    assert (light.lon, light.cell_e, light.cell_n, light.dong) == (None, None, None, DONG)


@pytest.mark.parametrize("keys", [["a", "a", "b"], ["a", None, "b"], ["a", "", "b"]])
def test_a_missing_or_double_key_publishes_nothing(officer: Actor, keys: list[str | None]) -> None:
    """If this fails, two rows of a source would overwrite each other unseen."""
    with pytest.raises(UserError) as refused:
        put(officer, lights(3, key=keys))
    assert refused.value.code == "place_key"
    assert not Facility.objects.exists()


def test_publishing_tells_the_other_parts(officer: Actor) -> None:
    """If this fails, forecasts and maps never hear of new data."""
    put(officer, lights(3))
    event = Event.objects.get(type="places.published")
    assert event.payload["added"] == 3
    assert (event.payload["layer"], event.payload["kind"]) == ("facility", "security_light")


@pytest.mark.parametrize("family", WITHHELD)
def test_withheld_families_are_refused_by_name(officer: Actor, family: str) -> None:
    """If this fails, a home-bound offence or a suicide could be pointed at on a map."""
    with pytest.raises(UserError) as refused:
        put(officer, calls(2, family=["disorder", family]), layer="event", kind="call112")
    assert refused.value.code == "withheld_family"
    with pytest.raises(UserError):
        put(officer, calls(1), layer="event", kind=family)
    assert not PlaceEvent.objects.exists()


@pytest.mark.parametrize(
    "category", ["가정폭력", "아동학대 의심", "성 추행", "스토킹처벌법", "자살기도", "데이트 폭력"]
)
def test_withheld_families_are_refused_by_the_words_of_a_file(officer: Actor, category: str) -> None:
    """If this fails, a withheld case passes under a harmless family."""
    with pytest.raises(UserError) as refused:
        put(officer, calls(1, category=[category]), layer="event", kind="call112")
    assert category in refused.value.where


@given(st.sampled_from(WITHHELD), st.sampled_from(["", " "]), st.booleans())
def test_no_spelling_of_a_withheld_family_passes(family: str, blank: str, upper: bool) -> None:
    """If this fails, case or blanks open the door."""
    word = family.upper() if upper else family
    assert is_withheld(f"{blank}{word}{blank}")


@pytest.mark.parametrize("category", ["소란", "절도", "주취", "아동안전지킴이 순찰", "교통사고"])
def test_street_facing_categories_pass(category: str) -> None:
    """If this fails, ordinary calls are taken for withheld ones."""
    assert not is_withheld("disorder", category)


def test_the_database_itself_refuses_a_withheld_family(officer: Actor) -> None:
    """If this fails, code that goes past the service could map a withheld case."""
    with pytest.raises(IntegrityError):
        PlaceEvent.objects.create(
            agency_id=officer.agency_id, kind="call112", source="x", key="1", family="suicide",
            time_from=now(), published=now(),
        )  # fmt: skip


def test_an_event_keeps_when_and_where_and_nothing_of_whom(officer: Actor) -> None:
    """If this fails, a caller's name or number lies in the places."""
    put(officer, calls(1), layer="event", kind="call112")
    event = PlaceEvent.objects.get()
    assert (event.name, event.attrs) == ("", {})
    assert event.time_from == datetime(2026, 10, 31, 15, tzinfo=UTC)


def test_an_event_without_a_time_is_refused(officer: Actor) -> None:
    """If this fails, an event lies in no slot and every slot."""
    with pytest.raises(UserError) as refused:
        put(officer, calls(1, time_from=[None]), layer="event", kind="call112")
    assert refused.value.code == "event_time"


def test_streets_and_areas_carry_the_box_of_their_cells(officer: Actor) -> None:
    """If this fails, a long street vanishes when the map shows only its end."""
    put(officer, roads(), layer="street", kind="road")
    street = Street.objects.get(key="b")
    assert street.e_max - street.e_min == pytest.approx(10, abs=1)
    ring = [[LON, LAT], [LON + 0.01, LAT], [LON + 0.01, LAT + 0.01], [LON, LAT]]
    area = pl.DataFrame(
        {"key": ["p"], "dong": [DONG], "geometry": [f'{{"type": "Polygon", "coordinates": [{ring}]}}']}
    )
    put(officer, area, layer="area", kind="park")
    assert Area.objects.get().n_max - Area.objects.get().n_min == pytest.approx(11, abs=1)


@pytest.mark.parametrize(
    ("layer", "geometry"),
    [("street", [[[LON, LAT]]]), ("area", ['{"type": "Point", "coordinates": [1, 2]}']), ("area", [None])],
)
def test_a_shape_without_an_outline_is_refused(officer: Actor, layer: str, geometry: list[object]) -> None:
    """If this fails, a street of one point breaks the map."""
    frame = pl.DataFrame({"key": ["a"], "geometry": geometry})
    with pytest.raises(UserError) as refused:
        put(officer, frame, layer=layer, kind="road")
    assert refused.value.code == "place_outline"


def test_who_may_not_publish_is_refused(officer: Actor, agency: Agency) -> None:
    """If this fails, a volunteer publishes, or one agency writes in another's name."""
    with pytest.raises(PermissionDenied):
        put(make_actor(VOLUNTEER, agency), lights())
    with pytest.raises(PermissionDenied):
        publish(
            actor=officer,
            agency_id=make_agency().pk,
            layer="facility",
            kind="cctv",
            source="s",
            frame=lights(),
        )
    with pytest.raises(UserError):
        put(officer, lights(), layer="nowhere")
    assert not Facility.objects.exists()


@settings(max_examples=15, deadline=timedelta(seconds=10), suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(st.integers(0, 9), st.integers(0, 3), max_size=10), max_size=4))
def test_any_series_of_editions_ends_as_the_last_one(editions: list[dict[int, int]]) -> None:
    """If this fails, some order of additions, edits and removals leaves the wrong rows behind."""
    agency = make_agency()
    actor = Actor(kind="job", id="job:test", agency_id=agency.pk, scope=frozenset([agency.pk]))
    held: dict[int, int] = {}
    for edition in editions:
        keys, units = list(edition), list(edition.values())
        frame = lights(len(edition), key=[str(key) for key in keys], lamps=units, lon=[LON] * len(keys))
        done = put(actor, frame.drop("name"))
        assert done == Published(
            added=len(edition.keys() - held.keys()),
            changed=sum(held[key] != edition[key] for key in edition.keys() & held.keys()),
            gone=len(held.keys() - edition.keys()),
        )
        held = edition
        rows = Facility.objects.filter(agency=agency).values_list("key", "count")
        assert {int(key): count for key, count in rows} == edition
