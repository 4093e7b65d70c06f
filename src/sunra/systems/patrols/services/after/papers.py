"""The log as a paper: PDF for printing, HWPX for the office's own files."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sunra.platform.documents.services import render
from sunra.platform.ui.dates import show_datetime
from sunra.systems.patrols.models import LogVersion, Shift
from sunra.systems.patrols.services.after.hwpx import Block, Heading, Paragraph, Table, write
from sunra.systems.patrols.texts import HAZARDS, REPORT_TO


def pdf(shift: Shift, version: LogVersion) -> bytes:
    """The log on A4."""
    with translation.override(settings.LANGUAGE_CODE):
        return render(
            "patrols/log.typ", {**_said(version), "demo": _("Demonstration data") if shift.demo else ""}
        )


def hwpx(version: LogVersion) -> bytes:
    """The same as HWPX."""
    with translation.override(settings.LANGUAGE_CODE):
        said = _said(version)
    blocks: list[Block] = [
        Heading(said["title"]), Paragraph(said["subtitle"]), Table(said["facts"]),
    ]  # fmt: skip
    for part in said["tables"]:
        blocks += [Heading(part["title"]), Table([part["heads"], *part["rows"]])]
    blocks += [Heading(said["remarks_title"]), Paragraph(said["remarks"]), Paragraph(said["signature"])]
    return write(title=said["title"], blocks=blocks)


def _said(version: LogVersion) -> dict[str, Any]:
    body = version.body
    yes, no = _("Yes"), _("No")
    stops = [
        [number or "–", dong or "–", at, yes if sure else no] for number, dong, at, sure in body["stops"]
    ]
    reports = [
        [str(HAZARDS.get(kind, kind)), number or "–", str(REPORT_TO.get(to, to))]
        for kind, number, to in body["reports"]
    ]
    tables = [
        {
            "title": _("Patrol stops"), "rows": stops,
            "heads": [_("Cell"), _("Legal dong"), _("Checked in"), _("Place confirmed")],
        },
        {
            "title": _("Reports from patrols"), "rows": reports,
            "heads": [_("Matter"), _("Cell"), _("Sent to")],
        },
    ]  # fmt: skip
    return {
        "title": _("Patrol log"),
        "subtitle": f"{body['team']} · {body['day']} · {_('version')} {version.number}",
        "facts": [
            [_("Begun"), body["begun"] or "–"], [_("Ended"), body["ended"] or "–"],
            [_("People"), str(body["people"])], [_("Members on record"), str(body["came"])],
            [_("Calls to 112"), str(body["calls"])],
        ],
        "tables": [part for part in tables if part["rows"]],
        "remarks_title": _("Remarks"),
        "remarks": body["remarks"] or "–",
        "signature": _signature(version),
    }  # fmt: skip


def _signature(version: LogVersion) -> str:
    if version.signed_at is None:
        return _("Not signed yet")
    given = {
        "name": version.signed_by, "at": show_datetime(version.signed_at), "digest": version.digest[:16]
    }  # fmt: skip
    return _("Signed by %(name)s, %(at)s (digest %(digest)s)") % given
