"""What of a series is in use at once: events by the days they cover, files of one folder side by side.

A month of calls adds to the other months and replaces only what was there for its own days. The day of a row
is that of its ``time_from`` in Seoul. Of a day that two vintages cover the one taken into use last counts.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePath

import polars as pl

from sunra.systems.sharing import frames, shelf
from sunra.systems.sharing.models import Dataset, Vintage

_YEAR, _MONTH = r"((?:19|20)\d{2})", r"(?:[.\-_]|년\s?)?(0[1-9]|1[0-2]|[1-9](?=월))?월?"
_END = r"년?(?!\s?[.\-_]?\s?\d)"
_PERIOD = re.compile(rf"(?<!\d){_YEAR}{_MONTH}{_END}")
_RANGE = re.compile(rf"(?<!\d){_YEAR}{_MONTH}\s?[~_-]\s?{_YEAR}{_MONTH}{_END}")
_DATED = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:[.\-_년]?\s?(\d{1,2})(?:[.\-_월]?\s?(\d{1,2}))?)?(?!\d)")
Edition = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a file of events covers, both included; ``by`` is how we know (`Vintage.SpanBy`)."""

    since: date
    until: date
    by: str


def is_timed(kind: str) -> bool:
    """Whether vintages of this kind cover days and stand beside those of other days."""
    return frames.layer_of(kind) == "event"


def span_of(frame: pl.DataFrame, name: str) -> Span | None:
    """The months or years that the file's name says when every row lies in them, else the rows' own days.

    A full date in a name is the day of an export and no period. None without rows.
    """
    days = _days(frame).drop_nulls() if "time_from" in frame.columns else pl.Series(dtype=pl.Date)
    if days.is_empty():
        return None
    first, last = days.min(), days.max()
    assert isinstance(first, date)  # noqa: S101 - a column of days
    assert isinstance(last, date)  # noqa: S101 - a column of days
    said = named(name)
    if said is not None and said[0] <= first and last <= said[1]:
        return Span(*said, Vintage.SpanBy.NAME)
    return Span(first, last, Vintage.SpanBy.ROWS)


def named(name: str) -> tuple[date, date] | None:
    """The first and last day of the month, the year or the range that a file's name says.

    >>> named("112_202610.csv"), named("112_20261101.csv")
    ((datetime.date(2026, 10, 1), datetime.date(2026, 10, 31)), None)
    """
    stem = PurePath(name).stem
    both = _RANGE.search(stem)
    if both:
        since, until = _first(both[1], both[2]), _last(both[3], both[4])
        return (since, until) if since <= until else None
    one = _PERIOD.search(stem)
    return (_first(one[1], one[2]), _last(one[1], one[2])) if one else None


def _first(year: str, month: str | None) -> date:
    return date(int(year), int(month or 1), 1)


def _last(year: str, month: str | None) -> date:
    number = int(month or 12)
    return date(int(year), number, monthrange(int(year), number)[1])


def mark(vintage: Vintage, table: pl.DataFrame | None = None) -> None:
    """Give a vintage of events its period (not saved); the table is read from the shelf when not at hand."""
    if not is_timed(vintage.kind):
        return
    found = span_of(shelf.table(vintage) if table is None else table, vintage.file_name)
    if found is not None:
        vintage.since, vintage.until, vintage.span_by = found.since, found.until, found.by
        vintage.part = f"{found.since}/{found.until}"


def mark_old(vintage: Vintage) -> None:
    """The same for a vintage in use from before periods were kept, and saved."""
    if is_timed(vintage.kind) and vintage.since is None and vintage.table:
        mark(vintage)
        vintage.save(update_fields=["since", "until", "span_by", "part"])


def in_use(dataset: Dataset) -> list[Vintage]:
    """The vintages of a dataset that are in use, the one taken last first."""
    found = dataset.vintages.filter(state=Vintage.State.PUBLISHED)
    return sorted(found, key=lambda one: (one.taken or one.created, one.created), reverse=True)


def overlapping(vintage: Vintage, others: Iterable[Vintage]) -> list[Vintage]:
    """Those of ``others`` that share a day with ``vintage``; all of them where days do not matter."""
    return [one for one in others if _meet(vintage, one)]


def _meet(one: Vintage, other: Vintage) -> bool:
    if None in (one.since, one.until, other.since, other.until):
        return True
    return one.since <= other.until and other.since <= one.until  # type: ignore[operator] # none is None


