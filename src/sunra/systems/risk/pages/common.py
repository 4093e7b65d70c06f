"""What the pages of risk share: the forecast that the address asks for, and what stands on each of them."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sunra.core.geo.districts import districts
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import Text
from sunra.platform.ui.measures import show_expected
from sunra.systems.risk import said, selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.severity import SEVERITIES
from sunra.systems.risk.texts import FAMILIES, METHODS, NO_GROUND, NOTES


def asked(request: HttpRequest) -> Forecast | None:
    """The forecast of the district and day in the address, by default the present night's; marks the page
    when it is a demonstration's.
    """
    found = selectors.latest(
        actor_of(request), district=request.GET.get("district", ""), day=day_of(request.GET.get("day", ""))
    )
    if found is not None:
        request.demo = found.demo  # type: ignore[attr-defined]
    return found


def day_of(text: str) -> dt.date | None:
    """The day written as 2026-11-22; nothing for anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def none(request: HttpRequest) -> HttpResponse:
    """The page without a forecast, with the first step."""
    return render(request, "risk/none.html", {"may_run": actor_of(request).may("journeys.run_tonight")})


def frame(request: HttpRequest, forecast: Forecast) -> dict[str, Any]:
    """What every page of a forecast shows."""
    return {
        "forecast": forecast,
        "district": districts().district(forecast.district),
        "district_code": forecast.district,
        "others": others(actor_of(request), forecast),
        "no_ground": NO_GROUND,
        "prior": said.ungraded(forecast),
        "said": said.of_night(forecast),
    }


def others(actor: Actor, forecast: Forecast) -> list[tuple[str, str]]:
    """Districts in reach as (code, name), when there is more than one."""
    codes = selectors.forecasts(actor).order_by().values_list("district", flat=True).distinct()
    found = sorted(set(codes) | {forecast.district})
    return [(code, districts().district(code).name) for code in found] if len(found) > 1 else []


def weights(forecast: Forecast) -> list[tuple[Text, str]]:
    """The weights of the families that the forecast was combined with."""
    found: dict[str, float] = forecast.params.get("weights", {})
    shown = [
        code for code in found if code in FAMILIES and (code not in SEVERITIES or code in forecast.method)
    ]
    return [(FAMILIES[code], f"{found[code]:g}") for code in shown]


def methods(forecast: Forecast) -> list[tuple[Text, list[Text]]]:
    """Each way of forecasting that was used, with the families it was used for."""
    found: dict[str, list[Text]] = {}
    for code, one in forecast.method.items():
        found.setdefault(str(one.get("method", "")), []).append(FAMILIES.get(code, code))
    return [(METHODS.get(name, name), families) for name, families in found.items()]


def notes(forecast: Forecast) -> list[str]:
    """What the forecast can no longer promise, in words."""
    found = []
    for note in forecast.notes:
        text = NOTES.get(note["code"])
        if text is not None:
            found.append(str(text) % {key: _figure(value) for key, value in note["params"].items()})
    return found


def _figure(value: Any) -> str:
    return (
        show_expected(value)
        if isinstance(value, float) and value < 1
        else f"{value:,}"
        if isinstance(value, int | float)
        else str(value)
    )
