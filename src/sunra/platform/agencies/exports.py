"""The tree as CSV, in the very columns that the import reads."""

import csv
import io

from sunra.platform.agencies.models import Agency, Jurisdiction
from sunra.platform.agencies.selectors import agencies
from sunra.platform.base.access import require
from sunra.platform.base.actor import Actor

COLUMNS = ("code", "police_code", "name", "type", "parent", "district", "active", "jurisdiction")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str) -> str:
    """The text with an apostrophe in front when a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unsafe(text: str) -> str:
    """What :func:`safe` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def name_of(agency: Agency) -> str:
    """By what a row names its agency: the code, else the police code, else the name."""
    return agency.code or agency.police_code or agency.name


def export_csv(*, actor: Actor) -> str:
    """The actor's part of the tree; parents stand before their children."""
    require(actor, "agencies.view_agencies")
    dongs: dict[object, list[str]] = {}
    rows = agencies(actor)
    held = Jurisdiction.objects.filter(agency__in=[row for _depth, row in rows])
    for agency_id, dong in held.order_by("dong").values_list("agency_id", "dong"):
        dongs.setdefault(agency_id, []).append(dong)
    names = {row.id: name_of(row) for _depth, row in rows}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for _depth, row in rows:
        cells = (
            row.code or "",
            row.police_code,
            row.name,
            row.type_id,
            names.get(row.parent_id, "") if row.parent_id else "",
            row.district,
            "1" if row.active else "0",
            " ".join(dongs.get(row.id, ())),
        )
        writer.writerow([safe(cell) for cell in cells])
    return out.getvalue()
