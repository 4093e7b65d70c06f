"""Releases of statistics: small counts stay hidden, jointly with what left before, and are kept on record."""

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied

from sunra.core.disclosure import PublishedTable, attack, links, split
from sunra.platform.agencies.models import Agency
from sunra.platform.base.actor import ANONYMOUS, Actor
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.models import Release
from sunra.systems.sharing.services import release
from tests.platform.accounts.people import make_actor, make_agency

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
DIMS = ["dong", "family"]


def _frame(*counts: tuple[str | None, str | None, int]) -> pl.DataFrame:
    schema = {"dong": pl.String, "family": pl.String, "count": pl.Int64}
    return pl.DataFrame(list(counts), schema=schema, orient="row")


def _with_totals(*counts: tuple[str, str, int]) -> pl.DataFrame:
    """The counts with row totals, column totals and the grand total."""
    body = _frame(*counts)
    sums = [
        body.group_by("dong").agg(pl.col("count").sum()).with_columns(family=pl.lit(None, pl.String)),
        body.group_by("family").agg(pl.col("count").sum()).with_columns(dong=pl.lit(None, pl.String)),
        body.select(pl.col("count").sum()).with_columns(
            dong=pl.lit(None, pl.String), family=pl.lit(None, pl.String)
        ),
    ]
    return pl.concat([body, *(one.select(body.columns) for one in sums)])


MONTH = _with_totals(
    ("A", "theft", 3), ("A", "traffic", 14), ("A", "noise", 9),
    ("B", "theft", 12), ("B", "traffic", 6), ("B", "noise", 0),
    ("C", "theft", 8), ("C", "traffic", 7), ("C", "noise", 11),
)  # fmt: skip


@pytest.fixture
def agency() -> Agency:
    """The office that publishes."""
    return make_agency("구청")


@pytest.fixture
def actor(agency: Agency) -> Actor:
    """Its statistician."""
    return make_actor("analyst", agency)


def _public(*frames: pl.DataFrame, dims: list[str]) -> list[PublishedTable]:
    """What a reader has of protected frames."""
    found = []
    for number, frame in enumerate(frames):
        for table in split(frame, dims, name="t", vintage=str(number)):
            plain = frame.select(*(pl.col(dim) for dim in dims), "shown").iter_rows()
            shown = {
                tuple(v for v in row[:-1] if v is not None): row[-1]
                for row in plain
                if tuple(d for d, v in zip(dims, row, strict=False) if v is not None) == table.dims
            }
            found.append(PublishedTable("t", table.dims, shown, table.vintage))
    return found


def test_a_small_count_cannot_be_worked_out(actor: Actor) -> None:
    """The 3 is hidden, and with all totals known it could still be anything from 0 to 5."""
    found = release.protect(actor=actor, title="Oct", frame=MONTH, dims=DIMS)
    assert found.filter(pl.col("suppressed"))["shown"].null_count() == found["suppressed"].sum()
    assert found.filter((pl.col("count") > 0) & (pl.col("count") < 5))["suppressed"].all()
    tables = _public(found, dims=DIMS)
    intervals = attack(tables)
    assert len(intervals.cells) > 1
    assert not intervals.narrower()


def test_shown_counts_are_the_true_ones(actor: Actor) -> None:
    """What is shown is never changed; what is hidden is empty, not rounded."""
    found = release.protect(actor=actor, title="Oct", frame=MONTH, dims=DIMS)
    rest = found.filter(~pl.col("suppressed"))
    assert rest["shown"].to_list() == rest["count"].to_list()
    assert found.columns == [*MONTH.columns, "shown", "suppressed"]


def test_the_same_table_gets_the_same_answer_once(actor: Actor) -> None:
    """Asking again neither changes the pattern nor adds a release."""
    first = release.protect(actor=actor, title="Oct", frame=MONTH, dims=DIMS)
    again = release.protect(actor=actor, title="Oct", frame=MONTH.reverse(), dims=DIMS)
    assert again.reverse().equals(first)
    assert Release.objects.count() == 1


