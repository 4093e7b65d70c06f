"""Reads the tree: what lies below an agency, and the 법정동 it is responsible for."""

from uuid import UUID

from django.db import connection

from sunra.platform.agencies.models import Agency, Jurisdiction
from sunra.platform.base.access import visible
from sunra.platform.base.actor import Actor

_BELOW = """
WITH RECURSIVE below(id) AS (
  SELECT id FROM agencies_agency WHERE id = %s
  UNION SELECT child.id FROM agencies_agency AS child JOIN below ON child.parent_id = below.id)
SELECT id FROM below
"""


def subtree_ids(agency_id: UUID) -> frozenset[UUID]:
    """The agency and all below it; one query, safe from loops."""
    key = Agency._meta.pk.get_db_prep_value(agency_id, connection)  # noqa: SLF001 - Django documents _meta
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [key])
        return frozenset(row[0] if isinstance(row[0], UUID) else UUID(row[0]) for row in cursor.fetchall())


def dongs_of(agency_id: UUID) -> frozenset[str]:
    """The 법정동 codes (10 digits) of an agency: its own, or those of all below it when it names none."""
    own = frozenset(Jurisdiction.objects.filter(agency_id=agency_id).values_list("dong", flat=True))
    if own:
        return own
    below = Jurisdiction.objects.filter(agency_id__in=subtree_ids(agency_id))
    return frozenset(below.values_list("dong", flat=True))


def reach(agency_id: UUID) -> tuple[frozenset[UUID], frozenset[str]]:
    """What an actor of the agency reaches: (agencies, 법정동 codes)."""
    return subtree_ids(agency_id), dongs_of(agency_id)


def agencies(actor: Actor) -> list[tuple[int, Agency]]:
    """The actor's part of the tree as (depth, agency), every agency below its parent."""
    rows = list(visible(Agency.objects.select_related("type"), actor))
    known = {row.id for row in rows}
    children: dict[UUID | None, list[Agency]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[int, Agency]] = []
    waiting = [(0, row) for row in reversed(children.get(None, []))]
    while waiting:
        depth, row = waiting.pop()
        found.append((depth, row))
        waiting.extend((depth + 1, child) for child in reversed(children.get(row.id, [])))
    return found
