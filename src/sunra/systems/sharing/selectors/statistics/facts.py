"""Facts of a run as measures by dong: what indicators divide, narrowed to the actor's dongs."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import polars as pl

from sunra.core.indicators import Measure
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.coarse import Coarse
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.selectors.statistics.stored import table
from sunra.systems.sharing.selectors.statistics.view import View

PERIOD_MONTHS = 12


@dataclass(frozen=True, eq=False)
class Facts:
    """A run narrowed to the dongs that the actor may see and to the period of a view."""

    run: StatisticsRun
    dongs: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None
    silent: tuple[str, ...] = ()
    """Districts of the actor about which nothing was published."""
    coarse: Coarse = field(default_factory=lambda: Coarse({}))
    """Codes of the run that say less than a 법정동."""

    @property
    def years(self) -> float:
        """The length of the period in years of 365.25 days."""
        if self.since is None or self.until is None:
            return 0.0
        return (after(self.until) - self.since).days / 365.25

    def hours(self, family: str = "") -> pl.DataFrame:
        """Events by dong, month, hour and family within the period."""
        return self._timed("hours", family)

    def patrols(self) -> pl.DataFrame:
        """Patrol hours by dong, month and hour within the period."""
        return self._timed("patrols")

    def cells(self, family: str = "") -> pl.DataFrame:
        """Events by cell and month within the period."""
        return self._timed("cells", family)

    def series(self, name: str, family: str = "") -> pl.DataFrame:
        """A table over all time: ``hours`` or ``weeks``."""
        return _of_family(self._mine(table(self.run, name)), family)

    def _timed(self, name: str, family: str = "") -> pl.DataFrame:
        return self._then(self._mine(table(self.run, name)), family)

    def _then(self, found: pl.DataFrame, family: str) -> pl.DataFrame:
        if self.since is None or self.until is None or found.is_empty():
            return found
        inside = found.filter(pl.col("month").is_between(self.since, self.until))
        return _of_family(inside, family)

    def _mine(self, found: pl.DataFrame) -> pl.DataFrame:
        return found.filter(pl.col("dong").is_in(list(self.coarse.within(self.dongs))))

    def measure(self, fact: str, view: View) -> Measure:
        """One fact by dong; every dong of the actor has a value, 0 where nothing was counted.

        What is known to less than a dong stands beside them, under its own code.
        """
        if fact == "resident_years":
            residents = self.stock("residents")
            return Measure("dong", residents.units, residents.values * self.years)
        if fact == "patrol_hours":
            return self._sums(self.patrols(), "hours")
        if fact in {"events", "response_sum", "response_sq", "response_n"}:
            return self._sums(self.hours(view.family), fact)
        return self.stock(fact, view.kind if fact == "facilities" else "")

    def stock(self, measure: str, item: str = "") -> Measure:
        """What stands: area, residents, facilities, metres of street."""
        found = self._mine(table(self.run, "stock")).filter(pl.col("measure") == measure)
        return self._sums(found.filter(pl.col("item") == item) if item else found, "value")

    def beyond(self, view: View, shown: Collection[str]) -> int:
        """How much of the view's count is known only to codes that touch the dongs and are in no ``shown``.

        Calls stand for their response times.
        """
        left = self.coarse.within(self.dongs) | self.coarse.across(self.dongs)
        left -= {*self.dongs, *shown}
        fact = {"response_sum": "response_n"}.get(view.what.numerator, view.what.numerator)
        if not left or fact not in {"events", "response_n", "facilities"}:
            return 0
        theirs = pl.col("dong").is_in(list(left))
        if fact != "facilities":
            return int(self._then(table(self.run, "hours").filter(theirs), view.family)[fact].sum() or 0)
        found = table(self.run, "stock").filter(theirs, pl.col("measure") == fact)
        found = found.filter(pl.col("item") == view.kind) if view.kind else found
        return int(found["value"].sum() or 0)

    def lived_in_part(self, members: Collection[str]) -> bool:
        """Whether residents of some of these dongs are known only together with others."""
        across = self.coarse.across(members)
        known = table(self.run, "stock").filter(pl.col("measure") == "residents")["dong"]
        return bool(across) and known.is_in(list(across)).any()

    def _sums(self, found: pl.DataFrame, column: str) -> Measure:
        sums: dict[str, float] = dict.fromkeys(self.dongs, 0.0)
        if not found.is_empty():
            rows = found.group_by("dong").agg(pl.col(column).sum().cast(pl.Float64)).iter_rows()
            sums |= {dong: value or 0.0 for dong, value in rows}
        return Measure.of("dong", sums)


def facts(actor: Actor, run: StatisticsRun, view: View) -> Facts:
    """The facts of a run for an actor: only dongs of its jurisdiction, only whole months."""
    known = set(table(run, "stock").filter(pl.col("measure") == "area_km2")["dong"].to_list())
    silent = _silent_districts(run, view, known)
    mine = sorted(dong for dong in known & actor.dongs if dong.startswith(view.district))
    dongs = [dong for dong in mine if dong[:5] not in silent]
    first, last = span(run, view)
    until = min(view.until, last) if view.until and last else last
    since = view.since or _back(until, PERIOD_MONTHS - 1)
    if since and first and since < first:
        since = first
    if since and until and since > until:
        since = until
    coarse = Coarse.read(table(run, "coarse")) if "coarse" in run.tables else Coarse({})
    unheard = tuple(sorted({dong[:5] for dong in mine} & silent))
    return Facts(run, tuple(dongs), since, until, unheard, coarse)


def span(run: StatisticsRun, view: View) -> tuple[dt.date | None, dt.date | None]:
    """The first and last month that a view may show; of planned patrols all: a night is planned whole."""
    if view.what.numerator != "patrol_hours":
        return whole_months(run)
    found = table(run, "patrols")["month"]
    first, last = found.min(), found.max()
    return (first, last) if isinstance(first, dt.date) and isinstance(last, dt.date) else (None, None)


def _silent_districts(run: StatisticsRun, view: View, known: set[str]) -> set[str]:
    """Districts about which nothing of the view's numerator was published: unknown is not zero."""
    fact = view.what.numerator
    if fact == "patrol_hours":
        spoken = table(run, "patrols")["dong"]
    elif fact.startswith(("events", "response")):
        spoken = table(run, "hours")["dong"]
    else:
        stock = table(run, "stock")
        wanted = "street_m" if view.what.denominator == "street_m" else fact
        spoken = stock.filter(pl.col("measure") == wanted)["dong"]
    return {dong[:5] for dong in known} - {dong[:5] for dong in spoken.to_list()}


def whole_months(run: StatisticsRun) -> tuple[dt.date | None, dt.date | None]:
    """The first and last month for which events may be known whole.

    The first and last months of a file are cut where the file is; figures use only those between, unless
    there are no others.
    """
    if run.since is None or run.until is None:
        return None, None
    first, last = after(run.since), _back(run.until, 1)
    return (first, last) if last is not None and first <= last else (run.since, run.until)


def months(first: dt.date | None, last: dt.date | None) -> Iterable[dt.date]:
    """The first days of the months from ``first`` to ``last``, both included."""
    while first is not None and last is not None and first <= last:
        yield first
        first = after(first)


def after(month: dt.date) -> dt.date:
    """The first day of the next month."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _back(month: dt.date | None, count: int) -> dt.date | None:
    if month is None:
        return None
    total = month.year * 12 + month.month - 1 - count
    return dt.date(total // 12, total % 12 + 1, 1)


def _of_family(found: pl.DataFrame, family: str) -> pl.DataFrame:
    return found.filter(pl.col("family") == family) if family and "family" in found.columns else found
