"""Verifying: whatever is done to the rows behind the ledger's back is found."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sunra.platform.ledger import anchors
from sunra.platform.ledger.chain import FIELDS, record_hash
from sunra.platform.ledger.models import AnchorMark, Chain, Record, Segment
from sunra.platform.ledger.services import anchor
from sunra.platform.ledger.verify import verify
from tests.platform.ledger.conftest import Writer

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.usefixtures("ledger_home")]


@pytest.fixture
def filled(write: Writer, at: Callable[[str], None], ledger_home: Path) -> None:
    """Ten records over two months in two chains, anchored, and two after the anchor."""
    at("2026-10-15T00:00:00+00:00")
    for number in range(5):
        write(number)
    at("2026-11-15T00:00:00+00:00")
    for number in range(3):
        write(number)
        write(number, retention=1)
    anchor()
    write(9)
    write(10)


def codes() -> set[str]:
    """What verify finds."""
    return {problem.code for problem in verify().problems}


def test_nothing_yet_is_intact() -> None:
    """If this fails, a fresh installation looks tampered with."""
    verdict = verify()
    assert verdict.ok
    assert (verdict.records, verdict.blind_seconds, verdict.unanchored) == (0, None, 0)


@pytest.mark.usefixtures("filled")
def test_untouched_is_intact_and_tells_the_blind_window() -> None:
    """If this fails, an honest ledger is doubted, or the reader does not learn what is not vouched for."""
    verdict = verify()
    assert verdict.ok, verdict.problems
    assert (verdict.records, verdict.segments, verdict.anchors, verdict.unanchored) == (13, 3, 1, 2)
    assert verdict.blind_seconds is not None
    assert json.loads(json.dumps(verdict.summary()))["ok"] is True


@pytest.mark.usefixtures("filled")
def test_edit_is_found() -> None:
    """If this fails, a purpose can be rewritten afterwards."""
    Record.objects.filter(retention=2, seq=3).update(purpose="다른 목적")
    problem = verify().problems[0]
    assert (problem.code, problem.seq) == ("altered", 3)


@pytest.mark.usefixtures("filled")
def test_deletion_is_found() -> None:
    """If this fails, a look can be made never to have been."""
    Record.objects.filter(retention=2, seq=3).delete()
    assert "missing" in codes()


@pytest.mark.usefixtures("filled")
def test_reorder_is_found() -> None:
    """If this fails, a denial can be moved after the permission."""
    one, two = Record.objects.filter(retention=2, seq__in=[2, 3]).order_by("seq")
    Record.objects.filter(pk=one.pk).update(seq=99)
    Record.objects.filter(pk=two.pk).update(seq=2)
    Record.objects.filter(pk=one.pk).update(seq=3)
    assert "altered" in codes()


def _cut(seq: int) -> None:
    """Cut the tail as somebody would who knows the tables."""
    Record.objects.filter(retention=2, seq__gt=seq).delete()
    last = Record.objects.get(retention=2, seq=seq)
    Chain.objects.filter(retention=2).update(seq=seq, head=last.hash)


@pytest.mark.usefixtures("filled")
def test_tail_cut_before_the_anchor_is_found() -> None:
    """If this fails, the last looks before somebody was caught can be cut off."""
    _cut(7)
    assert "cut" in codes()


@pytest.mark.usefixtures("filled")
def test_tail_cut_within_the_blind_window_is_what_the_window_says() -> None:
    """If this fails, the printed blind window is not the true one."""
    _cut(9)
    verdict = verify()
    assert verdict.ok
    assert verdict.unanchored == 1


@pytest.mark.usefixtures("filled")
def test_rewritten_chain_is_found_by_the_anchor() -> None:
    """If this fails, somebody with the database can rewrite history with fitting hashes."""
    month = "2026-11"
    Record.objects.filter(retention=2, seq=6).update(purpose="x")
    head = Record.objects.get(retention=2, seq=5).hash
    for row in Record.objects.filter(retention=2, seq__gte=6).order_by("seq"):
        values = Record.objects.filter(pk=row.pk).values_list(*FIELDS).get()
        head = record_hash(head, month, values)
        Record.objects.filter(pk=row.pk).update(hash=head)
    Chain.objects.filter(retention=2).update(head=head)
    assert codes() == {"anchor"}


@pytest.mark.usefixtures("filled")
def test_whole_chain_gone_is_found() -> None:
    """If this fails, emptying the tables leaves a clean ledger."""
    Record.objects.all().delete()
    Segment.objects.all().delete()
    Chain.objects.all().delete()
    assert codes() == {"cut"}


MUTABLE = [
    (model, field)
    for model in (Record, Segment, Chain, AnchorMark)
    for field in model._meta.concrete_fields
    if not field.primary_key
]


def _other(field: models.Field[Any, Any], value: Any, seed: int) -> Any:
    """Another value that the column takes."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model._base_manager.exclude(pk=value).values_list("pk", flat=True)
        return others[seed % len(others)]
    if isinstance(field, models.DateTimeField):
        return (value or datetime(2026, 1, 1, tzinfo=UTC)) + timedelta(microseconds=1 + seed)
    if isinstance(field, models.PositiveSmallIntegerField) and field.name == "retention":
        return {1: 2, 2: 3, 3: 1}[value]
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1 + seed % 50
    limit = field.max_length or 50
    if field.name == "state":
        return next(state for state in ("open", "closed", "expired") if state != value)
    return (value[:-1] + ("a" if value[-1:] != "a" else "b"))[:limit] if value else "a"


