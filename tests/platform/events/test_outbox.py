"""The outbox: what happened is told once to each who listens, or laid aside where people see it."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from sunra.platform.agencies.models import AgencyType
from sunra.platform.base.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.events import registry, selectors, services
from sunra.platform.events.models import Delivery, Event
from sunra.platform.events.services import NotInTransaction, PayloadMismatch, deliver_pending, publish

pytestmark = pytest.mark.django_db
TYPE = "tests.happened"
ADMIN = Actor(kind="person", id="a", role="platform_admin", agency_id=uuid.UUID(int=1))
Listen = Callable[..., None]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """``listen(handle, name="one", attempts=8)`` registers a consumer for the time of the test."""
    names: list[str] = []

    def register(handle: registry.Handler, *, name: str = "one", attempts: int = 8) -> None:
        names.append(f"tests.{name}")
        registry.consumer(names[-1], type=TYPE, version=1, attempts=attempts)(handle)

    yield register
    for name in names:
        registry.forget(name)


def tell(**payload: object) -> Event:
    """Publish one event."""
    with transaction.atomic():
        return publish(type=TYPE, version=1, agency_id=None, payload=payload)


def make_due() -> None:
    """Let the back-off pass."""
    Delivery.objects.update(due=now() - timedelta(seconds=1))


def result_row(name: str) -> None:
    """A row that a handler writes."""
    AgencyType.objects.create(code=name, name_ko=name, name_en=name)


def test_each_consumer_hears_once(listen: Listen) -> None:
    """If this fails, a consumer misses an event or acts on it twice."""
    heard: list[object] = []
    listen(lambda event: heard.append(("one", event.payload["n"])), name="one")
    listen(lambda event: heard.append(("two", event.payload["n"])), name="two")
    tell(n=1)
    assert deliver_pending() == 2
    assert deliver_pending() == 0
    assert sorted(map(str, heard)) == ["('one', 1)", "('two', 1)"]


def test_other_version_is_not_delivered(listen: Listen) -> None:
    """If this fails, a consumer gets a payload that it was not written for."""
    listen(lambda _event: None)
    with transaction.atomic():
        publish(type=TYPE, version=2, agency_id=None, payload={})
    assert not Delivery.objects.exists()


def test_undone_change_is_not_told(listen: Listen) -> None:
    """If this fails, consumers act on something that never happened."""
    listen(lambda _event: None)

    def undone() -> None:
        with transaction.atomic():
            tell(n=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    """If this fails, an event can outlive the change that it tells of."""
    with pytest.raises(NotInTransaction):
        publish(type=TYPE, version=1, agency_id=None, payload={})


def test_failed_handler_leaves_nothing_and_is_tried_later(listen: Listen) -> None:
    """If this fails, half of a handler's work stays, or the event is lost."""
    turns: list[int] = []

    def handle(_event: Event) -> None:
        turns.append(1)
        result_row(f"turn{len(turns)}")
        if len(turns) == 1:
            raise ValueError

    listen(handle)
    tell()
    assert deliver_pending() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.error) == ("pending", 1, "ValueError")
    assert delivery.due > now()
    assert deliver_pending() == 0
    make_due()
    assert deliver_pending() == 1
    assert not AgencyType.objects.filter(code="turn1").exists()
    assert AgencyType.objects.filter(code="turn2").exists()


def test_dead_letter_is_seen_and_redelivered(listen: Listen) -> None:
    """If this fails, an event disappears after its last attempt."""
    broken = [True]

    def handle(_event: Event) -> None:
        if broken:
            raise ValueError

    listen(handle, attempts=2)
    tell()
    deliver_pending()
    make_due()
    deliver_pending()
    letter = selectors.dead_letters(ADMIN).get()
    assert letter.error == "ValueError"
    broken.clear()
    assert services.redeliver(actor=ADMIN, delivery_id=letter.pk)
    assert not services.redeliver(actor=ADMIN, delivery_id=letter.pk)
    assert deliver_pending() == 1


def test_dead_letters_are_the_administrators() -> None:
    """If this fails, an agency reads the events of another."""
    clerk = Actor(kind="person", id="c", role="agency_admin", agency_id=uuid.UUID(int=1))
    with pytest.raises(PermissionDenied):
        selectors.dead_letters(clerk)
    with pytest.raises(PermissionDenied):
        services.redeliver(actor=clerk, delivery_id=1)


def test_consumer_that_is_gone_becomes_a_dead_letter(listen: Listen) -> None:
    """If this fails, a removed consumer's events are tried for ever or vanish."""
    listen(lambda _event: None)
    tell()
    registry.forget("tests.one")
    for _turn in range(8):
        deliver_pending()
        make_due()
    assert Delivery.objects.get().state == "dead"


def test_second_worker_finds_it_settled(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, two workers that hold the same delivery both act."""
    heard: list[int] = []
    listen(lambda _event: heard.append(1))
    tell()
    delivery = Delivery.objects.get()
    assert services._deliver(delivery.pk)
    monkeypatch.setattr(services, "_claim", lambda _pk: delivery)
    assert not services._deliver(delivery.pk)
    assert heard == [1]


def test_claim_that_fails_is_left(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a busy database stops the worker."""
    listen(lambda _event: None)
    tell()

    def busy() -> None:
        raise DatabaseError

    monkeypatch.setattr(services, "now", busy)
    assert services._claim(Delivery.objects.get().pk) is None


def test_declared_shape_is_kept() -> None:
    """If this fails, a consumer meets a payload without the field it needs."""
    registry.declare("tests.shaped", 1, layer=str, added=int)
    with transaction.atomic():
        for payload in ({"layer": "x"}, {"layer": "x", "added": "1"}, {"layer": "x", "added": 1, "more": 1}):
            with pytest.raises(PayloadMismatch):
                publish(type="tests.shaped", version=1, agency_id=None, payload=payload)
        publish(type="tests.shaped", version=1, agency_id=None, payload={"layer": "x", "added": 1})


def test_name_is_taken_once() -> None:
    """If this fails, two consumers share the marks of what was delivered."""
    registry.consumer("tests.taken", type=TYPE)(lambda _event: None)

    def other(_event: Event) -> None:
        """Of another module."""

    other.__module__ = "elsewhere"
    with pytest.raises(ValueError, match="two consumers"):
        registry.consumer("tests.taken", type=TYPE)(other)
    registry.forget("tests.taken")
