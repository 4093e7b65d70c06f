"""Once a week a district's past says which way of forecasting it gets; all nights until the next use it."""

import datetime as dt
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.core.exceptions import PermissionDenied

from sunra import __version__
from sunra.core.forecast import FAMILIES
from sunra.engine import EngineError, map_partitions
from sunra.engine.running import Backend
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.risk import work
from sunra.systems.risk.gather import gather
from sunra.systems.risk.models import MethodChoice
from sunra.systems.risk.services.weights import params_for

GOOD_FOR = dt.timedelta(days=7)
"""After so long a choice is made anew."""
USED_FOR = dt.timedelta(days=35)
"""After so long without a new one the fixed weights serve again: the past has moved on."""


def chosen(district: str, day: dt.date) -> dict[str, Any]:
    """The newest choice of a district before or on ``day``, by family; empty when there is none to use."""
    found = _newest(district, day, USED_FOR)
    return {name: one for name, one in found.methods.items() if name in FAMILIES} if found else {}


def stale(districts: Sequence[str], day: dt.date) -> list[str]:
    """Those whose last choice is a week old or was never made."""
    return [code for code in districts if _newest(code, day, GOOD_FOR) is None]


def choose(
    *,
    actor: Actor,
    districts: Sequence[str],
    owners: Mapping[str, UUID],
    day: dt.date,
    backend: Backend | None = None,
) -> list[MethodChoice]:
    """Choose for these districts, through ``map_partitions``; not stored yet (``bulk_create``).

    A district that cannot be read or whose trial fails keeps what it had. Raises ``PermissionDenied``.
    """
    if actor.agency_id is None:
        raise PermissionDenied
    rows: dict[str, pa.Table] = {}
    for code in districts:
        try:
            found = gather(actor, code, day)
        except UserError:
            continue  # the forecast that follows names the district and the reason
        task = work.Task(code, ((day, 0),), params_for(code), found.holidays)
        if len(found.events):
            rows[code] = work.rows_of(task, found.events, found.covariates.values, found.grid)
    begun = time.monotonic()
    answer = _each(rows, backend)
    seconds = (time.monotonic() - begun) / max(1, len(answer))
    return [
        MethodChoice(
            agency_id=owners.get(code, actor.agency_id),
            district=code,
            chosen_on=day,
            methods=methods,
            code_version=__version__,
            seconds=seconds,
        )
        for code, methods in answer.items()
    ]


def _each(rows: dict[str, pa.Table], backend: Backend | None) -> dict[str, dict[str, Any]]:
    while rows:
        try:
            found = map_partitions(work.choose, pa.concat_tables(rows.values()), "district", backend=backend)
            return {row["district"]: json.loads(row["methods"]) for row in found.to_pylist()}
        except EngineError as error:
            if str(error.params.get("partition", "")) not in rows:
                raise
            del rows[str(error.params["partition"])]
    return {}


def _newest(district: str, day: dt.date, within: dt.timedelta) -> MethodChoice | None:
    found = MethodChoice.objects.filter(district=district, chosen_on__lte=day, chosen_on__gt=day - within)
    return found.order_by("-chosen_on", "-created").first()