@pytest.mark.usefixtures("filled")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.sampled_from(MUTABLE),
    row=st.integers(0, 50),
    seed=st.integers(0, 1000),
    delete=st.booleans(),
)
def test_any_single_mutation_is_found(
    which: tuple[type[models.Model], models.Field[Any, Any]], row: int, seed: int, *, delete: bool
) -> None:
    """If this fails, there is one column or row that can be changed without anybody noticing."""
    model, field = which
    rows = model._base_manager.order_by("pk")
    if (
        model is Record
    ):  # what follows the anchor may be cut, that is the blind window; an edit is found there too
        rows = rows.exclude(retention=2, seq=10) if delete else rows
    target = rows[row % rows.count()]
    with transaction.atomic(using="ledger"):
        try:
            with transaction.atomic(using="ledger"):
                if delete and model is Record:
                    rows.filter(pk=target.pk).delete()
                else:
                    changed = {field.attname: _other(field, getattr(target, field.attname), seed)}
                    rows.filter(pk=target.pk).update(**changed)
        except IntegrityError:  # a constraint refused it: just as good
            refused = True
        else:
            refused = False
        found = not verify().ok
        transaction.set_rollback(True, using="ledger")
    assert refused or found


def test_anchor_is_written_when_something_changed(write: Writer) -> None:
    """If this fails, the anchor file grows without reason, or misses a change."""
    write(1)
    first = anchor()
    assert first is not None
    assert anchor() is None
    write(2)
    second = anchor()
    assert second is not None
    assert second.previous == first.line_hash
    assert [line.number for line in anchors.read()] == [1, 2]


def test_quiet_hours_are_anchored_too(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, silence cannot be told from a stopped anchor."""
    write(1)
    anchor()
    later = datetime.now(UTC) + timedelta(minutes=11)
    monkeypatch.setattr(anchors, "now", lambda: later)
    assert anchor() is not None


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[:-1],
        lambda lines: [lines[0].replace('"at":"2', '"at":"1'), *lines[1:]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [*lines[:-1], lines[-1].replace('"sig":"', '"sig":"AA')],
        lambda lines: [lines[0], "garbage", *lines[2:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [],
    ],
)
def test_altered_anchor_file_is_found(write: Writer, damage: Callable[[list[str]], list[str]]) -> None:
    """If this fails, the anchors can be made to fit a rewritten database."""
    for number in range(3):
        write(number)
        anchor()
    path = anchors.files()[0]
    path.write_text("".join(line + "\n" for line in damage(path.read_text().splitlines())))
    assert "anchors" in codes()


def test_torn_last_line_is_no_tampering(write: Writer) -> None:
    """If this fails, a power cut in mid-anchor looks like a crime, or breaks the file for good."""
    write(1)
    anchor()
    with anchors.files()[0].open("a") as stream:
        stream.write('{"n":2,"at"')
    assert verify().ok
    write(2)
    second = anchor()
    assert second is not None
    assert second.number == 2
    assert verify().ok


def test_lost_key_is_told(write: Writer, ledger_home: Path) -> None:
    """If this fails, an anchor signed by anybody's key would count."""
    from sunra.platform.ledger import keys

    write(1)
    anchor()
    for path in (ledger_home / "keys" / "ledger-public").iterdir():
        path.unlink()
    keys._public.cache_clear()
    assert "anchors" in codes()
