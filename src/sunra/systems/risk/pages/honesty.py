"""The honesty page, for everybody: how live forecasts did, month by month, and the model card."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.forecast.audit import Compared
from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import public
from sunra.platform.ui.charts import Chart, Series, line
from sunra.platform.ui.dates import show_date
from sunra.platform.ui.tables import Column, Table
from sunra.systems.risk.judged_texts import EVENT_KINDS, NEVER_DEMO, PARAMS, PRIORS_NOT_SCORED
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.pages import common
from sunra.systems.risk.selectors import honesty as selectors
from sunra.systems.risk.selectors.honesty import Honesty
from sunra.systems.risk.texts import KINDS

POINTS = gettext_lazy("percentage points")


@public
def honesty(request: HttpRequest) -> HttpResponse:
    """Scores of a district by month, pooled, and by week; what the forecast is made of."""
    judged = selectors.judged()
    asked = request.GET.get("district", "")
    code = asked if asked in dict(judged) else judged[0][0] if judged else ""
    if not code:
        return render(request, "risk/honesty.html", {"never_demo": NEVER_DEMO})
    found = selectors.honesty(code)
    card = selectors.card(code)
    request.demo = bool(card and card.demo)  # type: ignore[attr-defined]
    table = months_table(request, found) if found else None
    answer = table.response() if table else None
    return answer or render(
        request,
        "risk/honesty.html",
        {
            "code": code,
            "name": districts().district(code).name,
            "judged": judged,
            "found": found,
            "waiting": selectors.waiting(code),
            "table": table,
            "shares": shares_table(request, found) if found else None,
            "chart": weekly_chart(found) if found else None,
            "verdict": verdict(found) if found else "",
            "card": model_card(card) if card else None,
            "never_demo": NEVER_DEMO,
            "priors": PRIORS_NOT_SCORED,
        },
    )


def verdict(found: Honesty) -> str:
    """One plain sentence: who was ahead, and whether that could be chance."""
    row = next(one for one in found.shares if one.share == selectors.MAIN_SHARE)
    if math.isnan(row.gain):
        return _("Nothing happened in the scored nights: there is nothing to compare.")
    words = {"gain": points(abs(row.gain)), "error": points(row.gain_error)}
    if abs(row.gain) <= 2 * row.gain_error:
        return (
            _(
                "The forecast and the naive count did alike: the difference of %(gain)s percentage points is "
                "within what chance makes (standard error %(error)s)."
            )
            % words
        )
    if row.gain > 0:
        return (
            _(
                "The forecast caught %(gain)s percentage points more of the events than the naive count "
                "(standard error %(error)s)."
            )
            % words
        )
    return (
        _(
            "The naive count did better: the forecast caught %(gain)s percentage points less of the events "
            "(standard error %(error)s)."
        )
        % words
    )


def months_table(request: HttpRequest, found: Honesty) -> Table:
    """A row a month, newest first; bad months stand like the others."""
    columns = [
        Column("month", gettext_lazy("Month"), format=lambda day: f"{day:%Y-%m}", whole=True),
        Column("nights", gettext_lazy("Nights"), numeric=True),
        Column("events", gettext_lazy("Observed count"), numeric=True, format=count),
        Column("expected", gettext_lazy("Expected count"), numeric=True, format=count),
        Column("ratio", gettext_lazy("Observed / expected"), numeric=True,
               value=lambda row: with_interval(row.ratio, row.low, row.high)),
        *_rates(lambda row: row.hits),
    ]  # fmt: skip
    if found.override_nights:
        columns.append(
            Column("overridden", gettext_lazy("By overrides"), numeric=True, format=signed, unit=POINTS)
        )
    return Table(
        columns=columns,
        rows=list(reversed(found.months)),
        request=request,
        name="months",
        caption=_("By month, 5 % of the area flagged"),
        page_size=24,
    )


def _rates(of: Callable[[Any], Compared]) -> list[Column]:
    """Hit rates side by side, and the gain with its standard error."""
    return [
        Column("rate", gettext_lazy("Hit rate"), numeric=True, value=lambda row: known(of(row).rate),
               format=percent),
        Column("naive_rate", gettext_lazy("Naive hit rate"), numeric=True,
               value=lambda row: known(of(row).naive_rate), format=percent),
        Column("gain", gettext_lazy("Gain ± standard error"), numeric=True, sort=False, unit=POINTS,
               value=lambda row: gain(of(row))),
    ]  # fmt: skip


def gain(row: Compared) -> str:
    """``+0.9 ± 0.3``."""
    return "–" if math.isnan(row.gain) else f"{signed(row.gain)} ± {points(row.gain_error)}"


def shares_table(request: HttpRequest, found: Honesty) -> Table:
    """All scored nights together, by the share of the area flagged."""
    said = {row.share: row.rate for row in found.overridden}
    columns = [
        Column("share", gettext_lazy("Share of the area"), numeric=True, format=percent),
        *_rates(lambda row: row),
        Column("pai", gettext_lazy("Times chance (PAI)"), numeric=True, value=lambda r: known(r.pai)),
        Column("pei", gettext_lazy("Of the best possible (PEI)"), numeric=True,
               value=lambda r: known(r.pei), format=percent),
    ]  # fmt: skip
    if said:
        columns.append(
            Column("said", gettext_lazy("Hit rate with overrides"), numeric=True,
                   value=lambda row: known(said[row.share]), format=percent)
        )  # fmt: skip
    return Table(columns=columns, rows=list(found.shares), request=request, name="shares",
                 caption=_("All scored nights together"))  # fmt: skip


def weekly_chart(found: Honesty) -> Chart:
    """Hit rates week by week, the forecast beside the naive count."""
    return line(
        _("Hit rate by week, 5 % of the area flagged"),
        [show_date(week) for week, *_rest in found.weekly],
        [
            Series(_("Forecast"), [_rate(hits, events) for _w, hits, _n, events in found.weekly]),
            Series(_("Naive count"), [_rate(naive, events) for _w, _h, naive, events in found.weekly]),
        ],
        unit="%",
        label_head=_("Week from"),
        period=f"{show_date(found.weekly[0][0])} – {show_date(found.weekly[-1][0])}",
    )


def _rate(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole > 0 else None


def model_card(card: Forecast) -> dict[str, Any]:
    """What the newest forecast was made of, from what is stored with it."""
    shown = [(PARAMS[name], number(value)) for name, value in card.params.items() if name in PARAMS]
    return {
        "forecast": card,
        "methods": common.methods(card),
        "params": shown,
        "weights": common.weights(card),
        "inputs": [
            {
                "kind": EVENT_KINDS.get(one.get("kind", ""), KINDS.get(one.get("kind", ""), one.get("kind"))),
                "rows": one.get("rows", 0),
                "vintage": vintage(one),
            }
            for one in card.vintages
        ],
        "notes": common.notes(card),
    }  # fmt: skip


def known(value: float) -> float | None:
    """The figure, or nothing where there is none."""
    return None if math.isnan(value) else value


def with_interval(value: float | None, low: float | None, high: float | None, digits: int = 2) -> str:
    """``1.04 (0.94 – 1.12)``."""
    if value is None:
        return "–"
    known_ends = low is not None and high is not None
    return f"{value:.{digits}f}" + (f" ({interval_of(low, high, digits)})" if known_ends else "")


def number(value: Any) -> str:
    """A parameter without zeros behind the point."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def vintage(one: Mapping[str, Any]) -> str:
    """The vintage by the first eight characters of its name, as the data pages show it."""
    return str(one.get("vintage") or one.get("source") or "")[:8]


def interval_of(low: float | None, high: float | None, digits: int = 2) -> str:
    """``0.94 – 1.12``; nothing while one end is not known."""
    return "–" if low is None or high is None else f"{low:.{digits}f} – {high:.{digits}f}"


def count(value: float | None) -> str:
    """Events to one digit."""
    return "–" if value is None else str(number_format(round(value, 1), 1, force_grouping=True))


def ratio(value: float | None) -> str:
    """``1.04``."""
    return "–" if value is None else f"{value:.2f}"


def percent(value: float | None) -> str:
    """``31.4 %``; whole percent without digits."""
    if value is None:
        return "–"
    return f"{100 * value:.1f} %".replace(".0 %", " %")


def points(value: float | None) -> str:
    """A difference of shares in percentage points."""
    return "–" if value is None else f"{100 * value:.1f}"


def signed_percent(value: float | None) -> str:
    """A share that may be below nothing."""
    return "–" if value is None else percent(value).replace("-", "−")


def signed(value: float | None) -> str:
    """The same with its sign."""
    return "–" if value is None else f"{100 * value:+.1f}".replace("-", "−")