def covered(vintage: Vintage, newer: Sequence[Vintage]) -> bool:
    """Whether no day of a vintage is left beside those taken into use after it."""
    if vintage.since is None or vintage.until is None:
        return bool(newer)
    left = vintage.since
    for since, until in sorted((one.since, one.until) for one in newer if one.since and one.until):
        if since > left:
            return False
        left = max(left, until + timedelta(days=1))
        if left > vintage.until:
            return True
    return False


def rows(stack: Sequence[Vintage], fresh: dict[str, pl.DataFrame] | None = None) -> pl.DataFrame:
    """What is published of vintages in use, the one taken last first; raises ``UserError`` for a lost table.

    ``fresh`` are tables at hand, by the vintage's id. Of events each vintage gives the days that no newer one
    covers; of other things, rows whose key a newer one has are left out.
    """
    parts: list[pl.DataFrame] = []
    for place, vintage in enumerate(stack):
        frame = (fresh or {}).get(str(vintage.id))
        frame = shelf.table(vintage) if frame is None else frame
        if is_timed(vintage.kind):
            frame = _outside(frame, stack[:place])
        parts.append(_told_apart(frame, parts, vintage) if parts else frame)
    return parts[0] if len(parts) == 1 else pl.concat(parts, how="diagonal_relaxed")


def within(frame: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """The rows on the days that a vintage covers; all of them where days do not matter."""
    if vintage.since is None or vintage.until is None or "time_from" not in frame.columns:
        return frame
    return frame.filter(_days(frame).is_between(vintage.since, vintage.until))


def _outside(frame: pl.DataFrame, newer: Sequence[Vintage]) -> pl.DataFrame:
    for one in newer:
        if one.since is not None and one.until is not None:
            frame = frame.filter(~_days(frame).is_between(one.since, one.until).fill_null(value=False))
    return frame


def _told_apart(frame: pl.DataFrame, newer: Sequence[pl.DataFrame], vintage: Vintage) -> pl.DataFrame:
    """The frame without rows that a newer one has.

    An event of another time is no repetition: exports number their rows anew every month. It keeps its key
    with the period behind.
    """
    if "key" not in frame.columns:
        return frame
    timed = "time_from" in frame.columns
    columns = ["key", "time_from"] if timed else ["key"]
    seen = pl.concat([one.select(columns) for one in newer], how="vertical_relaxed").unique()
    rest = frame.join(seen, on=columns, how="anti", nulls_equal=True)
    if not timed:
        return rest
    again = rest["key"].is_in(seen["key"].implode())
    told = pl.when(again).then(pl.col("key") + f"@{vintage.part}").otherwise(pl.col("key"))
    return rest.with_columns(told.alias("key"))


def _days(frame: pl.DataFrame) -> pl.Series:
    return frame["time_from"].cast(pl.Datetime).dt.date()


def edition(vintage: Vintage) -> Edition | None:
    """As of when a file is: by its name, else by its rows; a missing month or day counts as 0."""
    found = [
        (int(year), int(month or 0), int(day or 0))
        for year, month, day in _DATED.findall(PurePath(vintage.file_name).stem)
    ]
    if found:
        return max(found)
    day = vintage.reference_date
    return (day.year, day.month, day.day) if day else None


def stands_back(vintage: Vintage, together: Collection[str]) -> bool:
    """Whether a file of the same folder that says more of this is in use, so that this one is history.

    ``together`` are the names of the files that came with this one. What is newer by its date counts; of
    events that cover the same days, with the same date, the one taken into use already.
    """
    rivals = [one for one in _rivals(vintage, together) if _meet(vintage, one)]
    if vintage.since is not None and vintage.state == Vintage.State.SUPERSEDED:
        return any(not _older(one, vintage) for one in rivals)
    return any(_older(vintage, one) for one in rivals)


def beside(vintage: Vintage, together: Collection[str]) -> list[Vintage]:
    """What of the same folder stays in use beside this file: other files of its series and date."""
    if vintage.since is not None:
        return []
    return [
        one for one in _rivals(vintage, together) if not _older(one, vintage) and not _older(vintage, one)
    ]


def _rivals(vintage: Vintage, together: Collection[str]) -> list[Vintage]:
    standing = Vintage.objects.filter(
        dataset_id=vintage.dataset_id, state=Vintage.State.PUBLISHED, file_name__in=list(together)
    )
    return list(standing.exclude(id=vintage.id).exclude(file_name=vintage.file_name).defer("counts"))


def _older(one: Vintage, other: Vintage) -> bool:
    first, second = edition(one), edition(other)
    return first is not None and second is not None and first < second
