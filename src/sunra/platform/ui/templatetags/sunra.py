"""The components as template tags: ``{% load sunra %}`` gives them all."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zlib import crc32

from django import template
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text
from sunra.platform.jobs.registry import title_of
from sunra.platform.ui import dates, icons, measures
from sunra.platform.ui.charts import Chart
from sunra.platform.ui.tables import Table
from sunra.platform.ui.timeline import TimelineItem

register = template.Library()

JOB_STATES = {
    "queued": _("Waiting"),
    "running": _("Under way"),
    "done": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "bell" %}``: a line icon; the text beside it carries the meaning."""
    return icons.icon(name)


@register.inclusion_tag("ui/table.html", takes_context=True)
def table(context: template.Context, t: Table) -> dict[str, Any]:
    """``{% table t %}``: a ``ui.tables.Table``."""
    return {"table": t, "request": context.get("request")}


@register.inclusion_tag("ui/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """``{% form_fields form %}``: summary of errors, then every field with label, help and error."""
    for name in form.errors:
        if name in form.fields:
            form.fields[name].widget.attrs.update({"aria-invalid": "true"})
    return {"form": form}


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """``{% field form.name %}``: one field with label, help and error."""
    return {"field": bound, "widget": bound.field.widget.__class__.__name__}


@register.inclusion_tag("ui/chart.html")
def chart(c: Chart) -> dict[str, Any]:
    """``{% chart c %}``: a ``ui.charts`` chart with its table."""
    known = repr((str(c.title), [str(label) for label in c.labels])).encode()
    return {"chart": c, "id": f"chart-{crc32(known)}"}


@register.inclusion_tag("ui/timeline.html")
def timeline(items: Sequence[TimelineItem]) -> dict[str, Any]:
    """``{% timeline items %}``: a list of ``ui.timeline.TimelineItem``."""
    return {"items": items}


@register.inclusion_tag("ui/empty.html")
def empty(title: Text, text: Text = "", url: str = "", label: Text = "") -> dict[str, Any]:
    """``{% empty title text url label %}``: why nothing is here and the first step."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("ui/progress.html")
def progress(job: Any, url: str = "") -> dict[str, Any]:
    """``{% progress job url %}``: how far a job is; with ``url`` (a page holding it) it renews itself."""
    state = str(job.state)
    return {
        "job": job,
        "title": getattr(job, "title", "") or title_of(job.kind),
        "state": state,
        "word": JOB_STATES.get(state, state),
        "url": url,
        "running": state in {"queued", "running"},
    }


@register.inclusion_tag("ui/grade.html")
def grade(n: int | None) -> dict[str, Any]:
    """``{% grade n %}``: a risk grade 1-10 with its figure; 0 or nothing says "not graded"."""
    value = int(n or 0)
    return {"grade": value if 1 <= value <= 10 else 0}


@register.inclusion_tag("ui/grade_scale.html")
def grade_scale() -> dict[str, Any]:
    """``{% grade_scale %}``: the ten grades in a row, as a legend."""
    return {"grades": range(1, 11)}


@register.inclusion_tag("ui/stat.html")
def stat(label: Text, value: Any, unit: Text = "", note: Text = "", url: str = "") -> dict[str, Any]:
    """``{% stat label value unit note url %}``: one number with its unit and where it comes from."""
    return {"label": label, "value": value, "unit": unit, "note": note, "url": url}


@register.inclusion_tag("ui/reason.html", takes_context=True)
def reason(
    context: template.Context, action: str, label: Text, warning: Text, form: BaseForm | None = None
) -> dict[str, Any]:
    """``{% reason action label warning form %}``: a dangerous step that asks for its reason."""
    from sunra.platform.ui.forms import ReasonForm

    return {
        "action": action,
        "label": label,
        "warning": warning,
        "form": form or ReasonForm(prefix=None),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("maps/map.html")
def map(m: Any) -> dict[str, Any]:  # noqa: A001 - the tag's name; the app above gives the template
    """``{% map m %}``: a ``maps.Map``."""
    return {"map": m, "config": m.config()}


@register.filter
def day(value: date | None) -> str:
    """``{{ value|day }}``: 2026. 11. 22.(일)."""
    return dates.show_date(value) if value else "–"


@register.filter
def moment(value: datetime | None) -> str:
    """``{{ value|moment }}``: 2026. 11. 22.(일) 22:00, in Seoul."""
    return dates.show_datetime(value) if value else "–"


@register.filter
def clock(value: datetime | None) -> str:
    """``{{ value|clock }}``: 22:00, in Seoul."""
    return dates.show_clock(value) if value else "–"


@register.filter
def slot(value: int | None) -> str:
    """``{{ value|slot }}``: 22-24시."""
    return "–" if value is None else dates.show_slot(int(value))


@register.filter
def distance(metres: float | None) -> str:
    """``{{ team.metres|distance }}``: 850 m, 12.7 km."""
    return "–" if metres is None else measures.show_distance(metres)


@register.filter
def duration(minutes: float | None) -> str:
    """``{{ team.minutes|duration }}``: 3시간 57분."""
    return "–" if minutes is None else measures.show_duration(minutes)


@register.filter
def series(number: int) -> int:
    """``{{ team.order|series }}``: the colour 1-6 that the map gives to the route counted from 0."""
    return number % 6 + 1


@register.filter
def rarity(expected: float | None) -> str:
    """``{{ cell.expected|rarity }}``: 158일에 한 번."""
    return measures.show_rarity(expected)
