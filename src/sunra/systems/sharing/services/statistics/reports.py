"""Reports of a view: PDF and workbook, made now or by plan, kept as files with a notice."""

import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import xlsxwriter
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.selectors import memberships_of, person_actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_now, seoul_today
from sunra.platform.documents.services import render
from sunra.platform.files.services import store
from sunra.platform.ledger.services import Act, record
from sunra.platform.notices.services import notify
from sunra.platform.ui.dates import show_datetime
from sunra.systems.sharing import statistics_texts as words
from sunra.systems.sharing.choropleth import draw
from sunra.systems.sharing.indicators import unit_name
from sunra.systems.sharing.models import Report, ReportPlan, SavedView, StatisticsRun
from sunra.systems.sharing.rules import MAKE_REPORT
from sunra.systems.sharing.selectors.statistics.figures import figures
from sunra.systems.sharing.selectors.statistics.saved import saved_view
from sunra.systems.sharing.selectors.statistics.stored import latest
from sunra.systems.sharing.selectors.statistics.view import View
from sunra.systems.sharing.services.statistics.leaving import Leaving, inside, outside
from sunra.systems.sharing.services.statistics.views import refuse_small

NO_RUN = gettext_lazy("There are no statistics yet.")
NO_RUN_REMEDY = gettext_lazy("Compute the statistics first.")


@dataclass(frozen=True, slots=True)
class Documents:
    """A view as PDF and workbook, and the run that its numbers come from."""

    pdf: bytes
    xlsx: bytes
    run: StatisticsRun


def documents(*, actor: Actor, view: View, title: str = "", for_others: bool = False) -> Documents:
    """A view as files: what its readers see on the page, or with ``for_others`` what may be passed on.

    What is not for others leaves a record in the ledger first. Raises ``UserError``, ``PermissionDenied``,
    ``LedgerUnavailable``.
    """
    require(actor, MAKE_REPORT)
    refuse_small(view)
    if for_others:
        found = outside(actor=actor, view=view)
    else:
        run = latest(actor)
        if run is None:
            raise UserError("no_statistics", NO_RUN, NO_RUN_REMEDY)
        record(
            actor=actor, act=Act.EXPORT, subject="sharing.Statistics", ref=str(run.id),
            purpose="internal report", detail=dict(view.query()),
        )  # fmt: skip
        found = inside(figures(actor, run, view))
    with translation.override(settings.LANGUAGE_CODE):
        return Documents(pdf(found, title=title), workbook(found, title=title), found.shown.run)


def _notes(found: Leaving) -> list[str]:
    counted = found.shown.view.what.interval != "whole"
    told = words.notes(
        found.shown, internal=counted and not found.protected, protected=counted and found.protected
    )
    return [str(note) for note in told]


def _rows(found: Leaving) -> list[list[Any]]:
    """The rows with the kind of unit in words, as on the page; programs get its code."""
    return [[unit_name(kind), *rest] for kind, *rest in found.rows()]


def pdf(found: Leaving, *, title: str = "") -> bytes:
    """The report on paper: figures with intervals, the map, where they come from."""
    shown = found.shown
    return render(
        "sharing/statistics.typ",
        {
            "title": title or words.heading(shown),
            "subtitle": words.subtitle(shown),
            "made": f"{_('Made')} {show_datetime(seoul_now())}",
            "demo": str(words.DEMO) if shown.run.demo else "",
            "about": shown.view.what.about,
            "notes": _notes(found),
            "columns": [{"label": label, "numeric": numeric} for label, numeric in words.columns(shown)],
            "rows": [[words.plain(value) for value in row] for row in _rows(found)],
            "map": draw(shown, values=found.values(), page=False),
            "map_alt": _("Map of the figures in the table below."),
            "source": _("Where this comes from"),
            "sources": [words.source_line(one) for one in shown.run.lineage],
        },
    )


def workbook(found: Leaving, *, title: str = "") -> bytes:
    """The report as XLSX: numbers as numbers, every text as text and never as a formula or a link."""
    shown = found.shown
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )  # fmt: skip
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(_("Figures")[:31])
    head = [title or words.heading(shown), words.subtitle(shown), shown.view.what.about]
    head += [str(words.DEMO)] if shown.run.demo else []
    head += _notes(found)
    line = 0
    for text in head:
        sheet.write_string(line, 0, text, bold if line == 0 else None)
        line += 1
    line += 1
    for place, (label, _numeric) in enumerate(words.columns(shown)):
        sheet.write_string(line, place, label, bold)
    for row in _rows(found):
        line += 1
        for place, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(line, place, value)
            else:
                sheet.write_string(line, place, str(value))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 8, 14)
    sources = book.add_worksheet(_("Sources")[:31])
    for place, one in enumerate(shown.run.lineage):
        sources.write_string(place, 0, words.source_line(one))
    sources.set_column(0, 0, 100)
    book.close()
    return buffer.getvalue()


def make_report(*, actor: Actor, view_id: UUID, period: str = "") -> Report:
    """Make and keep a report of a saved view, and tell who may read it."""
    row = saved_view(actor, view_id)
    made = documents(actor=actor, view=View.read(row.query), title=row.name)
    period = period or f"{seoul_today():%Y-%m-%d}"
    with transaction.atomic():
        files = {
            "pdf": _keep(actor, row, f"{row.name} {period}.pdf", made.pdf, demo=made.run.demo),
            "xlsx": _keep(actor, row, f"{row.name} {period}.xlsx", made.xlsx, demo=made.run.demo),
        }
        report = Report.objects.create(
            agency_id=row.agency_id, view=row, run=made.run, period=period[:10], **files
        )
        notify(
            kind="sharing.statistics_report",
            text=gettext_noop("A report is ready: %(name)s."),
            params={"name": row.name},
            url=reverse("sharing:statistics_view", args=[row.id]),
            persons=_readers(row),
        )
    return report


def _keep(actor: Actor, row: SavedView, name: str, content: bytes, *, demo: bool) -> Any:
    return store(
        actor=actor, agency_id=row.agency_id, name=name, stream=BytesIO(content), kind="export", demo=demo
    )


def _readers(row: SavedView) -> set[int]:
    """Who saved the view, and who planned a report of it."""
    return {row.person_id, *row.plans.values_list("person_id", flat=True)}


def due(today: dt.date | None = None) -> list[tuple[ReportPlan, str]]:
    """Planned reports whose period has begun and that are not made yet, each with its period."""
    day = today or seoul_today()
    found = []
    for plan in ReportPlan.objects.select_related("view", "person"):
        period = f"{day:%G-W%V}" if plan.cadence == ReportPlan.Cadence.WEEKLY else f"{day:%Y-%m}"
        if plan.last_period != period:
            found.append((plan, period))
    return found


def make_due(plan: ReportPlan, period: str) -> Report | None:
    """Make a planned report in the name of whoever planned it; nothing when they may no longer."""
    member = memberships_of(plan.person).filter(agency_id=plan.agency_id).first()
    actor = person_actor(plan.person, member.pk) if member else None
    ReportPlan.objects.filter(pk=plan.pk).update(last_period=period)
    if actor is None or not actor.may(MAKE_REPORT):
        return None
    return make_report(actor=actor, view_id=plan.view_id, period=period)
