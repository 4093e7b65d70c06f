"""Once a week a district's past says which way of forecasting it gets; all nights until the next use it, as
it was trained then.
"""

import datetime as dt
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
from django.core.exceptions import PermissionDenied

from sunra import __version__
from sunra.core.forecast import Params
from sunra.engine import EngineError, map_partitions
from sunra.engine.running import Backend
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.home import folder, home
from sunra.systems.risk import trained, work
from sunra.systems.risk.gather import Gathered
from sunra.systems.risk.models import MethodChoice
from sunra.systems.risk.services.weights import params_for
from sunra.systems.risk.severity import FAMILIES

GOOD_FOR = dt.timedelta(days=7)
"""After so long a choice is made anew."""
USED_FOR = dt.timedelta(days=35)
"""After so long without a new one the fixed weights serve again: the past has moved on."""
SEED = 0
TRAINING = (
    "half_life_days", "kde_metres", "kde_weight", "slot_events", "cell_slot_events", "min_exposure_days",
)  # fmt: skip
"""Parameters that a change of makes a training worthless; weights and grades come after it."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """What a night uses: by family the choice, and the method as it was trained then.

    ``lost``: there is a choice, but what it was trained on has changed, or its file is gone.
    """

    methods: Mapping[str, Any] = field(default_factory=dict)
    trained: Mapping[str, bytes] = field(default_factory=dict)
    sha256: str = ""
    lost: bool = False


def chosen(district: str, day: dt.date) -> dict[str, Any]:
    """The newest choice of a district before or on ``day``, by family; empty when there is none to use."""
    found = _newest(district, day, USED_FOR)
    return {name: one for name, one in found.methods.items() if name in FAMILIES} if found else {}


def chosen_for(gathered: Gathered, district: str, day: dt.date, params: Params) -> Chosen:
    """The same with the trained methods, where they were trained on what is known of that past today."""
    found = _newest(district, day, USED_FOR)
    if found is None:
        return Chosen()
    methods = chosen(district, day)
    until = found.models_of.partition(":")[0]
    same = bool(until) and found.models_of == _key(gathered, params, np.datetime64(until, "D"))
    packed = trained.load(home() / found.models_path, found.models_sha256) if same else {}
    used = {name: content for name, content in packed.items() if name in methods}
    return Chosen(methods, used, found.models_sha256 if used else "", lost=bool(methods) and not used)


def _key(gathered: Gathered, params: Params, until: np.datetime64) -> str:
    """Names what a training saw: "2026-11-20:0f3a…", the last day with events and the digest of all until it.

    Events that come in for later days leave it as it is; a correction of earlier ones does not.
    """
    training = [(name, getattr(params, name)) for name in TRAINING]
    digest = trained.key_of(
        gathered.events, gathered.grid, gathered.covariates, before=until + 1, seed=SEED, training=training
    )
    return f"{until}:{digest[:48]}"


def stale(districts: Sequence[str], day: dt.date) -> list[str]:
    """Those whose last choice is a week old or was never made."""
    return [code for code in districts if _newest(code, day, GOOD_FOR) is None]


def choose(
    *,
    actor: Actor,
    gathered: Mapping[str, Gathered],
    owners: Mapping[str, UUID],
    day: dt.date,
    backend: Backend | None = None,
) -> list[MethodChoice]:
    """Choose for these districts, through ``map_partitions``; the trained methods are written, the rows are
    not stored yet (``bulk_create``).

    A district without events, or whose trial fails, keeps what it had. Raises ``PermissionDenied``.
    """
    if actor.agency_id is None:
        raise PermissionDenied
    rows = {}
    for code, found in gathered.items():
        if len(found.events):
            task = work.Task(code, ((day, SEED),), params_for(code), found.holidays)
            rows[code] = work.rows_of(task, found.events, found.covariates.values, found.grid)
    begun = time.monotonic()
    answer = _each(rows, backend)
    seconds = (time.monotonic() - begun) / max(1, len(answer))
    return [
        MethodChoice(
            agency_id=owners.get(code, actor.agency_id),
            district=code,
            chosen_on=day,
            methods={family: about for family, (about, _content) in families.items()},
            code_version=__version__,
            seconds=seconds,
            **_kept(gathered[code], code, families),
        )
        for code, families in answer.items()
    ]


def _kept(gathered: Gathered, district: str, families: Mapping[str, tuple[Any, bytes]]) -> dict[str, str]:
    """The trained methods on disk."""
    packed = {family: content for family, (_about, content) in families.items()}
    path, sha256 = trained.keep(folder("forecasts") / "trained", packed)
    return {
        "models_path": str(path.relative_to(home())),
        "models_sha256": sha256,
        "models_of": _key(gathered, params_for(district), gathered.events.day.max()),
    }


def _each(rows: dict[str, pa.Table], backend: Backend | None) -> dict[str, dict[str, tuple[Any, bytes]]]:
    while rows:
        try:
            found = map_partitions(work.choose, pa.concat_tables(rows.values()), "district", backend=backend)
        except EngineError as error:
            if str(error.params.get("partition", "")) not in rows:
                raise
            del rows[str(error.params["partition"])]
            continue
        by: dict[str, dict[str, tuple[Any, bytes]]] = {}
        for row in found.to_pylist():
            by.setdefault(row["district"], {})[row["family"]] = (json.loads(row["about"]), row["trained"])
        return by
    return {}


def forget(day: dt.date) -> int:
    """Delete the trained methods of choices that no night uses any more; how many files."""
    old = MethodChoice.objects.filter(chosen_on__lte=day - USED_FOR).exclude(models_path="")
    paths = set(old.values_list("models_path", flat=True))
    still = MethodChoice.objects.filter(chosen_on__gt=day - USED_FOR, models_path__in=paths)
    gone = paths - set(still.values_list("models_path", flat=True))
    for path in gone:
        Path(home() / path).unlink(missing_ok=True)
    old.filter(models_path__in=gone).update(models_path="")
    return len(gone)


def _newest(district: str, day: dt.date, within: dt.timedelta) -> MethodChoice | None:
    found = MethodChoice.objects.filter(district=district, chosen_on__lte=day, chosen_on__gt=day - within)
    return found.order_by("-chosen_on", "-created").first()
