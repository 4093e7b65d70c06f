"""배우기 › 순찰이 달라지게 했나: what patrols changed, with intervals; not ranked, not tied to money."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.jobs.services import enqueue
from sunra.platform.ui.charts import Chart, Series, line
from sunra.platform.ui.tables import Column, Table
from sunra.systems.patrols import effect_words as words
from sunra.systems.patrols.models import EffectMonth
from sunra.systems.patrols.rules import JUDGE, VIEW_EFFECT
from sunra.systems.patrols.selectors.effects import effect_months

KIND = "journeys.effects"
SHOWN = 24


@allow(GET=VIEW_EFFECT, POST=JUDGE)
def effects(request: HttpRequest) -> HttpResponse:
    """The year in a sentence, its figures, and the months; POST judges anew in the background."""
    actor = actor_of(request)
    if request.method == "POST":
        job = enqueue(actor=actor, kind=KIND, args={}, key=f"{actor.agency_id}")
        messages.success(request, _("The nights are being judged. It takes a minute or two."))
        return redirect("jobs:detail", job.id)
    rows = effect_months(actor)
    choices = _choices(rows)
    context: dict[str, Any] = {"may_judge": actor.may(JUDGE), "choices": choices}
    asked = request.GET.get("of", "")
    chosen = asked if asked in dict(choices) else choices[0][0] if choices else ""
    if not chosen:
        return render(request, "patrols/effects/effects.html", context)
    months = list(_of(rows, chosen)[:SHOWN])
    newest = months[0]
    request.demo = newest.demo  # type: ignore[attr-defined]
    table, year = _months_table(request, months), newest.figures["year"]
    answer = table.response()
    context |= {
        "chosen": chosen, "newest": newest, "year": year, "verdict": words.verdict(year),
        "month_verdict": words.verdict(newest.figures["month"]),
        "district": districts().district(newest.district).name,
        "table": table, "chart": _chart(months), "measures": _measures(year),
        "left_out": words.left_out(year),
        "first": dt.date.fromisoformat(year["first"]), "last": dt.date.fromisoformat(year["last"]),
    }  # fmt: skip
    return answer or render(request, "patrols/effects/effects.html", context)


def _choices(rows: Any) -> list[tuple[str, str]]:
    """Districts and agencies that have months, by name: not by what was found."""
    found = rows.order_by().values_list("district", "agency_id", "agency__name", "demo").distinct()
    named = [
        (f"{code}:{agency_id}:{int(demo)}", f"{districts().district(code).name} · {name}")
        for code, agency_id, name, demo in found
    ]
    return sorted(named, key=lambda one: (one[1], one[0]))


def _of(rows: Any, chosen: str) -> Any:
    code, agency_id, demo = chosen.split(":")
    found = rows.filter(district=code, agency_id=UUID(agency_id), demo=demo == "1")
    return found.order_by("-month")


def _measures(year: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What the year's figures say: the measure, the figure with its interval, what it counts."""
    night, days, walked = year["night"], year["days"], year["walked"]
    sides = _("%(here)d events where patrols went, %(there)d at the like places")
    return [
        (
            _("Events on the same night"), words.change(night),
            sides % {"here": night["events_patrolled"], "there": night["events_other"]},
        ),
        (
            _("Events over three days"), words.change(days),
            sides % {"here": days["events_patrolled"], "there": days["events_other"]},
        ),
        (
            _("Here and next door together, for 100 visits"), words.moved(year["displacement"]),
            _("what only moved to the next cell does not count as less"),
        ),
        (
            _("Stops walked of those planned"), words.share(walked),
            _("%(walked)d of %(planned)d stops in %(nights)d nights") % walked,
        ),
        (
            _("Expected events at walked stops, for each hour of a team"), words.risk(walked),
            _("%(hours).0f hours of teams") % walked,
        ),
    ]  # fmt: skip


def _months_table(request: HttpRequest, months: Sequence[EffectMonth]) -> Table:
    def of(part: str, show: Any) -> Any:
        return lambda row: show(row.figures["month"][part])

    columns = [
        Column("month", gettext_lazy("Month"), format=lambda day: f"{day:%Y. %m.}", whole=True),
        Column("nights", gettext_lazy("Nights judged / confirmed"), numeric=True, sort=False, value=_nights),
        Column("night", gettext_lazy("Events on the same night"), numeric=True, sort=False,
               value=of("night", words.change)),
        Column("days", gettext_lazy("Events over three days"), numeric=True, sort=False,
               value=of("days", words.change)),
        Column("moved", gettext_lazy("Here and next door, for 100 visits"), numeric=True, sort=False,
               value=of("displacement", words.moved)),
        Column("walked", gettext_lazy("Stops walked"), numeric=True, sort=False,
               value=of("walked", words.share)),
        Column("risk", gettext_lazy("Expected events per hour"), numeric=True, sort=False,
               value=of("walked", words.risk)),
    ]  # fmt: skip
    return Table(
        columns=columns, rows=list(months), request=request, name="effects",
        caption=_("By month, with 90 % intervals"), page_size=SHOWN,
    )  # fmt: skip


def _nights(row: EffectMonth) -> str:
    """``30 / 33``: nights judged of those confirmed."""
    return f"{row.nights} / {row.figures['month']['nights']}"


def _chart(months: Sequence[EffectMonth]) -> Chart | None:
    """Months from left to right: events with patrol for 100 without; None while no month says anything."""
    shown = [row for row in reversed(months) if not row.figures["month"]["night"]["status"]]
    if not shown:
        return None
    nights = [row.figures["month"]["night"] for row in shown]
    with_patrol, low, high = (
        [words.PERCENT * night[end] for night in nights] for end in ("ratio", "low", "high")
    )
    same = [words.PERCENT] * len(shown)
    return line(
        _("Events where patrols went, for 100 at the like places"),
        [f"{row.month:%Y-%m}" for row in shown],
        [Series(_("Where patrols went"), with_patrol, low, high), Series(_("No change"), same)],
        unit=_("events"), label_head=_("Month"), note=_("The band is the 90 % interval."),
        period=f"{shown[0].month:%Y-%m} – {shown[-1].month:%Y-%m}",
    )  # fmt: skip
