"""Residents from files of the population in use: what rates per 1,000 are divided by."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping, Sequence

import polars as pl

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.models import Dataset, DongResidents, Vintage
from sunra.systems.sharing.rules import APPROVE
from sunra.systems.sharing.services import series

KIND = "population"
_SEXES = (("남", "여"), ("남자", "여자"))
_QUARTER, _MONTH = re.compile(r"^(\d{4})-Q([1-4])$"), re.compile(r"^(\d{4})-(\d\d)$")
_YEAR = re.compile(r"^\d{4}$")


def renew(
    *, actor: Actor, dataset: Dataset, stack: Sequence[Vintage], fresh: Mapping[str, pl.DataFrame]
) -> int:
    """Replace what a dataset says of residents by what its vintages in use say; returns how many areas.

    ``stack`` and ``fresh`` as in ``series.rows``; without a vintage in use nothing is left. Raises
    ``PermissionDenied``.
    """
    require(actor, APPROVE)
    forget(dataset)
    if not stack:
        return 0
    found, as_of = residents_of(series.rows(stack, dict(fresh)))
    rows = [
        DongResidents(
            agency_id=dataset.agency_id, source=_source(dataset), dong=code, residents=count, as_of=as_of,
            demo=dataset.demo,
        )
        for code, count in sorted(found.items())
    ]  # fmt: skip
    return len(DongResidents.objects.bulk_create(rows, batch_size=1_000))


def forget(dataset: Dataset) -> None:
    """Divide by nothing that a dataset says any more."""
    DongResidents.objects.filter(agency_id=dataset.agency_id, source=_source(dataset)).delete()


def _source(dataset: Dataset) -> str:
    return f"sharing/{dataset.id}"


def residents_of(table: pl.DataFrame) -> tuple[dict[str, int], dt.date | None]:
    """Residents of the newest period by code, and the day they stand for, from a table of the population.

    Codes are those of 법정동, 행정동 (which may lie in several 법정동) or, where a district is not divided
    further, of the district (``1129000000``). Households and people present by the hour are no residents.
    """
    known = table.filter(pl.col("measure") == "persons", pl.col("count").is_not_null())
    if known.is_empty():
        return {}, None
    known = known.filter(pl.col("year") == pl.col("year").max())
    period = str(known["period"].max() or "")
    people = _everybody(known.filter(pl.col("period") == period))
    small = people.filter(pl.col("dong") != "")
    found = dict(small.group_by("dong").agg(pl.col("count").sum()).iter_rows())
    divided = {code[:5] for code in found}
    whole = people.filter((pl.col("unit_kind") == "district") & (pl.col("district").str.len_chars() == 5))
    # Two rows of one district are parts of it that nothing tells apart.
    alone = whole.group_by("district").agg(pl.len(), pl.col("count").first()).filter(pl.col("len") == 1)
    found |= {
        f"{district}00000": count
        for district, count in alone.select("district", "count").iter_rows()
        if district not in divided
    }
    return {code: round(count) for code, count in found.items()}, _day(period)


def _everybody(rows: pl.DataFrame) -> pl.DataFrame:
    """One row an area: of everybody, or of men and women together where the table gives no sum."""
    said = set(rows["category"].to_list())
    pair = next((sexes for sexes in _SEXES if said.issuperset(sexes)), None)
    if "" in said or pair is None:
        whole = rows.filter(pl.col("category") == "")
        return whole.unique("area", keep="first", maintain_order=True)
    both = rows.filter(pl.col("category").is_in(pair)).unique(["area", "category"], maintain_order=True)
    return both.group_by("area", maintain_order=True).agg(
        pl.col("dong", "unit_kind", "district").first(), pl.col("count").sum()
    )


def _day(period: str) -> dt.date | None:
    """The last day of a year, quarter or month: registers are counted at its end."""
    if found := _MONTH.match(period):
        year, month = int(found[1]), int(found[2])
    elif found := _QUARTER.match(period):
        year, month = int(found[1]), 3 * int(found[2])
    elif _YEAR.match(period):
        year, month = int(period), 12
    else:
        return None
    return dt.date(year, month, monthrange(year, month)[1])
