"""Where a team was: kept by its consent while on patrol, forgotten after the agency's days.

Before a track goes, the minutes of all teams together are added up by cell and night, so that walked can be
held against planned for ever without knowing whose feet it were.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from sunra.platform.base.time import now
from sunra.systems.patrols.models import DutyRules, Presence, Shift, WalkedCell
from sunra.systems.patrols.services.duty.words import Walk

_GAP = dt.timedelta(seconds=90)


def keep(walks: Mapping[UUID, Sequence[Walk]]) -> None:
    """Add cells walked to the tracks of shifts; a stay that goes on is made longer."""
    if not walks:
        return
    first = min(since for found in walks.values() for _east, _north, since, _until in found)
    # A stay that ended before cannot go on, so nothing older is asked for.
    recent = Presence.objects.filter(shift_id__in=list(walks), until__gte=first - _GAP)
    last = {row.shift_id: row for row in recent.order_by("until")}
    new: list[Presence] = []
    longer: dict[int, Presence] = {}
    for shift_id, found in walks.items():
        stay = last.get(shift_id)
        for east, north, since, until in sorted(found, key=lambda walk: walk[2]):
            same = stay is not None and (stay.cell_e, stay.cell_n) == (east, north)
            if stay is not None and same and stay.since <= since <= stay.until + _GAP:
                stay.until = max(stay.until, until)
                if stay.pk:
                    longer[stay.pk] = stay
            else:
                stay = Presence(shift_id=shift_id, cell_e=east, cell_n=north, since=since, until=until)
                new.append(stay)
    Presence.objects.bulk_update(longer.values(), ["until"])
    Presence.objects.bulk_create(new)


def forget_tracks(moment: dt.datetime | None = None) -> int:
    """Add up and delete the tracks of nights older than each agency's days; how many rows went."""
    at = moment or now()
    days = dict(DutyRules.objects.values_list("agency_id", "track_days"))
    default = DutyRules().track_days
    gone = 0
    over = Shift.objects.filter(presences__isnull=False).annotate(last=Max("presences__until"))
    nights: dict[tuple[UUID, str, dt.date, bool], list[UUID]] = {}
    for shift in over.iterator():
        if shift.last < at - dt.timedelta(days=days.get(shift.agency_id, default)):
            key = (shift.agency_id, shift.district, shift.day, shift.demo)
            nights.setdefault(key, []).append(shift.pk)
    for (agency_id, district, day, demo), shifts in nights.items():
        gone += _forget(agency_id, district, day, shifts, demo=demo)
    return gone


@transaction.atomic
def _forget(agency_id: UUID, district: str, day: dt.date, shifts: list[UUID], *, demo: bool) -> int:
    tracks = Presence.objects.select_for_update().filter(shift_id__in=shifts)
    sums = by_cell(tracks)
    for (east, north), (minutes, passes) in sums.items():
        row, made = WalkedCell.objects.get_or_create(
            agency_id=agency_id, district=district, day=day, cell_e=east, cell_n=north,
            defaults={"minutes": minutes, "passes": passes, "demo": demo},
        )  # fmt: skip
        if not made:
            row.minutes, row.passes = row.minutes + minutes, row.passes + passes
            row.save(update_fields=["minutes", "passes"])
    return tracks.delete()[0]


def by_cell(tracks: Iterable[Presence]) -> dict[tuple[int, int], tuple[float, int]]:
    """Minutes and passes by cell."""
    sums: dict[tuple[int, int], tuple[float, int]] = {}
    for row in tracks:
        minutes, passes = sums.get((row.cell_e, row.cell_n), (0.0, 0))
        sums[row.cell_e, row.cell_n] = (
            minutes + (row.until - row.since).total_seconds() / 60, passes + 1
        )  # fmt: skip
    return sums