def test_a_later_vintage_gives_nothing_of_the_earlier_away(actor: Actor) -> None:
    """One case more in another dong: both vintages together leave every hidden cell its interval."""
    grown = MONTH.with_columns(
        pl.when((pl.col("dong").fill_null("B") == "B") & (pl.col("family").fill_null("noise") == "noise"))
        .then(pl.col("count") + 1)
        .otherwise(pl.col("count"))
        .alias("count")
    )
    first = release.protect(actor=actor, title="Calls", frame=MONTH, dims=DIMS)
    second = release.protect(actor=actor, title="Calls", frame=grown, dims=DIMS)
    both = [
        table for n, f in enumerate((first, second)) for table in split(f, DIMS, name="t", vintage=str(n))
    ]
    found = attack(_public(first, second, dims=DIMS), links(both))
    assert not found.tighter()
    assert Release.objects.count() == 2


def test_tables_with_the_same_total_are_checked_together(actor: Actor) -> None:
    """A second table by dong alone, under another title, may not tell what the first one hid."""
    release.protect(actor=actor, title="By dong and family", frame=_frame(*MONTH.rows()[:9]), dims=DIMS)
    by_dong = MONTH.filter(pl.col("dong").is_not_null() & pl.col("family").is_null()).select("dong", "count")
    found = release.check(actor=actor, title="By dong", frame=by_dong, dims=["dong"])
    kept = release._published(Release.objects.get())[0].public()
    whole = [PublishedTable("a", kept.dims, kept.shown, "1")]
    whole += [PublishedTable("b", one.public().dims, one.public().shown, "1") for one in found.releases]
    intervals = attack(whole)
    assert intervals.cells[0, ("A", "theft")] == (0, float("inf"))
    assert intervals.cells[1, ("A",)] == (23, float("inf"))  # 14 + 9 were public before


def test_another_agency_has_its_own_register(actor: Actor) -> None:
    """What one agency released does not change what another one may show."""
    release.protect(actor=actor, title="Oct", frame=MONTH, dims=DIMS)
    other = make_actor("analyst", make_agency("다른 구청"))
    release.protect(actor=other, title="Oct", frame=MONTH, dims=DIMS)
    assert Release.objects.values("agency").distinct().count() == 2


def test_what_cannot_be_protected_is_refused(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal tells what to do, is kept, and never counts as published."""
    monkeypatch.setattr(release, "suppress", _refuse)
    with pytest.raises(UserError) as error:
        release.protect(actor=actor, title="Oct", frame=MONTH, dims=DIMS)
    assert error.value.code == "release_refused"
    assert Release.objects.get().state == Release.State.REFUSED


def _refuse(tables: tuple, threshold: int, *, earlier: list, secondary: str) -> release.Suppressed:
    hidden = tuple(release.Published(table, frozenset(table.cells)) for table in tables)
    return release.Suppressed(hidden, 0, 0, refused=True)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (_frame(("A", "theft", -1)), "bad_release"),
        (_frame(("A", "theft", 1), ("A", "theft", 2)), "bad_release"),
        (_frame(*((str(n), "theft", 9) for n in range(20_001))), "release_too_large"),
    ],
)
def test_bad_tables_are_refused(actor: Actor, frame: pl.DataFrame, code: str) -> None:
    """A table that is none, or too large to check, never leaves."""
    with pytest.raises(UserError) as error:
        release.protect(actor=actor, title="x", frame=frame, dims=DIMS)
    assert error.value.code == code


def test_who_may_not_release_is_refused(agency: Agency) -> None:
    """A volunteer and a visitor release nothing."""
    for actor in (make_actor("volunteer", agency), ANONYMOUS):
        with pytest.raises(PermissionDenied):
            release.protect(actor=actor, title="x", frame=MONTH, dims=DIMS)
