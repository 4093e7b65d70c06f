"""The receipt in words and on paper."""

from typing import Any

from django.utils.translation import gettext as _

from sunra.platform.base.time import now
from sunra.platform.documents.services import render
from sunra.platform.ui.dates import show_datetime
from sunra.systems.sharing import texts
from sunra.systems.sharing.models import DroppedFile
from sunra.systems.sharing.selectors.drop_offs import Receipt

_MOST_REASONS = 200


def told(row: DroppedFile) -> str:
    """In a few words what a file was taken for, or why it was not."""
    if row.vintage is None:
        return row.said or "–"
    return f"{texts.kind(row.vintage.kind)} · {row.vintage.dataset.title} · {row.vintage.get_state_display()}"


def pdf(found: Receipt) -> bytes:
    """The receipt as PDF: who, when, every file with its digest and balance, and why rows were put aside."""
    drop_off = found.drop_off
    facts = [
        [_("Handed in on"), show_datetime(drop_off.created)],
        [_("By"), drop_off.label or "–"],
        [_("Agency"), str(drop_off.agency)],
        [_("Number"), str(drop_off.id)],
    ]
    return render(
        "sharing/receipt.typ",
        {
            "title": _("Receipt for files handed in"),
            "subtitle": _("rows = accepted + merged + put aside"),
            "facts": facts,
            "columns": _columns(),
            "rows": [_line(row) for row in found.files],
            "reasons_title": _("Why rows were put aside"),
            "reason_columns": [
                {"label": _("File")},
                {"label": _("Reason")},
                {"label": _("What to do")},
                {"label": _("Rows"), "numeric": True},
            ],
            "reasons": _reasons(found),
            "digests_title": _("SHA-256 of the files"),
            "digests": [[row.name, row.sha256 or "–"] for row in found.files],
            "footer": _("Made on %(when)s") % {"when": show_datetime(now())},
            "demo": _("Demonstration: nothing here is real.") if _is_demo(found) else "",
        },
    )


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": _("File")},
        {"label": _("Result")},
        {"label": _("Rows"), "numeric": True},
        {"label": _("Accepted"), "numeric": True},
        {"label": _("Merged"), "numeric": True},
        {"label": _("Put aside"), "numeric": True},
    ]


def _line(row: DroppedFile) -> list[str]:
    vintage = row.vintage
    figures = (vintage.rows, vintage.accepted, vintage.merged, vintage.quarantined) if vintage else ()
    shown = [f"{figure:,}" for figure in figures] or ["–"] * 4
    state = DroppedFile.State(row.state).label
    return [row.name, f"{state} · {told(row)}" if vintage else f"{state} {row.said}".strip(), *shown]


def _reasons(found: Receipt) -> list[list[str]]:
    lines = []
    for vintage in found.vintages:
        remedies = dict(vintage.quarantine.values_list("reason", "remedy").distinct())
        for code, count in vintage.reasons.items():
            remedy = str(texts.remedy(remedies.get(code, "")))
            lines.append([vintage.file_name, str(texts.reason(code)), remedy, f"{count:,}"])
    return lines[:_MOST_REASONS]


def _is_demo(found: Receipt) -> bool:
    return found.drop_off.demo or any(vintage.dataset.demo for vintage in found.vintages)
