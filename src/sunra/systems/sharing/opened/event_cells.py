"""Events of an open dataset as the finest cells that are ever counted, with the sums of record keys."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
from django.db.models import Count, Max

from sunra.core.disclosure import cell_key
from sunra.core.geo.districts import districts
from sunra.platform.agencies.selectors import dongs_of
from sunra.platform.base.time import SEOUL, seoul_today
from sunra.platform.places.families import is_withheld
from sunra.platform.places.models import PlaceEvent
from sunra.systems.sharing.indicators import FAMILIES, PATROL_KIND
from sunra.systems.sharing.models import Opening
from sunra.systems.sharing.services import keys
from sunra.systems.sharing.services.vintages import source_of

FINEST = ("district", "dong", "month", "family", "part")
PARTS = ("00-06", "06-12", "12-18", "18-24")
"""Parts of the day, hours of Seoul."""
MODULUS = 2**32
"""Keys of cells are sums of their records' keys modulo this."""
_OTHER = "other"
_CHUNK = 20_000
_COLUMNS = ("key", "dong", "lon", "lat", "time_from", "family", "category")


@dataclass(frozen=True, eq=False)
class Counted:
    """``cells``: ``FINEST``, ``count`` and ``key``; ``dongs`` of the owner; ``months`` (2026-01) without gaps
    from the first to the last that is over.
    """

    cells: pl.DataFrame
    dongs: tuple[str, ...]
    months: tuple[str, ...]


def counted(opening: Opening) -> Counted:
    """The events of a dataset in its owner's dongs, in months that are over; kept while nothing changes."""
    source = source_of(opening.dataset)
    state = PlaceEvent.objects.filter(source=source).aggregate(last=Max("published"), n=Count("id"))
    month = seoul_today().replace(day=1)
    return _counted(source, opening.agency_id, month, (state["last"], state["n"]))


@lru_cache(maxsize=4)
def _counted(source: str, agency_id: UUID, until: dt.date, _state: tuple[Any, int]) -> Counted:
    own = dongs_of(agency_id)
    secret = keys.of_answers(agency_id)
    rows = PlaceEvent.objects.filter(source=source).exclude(kind=PATROL_KIND).values_list(*_COLUMNS)
    schema = dict.fromkeys(FINEST, pl.String) | {"count": pl.Int64, "key": pl.UInt64}
    parts = [pl.DataFrame(schema=schema)]
    events = rows.iterator(chunk_size=_CHUNK)
    while batch := list(islice(events, _CHUNK)):
        found = list(_placed(batch, own, until))
        record_keys = cell_key.record_keys([f"{source}|{key}" for key, *_rest in found], secret)
        cells = [(*values, 1, int(one)) for (_key, *values), one in zip(found, record_keys, strict=True)]
        parts.append(_summed(pl.DataFrame(cells, schema=schema, orient="row")))
    whole = _summed(pl.concat(parts))
    return Counted(whole, tuple(sorted(own)), _between(whole["month"].unique().to_list()))


def _summed(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.group_by(FINEST).agg(pl.col("count").sum(), pl.col("key").sum() % MODULUS)


def _placed(
    batch: list[tuple[Any, ...]], own: frozenset[str], until: dt.date
) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Key and finest cell of each event that counts: none of a withheld family, none beyond the dongs."""
    known = [row[1] or "" for row in batch]
    missing = [at for at, row in enumerate(batch) if not known[at] and row[2] is not None]
    if missing:
        lon, lat = (np.array([batch[at][column] for at in missing], dtype=float) for column in (2, 3))
        for at, dong in zip(missing, districts().locate(lon, lat), strict=True):
            known[at] = str(dong)
    for (key, _dong, _lon, _lat, start, family, category), dong in zip(batch, known, strict=True):
        local = start.astimezone(SEOUL)
        if dong in own and local.date() < until and not is_withheld(family, category):
            kind = family if family in FAMILIES else _OTHER
            yield key, dong[:5], dong, f"{local:%Y-%m}", kind, PARTS[local.hour // 6]


def _between(months: list[str]) -> tuple[str, ...]:
    if not months:
        return ()
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (min(months), max(months)))
    return tuple(f"{at // 12}-{at % 12 + 1:02d}" for at in range(first, last + 1))
